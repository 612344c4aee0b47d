"""Times and durations in the forms that people, spreadsheets and platforms write them in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from exportmanager.formats.course_file import YEARS

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_DAY = r"""(?:
    (?P<y1>[0-9]{4})(?P<s1>[-/.])(?P<m1>[0-9]{1,2})(?P=s1)(?P<d1>[0-9]{1,2})
  | (?P<one>[0-9]{1,2})(?P<s2>[-/.])(?P<two>[0-9]{1,2})(?P=s2)(?P<y2>[0-9]{4}|[0-9]{2}(?![0-9]))
  | (?P<name3>[a-z]{3,9})\.?\s(?P<d3>[0-9]{1,2})(?:st|nd|rd|th)?,?\s(?P<y3>[0-9]{4})
  | (?P<d4>[0-9]{1,2})(?:st|nd|rd|th)?[\s-](?P<name4>[a-z]{3,9})[.,]?[\s-](?P<y4>[0-9]{4})
)"""
_TIME = r"""
    (?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<part>[0-9]{1,9}))?)?
    (?:\s?(?P<half>[ap])\.?m\b\.?)?
    (?:\s?(?:(?P<utc>z|utc|gmt)(?![a-z]))?(?P<offset>[+-][0-9]{2}:?[0-9]{2})?(?:(?<=[+-]0000)\sUTC|\s?\([^()]*\))?)
"""
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s)?"
_MOMENT = re.compile(rf"(?<![0-9]){_WEEKDAY}{_DAY}(?:(?:t|,?\sat\s|,?\s){_TIME})?(?![\w:])", re.VERBOSE | re.IGNORECASE)
_NUMERIC = re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/][0-9]{2}")
_EPOCH = re.compile(r"[0-9]{9,10}(\.[0-9]{1,9})?|[0-9]{12,13}")
_FIRST_MILLISECOND = 100_000_000_000
"""From here on (1973 in milliseconds; the year 5138 in seconds) a whole number counts milliseconds."""
_BETWEEN = re.compile(r"(?:[\s,;|/&]|and\b)*", re.IGNORECASE)
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_CLOCK = re.compile(r"([0-9]{1,5}):([0-5]?[0-9]):([0-5]?[0-9])(?:\.[0-9]+)?")
_SPELT = re.compile(
    r"(?:([0-9.]+)\s?d(?:ays?)?)?[\s,]*(?:([0-9.]+)\s?h(?:(?:ou)?rs?)?)?[\s,]*"
    r"(?:([0-9.]+)\s?m(?:in(?:ute)?s?)?)?[\s,]*(?:([0-9.]+)\s?s(?:ec(?:ond)?s?)?)?\.?",
    re.IGNORECASE,
)
_LONGEST_SECONDS = 1 << 31
_TEXT_LIMIT, _LIST_LIMIT = 80, 4_000
_REMEMBERED = 1 << 17
_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)


def iso_moment(text: str, zone: tzinfo) -> datetime:
    """A time in ISO 8601, or the start of a day; in `zone` where it says none. Raises `ValueError` with a sentence."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is not a time such as 2026-03-02T14:05:00+01:00") from error
    return _in_calendar(moment, text, zone)


def _in_calendar(moment: datetime, text: object, zone: tzinfo) -> datetime:
    if moment.year not in YEARS:
        shown = str(text)[:40]
        raise ValueError(f"{shown!r} is beyond the calendar of this program, {YEARS[0]} to {YEARS[-1]}")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


@dataclass(slots=True)
class DayOrder:
    """Finds out from all dates of a table whether 03/02/2026 begins with the day or the month."""

    _seen: set[str] = field(default_factory=set)
    _day_first: str = ""
    _month_first: str = ""
    _either: str = ""

    def look(self, text: str) -> None:
        """Take note of a cell that should hold a time."""
        if text[4:5] == "-" and text[:4].isdigit():  # it begins with the year
            return
        text = text.strip()
        start = text[:10]
        if start in self._seen or not ("/" in start[1:3] or "-" in start[1:3]):
            return
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen.add(start)
        if match := _NUMERIC.match(text):
            one, two = int(match[1]), int(match[2])
            if one > 12:
                self._day_first = self._day_first or match[0]
            elif two > 12:
                self._month_first = self._month_first or match[0]
            elif one != two:
                self._either = self._either or start

    @property
    def is_day_first(self) -> bool:
        """Whether the day comes first; where nothing tells, the month does, as in the platform's own files."""
        return bool(self._day_first) and not self._month_first

    @property
    def findings(self) -> list[str]:
        """What is not certain about it, in a sentence."""
        if not self._either or bool(self._day_first) != bool(self._month_first):
            return []
        if self._day_first:
            return ["Some dates begin with the day, others with the month; where both fit, the month was read first."]
        shown = f"a date such as {self._either}"
        return [f"Nothing tells whether {shown} begins with the month or the day; the month was taken."]


class Moments:
    """Reads times in any usual form: without a zone in `zone`, and 03/02/2026 as 3 February if `is_day_first`.

    Forms: ISO 8601; ``2026-03-02 14:05:00 UTC``; ``3/2/2026 2:05 PM``; ``2.3.2026 14:05``; ``Mar 2, 2026, 2:05 PM``;
    ``Mon, 02 Mar 2026 14:05:00 GMT``; seconds and milliseconds since 1970; days alone, which mean their start.
    Of an hour that the clock shows twice the first is meant, and in one that it leaves out it was not set yet.
    Zones by other letters (``EST``) are not read: they mean several things.
    """

    def __init__(self, zone: ZoneInfo, is_day_first: bool = False) -> None:
        self._zone = zone
        self._is_day_first = is_day_first
        self._days: dict[str, date] = {}
        self._clocks: dict[str, time] = {}

    def read(self, text: str) -> datetime:
        """A time. Raises `ValueError` with words for what it is not."""
        if text[4:5] == "-":  # the commonest forms, by the fastest way
            try:
                return iso_moment(f"{text[:-4]}+00:00" if text.endswith(" UTC") else text, self._zone)
            except ValueError:
                pass  # perhaps it is of another form that begins alike
        # days and clock times come again and again, where whole times do not
        colon = text.find(":")
        cut = text.rfind(" ", 0, colon) if colon > 0 else len(text)
        day, clock = self._days.get(text[:cut]), self._clocks.get(text[cut:])
        if day and clock:
            return datetime.combine(day, clock)
        plain = " ".join(text.split())
        if _EPOCH.fullmatch(plain):
            return self._since_1970(float(plain), plain)
        match = _MOMENT.fullmatch(plain) if len(plain) <= _TEXT_LIMIT else None
        if match is None:
            return iso_moment(plain, self._zone)
        found = self._of(match)
        if cut >= 0 and (colon < 0 or text[cut + 1 : colon].isdigit()):
            self._remember(text[:cut], text[cut:], found)
        return found

    def _remember(self, day: str, clock: str, found: datetime) -> None:
        if len(self._days) >= _REMEMBERED or len(self._clocks) >= _REMEMBERED:
            self._days.clear()
            self._clocks.clear()
        self._days[day], self._clocks[clock] = found.date(), found.timetz()

    def read_all(self, text: str) -> list[datetime]:
        """Every time in a cell that lists several, at least one. Raises `ValueError` for anything else in it."""
        matches = list(_MOMENT.finditer(text[: _LIST_LIMIT + 1]))
        ends = [0, *(match.end() for match in matches)]
        starts = [*(match.start() for match in matches), None]
        between = [text[end:start] for end, start in zip(ends, starts, strict=True)]
        if not matches or len(text) > _LIST_LIMIT or not all(_BETWEEN.fullmatch(part) for part in between):
            return [self.read(text)]
        return [self._of(match) for match in matches]

    def of_json(self, value: Any) -> datetime:
        """A time in JSON: text, seconds or milliseconds since 1970, or ``{"seconds": n}``. Raises `ValueError`."""
        if isinstance(value, dict):
            value = value.get("seconds", value.get("_seconds"))
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return self._since_1970(float(value), value)
        if isinstance(value, str):
            return self.read(value)
        raise ValueError(f"{str(value)[:40]!r} is not a time")

    def _since_1970(self, number: float, shown: object) -> datetime:
        seconds = number / 1000 if abs(number) >= _FIRST_MILLISECOND else number
        try:
            moment = _EPOCH_START + timedelta(seconds=seconds)
        except (OverflowError, ValueError) as error:
            raise ValueError(f"{str(shown)[:40]!r} is not a time") from error
        return _in_calendar(moment, shown, UTC)

    def _of(self, match: re.Match[str]) -> datetime:
        try:
            moment = datetime(*self._day_of(match), *_clock_of(match), tzinfo=_zone_of(match))
        except ValueError as error:
            raise ValueError(f"{match[0][:40]!r} is not a time ({error})") from error
        return _in_calendar(moment, match[0], self._zone)

    def _day_of(self, match: re.Match[str]) -> tuple[int, int, int]:
        if match["y1"]:
            return int(match["y1"]), int(match["m1"]), int(match["d1"])
        if name := match["name3"] or match["name4"]:
            return int(match["y3"] or match["y4"]), _month_of(name), int(match["d3"] or match["d4"])
        year = int(match["y2"]) + (2000 if len(match["y2"]) == 2 else 0)
        one, two = int(match["one"]), int(match["two"])
        is_day_first = match["s2"] == "." or self._is_day_first
        if max(one, two) > 12:  # only one of them can be the month, whatever the order of others is
            is_day_first = one > 12
        return (year, two, one) if is_day_first else (year, one, two)


def _month_of(name: str) -> int:
    for number, month in enumerate(_MONTHS, start=1):
        if month.startswith(name.lower()):
            return number
    raise ValueError(f"{name} is no month")


def _clock_of(match: re.Match[str]) -> tuple[int, int, int, int]:
    if not match["hour"]:
        return 0, 0, 0, 0
    hour = int(match["hour"])
    if half := match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("hour must be in 1..12")
        hour = hour % 12 + (12 if half in "pP" else 0)
    return hour, int(match["minute"]), int(match["second"] or 0), int((match["part"] or "")[:6].ljust(6, "0"))


def _zone_of(match: re.Match[str]) -> tzinfo | None:
    if not (offset := match["offset"]):
        return UTC if match["utc"] else None
    away = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return timezone(-away if offset[0] == "-" else away)


def seconds_of(text: str) -> int:
    """A duration: whole seconds, ``1:39:00``, ``1 h 39 min``, ``99 min``. Raises `ValueError`.

    What has two parts only (``1:39``) is not read: it could be hours and minutes, or minutes and seconds.
    """
    text = text.strip()
    if len(text) > _TEXT_LIMIT:
        raise ValueError(f"{text[:40]!r} is not a duration")
    if _SECONDS.fullmatch(text):
        found = float(text)
    elif match := _CLOCK.fullmatch(text):
        found = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
    elif (match := _SPELT.fullmatch(text)) and any(match.groups()):
        found = sum(float(part or 0) * size for part, size in zip(match.groups(), (86400, 3600, 60, 1), strict=True))
    else:
        raise ValueError(f"{text[:40]!r} is not a duration")
    if found >= _LONGEST_SECONDS:
        raise ValueError(f"{text[:40]!r} is longer than any duration can be")
    return round(found)
