"""The yardstick: the echo bot as aiogram's own documentation has it, by polling."""

from __future__ import annotations

import asyncio
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

board = Dispatcher()


@board.message()
async def echo(message: Message) -> None:
    await message.answer(message.text or "")


async def main(url: str) -> None:
    bot = Bot("42:FIGURES", session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    await board.start_polling(bot, handle_signals=False)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
