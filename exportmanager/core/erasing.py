"""Erasing one student from a library: who that is, what goes, and what has to stay."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exportmanager.core.course import CourseId, StudentId

ERASED = "(erased)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in one course."""

    course: CourseId
    course_title: str
    id: StudentId
    first_name: str
    last_name: str
    username: str
    email: str

    @property
    def name(self) -> str:
        """First and last name, or what else tells who it is."""
        return f"{self.first_name} {self.last_name}".strip() or self.username or self.id

    @property
    def words(self) -> frozenset[str]:
        """What tells who it is, wherever it stands: the name, either way round, and the e-mail address."""
        first, last = self.first_name.strip(), self.last_name.strip()
        both = {f"{first} {last}", f"{last} {first}", f"{last}, {first}"} if first and last else set()
        return frozenset(both | ({self.email} if self.email else set()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What goes with a student, who may be in several courses: `people` has one of each, `rows` counts by table.

    `packages` and `bytes` are those that nobody else has. `shelf` names finished exports that hold something of the
    student, `backups` copies of the database, and `archives` what is outside of the library and stays.
    """

    people: tuple[Person, ...]
    rows: Mapping[str, int]
    packages: int
    bytes: int
    shelf: tuple[str, ...] = ()
    backups: tuple[str, ...] = ()
    archives: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Mentions:
    """Where other people's own words name somebody who was erased: rows, and workspaces or projects. They stay."""

    rows: int = 0
    packages: int = 0


@dataclass(frozen=True, slots=True)
class Erased:
    """What went. `is_clean`: also from the free pages of the database; else the next start sees to that."""

    erasure: Erasure
    mentions: Mentions = field(default_factory=Mentions)
    is_clean: bool = True


class Scrubber:
    """Takes out of texts and JSON what names some people; counts and all else stay."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._words = frozenset().union(*(person.words for person in people))
        self._of: dict[str, list[Person]] = {}
        for person in people:
            self._of.setdefault(person.course, []).append(person)

    def of_course(self, course: str | None) -> Scrubbing:
        """What scrubs what belongs to a course: there ids and user names tell who it is, too."""
        mine = self._of.get(course or "", [])
        return Scrubbing(self._words, {person.id for person in mine}, {p.username for p in mine if p.username})


class Scrubbing:
    """Scrubs values. The `words` count wherever they stand, `ids` and `usernames` where they stand alone."""

    def __init__(self, words: Iterable[str], ids: set[StudentId], usernames: set[str]) -> None:
        self._ids = ids
        everywhere = [rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(words, key=len, reverse=True)]
        alone = [rf"(?<![\w.@-]){re.escape(word)}(?![\w@-])" for word in sorted(ids | usernames, key=len, reverse=True)]
        self._pattern = re.compile("|".join([*everywhere, *alone]), re.IGNORECASE) if everywhere or alone else None

    def text(self, text: str) -> str:
        """A text without them."""
        return self._pattern.sub(ERASED, text) if self._pattern else text

    def json(self, text: str) -> str:
        """The same for a text that is JSON; the text itself where they are not in it."""
        value = json.loads(text)
        found = self.value(value)
        return text if found == value else json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    def value(self, value: Any) -> Any:
        """The same for a value of JSON: from lists of ids theirs are taken out."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value if not (isinstance(item, str) and item in self._ids)]
        if isinstance(value, dict):
            found = {self.text(key): self.value(item) for key, item in value.items()}
            if found.get("who") != value.get("who") and {"before", "now"} <= found.keys():
                found |= {"before": "", "now": ""}  # what was so and is otherwise now tells of them as well
            return found
        return value
