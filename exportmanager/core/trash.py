"""Deleted courses: they can be put back for a while, and go for good after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from exportmanager.core.course import CourseInfo
from exportmanager.core.errors import BadOptions
from exportmanager.core.retention import GRACE

TRASH_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """What goes with a course. `workspaces` and `files` are those of all versions; `bytes` are those of their packages.

    `elsewhere` are students who are in other courses too: there they stay as they are. `shelf` names finished exports.
    """

    info: CourseInfo
    students: int
    workspaces: int
    files: int
    bytes: int
    answers: int
    access_events: int
    coach_logs: int
    blueprints: int
    notes: int
    elsewhere: int
    shelf: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """What has to be typed, letter by letter: the course's code, or its title where it has none."""
        return (self.info.code or self.info.title).strip()


@dataclass(frozen=True, slots=True)
class Trashed:
    """A course in the trash: since when, and when it goes for good.

    `is_last_day`: it should have gone while nobody was looking, and got one more day.
    """

    info: CourseInfo
    trashed_at: datetime
    goes_at: datetime
    is_last_day: bool = False

    def may_go(self, watching_since: datetime | None) -> bool:
        """Whether it may go once its time is over: only where somebody could see that coming.

        A clock that is wrong by a month must not empty the trash. `watching_since`: from when on the program ran
        without a break; None: it just started.
        """
        return self.is_last_day or (watching_since is not None and watching_since <= self.goes_at)


def goes_at(trashed_at: datetime) -> datetime:
    """When a course goes for good that was deleted at this moment."""
    return trashed_at + timedelta(days=TRASH_DAYS)


def last_day(now: datetime) -> datetime:
    """When a course would have been deleted that goes a day after `now`."""
    return now + GRACE - timedelta(days=TRASH_DAYS)


def check_word(going: Going, typed: str) -> None:
    """Raises `BadOptions` where somebody typed something else than the course's word."""
    if typed.strip() != going.word:
        what = "code" if going.info.code else "title"
        raise BadOptions(
            f"{typed.strip() or 'Nothing'} is not the course's {what}.", f"Type {going.word} to delete this course."
        )
