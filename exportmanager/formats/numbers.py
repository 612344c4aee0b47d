"""Numbers, shares and yes or no in the forms that people, spreadsheets and platforms write them in."""

from __future__ import annotations

import re

_LARGEST = 1e15  # what a double holds to the last digit, and a database as a whole number
_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,40}")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_WITH_COMMA = re.compile(r"[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)?,[0-9]+")
_RATIO = re.compile(r"(.{1,40}?)\s?(?:/|\bof\b|\bout of\b)\s?(.{1,40})")
_NOTHING = {"", "-", "–", "—", "n/a", "na", "null", "none", "undefined", "nan"}
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "1", "correct", "right", "passed", "pass", "completed"), True),
    **dict.fromkeys(("false", "no", "0", "incorrect", "wrong", "failed", "fail", "not completed"), False),
}


def is_nothing(text: str) -> bool:
    """Whether a cell says only that there is nothing to say."""
    return not text or text.strip().casefold() in _NOTHING


def plain_number(text: str) -> float:
    """A number with a dot, such as 12.5. Raises `ValueError`."""
    if not _PLAIN.fullmatch(text) or not abs(number := float(text)) < _LARGEST:
        raise ValueError(f"{text[:40]!r} is not a number such as 12.5")
    return number


def plain_whole(text: str) -> int:
    """A whole number. Raises `ValueError`."""
    if not _WHOLE.fullmatch(text) or not abs(number := int(text)) < _LARGEST:
        raise ValueError(f"{text[:40]!r} is not a whole number")
    return number


def number_of(text: str, has_decimal_comma: bool = False) -> float:
    """A number such as 12.5, 12,5, 1,234.5 or 85%. Raises `ValueError`.

    A comma before three digits separates thousands, unless `has_decimal_comma`: where semicolons separate the cells.
    """
    plain = text.strip().removesuffix("%").rstrip().replace("\N{MINUS SIGN}", "-")
    if not has_decimal_comma and _GROUPED.fullmatch(plain):
        return plain_number(plain.replace(",", ""))
    if _WITH_COMMA.fullmatch(plain):
        return plain_number(plain.replace(".", "").replace(",", "."))
    return plain_number(plain)


def whole_of(text: str) -> int:
    """A whole number, also one written as 5.0 or 1,200. Raises `ValueError`."""
    number = number_of(text)
    if not number.is_integer():
        raise ValueError(f"{text[:40]!r} is not a whole number")
    return int(number)


def ratio_of(text: str, has_decimal_comma: bool = False) -> tuple[float, float]:
    """How many of how many: 8/10, 8 of 10. Raises `ValueError`."""
    match = _RATIO.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text[:40]!r} is not two numbers such as 8/10")
    return number_of(match[1], has_decimal_comma), number_of(match[2], has_decimal_comma)


def percent_of(text: str, has_decimal_comma: bool = False) -> float:
    """A grade in percent: 85, 85%, 8/10. Raises `ValueError`."""
    if not _RATIO.fullmatch(text.strip()):
        return number_of(text, has_decimal_comma)
    part, whole = ratio_of(text, has_decimal_comma)
    if not whole:
        raise ValueError(f"{text[:40]!r} is a part of nothing")
    return 100 * part / whole


def boolean_of(text: str) -> bool:
    """Yes or no. Raises `ValueError`."""
    found = _BOOLEANS.get(text.strip().casefold())
    if found is None:
        raise ValueError(f"{text[:40]!r} is not true or false")
    return found
