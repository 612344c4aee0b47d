"""Everybody that the library and the pieces know, one entry a person; who a row or a label means is looked up here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from exportmanager.core.course import Role, Student, StudentId
from exportmanager.formats.platform_tables import Person
from exportmanager.sources.arriving.words import name_keys, same

STRONG = ("user_id", "username", "email", "hashed_id", "lti_id")
"""What tells people apart, the surest first."""
_WORDS = {
    "user_id": "the id is the same",
    "username": "the user name is the same",
    "email": "the e-mail address is the same",
    "hashed_id": "the hashed id is the same",
    "lti_id": "the LTI id is the same",
}
_MAILBOX = "mailbox"
_BY_NAME = "the name is the same"
_PARTS = re.compile(r"[\s()\[\]<>,;]+|(?<=\S)\s*[-–]\s+|__+")
_MAIL = re.compile(r"[^\s()<>\[\],;]+@[^\s()<>\[\],;]+")


@dataclass(eq=False, slots=True)
class Entry:
    """Somebody: as the library knows them (`student`), and all that rows say of them (`facts`)."""

    id: StudentId
    facts: Person
    student: Student | None = None
    on_roster: bool = False
    is_teacher: bool = False
    is_left_out: bool = False
    was_by_label: bool = False
    """Whether only folders named this person before the pieces that came."""

    @property
    def is_by_label(self) -> bool:
        """Whether only folders named this person so far: the name is what those were called."""
        return not any(getattr(self.facts, column) for column in STRONG)

    def is_said_by(self, person: Person) -> bool:
        """Whether a row says just this of somebody: all that tells people apart, or else the name a folder had."""
        told = {column: same(value) for column in STRONG if (value := getattr(person, column))}
        if told:
            return all(same(getattr(self.facts, column)) == value for column, value in told.items())
        return self.is_by_label and same(full_name(self.facts)) in name_keys(full_name(person))

    @property
    def name(self) -> str:
        """What tells a person who it is."""
        return full_name(self.facts) or self.facts.username or self.facts.email or self.id


@dataclass(frozen=True, slots=True)
class Match:
    """Whom a row or label means: one entry, none, or several that it could be; `why` in words.

    It is not `certain` where the one entry could be another's. An `unsure` one is worth a look.
    """

    entries: tuple[Entry, ...] = ()
    why: str = ""
    unsure: bool = False
    certain: bool = True


def full_name(person: Person) -> str:
    """First and last name, or the one name that there is."""
    return f"{person.first_name} {person.last_name}".strip() or person.name


def label_of(person: Person) -> str:
    """What a person is called in questions."""
    name = full_name(person)
    tells = person.email or person.username or person.user_id or person.hashed_id or person.lti_id
    return f"{name} ({tells})" if name and tells else name or tells


def loose_keys(person: Person) -> set[str]:
    """What others may have too: the name, and what stands before the @ of the address."""
    return {key for key in (same(full_name(person)), same(person.email.partition("@")[0])) if key}


class People:
    """Starts with those in the library."""

    def __init__(self, known: Iterable[Student]) -> None:
        self.entries: list[Entry] = []
        self._keys: dict[tuple[str, str], dict[int, Entry]] = {}
        self._names: dict[str, dict[int, Entry]] = {}
        self._labels: dict[str, dict[int, Entry]] = {}
        self._by_id: dict[str, Entry] = {}
        for student in known:
            self.add(_facts_of(student), student.id, student)

    def add(self, facts: Person, student_id: StudentId, student: Student | None = None) -> Entry:
        """A new entry."""
        entry = Entry(student_id, facts, student, is_teacher=student is not None and student.role is Role.TEACHER)
        entry.was_by_label = student is not None and entry.is_by_label
        self.entries.append(entry)
        self._by_id[student_id] = entry
        self._index(entry)
        return entry

    def learn(self, entry: Entry, person: Person) -> None:
        """Keep what a row says of somebody; what was known before stays, but for a name that only folders gave."""
        if entry.is_by_label and full_name(person):
            named = {column: getattr(person, column) for column in ("name", "first_name", "last_name")}
            entry.facts = replace(entry.facts, **named)
        empty = {
            f.name: value
            for f in fields(Person)
            if not getattr(entry.facts, f.name) and (value := getattr(person, f.name))
        }
        entry.facts = replace(entry.facts, **empty)
        self._index(entry)
        for column in STRONG:  # a second e-mail address is theirs too
            self._name_it(entry, column, getattr(person, column))

    def _index(self, entry: Entry) -> None:
        for column in STRONG:
            self._name_it(entry, column, getattr(entry.facts, column))
        self._name_it(entry, "user_id", entry.id)
        for name in (full_name(entry.facts), entry.facts.name):
            for key in name_keys(name):
                self._names.setdefault(key, {})[id(entry)] = entry
        if entry.is_by_label:
            label = full_name(entry.facts) or entry.id
            for part in {label, *_parts_of(label)}:
                self._labels.setdefault(same(part), {})[id(entry)] = entry

    def _name_it(self, entry: Entry, column: str, value: str) -> None:
        if key := same(value):
            self._keys.setdefault((column, key), {})[id(entry)] = entry
        if column == "email":
            self._name_it(entry, _MAILBOX, value.partition("@")[0])

    def of_id(self, student: str) -> Entry | None:
        """The entry of an id."""
        return self._by_id.get(student)

    def of_row(self, person: Person, *, is_shared: bool = False) -> Match:
        """Whom a row means, by the surest thing that it says; `is_shared`: its table has several of that name."""
        found: dict[int, Entry] = {}
        whys = []
        for column in STRONG:
            if hits := self._keys.get((column, same(getattr(person, column))), {}):
                found |= hits
                whys.append(_WORDS[column])
        if found:
            if len(found) == 1:
                return Match(tuple(found.values()), whys[0])
            return Match(tuple(found.values()), "what it says of the person fits several")
        return self._of_name(person, is_shared)

    def _of_name(self, person: Person, is_shared: bool) -> Match:
        namesakes = self._named(full_name(person))
        labelled = [entry for entry in self._labelled(person) if entry not in namesakes]
        same_person = [entry for entry in (*namesakes, *labelled) if not _contradicts(entry.facts, person)]
        if len(same_person) == 1 and is_shared:
            return Match((same_person[0],), "the table has several people of this name", certain=False)
        if len(same_person) == 1:
            return Match((same_person[0],), "a folder is called so" if labelled else _BY_NAME)
        if same_person:
            return Match(tuple(same_person), f"{len(same_person)} people have this name")
        if namesakes:
            return Match((), "somebody of this name has another e-mail address or user name", unsure=True)
        return Match()

    def _labelled(self, person: Person) -> list[Entry]:
        """Those whom only folders named, by something that tells this person."""
        values = [getattr(person, column) for column in STRONG] + [person.email.partition("@")[0]]
        hits = [self._labels.get(same(value), {}) for value in values if value]
        return list({key: entry for found in hits for key, entry in found.items()}.values())

    def _named(self, name: str) -> list[Entry]:
        hits = [self._names.get(form, {}) for form in name_keys(name)]
        return list({key: entry for found in hits for key, entry in found.items()}.values())

    def of_label(self, label: str) -> Match:
        """Whom a folder's or file's name means: the whole of it, or else a part that tells one person."""
        if whole := self._exactly(label):
            return whole
        found: dict[int, Entry] = {}
        for part in _parts_of(label):
            for column in STRONG:
                found |= self._keys.get((column, same(part)), {})
        if len(found) == 1:
            return Match(tuple(found.values()), "a part of the name tells who it is")
        return Match(tuple(found.values()), "parts of the name fit several people" if found else "")

    def _exactly(self, label: str) -> Match | None:
        for column in ("username", *STRONG):  # many ids are user names: those say more
            if hits := self._keys.get((column, same(label))):
                why = _WORDS[column] if len(hits) == 1 else "several people have it"
                return Match(tuple(hits.values()), why)
        mailbox = self._keys.get((_MAILBOX, same(label)), {})  # platforms name folders by that part of an address too
        named = {id(entry): entry for entry in self._named(label)} or mailbox
        if not named:
            return None
        why = _BY_NAME if len(named) == 1 else f"{len(named)} people have this name"
        return Match(tuple(named.values()), why)


def _parts_of(label: str) -> set[str]:
    """What may tell somebody in the name of a folder that says more: words and addresses."""
    return {*_MAIL.findall(label), *(part for part in _PARTS.split(label) if part)}


def _facts_of(student: Student) -> Person:
    extra = {k: str(student.extra.get(k) or "") for k in ("user_id", "hashed_id", "lti_id")}
    return Person(
        first_name=student.first_name,
        last_name=student.last_name,
        username=student.username,
        email=student.email,
        **extra,
    )


def _contradicts(one: Person, other: Person) -> bool:
    """Whether both say something else of what tells people apart."""
    pairs = [(same(getattr(one, column)), same(getattr(other, column))) for column in STRONG]
    return any(a and b and a != b for a, b in pairs)
