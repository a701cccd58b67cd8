"""The one place where the rooms are wired together: a desk that runs, from its settings to its last message."""

from __future__ import annotations

import asyncio
import gc
import random
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import commands, switchboard
from bot.asking import Asking
from bot.cards import CARDS, NO_CHANCE
from bot.jobs import Jobs
from bot.pictures import Develop, Pictures
from bot.post.budget import Budget
from bot.post.carriage import Carriage
from bot.post.clock import Clock, SystemClock
from bot.post.endings import NO_FILE
from bot.post.farewell import WITHIN, Farewell
from bot.post.office import PostOffice
from bot.post.outcomes import NotSent, Sent, Uncertain
from bot.post.outgoing import keyboard
from bot.post.raw import Raw
from bot.post.sharing import office_for
from bot.post.standing import Picture, Rendered
from bot.post.starting import once_it_can
from bot.post.uploads import Found, Shelf
from bot.second_channel import SecondChannel
from bot.settings import Settings
from bot.surface import Surface
from bot.sweeps import SWEEPS
from bot.uploads import UPLOADS, known
from bot.words import Reader
from desk import escalation, groups, her_side, invitations, moving, reading, talks
from desk.front import Desk
from domain.desk_file import DeskFile
from storage import schema
from storage.backup import FILES
from storage.keys import check_key
from storage.lock import only_one
from storage.messages import Subject, get_fact, set_fact
from storage.pictures import note_shown
from storage.vault import Keys
from storage.work import open_glance, open_readers, open_writer
from web.serving import NoListener

log = structlog.get_logger()


NAME = "the bot's name"


class NotAnswering(Exception):
    """Telegram, or whatever LINLI_BOT_API names, does not know this bot or cannot be reached."""


def unreachable(desk: Desk, chat_id: int) -> None:
    """A person who cannot be reached does not count as called; a group that is lost is missed by its team."""
    if chat_id > 0:
        escalation.unreachable(desk, chat_id)
    else:
        groups.gone(desk, chat_id)


def moved(desk: Desk, old: int, new: int) -> None:
    """A group has another number now; or only the topic in it that was written to is gone."""
    if old == new:
        groups.topic_gone(desk, new)
    else:
        moving.move_group(desk, old, new)


class App:
    """One desk. `open` brings the database up to date and begins to listen; `close` loses nothing."""

    def __init__(
        self,
        settings: Settings,
        file: DeskFile,
        *,
        clock: Clock | None = None,
        budget: Budget | None = None,
        reached: Callable[[str], None] = lambda point: None,
        poll: float = 25,
        tick: float = 1.0,
        handler_seconds: float = 5,
        stuck_seconds: float = 30,
        pause: float = 0.2,
        lease: float = 15,
        chance: random.Random | None = None,
        carriage: Callable[..., Carriage] = Carriage,
        readers: Callable[[str], AsyncEngine] = open_readers,
        close_within: float = WITHIN,
        develop: Develop | None = None,
        office: Callable[[Engine], type[PostOffice]] = office_for,
    ) -> None:
        self.settings, self.file, self.close_within = settings, file, close_within
        self.folder = settings.data / FILES
        self.clock = clock or SystemClock()
        self.keys = Keys.made_from(*settings.sealing_key().split())
        self.chance = chance or secrets.SystemRandom()
        self.username = ""
        self.opened_at: datetime | None = None
        self.lock = only_one(settings.database)
        self.writer, self.readers = open_writer(settings.database), readers(settings.database)
        self.short = open_glance(settings.database)
        self.office: PostOffice = office(self.writer)(
            settings.token(),
            settings.bot_api,
            self.writer,
            self.readers,
            self.handle,
            self.desk_for,
            self.render,
            [*SWEEPS, self.ask_members, self.echo, self.fetch_pictures],
            keys=self.keys,
            zone=file.zone,
            language=file.default_language,
            clock=self.clock,
            budget=budget,
            sealed_for=talks.is_sealed,
            unreachable=unreachable,
            moved=moved,
            noted=self.note_standing,
            reached=reached,
            tick=tick,
            poll=poll,
            handler_seconds=handler_seconds,
            stuck_seconds=stuck_seconds,
            pause=pause,
            carriage=partial(carriage, proxy=proxy) if (proxy := settings.proxy.get_secret_value()) else carriage,
            short=self.short,
            shelf=Shelf(self.find_upload, self.known_file, note_shown),
            lease=lease,
        )

        self.jobs = Jobs(self.office)
        self.pictures = Pictures(self.folder, self.office.wire, self.jobs, develop, reached)
        self.asking = Asking(self.office.wire, self.jobs)
        self.surface = Surface(settings, self.office)
        self.second_channel = SecondChannel(
            settings, file, self.jobs, self.office.health, self.clock, self.surface.metrics
        )

    async def handle(self, desk: Desk, raw: Raw) -> bool:
        """One update; it is counted as handled once that is committed."""
        begun, counted = time.perf_counter(), self.surface.metrics.handled
        try:
            ours = await switchboard.handle(desk, raw, self.jobs)
        except BaseException:
            counted("failed", time.perf_counter() - begun)
            raise
        seconds = time.perf_counter() - begun
        desk.after.append(lambda: counted("done" if ours else "ignored", seconds))
        return ours

    def ask_members(self, desk: Desk) -> bool:
        return self.asking.sweep(desk)

    def fetch_pictures(self, desk: Desk) -> bool:
        return self.pictures.sweep(desk)

    def echo(self, desk: Desk) -> bool:
        return self.second_channel.sweep(desk)

    def desk_for(self, conn: Connection) -> Desk:
        now = self.clock.now()
        return Desk(conn, self.file, now, self.keys, self.chance, self.username, self.opened_at)

    def note_standing(self, conn: Connection, key: Subject, message_id: int, at: datetime) -> None:
        """What was shown in confidence is remembered, so that it can be cleared."""
        subject, _subject_id, chat_id = key
        her_side.note_standing(conn, self.keys, at, subject, chat_id, message_id)

    def view(self, conn: Connection) -> Desk:
        return Desk(conn, self.file, self.clock.now(), self.keys, NO_CHANCE, self.username)

    def find_upload(self, conn: Connection, kind: str, id: int, chat_id: int) -> Found:
        """What the desk itself has, or makes, of what a message names."""
        return UPLOADS[kind](self.view(conn), self.folder, id, chat_id)

    def known_file(self, conn: Connection, file_id: str) -> Found | None:
        return known(self.view(conn), self.folder, file_id)

    def render(self, conn: Connection, subject: str, subject_id: int, chat_id: int) -> Rendered | None:
        """What should stand on this card now, in the words of whoever reads it there."""
        view = self.view(conn)
        face = CARDS[subject](view, subject_id, chat_id)
        if face is None:
            return None
        language = face.language or reading.language_in(view, chat_id)
        reader = Reader(language, self.file.zone, view.now)
        shown = reader.say(face.text), keyboard(reader, face.buttons)
        without = reader.say(NO_FILE) if face.media else ""
        picture = None
        if drawn := face.drawn:
            picture = Picture(drawn.name, drawn.key(reader), lambda: drawn.draw(reader, drawn.of))
        return Rendered(*shown, face.pinned, face.protected, face.media, without, picture)

    async def open(self) -> None:
        """1. the only one here 2. the schema 3. who we are 4. the post office 5. our doors 6. the officer."""
        self.lock.take()
        await self.learn_name(await once_it_can(self.prepare))
        self.opened_at = self.clock.now()
        gc.collect()
        gc.set_threshold(20_000, 20, 20)  # nearly everything goes by itself: looking so often cost 6 % of an update
        gc.freeze()  # aiogram's models would make every collection slow
        gc.enable()
        await self.office.open(fetch=not self.surface.by_webhook)
        try:
            await self.surface.open()
        except NoListener:
            await self.close()
            raise
        if self.settings.owner is not None:
            owner = self.settings.owner
            await self.office.pump.do(lambda desk: invitations.ensure_owner(desk, owner))
        self.office.jobs.start("commands", commands.publish(self.office.wire, self.file))
        log.info("the desk is open", bot=self.username, units=len(self.file.units))

    async def prepare(self) -> str:
        """The schema as this version wants it, and our key; what this bot was called."""
        schema.upgrade(self.writer, now=self.clock.now())
        if self.writer.dialect.name != "sqlite":
            with self.writer.begin() as conn:
                schema.one_at_a_time(conn)
                check_key(conn, self.keys)
        return self.remembered_name()

    def remembered_name(self) -> str:
        """What this bot was called when it was asked last; empty: nobody has asked, or it was another bot."""
        with self.writer.begin() as conn:
            number, _sign, name = (get_fact(conn, NAME) or "").partition(" ")
        return name if number == self.settings.token().partition(":")[0] else ""

    async def learn_name(self, remembered: str | None = None) -> None:
        """Ask Telegram who this bot is; links need its name.

        A desk that was open before opens again while Telegram is dark: alerts have another way.
        """
        await self.office.wire.open()
        answer = await self.office.wire.call("getMe", {})
        if remembered and isinstance(answer, NotSent | Uncertain):
            self.username = remembered
            self.office.health.red("telegram", f"Telegram cannot be reached ({answer.why}).")
            return
        if not isinstance(answer, Sent):
            await self.office.wire.close()
            await self.close_databases()
            raise NotAnswering(str(answer))
        self.username = answer.result["username"]
        if remembered is not None and remembered != self.username:
            await once_it_can(self.remember_name)

    async def remember_name(self) -> None:
        with self.writer.begin() as conn:
            set_fact(conn, NAME, f"{self.settings.token().partition(':')[0]} {self.username}")

    async def close(self) -> None:
        """Nothing new is taken, what is under way is finished, the rest waits in the database or at Telegram.

        All of it within one budget: what has not ended by then is broken off as a crash would, and taken up again.
        """
        end = Farewell(self.close_within)
        self.pictures.close()
        await self.surface.close_door(end.left(0.4))
        await self.office.close(end)
        await self.surface.close(end.last())
        await self.close_databases()

    async def close_databases(self) -> None:
        await self.readers.dispose()
        self.writer.dispose()
        if self.short is not None:
            self.short.dispose()
        self.lock.release()

    async def run(self, stop: asyncio.Event) -> None:
        """Open until told to stop."""
        await self.open()
        try:
            await stop.wait()
        finally:
            await self.close()
