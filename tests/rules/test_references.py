"""References survive a bad telephone line: one wrong sign or two swapped ones are noticed."""

import random

import pytest

from domain.references import (
    CODE_SIGNS,
    DOOR_WORDS,
    REFERENCE_SIGNS,
    check_reference,
    door_word,
    new_code,
    new_door_word,
    new_reference,
    normalise_code,
)

SAMPLES = [new_reference(random.Random(seed)) for seed in range(300)]


def test_a_new_reference_checks_out_and_can_be_told_apart() -> None:
    assert all(check_reference(each) == each for each in SAMPLES)
    assert all(len(each) == 6 and each[2] == "-" for each in SAMPLES)
    assert not set("01ILOSU") & set("".join(SAMPLES))
    assert len(set(SAMPLES)) > 295


def test_the_reference_in_our_own_examples_is_a_true_one() -> None:
    assert check_reference("K7-42M") == "K7-42M"


def test_every_single_wrong_sign_is_noticed() -> None:
    for reference in SAMPLES:
        for place, sign in enumerate(reference):
            if sign == "-":
                continue
            for wrong in set(REFERENCE_SIGNS) - {sign}:
                assert check_reference(reference[:place] + wrong + reference[place + 1 :]) is None


def test_every_swap_of_neighbours_is_noticed() -> None:
    for reference in SAMPLES:
        signs = reference.replace("-", "")
        for place in range(len(signs) - 1):
            one, two = signs[place], signs[place + 1]
            if one != two:
                assert check_reference(signs[:place] + two + one + signs[place + 2 :]) is None


@pytest.mark.parametrize("typed", ["k742m", " K7 42M ", "k7—42m", "Ｋ７－４２Ｍ", "K-7-4-2-M", "k 7. 42 m"])
def test_however_it_was_typed(typed: str) -> None:
    assert check_reference(typed) == "K7-42M"


@pytest.mark.parametrize("typed", ["", "K7", "K7-42MM", "K7-42O", "K7-421", "买菜买药跑", "ßßßßß", "K7-43M"])
def test_what_is_no_reference(typed: str) -> None:
    assert check_reference(typed) is None


def test_signs_that_look_like_another_are_read_as_that_other() -> None:
    with_five = next(each for each in SAMPLES if "5" in each)
    with_v = next(each for each in SAMPLES if "V" in each)
    assert check_reference(with_five.replace("5", "S")) == with_five
    assert check_reference(with_v.replace("V", "u")) == with_v


def test_codes_are_long_plain_and_forgiving() -> None:
    chance = random.Random(7)
    codes = [new_code(chance) for _code in range(200)]
    assert len(set(codes)) == 200
    assert all(len(code) == 8 and set(code) <= set(CODE_SIGNS) for code in codes)
    assert len(new_code(chance, 12)) == 12
    assert all(normalise_code(f"{code[:4].lower()} - {code[4:]}") == code for code in codes)
    assert normalise_code("oil-u") == "011V"


def test_both_sides_read_the_same_door_word_in_their_own_language() -> None:
    place = new_door_word(random.Random(1))
    assert {"en": door_word(place, "en"), "zh_Hans": door_word(place, "zh_Hans")} == DOOR_WORDS[place]
    assert door_word(0, "en") == "lantern"
    assert door_word(0, "zh_Hans") == "灯笼"
    assert len(DOOR_WORDS) >= 60
    for language in ("en", "zh_Hans"):
        assert len({word[language] for word in DOOR_WORDS}) == len(DOOR_WORDS)
