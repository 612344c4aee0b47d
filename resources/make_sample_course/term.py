"""The days of the sample's term, its time zone and how its files write a time."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

FIRST_DAY = date(2026, 2, 2)
LAST_DAY = date(2026, 7, 17)
TAKEN_ON = date(2026, 7, 20)

# Berlin as plain arithmetic: `zoneinfo` would need a package of time zones on Windows.
SUMMER_TIME_BEGINS = datetime(2026, 3, 29, 1, tzinfo=UTC)
WINTER_OFFSET, SUMMER_OFFSET = timedelta(hours=1), timedelta(hours=2)


def dice(*parts: str) -> Random:
    """Return a source of chance of its own for these words: the same words, the same luck, on every machine."""
    return Random("cs101-sample/" + "/".join(parts))


def offset_at(moment: datetime) -> timedelta:
    """Return how far the clocks of Berlin are ahead of UTC at a moment of the term."""
    return SUMMER_OFFSET if moment >= SUMMER_TIME_BEGINS else WINTER_OFFSET


def at_local(day: date, seconds: int) -> datetime:
    """Return the moment that lies so many seconds after midnight, by the clocks of Berlin."""
    naive = datetime.combine(day, time(), UTC) + timedelta(seconds=seconds)
    return naive - offset_at(naive - WINTER_OFFSET)


def with_offset(moment: datetime) -> str:
    """Write a time with the offset of Berlin: `2026-03-02T14:05:00+01:00`."""
    offset = offset_at(moment)
    return (moment + offset).replace(tzinfo=None).isoformat(timespec="seconds") + f"+0{offset.seconds // 3600}:00"


def in_utc(moment: datetime) -> str:
    """Write a time in UTC: `2026-03-02T13:05:00Z`."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def without_zone(moment: datetime) -> str:
    """Write a time as the clocks of Berlin show it, without saying so: `2026-03-02T14:05:00`."""
    return (moment + offset_at(moment)).replace(tzinfo=None).isoformat(timespec="seconds")


def local_day(moment: datetime) -> date:
    """Return the day it is in Berlin at a moment."""
    return (moment + offset_at(moment)).date()
