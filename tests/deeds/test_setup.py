"""Set-up as it arrives from Telegram: raw updates past the real dispatcher, and every card in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import Update, User

from bot.cards import CARDS, Face
from bot.switchboard import dispatcher
from bot.words import Reader
from desk.front import Answer, Call, CardRefresh, Desk, Line
from desk.invitations import ensure_owner, invite
from desk.people import consent
from desk.teams import add_team, link_to_group
from domain.people import Person
from domain.teams import Group
from storage import groups, teams
from storage.people import find_person, meet, roles_of
from storage.roles import end_role, give_role
from tests.conftest import MORNING, AtDesk

GROUP, FOREIGN = -1001, -666
OLGA, DINA, BEN, FAYE = 1, 20, 11, 13
BOT = {"id": 9, "is_bot": True, "first_name": "Linli", "username": "linli_bot"}


def user(telegram_id: int) -> dict[str, Any]:
    return {"id": telegram_id, "is_bot": False, "first_name": f"N{telegram_id}", "language_code": "en"}


def chat(chat_id: int) -> dict[str, Any]:
    if chat_id > 0:
        return {"id": chat_id, "type": "private", "first_name": f"N{chat_id}"}
    return {"id": chat_id, "type": "supergroup", "title": "Neighbours"}


def stamp() -> int:
    return int(MORNING.timestamp())


async def handle(desk: Desk, update: dict[str, Any]) -> None:
    bot = Bot("1:never-sends")
    bot._me = User(**BOT)
    await dispatcher().feed_update(bot, Update.model_validate(update), desk=desk)


async def says(desk: Desk, who: int, words: str, where: int | None = None, **more: Any) -> None:
    place = where or who
    message = {"message_id": 5, "date": stamp(), "chat": chat(place), "from": user(who), "text": words, **more}
    await handle(desk, {"update_id": 1, "message": message})


async def taps(desk: Desk, who: int, data: str, where: int | None = None) -> Answer:
    message = {"message_id": 5, "date": stamp(), "chat": chat(where or who), "from": BOT, "text": "card"}
    query = {"id": "q", "from": user(who), "chat_instance": "c", "data": data, "message": message}
    await handle(desk, {"update_id": 1, "callback_query": query})
    answers = [said for said in desk.said if isinstance(said, Answer)]
    assert len(answers) == 1  # every tap is answered exactly once
    desk.said.remove(answers[0])
    return answers[0]


async def moves(desk: Desk, kind: str, by: int, where: int, whom: dict[str, Any], status: str, **rights: Any) -> None:
    now = {"user": whom, "status": status, **rights}
    before = {"user": whom, "status": "left"}
    event = {"chat": chat(where), "from": user(by), "date": stamp(), "old_chat_member": before, "new_chat_member": now}
    await handle(desk, {"update_id": 1, kind: event})


ADMINISTRATOR = {
    **dict.fromkeys(("can_be_edited", "can_manage_chat", "can_manage_video_chats", "can_restrict_members"), True),
    **dict.fromkeys(("can_promote_members", "can_change_info", "can_invite_users", "can_post_stories"), False),
    **dict.fromkeys(("can_edit_stories", "can_delete_stories", "can_send_welcome_messages", "is_anonymous"), False),
    **dict.fromkeys(("can_pin_messages", "can_delete_messages"), True),
}


def officer(desk: Desk) -> Person:
    ensure_owner(desk, OLGA)
    return meet(desk.conn, desk.now, OLGA, "Olga", "en", started=True)


def card(desk: Desk, subject: str, subject_id: int, reader: int) -> Face | None:
    """The card as it would be sent now; put into words in both languages, with buttons Telegram takes."""
    face = CARDS[subject](desk, subject_id, reader)
    if face is not None:
        for language in desk.file.languages:
            words = Reader(language, desk.file.zone, desk.now)
            assert words.say(face.text)
            for button in face.buttons:
                assert words.label(button.label)
                assert len(button.data.encode()) <= 64
    return face


def labels(face: Face | None) -> list[str]:
    assert face is not None
    return [button.label.msgid for button in face.buttons]


def tap_on(face: Face | None, label: str) -> str:
    assert face is not None
    return next(button.data for button in face.buttons if button.label.msgid == label)


def words(desk: Desk, chat_id: int) -> list[str]:
    return [said.text.msgid for said in desk.said if isinstance(said, Line) and said.chat_id == chat_id]


async def test_a_team_is_set_up_with_a_link_a_group_and_a_yes(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        await says(desk, OLGA, "/setup")
        assert CardRefresh(OLGA, "setup", olga.id, anew=True) in desk.said
        assert "➕ Add a team" in labels(card(desk, "setup", olga.id, OLGA))
        team_id = add_team(desk, olga, "neighbours", "ankang", "Ankang neighbours", "invited")
        await taps(desk, OLGA, tap_on(card(desk, "team", team_id, OLGA), "Add it to its group"))
        line = next(said for said in desk.said if isinstance(said, Line))
        link = line.buttons[0].url
        assert "startgroup=g_" in link and "admin=" in link
        payload = link.partition("startgroup=")[2].partition("&")[0]
        await moves(desk, "my_chat_member", OLGA, GROUP, BOT, "administrator", **ADMINISTRATOR)
        await says(desk, OLGA, f"/start@linli_bot {payload}", GROUP)
        face = card(desk, "group", team_id, OLGA)
        assert labels(face) == ["Yes", "No, it isn't"]
        answer = await taps(desk, OLGA, tap_on(face, "Yes"))
        assert answer.text is not None and "ready" in answer.text.msgid
        assert teams.get_team(desk.conn, team_id).is_reachable
        assert labels(card(desk, "group", team_id, OLGA)) == []
        late = await taps(desk, OLGA, tap_on(face, "No, it isn't"))
        assert late.text is not None  # a late tap is told so
        assert teams.get_team(desk.conn, team_id).is_reachable


async def test_a_first_time_person_opens_an_invitation_and_is_in_before_the_talk_is_over(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        link = invite(desk, officer(desk), "supervisor", "ankang")
        await says(desk, DINA, f"/start {link.rpartition('start=')[2]}")
        dina = find_person(desk.conn, DINA)
        assert dina and [(role.role, role.unit) for role in roles_of(desk.conn, dina.id)] == [("supervisor", "ankang")]
        assert any("Welcome" in said for said in words(desk, DINA))
        desk.said.clear()
        await says(desk, FAYE, f"/start {link.rpartition('start=')[2]}")
        faye = find_person(desk.conn, FAYE)
        assert faye and roles_of(desk.conn, faye.id) == []
        assert any("works only once" in said for said in words(desk, FAYE))


@pytest.mark.parametrize("verb", ["team", "volunteer", "officer", "group", "invited", "members", "yes", "no", "more"])
async def test_forged_taps_of_a_resident_do_nothing_and_are_told_so(at_desk: AtDesk, verb: str) -> None:
    with at_desk() as desk:
        team_id = add_team(desk, officer(desk), "neighbours", "ankang", "Ankang neighbours", "invited")
        before = teams.get_team(desk.conn, team_id)
        for target in (team_id, 424242, 0):
            answer = await taps(desk, FAYE, f"su:{verb}:{target}")
            assert answer.text is not None and answer.alert
        assert desk.said == []
        assert teams.get_team(desk.conn, team_id) == before


async def test_a_resident_sees_no_card_of_the_set_up(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        team_id = add_team(desk, olga, "neighbours", "ankang", "Ankang neighbours", "invited")
        meet(desk.conn, desk.now, FAYE, "Faye", "en", started=True)
        assert card(desk, "setup", olga.id, FAYE) is None
        assert card(desk, "group", team_id, FAYE) is None
        face = card(desk, "team", team_id, FAYE)
        assert face and face.buttons == () and "Ankang" not in str(face.text)
        await says(desk, FAYE, "/setup")
        assert [said for said in desk.said if isinstance(said, CardRefresh) and said.subject == "setup"] == []
        assert len(words(desk, FAYE)) == 1


async def test_a_supervisor_looks_after_the_volunteers_of_a_team_and_nothing_else(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = add_team(desk, officer(desk), "neighbours", "ankang", "Ankang neighbours", "invited")
        dina = meet(desk.conn, desk.now, DINA, "Dina", "en", started=True)
        give_role(desk.conn, desk.now, dina.id, "supervisor", "ankang")
        assert labels(card(desk, "team", team_id, DINA)) == ["➕ Invite a volunteer"]
        await taps(desk, DINA, f"su:volunteer:{team_id}")
        assert any("Open this link" in said for said in words(desk, DINA))
        await says(desk, DINA, "/setup")
        assert CardRefresh(DINA, "setup", dina.id, anew=True) in desk.said
        assert "➕ Add a team" not in labels(card(desk, "setup", dina.id, DINA))


async def test_whoever_would_like_to_join_asks_and_is_welcomed(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = add_team(desk, officer(desk), "neighbours", "ankang", "Ankang neighbours", "invited")
        dina = meet(desk.conn, desk.now, DINA, "Dina", "en", started=True)
        give_role(desk.conn, desk.now, dina.id, "supervisor", "ankang")
        await says(desk, BEN, f"/start j_{team_id}")
        assert CardRefresh(BEN, "join", team_id, anew=True) in desk.said
        answer = await taps(desk, BEN, tap_on(card(desk, "join", team_id, BEN), "Ask to join"))
        assert answer.text is not None
        assert labels(card(desk, "join", team_id, BEN)) == []
        application = next(
            said.subject_id for said in desk.said if isinstance(said, CardRefresh) and said.chat_id == DINA
        )
        face = card(desk, "application", application, DINA)
        assert labels(face) == ["Yes, welcome", "Not now"]
        assert card(desk, "application", application, BEN) is None
        await taps(desk, BEN, tap_on(face, "Yes, welcome"))  # forged by the applicant
        ben = find_person(desk.conn, BEN)
        assert ben and roles_of(desk.conn, ben.id) == []
        await taps(desk, DINA, tap_on(face, "Yes, welcome"))
        assert [role.team_id for role in roles_of(desk.conn, ben.id)] == [team_id]
        assert labels(card(desk, "application", application, DINA)) == []


@pytest.mark.parametrize("payload", ["j_x", "j_99999999999999999999", "j_", "j_4242", "i_", "g_x", "i_x_y", "zzz"])
async def test_links_that_are_nothing_are_answered_kindly(at_desk: AtDesk, payload: str) -> None:
    with at_desk() as desk:
        officer(desk)
        await says(desk, FAYE, f"/start {payload}")
        assert len(words(desk, FAYE)) == 1


async def test_who_comes_and_goes_is_heard_and_makes_nobody_known(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = add_team(desk, officer(desk), "neighbours", "ankang", "N", "group")
        groups.keep_group(desk.conn, Group(GROUP, "N", "administrator", True, True))
        teams.change_team(desk.conn, team_id, chat_id=GROUP, state="ready")
        await moves(desk, "chat_member", OLGA, GROUP, user(BEN), "member")
        assert groups.is_inside(desk.conn, GROUP, BEN) is True
        await moves(desk, "chat_member", BEN, GROUP, user(BEN), "left")
        assert groups.is_inside(desk.conn, GROUP, BEN) is False
        assert find_person(desk.conn, BEN) is None
        assert desk.said == []


async def test_stopping_the_bot_is_heard(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        meet(desk.conn, desk.now, BEN, "Ben", "en", started=True)
        await moves(desk, "my_chat_member", BEN, BEN, BOT, "kicked", until_date=0)
        ben = find_person(desk.conn, BEN)
        assert ben and ben.reach == "blocked"
        await moves(desk, "my_chat_member", BEN, BEN, BOT, "member")
        ben = find_person(desk.conn, BEN)
        assert ben and ben.reach == "open"


async def test_added_to_a_foreign_group_the_bot_leaves(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        officer(desk)
        await moves(desk, "my_chat_member", FAYE, FOREIGN, BOT, "member")
        assert [said.method for said in desk.said if isinstance(said, Call)] == ["leaveChat"]
        assert len(words(desk, FOREIGN)) == 1


async def test_an_anonymous_administrator_is_asked_to_show_themselves_and_becomes_nobody(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = add_team(desk, officer(desk), "neighbours", "ankang", "N", "group")
        groups.keep_group(desk.conn, Group(GROUP, "N", "administrator", True, True))
        teams.change_team(desk.conn, team_id, chat_id=GROUP, state="ready")
        anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
        await says(desk, 1087968824, "/help@linli_bot", GROUP, **{"from": anonymous, "sender_chat": chat(GROUP)})
        assert len(words(desk, GROUP)) == 1 and "anonymity" in words(desk, GROUP)[0]
        assert find_person(desk.conn, 1087968824) is None


async def test_in_a_group_only_our_own_commands_are_answered_with_one_sentence(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        team_id = add_team(desk, olga, "neighbours", "ankang", "N", "group")
        groups.keep_group(desk.conn, Group(GROUP, "N", "administrator", True, True))
        teams.change_team(desk.conn, team_id, chat_id=GROUP, state="ready")
        for heard in ("/help@linli_bot", "/help", "/anything@Linli_Bot"):
            await says(desk, BEN, heard, GROUP)
            assert len(words(desk, GROUP)) == 1
            desk.said.clear()
        for unheard in ("/help@another_bot", "/weather", "hello", "/"):
            await says(desk, BEN, unheard, GROUP)
        assert desk.said == []
        assert find_person(desk.conn, BEN) is None


async def test_a_group_link_opened_in_private_says_what_to_do(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        team_id = add_team(desk, olga, "neighbours", "ankang", "N", "invited")
        payload = link_to_group(desk, olga, team_id).partition("startgroup=")[2].partition("&")[0]
        await says(desk, OLGA, f"/start {payload}")
        assert any("for a group" in said for said in words(desk, OLGA))


# ── the conversations of the set-up ─────────────────────────────────────────────────────────────────────────────────


async def press(desk: Desk, who: int, label: str) -> None:
    """Tap a button of the question that stands on somebody's screen, by what it says in English."""
    person = find_person(desk.conn, who)
    assert person
    face = card(desk, "screen", person.id, who)
    assert face is not None
    words = Reader("en", desk.file.zone, desk.now)
    await taps(desk, who, next(button.data for button in face.buttons if words.label(button.label) == label))


def agreed(desk: Desk, person: Person) -> Person:
    consent(desk, person)
    return person


async def test_an_officer_adds_renames_and_removes_a_team_in_chat(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = agreed(desk, officer(desk))
        await taps(desk, OLGA, "open:addteam:")
        await press(desk, OLGA, "Neighbours")
        await press(desk, OLGA, "Ankang Community")
        await says(desk, OLGA, "Ankang neighbours")
        await press(desk, OLGA, "Everybody in its group")
        (team,) = teams.all_teams(desk.conn)
        assert (team.key, team.unit, team.title, team.joining) == (
            "neighbours",
            "ankang",
            "Ankang neighbours",
            "group",
        )
        assert CardRefresh(OLGA, "team", team.id, anew=True) in desk.said
        await taps(desk, OLGA, tap_on(card(desk, "team", team.id, OLGA), "Change the name"))
        await says(desk, OLGA, "Ankang volunteers")
        assert teams.get_team(desk.conn, team.id).title == "Ankang volunteers"
        await taps(desk, OLGA, tap_on(card(desk, "team", team.id, OLGA), "Remove the team"))
        await press(desk, OLGA, "Yes, remove it")
        assert teams.all_teams(desk.conn) == []
        assert card(desk, "setup", olga.id, OLGA) is not None


async def test_an_officer_invites_a_supervisor_and_ends_the_role(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        agreed(desk, officer(desk))
        await taps(desk, OLGA, "open:addsupervisor:")
        await press(desk, OLGA, "Ankang Community")
        link = next(s.text.blanks["link"] for s in desk.said if isinstance(s, Line) and "link" in s.text.blanks)
        await says(desk, DINA, f"/start {link.rpartition('start=')[2]}")
        dina = find_person(desk.conn, DINA)
        assert dina and len(roles_of(desk.conn, dina.id)) == 1
        await taps(desk, OLGA, "open:endrole:")
        await press(desk, OLGA, "N20, supervisor of Ankang Community")
        await press(desk, OLGA, "Yes, end it")
        assert roles_of(desk.conn, dina.id) == []


@pytest.mark.parametrize("flow", ["addteam", "addsupervisor", "endrole", "renameteam", "removeteam"])
async def test_the_conversations_of_the_set_up_are_closed_to_residents(at_desk: AtDesk, flow: str) -> None:
    with at_desk() as desk:
        team_id = add_team(desk, officer(desk), "neighbours", "ankang", "Ankang neighbours", "invited")
        agreed(desk, meet(desk.conn, desk.now, FAYE, "Faye", "en", started=True))
        for target in ("", team_id, 4242):
            answer = await taps(desk, FAYE, f"open:{flow}:{target}")
            assert answer.text is not None
        assert desk.said == []


async def test_an_officer_who_is_one_no_longer_cannot_finish_what_they_began(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = agreed(desk, officer(desk))
        await taps(desk, OLGA, "open:addteam:")
        await press(desk, OLGA, "Neighbours")
        await press(desk, OLGA, "Ankang Community")
        await says(desk, OLGA, "Ankang neighbours")
        end_role(desk.conn, desk.now, olga.id, "officer")
        await press(desk, OLGA, "Everybody in its group")
        assert teams.all_teams(desk.conn) == []
