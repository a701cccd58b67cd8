"""Short things people say to one another: the reference of an order, the code of a card, the word at the door."""

import random
import unicodedata

from domain.words import Named, in_language

# 29 signs that are hard to mistake, and a prime: every wrong sign and every swap of neighbours changes the remainder.
REFERENCE_SIGNS = "23456789ABCDEFGHJKMNPQRTVWXYZ"
REFERENCE_LENGTH = 5
_REMAINDER = 7  # makes K7-42M, the example in our sentences, a true one
_MEANT_IN_REFERENCES = str.maketrans("SU", "5V")

CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's
_MEANT_IN_CODES = str.maketrans("OILU", "011V")


def new_reference(chance: random.Random) -> str:
    """Such as K7-42M: four signs by chance and one that checks them."""
    body = "".join(chance.choice(REFERENCE_SIGNS) for _sign in range(REFERENCE_LENGTH - 1))
    return _written(next(body + last for last in REFERENCE_SIGNS if _adds_up(body + last)))


def check_reference(text: str) -> str | None:
    """The reference as we write it, however it was typed; None if it was misheard."""
    signs = _signs(text).translate(_MEANT_IN_REFERENCES)
    if len(signs) != REFERENCE_LENGTH or any(sign not in REFERENCE_SIGNS for sign in signs) or not _adds_up(signs):
        return None
    return _written(signs)


def new_code(chance: random.Random, length: int = 8) -> str:
    """What stands on a household's card: long enough that nobody guesses it, without a check sign."""
    return "".join(chance.choice(CODE_SIGNS) for _sign in range(length))


def normalise_code(text: str) -> str:
    """A code as it is kept, however it was typed: O for 0, I and L for 1, in small letters, with dashes."""
    return _signs(text).translate(_MEANT_IN_CODES)


def new_door_word(chance: random.Random) -> int:
    return chance.randrange(len(DOOR_WORDS))


def door_word(index: int, language: str) -> str:
    """What the volunteer says first at the door; both sides read it in their own language."""
    return in_language(DOOR_WORDS[index % len(DOOR_WORDS)], language)


def _signs(text: str) -> str:
    """Letters and digits alone, in capitals; full-width ones of a Chinese keyboard become plain."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isalnum())


def _adds_up(signs: str) -> bool:
    return sum(place * REFERENCE_SIGNS.index(sign) for place, sign in enumerate(signs, 1)) % 29 == _REMAINDER


def _written(signs: str) -> str:
    return f"{signs[:2]}-{signs[2:]}"


# Everyday things that offend nobody and are told apart by ear. Orders keep the place in this list: only add at the end.
_PAIRS = """
lantern 灯笼, teapot 茶壶, umbrella 雨伞, apple 苹果, sunflower 向日葵, bridge 小桥, basket 篮子, button 纽扣,
candle 蜡烛, carrot 胡萝卜, chair 椅子, cherry 樱桃, cloud 白云, compass 指南针, cookie 饼干, crane 白鹤,
cucumber 黄瓜, drum 小鼓, duckling 小鸭, feather 羽毛, garden 花园, ginger 生姜, goldfish 金鱼, grape 葡萄,
honey 蜂蜜, kettle 水壶, kitten 小猫, ladder 梯子, lemon 柠檬, letter 书信, lotus 荷花, magpie 喜鹊,
mango 芒果, mirror 镜子, mountain 高山, mushroom 蘑菇, noodle 面条, notebook 本子, orange 橙子, orchid 兰花,
panda 熊猫, peach 桃子, peanut 花生, pebble 鹅卵石, pencil 铅笔, pigeon 鸽子, pillow 枕头, pumpkin 南瓜,
rabbit 兔子, rainbow 彩虹, river 小河, sailboat 帆船, scarf 围巾, snowflake 雪花, soybean 黄豆, spoon 勺子,
sweater 毛衣, tomato 西红柿, turtle 乌龟, violin 小提琴, walnut 核桃, watermelon 西瓜, willow 柳树, window 窗户
"""
DOOR_WORDS: tuple[Named, ...] = tuple(
    {"en": english, "zh_Hans": chinese} for english, chinese in (pair.split() for pair in _PAIRS.split(","))
)
