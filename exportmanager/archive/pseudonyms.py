"""What people are called in a pseudonymous archive, and texts of ours in which nobody is named any more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from exportmanager.core.course import Assignment, Student, StudentId
from exportmanager.core.nameless import UNKNOWN, Nameless
from exportmanager.core.pseudonyms import pseudonym, unique_pseudonyms
from exportmanager.core.report import Gap, ImportReport
from exportmanager.exports.pieces.sheets import GRADES

_PEOPLE, _PATH, _ADDRESS = "archives", "archives, path", "archives, address"
_SOMETHING, _HIDDEN = "something that came in", "the reason is not told here, because it may name somebody"
_OURS = re.compile(r"[a-z' ]+|[\d,]+ rows?|[a-z-]+\.(csv|json), line \d+")
"""What imports call things by words of ours. All else is the name of a file, and may be called after its owner."""
_PARTS = re.compile(r"[^\s(),;]+")


class Called:
    """Pseudonyms of everybody and everything that tells who somebody is; the same in each archive of a library."""

    def __init__(self, key: bytes, students: Sequence[Student], assignments: Iterable[Assignment]) -> None:
        self._key = key
        self._people = unique_pseudonyms(key, _PEOPLE, [str(student.id) for student in students])
        self._ids = {name: StudentId(student) for student, name in self._people.items()}
        self._titles = {text for one in assignments for text in (one.title, one.id)}
        self.text = Nameless(students, self._people).text
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

    def json(self, value: Any) -> Any:
        """A value of JSON with pseudonyms in all its texts; a number that is also somebody's id stays a number."""
        if isinstance(value, dict):
            return {self.text(name): self.json(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.json(inner) for inner in value]
        return self.text(value) if isinstance(value, str) else value

    def gap(self, gap: Gap) -> Gap:
        """A gap that names nobody. Who is not in the course cannot be told from a file: such a name goes."""
        student = self.of(gap.student_id) if gap.student_id else ""
        who = self.text(gap.who)
        is_ours = student or who != gap.who or who in self._titles or _OURS.fullmatch(gap.what)
        if who and who == gap.who and who not in self._titles:
            who = student or UNKNOWN
        elif who != gap.who:
            who = self._only_known(who)
        what, why = (self.text(gap.what), self.text(gap.why)) if is_ours else (_SOMETHING, _HIDDEN)
        return gap.model_copy(update={"what": what, "why": why, "who": who, "student_id": student})

    def _only_known(self, who: str) -> str:
        """`who` if it holds pseudonyms and a title and nothing else: beside an id may stand what it was called once."""
        title = next((text for text in self._titles if who.endswith(f", {text}")), "")
        words = _PARTS.findall(who.removesuffix(f", {title}"))
        pseudonyms = [word for word in words if word in self._ids]
        if len(pseudonyms) == len(words):
            return who
        return ", ".join(filter(None, (pseudonyms[0] if pseudonyms else UNKNOWN, title)))

    def gaps(self, gaps: Iterable[Gap]) -> list[Gap]:
        """All of them; of which nothing can be told are numbered, so that they are as many as they were."""
        told = list(map(self.gap, gaps))
        hidden = [number for number, gap in enumerate(told) if gap.why == _HIDDEN]
        for number, place in enumerate(hidden, 1):
            told[place] = told[place].model_copy(update={"what": f"{_SOMETHING} ({number:,} of {len(hidden):,})"})
        return told

    def report(self, report: ImportReport) -> ImportReport:
        """An import's report without names: what pieces were called, and which fields differed, may hold some."""
        pieces = tuple(piece.model_copy(update={"name": ""}) for piece in report.pieces)
        gaps = self.gaps(report.gaps)
        return report.model_copy(update={"gaps": tuple(gaps), "pieces": pieces, "differences": ()})


def grades_in(extra: Any) -> dict[str, Any]:
    """What of the further columns of a result cannot tell who somebody is."""
    return {name: value for name, value in extra.items() if name in GRADES}
