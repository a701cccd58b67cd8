"""aiogram and python-telegram-bot talk to the sandbox unchanged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
import telegram
from aiogram import Bot, Dispatcher, exceptions, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart

from sandbox.samples import picture
from sandbox.server import Sandbox

TOKEN = "42:TEST"


@pytest.fixture
async def aio(box: Sandbox) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(box.url)))
    yield bot
    await bot.session.close()


@pytest.fixture
async def ptb(box: Sandbox) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(TOKEN, base_url=f"{box.url}/bot", base_file_url=f"{box.url}/file/bot") as bot:
        yield bot


async def test_aiogram_says_shows_and_changes(town: Any, aio: Bot) -> None:
    ama = await town.person("Ama")
    me = await aio.get_me()
    assert (me.id, me.is_bot, me.username) == (42, True, "linli_bot")
    buttons = types.InlineKeyboardMarkup(
        inline_keyboard=[[types.InlineKeyboardButton(text="Yes", callback_data="yes")]]
    )
    said = await aio.send_message(ama, "<b>Hello</b> 😀", parse_mode="HTML", reply_markup=buttons)
    assert (said.text, said.html_text) == ("Hello 😀", "<b>Hello</b> 😀")
    assert said.reply_markup is not None
    assert said.reply_markup.model_dump() == buttons.model_dump()
    changed = await aio.edit_message_text("Bye", chat_id=ama, message_id=said.message_id)
    assert isinstance(changed, types.Message)
    assert (changed.text, changed.reply_markup) == ("Bye", None)
    photo = await aio.send_photo(ama, types.BufferedInputFile(picture(), "a.png"), caption="Sky")
    assert photo.photo is not None
    assert (photo.photo[-1].width, photo.photo[-1].height) == (640, 480)
    again = await aio.send_photo(ama, photo.photo[-1].file_id)
    assert again.photo == photo.photo
    fetched = await aio.download(photo.photo[-1].file_id)
    assert fetched is not None
    assert fetched.read() == picture()
    with pytest.raises(exceptions.TelegramBadRequest, match="message is not modified"):
        await aio.edit_message_text("Bye", chat_id=ama, message_id=said.message_id)
    await town.do("block", user=ama, blocked=True)
    with pytest.raises(exceptions.TelegramForbiddenError, match="bot was blocked by the user"):
        await aio.send_message(ama, "Are you there?")


async def test_ptb_says_shows_and_changes(town: Any, ptb: telegram.Bot) -> None:
    ama = await town.person("Ama")
    said = await ptb.send_message(ama, "Hello", reply_markup=telegram.ReplyKeyboardRemove())
    answer = await ptb.send_message(ama, "<i>again</i>", parse_mode="HTML", reply_to_message_id=said.message_id)
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.message_id == said.message_id
    assert answer.text_html == "<i>again</i>"
    photo = await ptb.send_photo(ama, picture(), caption="Sky", protect_content=True)
    assert photo.has_protected_content
    file = await ptb.get_file(photo.photo[-1].file_id)
    kept = BytesIO()
    await file.download_to_memory(kept)
    assert kept.getvalue() == picture()
    album = await ptb.send_media_group(
        ama, [telegram.InputMediaPhoto(picture(n), caption=f"{n}") for n in range(3)], disable_notification=True
    )
    assert len({message.media_group_id for message in album}) == 1
    assert [message.caption for message in album] == ["0", "1", "2"]
    with pytest.raises(telegram.error.BadRequest, match="Message to edit not found"):
        await ptb.edit_message_text("x", ama, 9999)
    await town.do("people", id=ama, first_name="Ama", deactivated=True)
    with pytest.raises(telegram.error.Forbidden, match="user is deactivated"):
        await ptb.send_message(ama, "Are you there?")


async def test_every_kind_that_ptb_sends_is_understood(town: Any, ptb: telegram.Bot) -> None:
    ama = await town.person("Ama")
    assert (await ptb.send_location(ama, 31.2, 121.4)).location.latitude == 31.2
    assert (await ptb.send_venue(ama, 31.2, 121.4, "Station", "1 Main Street")).venue.title == "Station"
    assert (await ptb.send_contact(ama, "+15550001", "Ben")).contact.first_name == "Ben"
    assert (await ptb.send_poll(ama, "Tea?", ["Yes", "No"])).poll.options[1].text == "No"
    assert 1 <= (await ptb.send_dice(ama)).dice.value <= 6
    assert (await ptb.send_voice(ama, b"OggS", duration=3)).voice.mime_type == "audio/ogg"
    assert (await ptb.send_audio(ama, b"ID3", title="Song")).audio.title == "Song"
    assert (await ptb.send_document(ama, b"text", filename="a.txt")).document.file_name == "a.txt"
    assert (await ptb.send_video(ama, b"film", width=320, height=240)).video.width == 320
    assert (await ptb.send_video_note(ama, b"film", length=200)).video_note.length == 200
    assert (await ptb.send_animation(ama, b"film")).animation.mime_type == "video/mp4"
    assert (await ptb.send_sticker(ama, b"webp", emoji="🙂")).sticker.emoji == "🙂"
    assert await ptb.send_chat_action(ama, "typing")
    copied = await ptb.copy_message(ama, ama, (await ptb.send_message(ama, "one")).message_id)
    forwarded = await ptb.forward_message(ama, ama, copied.message_id)
    assert forwarded.text == "one"
    assert isinstance(forwarded.forward_origin, telegram.MessageOriginUser)
    changed = await ptb.edit_message_media(
        telegram.InputMediaDocument(b"new", caption="Paper"),
        ama,
        (await ptb.send_photo(ama, picture())).message_id,
    )
    assert isinstance(changed, telegram.Message)
    assert (changed.caption, changed.photo) == ("Paper", ())
    assert await ptb.set_message_reaction(ama, changed.message_id, "👍")


async def test_ptb_asks_and_decides_about_a_group(town: Any, ptb: telegram.Bot) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    group = await town.group(ama, ben)
    assert (await ptb.get_chat(group)).title == "The helpers"
    assert await ptb.get_chat_member_count(group) == 3
    assert {admin.user.id for admin in await ptb.get_chat_administrators(group)} == {ama, 42}
    assert (await ptb.get_chat_member(group, ben)).status == "member"
    said = await ptb.send_message(group, "Open cards")
    assert await ptb.pin_chat_message(group, said.message_id)
    pinned = (await ptb.get_chat(group)).pinned_message
    assert pinned is not None
    assert pinned.message_id == said.message_id
    assert await ptb.unpin_all_chat_messages(group)
    assert (await ptb.create_chat_invite_link(group, member_limit=1)).member_limit == 1
    assert (await ptb.export_chat_invite_link(group)).startswith("https://t.me/+")
    assert await ptb.ban_chat_member(group, ben)
    assert (await ptb.get_chat_member(group, ben)).status == "kicked"
    assert await ptb.unban_chat_member(group, ben, only_if_banned=True)
    assert (await ptb.get_chat_member(group, ben)).status == "left"
    assert await ptb.leave_chat(group)
    with pytest.raises(telegram.error.Forbidden, match="bot is not a member of the supergroup chat"):
        await ptb.send_message(group, "Anybody?")


async def test_ptb_describes_itself(ptb: telegram.Bot) -> None:
    assert await ptb.set_my_commands([telegram.BotCommand("help", "Ask for help")])
    assert await ptb.set_my_commands(
        [telegram.BotCommand("help", "求助")],
        scope=telegram.BotCommandScopeAllPrivateChats(),
        language_code="zh",
    )
    assert (await ptb.get_my_commands())[0].description == "Ask for help"
    private = telegram.BotCommandScopeAllPrivateChats()
    assert (await ptb.get_my_commands(scope=private, language_code="zh"))[0].description == "求助"
    assert await ptb.delete_my_commands()
    assert await ptb.get_my_commands() == ()
    assert await ptb.set_my_name("Desk")
    assert (await ptb.get_my_name()).name == "Desk"
    assert await ptb.set_my_description("Asks", language_code="en")
    assert (await ptb.get_my_description("en")).description == "Asks"
    assert (await ptb.get_my_short_description()).short_description == ""
    assert await ptb.set_chat_menu_button(menu_button=telegram.MenuButtonCommands())
    assert (await ptb.get_chat_menu_button()).type == "commands"
    assert (await ptb.get_user_profile_photos(42)).total_count == 0
    info = await ptb.get_webhook_info()
    assert (info.url, info.pending_update_count) == ("", 0)


async def test_an_aiogram_dispatcher_lives_in_the_town(town: Any, aio: Bot) -> None:
    """Long polling, a command with its payload, a tap and its answer: the whole way round."""
    dispatcher = Dispatcher()

    @dispatcher.message(CommandStart(deep_link=True))
    async def start(message: types.Message, command: Any) -> None:
        button = types.InlineKeyboardButton(text="OK", callback_data=f"ok:{command.args}")
        await message.answer("Hello", reply_markup=types.InlineKeyboardMarkup(inline_keyboard=[[button]]))

    @dispatcher.callback_query()
    async def tapped(query: types.CallbackQuery) -> None:
        await query.answer(f"got {query.data}", show_alert=True)

    polling = asyncio.create_task(dispatcher.start_polling(aio, handle_signals=False, polling_timeout=1))
    ama = (await town.do("people", first_name="Ama"))["id"]
    await town.do("start", user=ama, payload="c_1")
    for _ in range(200):
        if len(seen := (await town.see("chat", chat=ama))["messages"]) == 2:
            break
        await asyncio.sleep(0.01)
    tap = await town.do("tap", user=ama, message_id=seen[-1]["message_id"], label="OK")
    assert tap["answer"] == {"text": "got ok:c_1", "show_alert": True, "url": None}
    await dispatcher.stop_polling()
    await polling


async def test_both_read_the_same_updates(town: Any, aio: Bot, ptb: telegram.Bot) -> None:
    """One of each kind, parsed by two libraries that share no code."""
    ama, ben = await town.person("Ama", username="ama"), await town.person("Ben", last_name="B")
    group = await town.group(ama, bot="administrator")
    kinds = ["message", "edited_message", "callback_query", "chat_member", "my_chat_member"]
    await town.call("getUpdates", offset=town.offset, allowed_updates=kinds)
    for kind in ("photo", "album", "voice", "video", "video_note", "document", "location", "contact", "sticker"):
        await town.do("send", user=ama, kind=kind)
    await town.do("send", user=ama, kind="poll")
    await town.do("send", user=ama, kind="venue")
    said = await town.do("say", user=ama, text="/help me")
    await town.do("edit", user=ama, message_id=said["message_id"], text="/help us")
    await town.do("forward", user=ama, message_id=said["message_id"], from_chat=ama)
    await town.do("forward", user=ama, message_id=said["message_id"], from_chat=ama, hidden=True)
    await town.do("members", group=group, user=ben, status="member")
    await town.do("members", group=group, user=ben, status="administrator")
    await town.do("members", group=group, user=ben, status="restricted")
    await town.do("members", group=group, user=ben, status="kicked")
    await town.do("members", group=group, user=42, status="member")
    await town.do("say", user=ama, chat=group, text="/help@linli_bot", anonymous=True)
    card = await aio.send_message(group, "Card")
    await town.do("tap", user=ama, chat=group, message_id=card.message_id, data="x", wait=0)
    await town.do("block", user=ben, blocked=True)
    ours = await aio.get_updates()
    theirs = await ptb.get_updates()
    assert [update.update_id for update in ours] == [update.update_id for update in theirs]
    assert len(ours) == 27
    assert [update.event_type for update in ours] == [
        next(kind for kind in kinds if getattr(update, kind) is not None) for update in theirs
    ]
