"""Every fault of a desk file is named at once, with its line and what to write instead."""

from pathlib import Path

import pytest

from domain.desk_file import DeskFileFaults, read_desk_file
from domain.shipped import shipped_desk_file

SMALL = Path(__file__).with_name("small_desk.toml").read_text(encoding="utf-8")


def faults_of(text: str) -> list[tuple[int, str]]:
    with pytest.raises(DeskFileFaults) as raised:
        read_desk_file(text)
    return [(fault.line, fault.text.msgid.format(**fault.text.blanks)) for fault in raised.value.faults]


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1, f"{old!r} stands {SMALL.count(old)} times in the example"
    return SMALL.replace(old, new)


def line_with(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if words in line)


FAULTS: list[tuple[str, str, str, str]] = [
    # what stands there, what is written instead, the words its line holds, what the fault says
    ('team    = "neighbours"', 'taem = "neighbours"', "taem", "Did you mean “team”?"),
    ("award   = 5", "points_for_everyone = 5", "points_for", "What may stand here: name, in, team"),
    ("[points.dimensions]", '[points]\ntogether = "shared"\n[points.dimensions]', "shared", "Write “share”, “each”"),
    ("[points.dimensions]", '[points]\ntogether = "0%"\n[points.dimensions]', "0%", "a part for each such as “50%”"),
    ("[points.dimensions]", "[pionts.dimensions]", "[pionts", "Did you mean “points”?"),
    ('zone      = "Asia/Shanghai"', 'zone = "Asia/Shangai"', "Shangai", "Did you mean “Asia/Shanghai”?"),
    ('zone      = "Asia/Shanghai"', 'zone = "here"', "here", "is not a time zone"),
    ('zone      = "Asia/Shanghai"', "", "[desk]", "“zone” is missing. Write for example: zone ="),
    ('["zh_Hans", "en"]', "[]", "languages", 'languages = ["zh_Hans", "en"]'),
    ('["zh_Hans", "en"]', '["zh_Hans", "en", "English"]', '"English"', "“English” is not the code of a language"),
    ('{ zh_Hans = "跑腿", en = "Errands" }', '{ zh_Hans = "跑腿" }', "跑腿", "The words in “en” are missing"),
    ('{ zh_Hans = "跑腿", en = "Errands" }', '"Errands"', "Errands", 'name = { zh_Hans = "…", en = "…" }'),
    ('"21:30", to = "07:00"', '"21:30", to = "21:30"', "quiet", "never or always be quiet"),
    ('"21:30", to = "07:00"', '"21:30", to = "25:00"', "25:00", "“25:00” is not a time of day"),
    ('"21:30", to = "07:00"', '"21:30"', "quiet", "“to” is missing"),
    ('level = "town"', 'level = "twon"', "twon", "Did you mean “town”?"),
    ('level = "town"', "", "[units.donggang]", "“level” is missing"),
    ('level = "town"', 'level = "community"', "in    =", "A community cannot lie in a community"),
    ('in    = "donggang"', 'in = "dongang"', "dongang", "Did you mean “donggang”?"),
    ('in    = "donggang"', 'in = "shanghai"', "shanghai", "Write one of: donggang"),
    ('in    = "donggang"', 'in = "ankang"', 'in = "ankang"', "lies within itself"),
    ("[units.donggang]", "[units.Dong_Gang]", "Dong_Gang", "Use small letters"),
    ('"30m", resolution', '"30 minutes", resolution', "30 minutes", "is not a length of time"),
    ('"30m", resolution', '"0m", resolution', '"0m", resolution', "too long or too short"),
    ('"1d", in', '"9999d", in', "9999d", "too long or too short"),
    ('"1d", in', "60, in", "60, in", "“60” is not a length of time"),
    ('in = "office_hours"', 'in = "ofice_hours"', "ofice", "Did you mean “office_hours”?"),
    ("award   = 5", "award = -5", "award = -5", "Write for example: award = 5"),
    ("award   = 5", "award = 5\ncaps = { person_dya = 5 }", "person_dya", "Did you mean “person_day”?"),
    ("award   = 5", "award = 5\ncaps = { person_week = 0 }", "person_week", "Write for example: person_week = 30"),
    ("award   = 5", "award = 5\ncaps = { pair_day = 4 }", "pair_day", "not even once would all of it be earned"),
    ("award   = 5", "caps = { pair_day = 4 }", "pair_day", "Nothing is earned here"),
    (
        "award   = 5",
        "award = 5\ncaps = { pair_day = 9, pair_year = 8 }",
        "pair_year",
        "“pair_year” is less than “pair_day”",
    ),
    ("award   = 5", "award = true", "award = true", "Write for example: award = 5"),
    ("award   = 5", 'dimension = "servce"', "servce", "Did you mean “service”?"),
    ("award   = 5", 'ask_for = ["foto"]', "foto", "Did you mean “photo”?"),
    ("award   = 5", 'in = "nowhere"', "nowhere", "There is nothing called “nowhere”"),
    ('team    = "neighbours"', "", "[categories.errand]", "has no team, but its ladder begins with the team"),
    ('private_door = "not_safe"', 'private_door = "errand"', '= "errand"', "Write one of: not_safe"),
    ('ladder       = "at_once"', 'ladder = "at_onec"', "at_onec", "Did you mean “at_once”?"),
    ('ladder       = "at_once"', "", "[categories.not_safe]", "“ladder” is missing"),
    ("confidential = true", 'confidential = true\nteam = "care"', 'team = "care"', "never to a team"),
    ("confidential = true", "confidential = true\naward = 3", "award = 3", "A confidential category has no “award”"),
    ("urgent = true", "urgent = false", 'ladder       = "at_once"', "must not wait for the morning"),
    ('reach = "duty", of = "community"', 'reach = "team"', '"0m", reach = "team"', "not “team”"),
    ('reach = "duty", of = "community"', 'reach = "neighbours"', 'reach = "neighbours"', "not “neighbours”"),
    ('reach = "duty"', 'reach = "dutty"', "dutty", "Did you mean “duty”?"),
    ('reach = "duty", of = "community"', 'of = "community"', '"0m", of', "“reach” is missing"),
    ('of = "town"', 'of = "district"', 'of = "district"', "No unit is a district"),
    ('{ after = "0m", reach', "{ reach", "{ reach", "“after” is missing"),
    ('seen_for = "10m"', 'seen_for = "soon"', "soon", "“soon” is not a length of time"),
    ("emergency = [", "#", "[desk]", "the emergency numbers are shown"),
    ('number = "110"', "number = 110", "number = 110", 'number = "110"'),
    ("mon-fri = [", "mon-fry = [", "mon-fry", "“mon-fry” is not a day of the week"),
    ('"08:30-12:00"', '"12:00-08:30"', "12:00-08:30", "ends before it begins"),
    ('"08:30-12:00"', '"08:30-15:00"', "08:30-15:00", "overlap"),
    ('"08:30-12:00"', '"half past eight"', "half past", "cannot be understood like this"),
    ('{ mon-fri = ["08:30-12:00", "14:00-17:30"] }', "{ }", "days", "never open"),
    ('{ mon-fri = ["08:30-12:00", "14:00-17:30"] }', "{ mon-fri = [] }", "days", "never open"),
    ('holidays = "CN"', 'holidays = "China"', '"China"', "are not known"),
    ('zone      = "Asia/Shanghai"', 'zone = "Asia/Shanghai"\nconsent_version = []', "consent_version", '= "1"'),
    ('holidays = "CN"', 'closed = ["tomorrow"]', "tomorrow", "closed = [2027-"),
]


@pytest.mark.parametrize(("old", "new", "stands_in", "says"), FAULTS)
def test_a_fault_names_its_line_and_what_to_write(old: str, new: str, stands_in: str, says: str) -> None:
    text = changed(old, new)
    found = faults_of(text)
    assert any(line == line_with(text, stands_in) and says in sentence for line, sentence in found), found


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('zone      = "Asia/Shanghai"', "zone      = “Asia/Shanghai”", 'punctuation on this line: “ Write " instead'),
        ('zone      = "Asia/Shanghai"', 'zone ＝ "Asia/Shanghai"', "Write = instead"),
        ('zone      = "Asia/Shanghai"', 'zone = "Asia/Shanghai', "This line cannot be read"),
        ('zone      = "Asia/Shanghai"', "zone", "This line cannot be read"),
    ],
)
def test_a_file_that_is_no_toml(old: str, new: str, says: str) -> None:
    text = changed(old, new)
    ((line, sentence),) = faults_of(text)
    assert line == 3
    assert says in sentence


def test_a_key_written_twice_and_a_bracket_never_closed() -> None:
    assert "cannot be read" in faults_of(SMALL + "[desk]\n")[0][1]
    assert "cannot be read" in faults_of(SMALL + "[reports.x]\nasks = [")[0][1]


def test_all_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = SMALL.replace("Asia/Shanghai", "Asia/Shangai").replace('level = "town"', 'level = "twon"')
    text = text.replace('seen_for = "10m"', 'seen_for = "soon"').replace("award   = 5", "awards = 5")
    lines = [line for line, _sentence in faults_of(text)]
    assert len(lines) >= 4 and lines == sorted(lines)


def test_an_empty_file_is_told_what_is_missing() -> None:
    told = " ".join(sentence for _line, sentence in faults_of(""))
    for needed in ("[desk]", "[units.ankang]", "[categories.errand]", "languages", "zone", "name"):
        assert needed in told


@pytest.mark.parametrize(
    "text", ["desk = 1", "units = 3\n", "[desk]\nname = 5\nquiet = 3\nemergency = 'x'", "[[units]]"]
)
def test_shapes_nobody_expected_are_faults_and_not_accidents(text: str) -> None:
    assert faults_of(text)


def test_units_in_a_circle() -> None:
    text = changed('level = "town"', 'level = "town"\nin = "ankang"')
    assert any("lies within itself" in sentence for _line, sentence in faults_of(text))


def test_a_heading_leads_nowhere_and_two_levels_are_enough() -> None:
    text = changed("award   = 5", 'in = "trouble"')
    assert any("is only a heading" in sentence for _line, sentence in faults_of(text))
    text = text.replace('private_door = "not_safe"', 'in = "not_safe"')
    assert any("two levels at most" in sentence for _line, sentence in faults_of(text))


def test_teams_are_free_words_until_the_file_lists_them() -> None:
    teams = '[teams]\nneighbours = { zh_Hans = "邻里", en = "Neighbours" }\n'
    ((line, sentence),) = faults_of(SMALL + teams)
    assert line == line_with(SMALL, '"mediators"') and "Write one of: neighbours" in sentence
    desk = read_desk_file(SMALL + teams + 'mediators = { zh_Hans = "调解", en = "Mediators" }\n')
    assert desk.teams["mediators"]["zh_Hans"] == "调解"


def test_a_ladder_without_steps() -> None:
    assert any("at least one step" in s for _line, s in faults_of(SMALL + "[ladders.none]\nsteps = []\n"))


def test_only_one_category_is_please_call_me() -> None:
    text = changed("award   = 5", "call_me = true").replace('private_door = "not_safe"', "call_me = true")
    assert any("“errand” is it already" in sentence for _line, sentence in faults_of(text))


WRITTEN = (
    "1",
    "true",
    '"x"',
    "[]",
    "{}",
    "[1]",
    "{ x = 1 }",
    "[[1]]",
    "2026-01-01",
    "07:00:00",
    '""',
    "-1",
    "1.5",
    "[{}]",
)


def test_nothing_an_officer_writes_is_an_accident() -> None:
    """Every line of a sound file is spoilt in turn: it still reads, or the faults say why, each with a line."""
    lines = shipped_desk_file("demo").split("\n")
    told = 0
    for place, line in enumerate(lines):
        key, equals, _value = line.partition("=")
        spoilt = f"{key}= {WRITTEN[place % len(WRITTEN)]}" if equals and not line.startswith(" ") else ""
        try:
            read_desk_file("\n".join([*lines[:place], spoilt, *lines[place + 1 :]]))
        except DeskFileFaults as wrong:
            told += 1
            assert all(1 <= fault.line <= len(lines) for fault in wrong.faults)
            assert all(fault.text.msgid.format(**fault.text.blanks) for fault in wrong.faults)
    assert told > 60


CHANNEL = """
[second_channel]
after = "10m"
[second_channel.mail]
server = "mail.example.org"
tls = "starttls"
user = "desk"
from = "desk@example.org"
to = { ankang = ["dina@example.org"] }
[second_channel.webhook]
url = "https://alerts.example.org/linli"
"""


@pytest.mark.parametrize(
    ("old", "new", "stands_in", "says"),
    [
        ('after = "10m"\n', 'after = "soon"\n', "soon", "is not a length of time"),
        ('server = "mail.example.org"', "", "[second_channel.mail]", "“server” is missing"),
        ('server = "mail.example.org"', 'sever = "mail.example.org"', "sever", "Did you mean “server”?"),
        ('tls = "starttls"', 'tls = "startls"', "startls", "Did you mean “starttls”?"),
        ('tls = "starttls"', 'tls = "none"', 'tls = "none"', "Without TLS anybody on the way could read"),
        ('tls = "starttls"', "port = 70000", "70000", "Write for example: port = 465"),
        ('user = "desk"', 'password = "swordfish"', "swordfish", "set LINLI_MAIL_PASSWORD"),
        ('from = "desk@example.org"', 'from = "the desk"', "the desk", "“the desk” is not an e-mail address"),
        ('["dina@example.org"]', '["dina@example.org", "dina"]', '"dina"]', "“dina” is not an e-mail address"),
        ('["dina@example.org"]', "[7]", "to = {", 'ankang = ["dina@example.org"]'),
        ("{ ankang =", "{ ankan =", "ankan =", "Did you mean “ankang”?"),
        ('to = { ankang = ["dina@example.org"] }', "", "[second_channel.mail]", "“officers” is missing"),
        ('url = "https://alerts', 'url = "http://alerts', "http://alerts", "cannot be understood like this"),
        ('url = "https://', 'secret = "swordfish"\nurl = "https://', "swordfish", "set LINLI_ALERT_SECRET"),
        ('url = "https://alerts.example.org/linli"', "", "[second_channel.webhook]", "“url” is missing"),
    ],
)
def test_faults_of_the_second_channel(old: str, new: str, stands_in: str, says: str) -> None:
    assert CHANNEL.count(old) == 1
    text = SMALL + CHANNEL.replace(old, new)
    found = faults_of(text)
    assert any(line == line_with(text, stands_in) and says in sentence for line, sentence in found), found
    assert not any("swordfish" in sentence for _line, sentence in found)


def test_a_second_channel_that_leads_nowhere() -> None:
    ((line, sentence),) = faults_of(f'{SMALL}\n[second_channel]\nafter = "10m"\n')
    assert line == line_with(f"{SMALL}\n[second_channel]", "[second_channel]") and "leads nowhere" in sentence


DIARY = """
[diary]
award       = 1
person_week = 3
best        = 5
dimension   = "service"
"""


@pytest.mark.parametrize(
    ("old", "new", "stands_in", "says"),
    [
        ("award       = 1", "awrad = 1", "awrad", "Did you mean “award”?"),
        ("award       = 1", "award = 0.5", "0.5", "Write for example: award = 1"),
        ("award       = 1", "award = 4", "person_week", "An entry earns 4, but a week at most 3"),
        ("person_week = 3\n", "", "[diary]", "anybody could write all day for points"),
        ("best        = 5", "best = -5", "best = -5", "Write for example: best = 5"),
        ('"service"', '"servce"', "servce", "Did you mean “service”?"),
    ],
)
def test_faults_of_the_diary(old: str, new: str, stands_in: str, says: str) -> None:
    assert DIARY.count(old) == 1
    text = SMALL + DIARY.replace(old, new)
    found = faults_of(text)
    assert [line for line, sentence in found if says in sentence] == [line_with(text, stands_in)], found


HONOURS = """
[honour_board]
every         = "month"
of            = "community"
households    = 10
answer_within = "3d"
"""


@pytest.mark.parametrize(
    ("old", "new", "stands_in", "says"),
    [
        ("every  ", "evrey  ", "evrey", "Did you mean “every”?"),
        ('"month"', '"week"', '"week"', "What may stand here: month, quarter, year"),
        ('"month"', '"monht"', "monht", "Did you mean “month”?"),
        ('"community"', '"village"', "village", "What may stand here: district, town, community"),
        ('"community"', '"district"', "district", "No unit is a district, so no board would ever be made"),
        ("= 10", "= 19", "= 19", "At most 18 households fit on the picture"),
        ("= 10", "= 0", "= 0", "Write for example: households = 10"),
        ('"3d"', '"three days"', "three days", "is not a length of time"),
    ],
)
def test_faults_of_the_honour_board(old: str, new: str, stands_in: str, says: str) -> None:
    assert HONOURS.count(old) == 1
    text = SMALL + HONOURS.replace(old, new)
    found = faults_of(text)
    assert [line for line, sentence in found if says in sentence] == [line_with(text, stands_in)], found
