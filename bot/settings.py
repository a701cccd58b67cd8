"""What the environment says: every `LINLI_…` variable, each also as `LINLI_…_FILE`; all faults named at once."""

from __future__ import annotations

import difflib
import os
import re
import secrets
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from web.proxies import read_networks

PREFIX = "LINLI_"
TOKEN_FILE = "bot_token"
PUBLIC = re.compile(r"(https://[^\s/?#]+|http://(127\.0\.0\.1|localhost)(:\d+)?)(/[^\s?#]*)?$")
PROXY = re.compile(r"http://[^\s/?#]+/?")
SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")
LONG_SECRET = "write 32 to 256 letters, digits, _ or -, made by chance, such as `openssl rand -hex 32`"


class SettingsFaults(Exception):
    """What is wrong with the environment, a sentence a fault, without any secret in it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class Settings(BaseSettings):
    """Where the desk runs and what it may use."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    bot_token: SecretStr = Field(SecretStr(""), description="the bot's token, from @BotFather")
    bot_api: str = Field("https://api.telegram.org", description="base URL of the Bot API server")
    proxy: SecretStr = Field(
        SecretStr(""), description="HTTP proxy on the way to the Bot API server, such as http://127.0.0.1:3128"
    )
    database_url: str = Field("", description="SQLite under LINLI_DATA unless given; or postgresql+psycopg://…")
    desk: Path = Field(Path("desk.toml"), description="path of the desk file")
    owner: int | None = Field(None, description="Telegram id of the first officer")
    key: SecretStr = Field(SecretStr(""), description="seals what is confidential; kept outside the database")
    data: Path = Field(Path("var"), description="folder for the database and files")
    webhook_url: str = Field("", description="Telegram brings updates under this address; without it they are fetched")
    webhook_secret: SecretStr = Field(SecretStr(""), validate_default=True, description="what Telegram shows there")
    webhook_listen: str = Field("127.0.0.1:8098", description="where the webhook's door is on this machine")
    mail_password: SecretStr = Field(SecretStr(""), description="of the mail server in the desk file's second channel")
    alert_secret: SecretStr = Field(SecretStr(""), description="signs what the second channel's webhook is given")
    listen: str = Field("", description="where /healthz, /readyz and /metrics are, such as 127.0.0.1:8099")
    proxies: str = Field("", description="addresses and networks of the proxies before the webhook's door")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    log_format: str = Field("text", description="text or json")

    @field_validator("bot_api")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("write an address that begins with http:// or https://")
        return value.rstrip("/")

    @field_validator("proxy")
    @classmethod
    def _is_proxy(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not PROXY.fullmatch(value.get_secret_value()):
            raise ValueError(
                "write the address of an HTTP proxy, such as http://127.0.0.1:3128; no other kind is spoken"
            )
        return value

    @field_validator("webhook_url")
    @classmethod
    def _is_public(cls, value: str) -> str:
        if value and not PUBLIC.match(value):
            raise ValueError("write an address that begins with https://, without ? or #; Telegram accepts no other")
        return value.rstrip("/")

    @field_validator("webhook_secret")
    @classmethod
    def _is_secret(cls, value: SecretStr, others: ValidationInfo) -> SecretStr:
        given = value.get_secret_value()
        if not given and others.data.get("webhook_url"):
            raise ValueError("a webhook needs a secret, or anybody could speak for your residents; write a long one")
        if given and not SECRET.fullmatch(given):
            raise ValueError(LONG_SECRET)
        return value

    @field_validator("alert_secret")
    @classmethod
    def _is_long(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not SECRET.fullmatch(value.get_secret_value()):
            raise ValueError(LONG_SECRET)
        return value

    @field_validator("listen", "webhook_listen")
    @classmethod
    def _is_listener(cls, value: str) -> str:
        host, _sign, port = value.rpartition(":")
        if value and not (host and port.isascii() and port.isdecimal() and int(port) < 65536):
            raise ValueError("write an address of this machine and a port, such as 127.0.0.1:8099")
        return value

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        try:
            read_networks(value)
        except ValueError:
            example = (
                "write addresses and networks of your own proxies, such as 127.0.0.1, 10.0.3.0/24; never all of them"
            )
            raise ValueError(example) from None
        return value

    @field_validator("log_level")
    @classmethod
    def _is_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("write DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("owner", mode="before")
    @classmethod
    def _is_id(cls, value: Any) -> Any:
        if isinstance(value, str) and not value.isdigit():
            raise ValueError("write a Telegram user id, the number that /start tells you")
        return value

    @field_validator("log_format")
    @classmethod
    def _is_format(cls, value: str) -> str:
        if value not in ("text", "json"):
            raise ValueError("write text or json")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("write sqlite:///path or postgresql+psycopg://user@host/database")
        return value

    @field_validator("bot_token")
    @classmethod
    def _is_token(cls, value: SecretStr) -> SecretStr:
        number, sign, rest = value.get_secret_value().partition(":")
        if value.get_secret_value() and not (number.isdigit() and sign and len(rest) >= 3):
            raise ValueError("write the token as @BotFather gave it: a number, a colon and letters")
        return value

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'linli.db'}"

    def token(self) -> str:
        """`LINLI_BOT_TOKEN`, or what `linli init` was told and keeps beside the data."""
        path = self.data / TOKEN_FILE
        return self.bot_token.get_secret_value() or (path.read_text().strip() if path.exists() else "")

    def keep_token(self, token: str) -> None:
        _keep_secret(self.data / TOKEN_FILE, token)

    def sealing_key(self) -> str:
        """`LINLI_KEY`, or a key of this desk's own, made once and kept beside the data, readable by its owner only."""
        if self.key.get_secret_value():
            return self.key.get_secret_value()
        path = self.data / "key"
        if not path.exists():
            _keep_secret(path, secrets.token_urlsafe(32))
        return path.read_text().strip()


def _keep_secret(path: Path, secret: str) -> None:
    """In a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret)


def read_settings(environment: dict[str, str] | None = None) -> Settings:
    """The settings, or every fault at once as `SettingsFaults`."""
    given = dict(os.environ if environment is None else environment)
    faults: list[str] = []
    values: dict[str, Any] = {}
    for name in Settings.model_fields:
        variable = f"{PREFIX}{name.upper()}"
        if file := given.get(f"{variable}_FILE"):
            try:
                values[name] = Path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                faults.append(f"{variable}_FILE: this file cannot be read; write the path of one that can")
        elif given.get(variable):
            values[name] = given[variable]
    unknown = [name for name in given if name.startswith(PREFIX) and not _is_known(name)]
    faults += [f"{name}: there is no such setting; {_nearest(name)}" for name in unknown]
    try:
        settings = Settings.model_validate(values)
    except ValidationError as found:
        faults += [f"{PREFIX}{str(fault['loc'][0]).upper()}: {_sentence(fault['msg'])}" for fault in found.errors()]
        raise SettingsFaults(faults) from None
    if faults:
        raise SettingsFaults(faults)
    return settings


def _is_known(variable: str) -> bool:
    name = variable.removeprefix(PREFIX).removesuffix("_FILE").lower()
    return name in Settings.model_fields or name.startswith("test_")


def _nearest(variable: str) -> str:
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    near = difflib.get_close_matches(variable, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ")
