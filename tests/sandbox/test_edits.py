"""What the bot may change and take back, and when it is too late."""

from __future__ import annotations

from typing import Any

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
YES = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


async def test_an_edit_that_changes_nothing_is_refused(town: Any) -> None:
    ama = await town.person("Ama")
    card = {"chat_id": ama, "message_id": (await town.call("sendMessage", chat_id=ama, text="Card"))["message_id"]}
    edit = "editMessageText"
    assert await town.refused(edit, **card, text=" Card ") == NOT_MODIFIED
    assert await town.refused("editMessageReplyMarkup", **card) == NOT_MODIFIED
    assert await town.call(edit, **card, text="<b>Card</b>", parse_mode="HTML")
    assert await town.refused(edit, **card, text="<b>Card</b>", parse_mode="HTML") == NOT_MODIFIED
    assert await town.call(edit, **card, text="Card", reply_markup=YES)
    assert await town.refused(edit, **card, text="Card", reply_markup=YES) == NOT_MODIFIED
    assert "reply_markup" not in await town.call(edit, **card, text="Card")


async def test_only_its_own_standing_messages_can_be_edited(town: Any) -> None:
    ama = await town.person("Ama")
    theirs = await town.do("say", user=ama, text="mine")
    ours = await town.call("sendMessage", chat_id=ama, text="Card")
    forwarded = await town.call("forwardMessage", chat_id=ama, from_chat_id=ama, message_id=ours["message_id"])
    for number in (theirs["message_id"], forwarded["message_id"]):
        said = await town.refused("editMessageText", chat_id=ama, message_id=number, text="x")
        assert said == "Bad Request: message can't be edited"
    assert (
        await town.refused("editMessageCaption", chat_id=ama, message_id=ours["message_id"], caption="x")
        == "Bad Request: there is no caption in the message to edit"
    )
    await town.do("delete", user=ama, message_id=ours["message_id"])
    assert (
        await town.refused("editMessageText", chat_id=ama, message_id=ours["message_id"], text="x")
        == "Bad Request: message to edit not found"
    )
    assert await town.hear() != []


async def test_captions_and_pictures_change(town: Any) -> None:
    ama = await town.person("Ama")
    file, other = [(await town.do("send", user=ama, kind="album"))[n]["photo"][-1]["file_id"] for n in (0, 1)]
    photo = await town.call("sendPhoto", chat_id=ama, photo=file, caption="one")
    where = {"chat_id": ama, "message_id": photo["message_id"]}
    assert await town.refused("editMessageCaption", **where, caption="one") == NOT_MODIFIED
    assert (await town.call("editMessageCaption", **where, caption="<i>two</i>", parse_mode="HTML"))["caption"] == "two"
    media = {"type": "photo", "media": other}
    changed = await town.call("editMessageMedia", **where, media=media)
    assert changed["photo"][-1]["file_id"] == other
    assert "caption" not in changed
    assert await town.refused("editMessageMedia", **where, media=media) == NOT_MODIFIED
    assert (
        await town.refused("editMessageText", **where, text="x")
        == "Bad Request: there is no text in the message to edit"
    )


async def test_messages_can_be_deleted_for_48_hours(town: Any) -> None:
    ama = await town.person("Ama")
    theirs = await town.do("say", user=ama, text="secret")
    old = await town.call("sendMessage", chat_id=ama, text="old")
    assert await town.call("deleteMessage", chat_id=ama, message_id=theirs["message_id"])
    assert (
        await town.refused("deleteMessage", chat_id=ama, message_id=theirs["message_id"])
        == "Bad Request: message to delete not found"
    )
    await town.do("clock", minutes=48 * 60)
    assert (
        await town.refused("deleteMessage", chat_id=ama, message_id=old["message_id"])
        == "Bad Request: message can't be deleted for everyone"
    )
    assert [m["deleted"] for m in (await town.see("chat", chat=ama))["messages"]] == [False, True, False]
    new = await town.call("sendMessage", chat_id=ama, text="new")
    assert await town.call("deleteMessages", chat_id=ama, message_ids=[new["message_id"], 999])
    assert (await town.see("chat", chat=ama))["messages"][-1]["deleted"]


async def test_in_a_group_it_deletes_others_words_only_as_administrator(town: Any) -> None:
    ama = await town.person("Ama")
    group = await town.group(ama, bot="member")
    words = await town.do("say", user=ama, chat=group, text="spam")
    ours = await town.call("sendMessage", chat_id=group, text="x")
    assert (
        await town.refused("deleteMessage", chat_id=group, message_id=words["message_id"])
        == "Bad Request: message can't be deleted"
    )
    assert await town.call("deleteMessage", chat_id=group, message_id=ours["message_id"])
    await town.do("members", group=group, user=42, status="administrator")
    assert await town.call("deleteMessage", chat_id=group, message_id=words["message_id"])


async def test_what_is_protected_stays_where_it_is(town: Any) -> None:
    ama = await town.person("Ama")
    said = await town.call("sendMessage", chat_id=ama, text="x", protect_content=True)
    where = {"chat_id": ama, "from_chat_id": ama, "message_id": said["message_id"]}
    assert await town.refused("copyMessage", **where) == "Bad Request: message can't be copied"
    assert await town.refused("forwardMessage", **where) == "Bad Request: message can't be forwarded"
    assert "protected" in (await town.unclear("forward", user=ama, from_chat=ama, message_id=said["message_id"]))[1]


async def test_a_forward_keeps_links_and_loses_buttons(town: Any) -> None:
    ama = await town.person("Ama")
    link = {"text": "Open", "url": "https://example.org/"}
    keyboard = {"inline_keyboard": [[*YES["inline_keyboard"][0], link]]}
    said = await town.call("sendMessage", chat_id=ama, text="x", reply_markup=keyboard)
    passed = await town.do("forward", user=ama, from_chat=ama, message_id=said["message_id"])
    assert passed["reply_markup"] == {"inline_keyboard": [[link]]}
    assert passed["forward_origin"]["sender_user"]["id"] == 42
    copied = await town.call("copyMessage", chat_id=ama, from_chat_id=ama, message_id=said["message_id"])
    body = (await town.see("chat", chat=ama))["messages"][-1]
    assert body["message_id"] == copied["message_id"]
    assert "forward_origin" not in body


async def test_a_mention_by_id_shows_who_is_meant(town: Any) -> None:
    ama = await town.person("Ama")
    html = f'<a href="tg://user?id={ama}">Ama</a> <a href="tg://user?id=9">Nobody</a>'
    said = await town.call("sendMessage", chat_id=ama, text=html, parse_mode="HTML")
    [entity] = said["entities"]
    assert (entity["type"], entity["user"]["first_name"]) == ("text_mention", "Ama")
