"""What can be wrong with a guide, in a teacher's words, and the gaps that are made of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from exportmanager.core.report import Gap
from exportmanager.formats.untrusted import printable

_SHOWN = 3
_MOST = 10_000


class Trouble(NamedTuple):
    """A kind of trouble: what has it, in the singular, and what it is, so that it reads well for one and for many."""

    what: str
    why: str


UNREADABLE = Trouble("guide file", "could not be read")
NOT_UTF8 = Trouble("guide file", "not valid UTF-8, and read as Latin-1")
NO_ORDER = Trouble("guide folder", "without the order of its pages, which come by their file names instead")
LISTED_ONLY = Trouble("guide page", "listed in the guide, but there is no such page")
LISTED_TWICE = Trouble("guide page", "listed more than once in the guide, and read once")
TOO_DEEP = Trouble("guide page", "in more chapters and sections within each other than are read")
UNLISTED = Trouble("guide page", "there, but not listed in the guide, so that students never see it")
NO_TEXT = Trouble("guide page", "without its text, which is not in the project")
SAME_ID = Trouble("guide page", "with an id that another page has as well")
NO_TASK_ID = Trouble("assessment", "its taskId is missing")
SAME_TASK_ID = Trouble("assessment", "with a taskId that stands there twice; the first one was read")
UNREADABLE_TASK = Trouble("assessment", "could not be read")
UNDEFINED = Trouble("assessment", "shown on a page, but not in the project")
SHOWN_TWICE = Trouble("assessment", "shown in more than one place")
UNUSED = Trouble("assessment", "in the project, but shown on no page")
NO_PICTURE = Trouble("picture", "shown on a page, but not in the project")
OPEN_CALLOUT = Trouble("guide page", "with a box that is never closed (a line of ||| is missing)")
SECOND_GUIDE = Trouble("second guide", "deeper in the project, where it does not count, and was not read")


class Troubles:
    """Collects troubles with the names of what has them, each once."""

    def __init__(self) -> None:
        self._names: dict[Trouble, dict[str, None]] = {}

    def add(self, trouble: Trouble, name: str) -> None:
        """Note that `name` has this trouble. Of more than 10,000 names the rest is neither kept nor counted."""
        names = self._names.setdefault(trouble, {})
        if len(names) < _MOST:
            names[printable(name)] = None

    def gaps(self) -> Iterator[Gap]:
        """One gap for each kind of trouble, with the count and the first three names."""
        for trouble, names in self._names.items():
            what = trouble.what if len(names) == 1 else f"{len(names):,} {trouble.what}s"
            yield Gap(what=what, why=f"{trouble.why}: {_listed(list(names))}")


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN:,} more"
