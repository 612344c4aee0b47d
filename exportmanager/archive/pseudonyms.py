"""What people are called in a pseudonymous archive, and texts of ours in which nobody is named any more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from exportmanager.core.course import Assignment, Student, StudentId
from exportmanager.core.pseudonyms import pseudonym, unique_pseudonyms
from exportmanager.core.report import Gap, ImportReport
from exportmanager.exports.pieces.sheets import GRADES

_PEOPLE, _PATH, _ADDRESS = "archives", "archives, path", "archives, address"
_UNKNOWN = "somebody who is not named here"


class Called:
    """Pseudonyms of everybody and everything that tells who somebody is; the same in each archive of a library."""

    def __init__(self, key: bytes, students: Sequence[Student], assignments: Iterable[Assignment]) -> None:
        self._key = key
        self._people = unique_pseudonyms(key, _PEOPLE, [str(student.id) for student in students])
        self._ids = {name: StudentId(student) for student, name in self._people.items()}
        self._titles = {text for one in assignments for text in (one.title, one.id)}
        self._words = _words(students, self._people)
        self._pattern = _pattern(self._words)
        self.path = lru_cache(1 << 16)(self._path)
        self.address = lru_cache(1 << 16)(self._address)

    def of(self, student: str) -> str:
        """The pseudonym of an id."""
        return self._people.get(student) or pseudonym(self._key, _PEOPLE, student)

    def id_of(self, called: str) -> StudentId:
        """The id of a pseudonym."""
        return self._ids.get(called, StudentId(called))

    def _path(self, text: str) -> str:
        """A project's path begins with somebody's user name."""
        return pseudonym(self._key, _PATH, text) if text else ""

    def _address(self, text: str) -> str:
        return pseudonym(self._key, _ADDRESS, text) if text else ""

    def text(self, text: str) -> str:
        """A text of this program, with pseudonyms for all names, user names, addresses and ids of the course."""
        return self._pattern.sub(lambda found: self._words[found[0].casefold()], text) if self._pattern else text

    def json(self, value: Any) -> Any:
        """The same for what was JSON."""
        return json.loads(self.text(json.dumps(value, ensure_ascii=False)))

    def gap(self, gap: Gap) -> Gap:
        """A gap that names nobody. Who is not in the course cannot be told from a file: such a name goes."""
        student = self.of(gap.student_id) if gap.student_id else ""
        who = self.text(gap.who)
        if who and who == gap.who and who not in self._titles:
            who = student or _UNKNOWN
        told = {"what": self.text(gap.what), "why": self.text(gap.why), "who": who, "student_id": student}
        return gap.model_copy(update=told)

    def report(self, report: ImportReport) -> ImportReport:
        """An import's report without names: what pieces were called, and which fields differed, may hold some."""
        pieces = tuple(piece.model_copy(update={"name": ""}) for piece in report.pieces)
        gaps = tuple(map(self.gap, report.gaps))
        return report.model_copy(update={"gaps": gaps, "pieces": pieces, "differences": ()})


def grades_in(extra: Any) -> dict[str, Any]:
    """What of the further columns of a result cannot tell who somebody is."""
    return {name: value for name, value in extra.items() if name in GRADES}


def _words(students: Sequence[Student], people: dict[str, str]) -> dict[str, str]:
    """Whatever names somebody, in small letters, and the pseudonym for it."""
    words: dict[str, str] = {}
    for student in students:
        first, last = student.first_name, student.last_name
        for word in (student.name, f"{last} {first}", f"{last}, {first}", student.email, student.username, student.id):
            if word := word.strip(" ,"):
                words.setdefault(word.casefold(), people[student.id])
    return words


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Finds any of them, the longest first, where no letter or digit touches it."""
    longest = sorted(words, key=len, reverse=True)
    if not longest:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE)
