"""What people are called in data exports: as they are, or by pseudonyms from a key of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from exportmanager.core.course import Course, Student, StudentId
from exportmanager.core.nameless import Nameless
from exportmanager.core.pseudonyms import pseudonym, unique_pseudonyms

_PEOPLE, _IP, _PATH, _HASHED = "data exports", "data exports, address", "data exports, path", "hashed id"


@dataclass(frozen=True, slots=True)
class Called:
    """What a row says of who somebody is."""

    id: str
    name: str
    first_name: str
    last_name: str
    username: str
    hashed_id: str
    email: str
    lti_id: str = ""


class Names:
    """Everybody of a course, by id. Pseudonymous, each column that tells who somebody is holds the same pseudonym."""

    def __init__(self, course: Course, *, is_pseudonymous: bool) -> None:
        self.is_pseudonymous = is_pseudonymous
        self._course = course
        self._students = {student.id: student for student in course.students()}
        ids = [str(student) for student in self._students]
        self._pseudonyms = unique_pseudonyms(course.privacy_key, _PEOPLE, ids) if is_pseudonymous else {}
        self._called: dict[StudentId, Called] = {}
        self.ip = lru_cache(1 << 16)(self._ip)
        self.path = lru_cache(1 << 16)(self._path)

    @property
    def students(self) -> Sequence[Student]:
        """Everybody: in the order of the roster, or of their pseudonyms, for the roster's would tell who is who."""
        everybody = list(self._students.values())
        return sorted(everybody, key=lambda s: self._pseudonyms[s.id]) if self.is_pseudonymous else everybody

    def of(self, student: StudentId) -> Called:
        """What somebody is called."""
        if student not in self._called:
            self._called[student] = self._pseudonymous(student) if self.is_pseudonymous else self._full(student)
        return self._called[student]

    def shown(self, student: StudentId) -> str:
        """A name for sentences and gaps."""
        return self.of(student).name

    def _full(self, student: StudentId) -> Called:
        s = self._students[student]
        hashed = str(s.extra.get("hashed_id") or "") or hashed_id(self._course.pseudonym_key, student)
        lti = str(s.extra.get("lti_id") or "")
        return Called(student, s.name, s.first_name, s.last_name, s.username, hashed, s.email, lti)

    def _pseudonymous(self, student: StudentId) -> Called:
        return Called(*[self._pseudonyms[student]] * 7)

    def _ip(self, address: str) -> str:
        return self._other(_IP, address)

    def _path(self, project: str) -> str:
        """A project's path, which begins with somebody's user name."""
        return self._other(_PATH, project)

    def _other(self, purpose: str, text: str) -> str:
        if not text or not self.is_pseudonymous:
            return text
        return pseudonym(self._course.privacy_key, purpose, text)

    def text(self, text: str) -> str:
        """A sentence that may name somebody of the course, such as a reason."""
        return Nameless(list(self._students.values()), self._pseudonyms).text(text) if self.is_pseudonymous else text

    def notes(self, replaced: Sequence[str], free: Sequence[str]) -> tuple[str, ...]:
        """What the report says of privacy: the columns that were replaced, and those that may still tell who it is."""
        if not self.is_pseudonymous:
            return ()
        told = [
            f"This table is pseudonymous: {', '.join(replaced)} hold pseudonyms, the same ones in every such export."
        ]
        if free:
            told.append(f"{', '.join(free)} hold what people wrote, unchanged: it may name them.")
        return tuple(told)


def hashed_id(key: bytes, student: StudentId) -> str:
    """`Hashed_ID` where the platform gave none: a keyed pseudonym, the same in every export of the library."""
    return pseudonym(key, _HASHED, student)
