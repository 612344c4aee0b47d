"""Erasing one student from a library: who that is, what goes, and what has to stay."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import normalize

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
    def ways(self) -> frozenset[str]:
        """The name, either way round, if it has two parts.

        In both ways to write accents, since some systems take the letters of file names apart.
        """
        first, last = self.first_name.strip(), self.last_name.strip()
        both = {f"{first} {last}", f"{last} {first}", f"{last}, {first}"} if first and last else set()
        return _in_both_forms(both)

    @property
    def words(self) -> frozenset[str]:
        """What tells who it is, wherever it stands: the `ways` of the name, and the e-mail address."""
        return self.ways | _in_both_forms({self.email} if self.email else set())


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What goes with a student, who may be in several courses: `people` has one of each, `rows` counts by table.

    `packages` and `bytes` are those that nobody else has. `shelf` names finished exports that hold something of the
    student, `missing` such as are not where they should be and go when they are seen again, `projects` what was opened
    for review and is the student's by its files or its name, `backups` copies of the database, and `archives` what is
    outside of the library and stays.
    """

    people: tuple[Person, ...]
    rows: Mapping[str, int]
    packages: int
    bytes: int
    shelf: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    backups: tuple[str, ...] = ()
    archives: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Mentions:
    """Where other people's own words name somebody who was erased: rows, and workspaces or projects. They stay."""

    rows: int = 0
    packages: int = 0


@dataclass(frozen=True, slots=True)
class Erased:
    """What went. `is_clean`: also from the free pages of the database, and no file was open; else the next start sees
    to that.

    `changed` names files on the shelf that somebody wrote to since they were exported: these stay.
    """

    erasure: Erasure
    mentions: Mentions = field(default_factory=Mentions)
    is_clean: bool = True
    changed: tuple[str, ...] = ()


class Scrubber:
    """Takes out of texts and JSON what names some people; counts and all else stay.

    Where one of their `namesakes` is certainly meant, the name stays: it is called by its id, or what is said is of a
    course that has only the namesake. Where nobody can tell, it goes.
    """

    def __init__(self, people: Sequence[Person], namesakes: Sequence[Person] = ()) -> None:
        self._words = frozenset().union(*(person.words for person in people))
        self._of, self._others = _by_course(people), _by_course(namesakes)

    def of_course(self, course: str | None) -> Scrubbing:
        """What scrubs what belongs to a course: there ids and user names tell who it is, too."""
        mine, others = self._of.get(course or "", []), self._others.get(course or "", [])
        shared = {same_letters(way) for person in others for way in person.ways}
        own = {word for word in self._words if same_letters(word) not in shared}
        ids, usernames = {person.id for person in mine}, {person.username for person in mine if person.username}
        sparing = Scrubbing(own, ids, usernames)
        if not mine:
            return sparing
        names, namesakes = {person.name for person in mine}, _told_by(others) - _told_by(mine)
        return Scrubbing(self._words, ids, usernames, names, namesakes=namesakes, sparing=sparing)


def same_letters(text: str) -> str:
    """A text as it is compared: without a difference of case, or of how accents are written."""
    return normalize("NFC", text).casefold()


def _in_both_forms(words: Iterable[str]) -> frozenset[str]:
    return frozenset(normalize(form, word) for word in words for form in ("NFC", "NFD"))


def _by_course(people: Iterable[Person]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for person in people:
        found.setdefault(person.course, []).append(person)
    return found


def _told_by(people: Iterable[Person]) -> set[str]:
    """What stands in brackets behind their names."""
    return {word for person in people for word in (person.id, person.username) if word}


class Scrubbing:
    """Scrubs values.

    The `words` count wherever they stand, `ids` and `usernames` where they stand alone, and `names` where they are all
    there is: somebody may be called by one word only. What is a mere number is an id only where it is said to be one,
    as in brackets behind a name. A name with one of the ids or user names of `namesakes` behind it stays, and what
    scrubs what is about a namesake is `sparing` (itself, where there is none).
    """

    def __init__(
        self,
        words: Iterable[str],
        ids: Collection[str] = frozenset(),
        usernames: Collection[str] = frozenset(),
        names: Collection[str] = frozenset(),
        *,
        namesakes: Collection[str] = frozenset(),
        sparing: Scrubbing | None = None,
    ) -> None:
        self._ids, self._names = frozenset(ids), frozenset(names)
        self._namesakes, self._sparing = frozenset(namesakes), sparing or self
        behind = "|".join(map(re.escape, _longest_first({*ids, *usernames, *namesakes})))
        brackets = rf"(?:[ _]?\((?P<who>{behind})\))?" if behind else ""
        everywhere = [_spaced(word) for word in _longest_first(words) if _parts(word)]
        named = [rf"(?<![^\W_])(?:{'|'.join(everywhere)})(?![^\W_]){brackets}"] if everywhere else []
        telling = {word for word in (*ids, *usernames) if not word.isdecimal()}
        alone = [rf"(?<![\w.@-]){re.escape(word)}(?![\w@-])" for word in _longest_first(telling)]
        self._pattern = re.compile("|".join([*named, *alone]), re.IGNORECASE) if named or alone else None

    def names_them(self, text: str) -> bool:
        """Whether a text holds one of them."""
        return self.text(text) != text

    def text(self, text: str) -> str:
        """A text without them."""
        return self._pattern.sub(self._instead, text) if self._pattern else text

    def _instead(self, found: re.Match[str]) -> str:
        """What stands in the place of a name."""
        return found[0] if found.groupdict().get("who") in self._namesakes else ERASED

    def _whose(self, who: str) -> str:
        """`who` without what stands before their ids: they may have been called otherwise once."""
        for id_ in self._ids:
            before, mark, after = who.partition(f" ({id_})")
            who = f"{ERASED}{after}" if before and mark else who
        return who

    def about(self, students: Collection[Any]) -> Scrubbing:
        """What scrubs what is only about some students, by their ids: a namesake among them keeps the name."""
        are_others = not self._ids.isdisjoint(students) or self._namesakes.isdisjoint(students)
        return self if are_others else self._sparing

    def json(self, text: str) -> str:
        """The same for a text that is JSON; the text itself where they are not in it."""
        value = json.loads(text)
        found = self.value(value)
        return text if found == value else json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    def value(self, value: Any, key: str = "") -> Any:
        """The same for a value of JSON, which stands under a `key`: from lists of students theirs are taken out."""
        if isinstance(value, str):
            is_they = value in self._names or (key in _OF_STUDENTS and value in self._ids)
            return ERASED if is_they else self.text(self._whose(value) if key == "who" else value)
        if isinstance(value, list):
            kept = [item for item in value if not (key in _OF_STUDENTS and isinstance(item, str) and item in self._ids)]
            return [self.value(item, key) for item in kept]
        if isinstance(value, dict):
            how = self.about([value[name] for name in _ids_in(key) if isinstance(value.get(name), str)])
            if how is not self:
                return how.value(value, key)
            found = {self.text(name): self.value(item, key if name == "id" else name) for name, item in value.items()}
            if found.get("who") != value.get("who") and {"before", "now"} <= found.keys():
                found |= {"before": "", "now": ""}  # what was so and is otherwise now tells of them as well
            return found
        return value


_OF_STUDENTS = {"student_id", "student", "students"}
"""Under these keys ids of students stand."""


def _ids_in(key: str) -> set[str]:
    """Where an object that stands under a key says whose it is."""
    return {"student_id", "student"} | ({"id"} if key in _OF_STUDENTS else set())


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


def _spaced(word: str) -> str:
    """A pattern for a name, however its parts are joined: files call people Ada_Example or Ada.Example too."""
    return r"[\W_]{1,3}".join(map(re.escape, _parts(word)))


def _parts(word: str) -> list[str]:
    return re.findall(r"[^\s,]+", word)
