"""Tells which workspaces lie in an archive or export of ours, and whose they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
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

    `names` has the names that files had, by those they have in the archive.
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


def lying_in(container: Container, path: Path) -> Sequence[Lying]:
    """The workspaces in the file or folder at `path`; one for all of it, where it does not tell of any.

    Read are archives of courses (`places.jsonl`), and the exports of coursework, students and assignments
    (`report.csv`, also in the zips within).
    """
    readers = _in_archive, partial(_in_export, inner=""), _within
    found = next(filter(None, (list(read(container, path)) for read in readers)), [])
    return found or [Lying(Where.of_file(path), Facts(name=path.name))]


def _in_archive(container: Container, path: Path) -> Iterator[Lying]:
    lists = [one.path for one in container.entries if one.path.endswith(f"{LIBRARY}{PLACES}")]
    if not lists:
        return
    places = min(lists, key=len)
    root = places.removesuffix(f"{LIBRARY}{PLACES}")
    students = {row.get("id"): row for row in _rows(container, f"{root}{LIBRARY}students.jsonl")}
    assignments = {row.get("id"): row for row in _rows(container, f"{root}{LIBRARY}assignments.jsonl")}
    for place in _rows(container, places):
        student, assignment = students.get(place.get("student"), {}), assignments.get(place.get("assignment"), {})
        names = place.get("names")
        who = f"{student.get('first_name', '')} {student.get('last_name', '')}".strip()
        who = str(who or student.get("username") or place.get("student") or "")
        title = str(assignment.get("title") or place.get("assignment", ""))
        number = place.get("number")
        yield Lying(
            Where.of_file(path, f"{root}{place.get('folder', '')}"),
            Facts(
                name=", ".join(filter(None, (who or "Published", title))),
                student=who,
                assignment=title,
                stack=str(assignment.get("stack") or ""),
                number=number if isinstance(number, int) else 0,
                package=str(place.get("package", "")),
                names={str(now): str(was) for was, now in names.items()} if isinstance(names, dict) else {},
            ),
        )


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
        )
        if place.endswith(".zip") and not inner and _is_file(container, place):
            yield Lying(Where.of_file(path, inner=place), facts)
        elif _holds(container, place):
            yield Lying(Where.of_file(path, place, inner), facts)


def _within(container: Container, path: Path) -> Iterator[Lying]:
    """What the zips of single students tell of, which lie in one."""
    for entry in container.entries:
        if "/" not in entry.path and entry.path.endswith(".zip") and entry.kind is EntryKind.FILE:
            try:
                with container.inner_container(entry.path) as inner:
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
    """The rows of one of our tables, with commas, semicolons or tabs; none where there is no such table."""
    try:
        text = container.read(path, _LIMIT).decode("utf-8-sig", "replace")
    except (KeyError, BadSource):
        return
    head = text.partition("\n")[0]
    yield from csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
