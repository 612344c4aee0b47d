"""Tells which workspaces lie in an archive or export of ours, and whose they are."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from exportmanager.archive.names import LIBRARY, PLACES
from exportmanager.core.errors import BadSource, ProblemForTeacher
from exportmanager.core.package import PackedFile
from exportmanager.core.report import Gap
from exportmanager.core.trees import EntryKind
from exportmanager.formats.containers import Container
from exportmanager.formats.json import parse_json
from exportmanager.library.kept_files import Kept
from exportmanager.review.where import Where

_LIMIT = 1 << 28
_REPORT, _NAMES = "report.csv", "names.csv"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a workspace besides its files: `name` for people; "" where something is not known.

    `student_id` and `assignment_id` tell apart those that are called the same. `names` has the names that files had, by
    those they have in the archive.
    """

    name: str
    student: str = ""
    assignment: str = ""
    stack: str = ""
    number: int = 0
    package: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, PackedFile] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    student_id: str = ""
    assignment_id: str = ""

    @property
    def is_published(self) -> bool:
        """Whether it is a version of a published project: the starter files."""
        return self.number > 0 and not self.student

    @staticmethod
    def of_kept(kept: Kept) -> Facts:
        """Of what is in the library."""
        return Facts(
            name=kept.name,
            student=kept.student,
            assignment=kept.assignment,
            stack=kept.stack,
            number=kept.number,
            package=kept.package,
            files=kept.files,
            gaps=kept.gaps,
        )


@dataclass(frozen=True, slots=True)
class Lying:
    """A workspace that lies in a file, and where."""

    where: Where
    facts: Facts

    @property
    def whose(self) -> tuple[str, ...]:
        """What the versions of one workspace have in common; what has no number is the only one."""
        if self.facts.number:
            return self.facts.assignment_id, self.facts.student_id
        return self.where.inner, self.where.folder, ""


def newest_of(lying: Iterable[Lying]) -> Mapping[tuple[str, ...], int]:
    """The number of the newest version, by `Lying.whose`."""
    newest: dict[tuple[str, ...], int] = {}
    for one in lying:
        newest[one.whose] = max(one.facts.number, newest.get(one.whose, 0))
    return newest


def lying_in(container: Container, path: Path, check: Callable[[], None]) -> Sequence[Lying]:
    """The workspaces in the file or folder at `path`; one for all of it, where it does not tell of any.

    Read are archives of courses (`places.jsonl`), and the exports of coursework, students and assignments
    (`report.csv`, also in the zips within). `check` is called often, and may raise.
    """
    readers = partial(_in_archive, check=check), partial(_in_export, inner=""), partial(_within, check=check)
    found = next(filter(None, (list(read(container, path)) for read in readers)), [])
    return found or [Lying(Where.of_file(path), Facts(name=path.name))]


def _in_archive(container: Container, path: Path, check: Callable[[], None]) -> Iterator[Lying]:
    lists = [one.path for one in container.entries if one.path.endswith(f"{LIBRARY}{PLACES}")]
    if not lists:
        return
    places = min(lists, key=len)
    root = places.removesuffix(f"{LIBRARY}{PLACES}")
    students = {_text(row, "id"): row for row in _rows(container, f"{root}{LIBRARY}students.jsonl")}
    assignments = {_text(row, "id"): row for row in _rows(container, f"{root}{LIBRARY}assignments.jsonl")}
    for place in _rows(container, places):
        check()
        student_id, assignment_id = _text(place, "student"), _text(place, "assignment")
        student, assignment = students.get(student_id, {}), assignments.get(assignment_id, {})
        who = f"{_text(student, 'first_name')} {_text(student, 'last_name')}".strip()
        who = who or _text(student, "username") or student_id
        title = _text(assignment, "title") or assignment_id
        number, names = place.get("number"), place.get("names")
        names = {_text(names, was): was for was in names} if isinstance(names, dict) else {}
        yield Lying(
            Where.of_file(path, f"{root}{_text(place, 'folder')}"),
            Facts(
                name=", ".join(filter(None, (who or "Published", title))),
                student=who,
                assignment=title,
                stack=_text(assignment, "stack"),
                number=number if isinstance(number, int) else 0,
                package=_text(place, "package"),
                names=names,
                student_id=student_id,
                assignment_id=assignment_id,
            ),
        )


def _text(row: dict[str, Any], key: str) -> str:
    """What is said there; "" for what is no text, as only somebody else's list has."""
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _rows(container: Container, path: str) -> Iterator[dict[str, Any]]:
    """The objects in a file of lines of JSON; none for lines that cannot be read: `verify` tells of those."""
    try:
        lines = container.read(path, _LIMIT).splitlines()
    except (KeyError, BadSource):
        return
    for line in lines:
        try:
            value = parse_json(line, path)
        except ProblemForTeacher:
            continue
        if isinstance(value, dict):
            yield value


def _in_export(container: Container, path: Path, inner: str) -> Iterator[Lying]:
    """What `report.csv` tells of; `inner` is the zip that it lies in."""
    names: dict[str, dict[str, str]] = {}
    for row in _table(container, _NAMES):
        names.setdefault(row.get("folder", ""), {})[row.get("now", "")] = row.get("original", "")
    for row in _table(container, _REPORT):
        place = row.get("folder", "")
        if not place or row.get("files") in {"", "0", None}:
            continue
        facts = Facts(
            name=", ".join(filter(None, (row.get("student"), row.get("assignment")))),
            student=row.get("student", ""),
            assignment=row.get("assignment", ""),
            names=names.get(place, {}),
            student_id=row.get("student_id") or row.get("student", ""),
            assignment_id=row.get("assignment_id") or row.get("assignment", ""),
        )
        if place.endswith(".zip") and not inner and _is_file(container, place):
            yield Lying(Where.of_file(path, inner=place), facts)
        elif _holds(container, place):
            yield Lying(Where.of_file(path, place, inner), facts)


def _within(container: Container, path: Path, check: Callable[[], None]) -> Iterator[Lying]:
    """What the zips of single students tell of, which lie in one."""
    for entry in container.entries:
        if "/" not in entry.path and entry.path.endswith(".zip") and entry.kind is EntryKind.FILE:
            try:
                with container.inner_container(entry.path, check) as inner:
                    yield from _in_export(inner, path, entry.path)
            except BadSource:  # whoever opens it is told
                continue


def _is_file(container: Container, path: str) -> bool:
    try:
        container.starts(path, 0)
    except (KeyError, BadSource):
        return False
    return True


def _holds(container: Container, folder: str) -> bool:
    try:
        container.tree(folder)
    except KeyError:
        return False
    return True


def _table(container: Container, path: str) -> Iterator[dict[str, str]]:
    """The rows of one of our tables, with commas, semicolons or tabs; none where there is no such table.

    A table of somebody else may be called the same: what is no text is left out, and what cannot be read.
    """
    try:
        text = container.read(path, _LIMIT).decode("utf-8-sig", "replace")
    except (KeyError, BadSource):
        return
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    with contextlib.suppress(csv.Error):
        for row in reader:
            yield {name: value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)}
