"""Everything the sandbox's Bot API can do: one table, name to function. What is not here answers 404."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.arguments import Arguments
from sandbox.methods import chats, edits, media, messages, profile, topics, updates
from sandbox.world import World

Method = Callable[[World, Arguments], Any | Awaitable[Any]]

METHODS: dict[str, Method] = {
    # hearing
    "getUpdates": updates.get_updates,
    "setWebhook": updates.set_webhook,
    "deleteWebhook": updates.delete_webhook,
    "getWebhookInfo": updates.get_webhook_info,
    "logOut": updates.log_out,
    "close": updates.log_out,
    # saying
    "sendMessage": messages.send_message,
    "sendLocation": messages.send_location,
    "sendVenue": messages.send_venue,
    "sendContact": messages.send_contact,
    "sendPoll": messages.send_poll,
    "sendDice": messages.send_dice,
    "sendChatAction": messages.send_chat_action,
    "copyMessage": messages.copy_message,
    "forwardMessage": messages.forward_message,
    "deleteMessage": messages.delete_message,
    "deleteMessages": messages.delete_messages,
    "setMessageReaction": messages.set_reaction,
    # showing
    "sendPhoto": media.sender("photo"),
    "sendVideo": media.sender("video"),
    "sendVoice": media.sender("voice"),
    "sendAudio": media.sender("audio"),
    "sendDocument": media.sender("document"),
    "sendVideoNote": media.sender("video_note"),
    "sendSticker": media.sender("sticker"),
    "sendAnimation": media.sender("animation"),
    "sendMediaGroup": media.send_media_group,
    # changing
    "editMessageText": edits.edit_text,
    "editMessageCaption": edits.edit_caption,
    "editMessageMedia": edits.edit_media,
    "editMessageReplyMarkup": edits.edit_markup,
    "answerCallbackQuery": edits.answer_tap,
    # chats
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatAdministrators": chats.get_chat_administrators,
    "getChatMemberCount": chats.get_chat_member_count,
    "banChatMember": chats.ban_chat_member,
    "unbanChatMember": chats.unban_chat_member,
    "leaveChat": chats.leave_chat,
    "pinChatMessage": chats.pin_chat_message,
    "unpinChatMessage": chats.unpin_chat_message,
    "unpinAllChatMessages": chats.unpin_all_chat_messages,
    "exportChatInviteLink": chats.export_invite_link,
    "createChatInviteLink": chats.create_invite_link,
    # topics
    "createForumTopic": topics.create_topic,
    "closeForumTopic": topics.close_topic,
    "reopenForumTopic": topics.reopen_topic,
    "deleteForumTopic": topics.delete_topic,
    # itself
    "getMe": profile.get_me,
    "setMyCommands": profile.set_commands,
    "getMyCommands": profile.get_commands,
    "deleteMyCommands": profile.delete_commands,
    "setMyName": profile.setter("name", 64),
    "getMyName": profile.getter("name", lambda world: world.bot.first_name),
    "setMyDescription": profile.setter("description", 512),
    "getMyDescription": profile.getter("description", lambda world: ""),
    "setMyShortDescription": profile.setter("short_description", 120),
    "getMyShortDescription": profile.getter("short_description", lambda world: ""),
    "setChatMenuButton": profile.set_menu_button,
    "getChatMenuButton": profile.get_menu_button,
    "getFile": profile.get_file,
    "getUserProfilePhotos": profile.get_user_profile_photos,
}

# Telegram does not mind how a method's name is cased.
BY_LOWER_NAME: dict[str, tuple[str, Method]] = {name.lower(): (name, method) for name, method in METHODS.items()}
