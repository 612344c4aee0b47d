"""Access events that are older than a course's rule: announced for a week, and only then removed.

They hold IP addresses. Nothing goes that was not announced, by a rule that still holds, by a clock that went on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from exportmanager.core.course import CourseInfo
from exportmanager.core.retention import months_before, zone_of

NOTICE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rule:
    """A course from which access events go that are older than so many months, and how far that is.

    At `warned_at` it was announced that those before the day `goes_before` go. Those before `gone_before` went: what is
    older than that came in afterwards, and is announced again. Others that grow old go without another word.
    """

    info: CourseInfo
    months: int
    warned_at: datetime | None = None
    goes_before: date | None = None
    gone_before: date | None = None


@dataclass(frozen=True, slots=True)
class OldAccess:
    """So many access events from before a day: they go at `goes_at`, or have gone (None)."""

    info: CourseInfo
    rows: int
    before: date
    goes_at: datetime | None


class OldEvents(Protocol):
    """Where the events are. What is said of a rule that does not hold any more is not done."""

    def rules(self) -> Sequence[Rule]:
        """The courses that let old access events go."""

    def count(self, rule: Rule, before: date) -> int:
        """How many events of the course are from before a day in its time zone."""

    def remove(self, rule: Rule, before: date) -> int:
        """Remove these for good; how many there were."""

    def note(self, rule: Rule, now: Rule) -> None:
        """Keep how far `rule` is now."""


def look_after(events: OldEvents, now: datetime) -> list[OldAccess]:
    """Announce what will go, and remove what was announced long enough; what is to be told of it."""
    return [told for rule in events.rules() if (told := _look(events, rule, now)).rows]


def _look(events: OldEvents, rule: Rule, now: datetime) -> OldAccess:
    if rule.warned_at is not None and rule.goes_before is not None and rule.warned_at <= now:
        goes_at = rule.warned_at + NOTICE
        if goes_at <= now:
            return _remove(events, rule, rule.goes_before)
        return OldAccess(rule.info, events.count(rule, rule.goes_before), rule.goes_before, goes_at)
    if rule.gone_before is not None and not events.count(rule, rule.gone_before):
        return _remove(events, rule, _first_kept(rule, now))
    return _announce(events, rule, now)


def _first_kept(rule: Rule, at: datetime) -> date:
    return months_before(at.astimezone(zone_of(rule.info)).date(), rule.months)


def _announce(events: OldEvents, rule: Rule, now: datetime) -> OldAccess:
    """Say what will be too old in a week. Where that is nothing, there is nothing to be remembered."""
    before = _first_kept(rule, now + NOTICE)
    rows = events.count(rule, before)
    if rows:
        events.note(rule, replace(rule, warned_at=now, goes_before=before))
    return OldAccess(rule.info, rows, before, now + NOTICE)


def _remove(events: OldEvents, rule: Rule, before: date) -> OldAccess:
    rows = events.remove(rule, before)
    if rows or before != rule.gone_before or rule.warned_at is not None:
        events.note(rule, replace(rule, warned_at=None, goes_before=None, gone_before=before))
    return OldAccess(rule.info, rows, before, None)
