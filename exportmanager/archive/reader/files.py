"""Shows the files of a version as a tree of links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from exportmanager.archive.course import ArchivedCourse
from exportmanager.archive.packages import Place
from exportmanager.archive.reader.markup import NOT_LINKED, href, label, link_end, size
from exportmanager.core.package import PackedFile

_AT_ONCE = 5_000
_REMEMBERED = 1 << 14
"""Paths: students have mostly the same ones."""
_FEW = 100
"""Of so many files at most, all folders are open to begin with."""


def with_files(course: ArchivedCourse, places: Iterable[Place]) -> Iterator[tuple[Place, Sequence[PackedFile]]]:
    """Each place with its files; the lists of a few thousand files are asked for together."""
    for batch in _batches(places):
        found = course.contents({place.version.package.sha256 for place in batch})
        for place in batch:
            yield place, found[place.version.package.sha256]


def _batches(places: Iterable[Place]) -> Iterator[list[Place]]:
    batch: list[Place] = []
    count = 0
    for place in places:
        batch.append(place)
        count += place.version.package.files + 1
        if count > _AT_ONCE:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch


def tree(place: Place, files: Sequence[PackedFile], up: str) -> str:
    """The files at a place as nested lists; `up` leads from the page to the bag's folder."""
    if not files:
        return "<p>There are no files in it.</p>\n"
    start = f"{up}{href(place.folder)}/"
    begin = "<details open>" if len(files) <= _FEW else "<details>"
    names = place.names
    lines = ['<ul class="files">']
    here = ""
    for now, file in sorted((names.get(file.path, file.path), file) for file in files):
        folder, _, name = now.rpartition("/")
        if folder != here:
            lines.append(_step(here, folder, begin))
            here = folder
        lines.append(_line(start, name, now, file))
    lines.append(f"{_step(here, '', begin)}</ul>\n")
    return "".join(lines)


def _line(start: str, name: str, now: str, file: PackedFile) -> str:
    """A file, or a link of the student's own, which the archive names but does not hold."""
    if file.link is not None:
        return f"<li>{label(name)} <small>a link to {label(file.link)}</small></li>\n"
    before = f", its name was {label(file.path)}" if now != file.path else ""
    end = _link_end(now)
    shown, why = (f'<a href="{start}{end}', "") if end else (label(name), NOT_LINKED)
    return f"<li>{shown} <small>{size(file.size)}{before}{why}</small></li>\n"


@lru_cache(_REMEMBERED)
def _link_end(path: str) -> str:
    return link_end(path, path.rpartition("/")[2])


@lru_cache(_REMEMBERED)
def _step(here: str, there: str, begin: str) -> str:
    """Out of folders and into others: from the list of one to that of another."""
    old, new = here.split("/") if here else [], there.split("/") if there else []
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    entered = "".join(f"<li>{begin}<summary>{label(name)}</summary><ul>" for name in new[same:])
    return "</ul></details></li>" * (len(old) - same) + entered
