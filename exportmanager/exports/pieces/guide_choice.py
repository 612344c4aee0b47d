"""Which assignments a document of guides is about, and which of them have a guide, as far as file names tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from exportmanager.core.course import Assignment, AssignmentId, Course
from exportmanager.core.errors import NothingToExport
from exportmanager.core.options import chosen_assignments
from exportmanager.core.package import Package, PackedFile
from exportmanager.core.report import Gap
from exportmanager.exports.pieces.fetching import read_package
from exportmanager.formats.guides.generation1 import SECTIONS
from exportmanager.formats.guides.generation2 import METADATA
from exportmanager.formats.guides.generation3 import CONTENT
from exportmanager.formats.untrusted import printable

NO_PROJECT = "there is no published project of it in the library"
NO_GUIDE = "its project has no guide"
_TEXTS = {".md", ".html"}
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"}
_PICTURE_MOST = 400_000
"""Bytes of a picture in a document, about: a larger one is made smaller."""


@dataclass(frozen=True, slots=True)
class Guided:
    """An assignment with a guide: its package, how many texts it has, bytes of them and of the pictures."""

    assignment: Assignment
    package: Package
    path: Path
    texts: int
    text_bytes: int
    picture_bytes: int


@dataclass(frozen=True, slots=True)
class GuideChoice:
    """The chosen assignments: those with a guide, in the order of the course, and a gap for each without."""

    guided: list[Guided]
    gaps: list[Gap]


def guides_of(course: Course, choice: tuple[AssignmentId, ...] | None) -> GuideChoice:
    """What is chosen. Raises `BadOptions`, and `NothingToExport` where no chosen assignment has a guide."""
    published = {project.assignment_id: project.package for project in course.published()}
    guided, gaps = [], []
    for assignment in chosen_assignments(choice, list(course.assignments())):
        package = published.get(assignment.id)
        files = course.contents([package.sha256])[package.sha256] if package else ()
        if package and _has_guide(files):
            guided.append(_measured(assignment, package, course.package_path(package.sha256), files))
        else:
            gaps.append(Gap(what="guide", who=assignment.title, why=NO_GUIDE if package else NO_PROJECT))
    if not guided:
        raise NothingToExport(
            "None of the chosen assignments has a published guide in the library.",
            "Choose others, or import the published projects first.",
        )
    return GuideChoice(guided, gaps)


def undamaged(choice: GuideChoice, check: Callable[[], None]) -> GuideChoice:
    """The same without those whose package is not what was imported; `check` is called often, and may raise."""
    guided, gaps = [], list(choice.gaps)
    for each in choice.guided:
        found = read_package(each.path, each.package, check)
        if isinstance(found, str):
            gaps.append(Gap(what="guide", who=each.assignment.title, why=found))
        else:
            guided.append(each)
    return GuideChoice(guided, gaps)


def title_of(guided: Guided) -> str:
    """The assignment's title in one line, as it can be printed."""
    return printable(" ".join(guided.assignment.title.split()), 200) or "Untitled"


def _has_guide(files: Sequence[PackedFile]) -> bool:
    return any(file.path in {METADATA, SECTIONS} or file.path.startswith(f"{CONTENT}/") for file in files)


def _measured(assignment: Assignment, package: Package, path: Path, files: Sequence[PackedFile]) -> Guided:
    texts = [file for file in files if _is_text(file.path)]
    pictures = [file for file in files if PurePosixPath(file.path).suffix.lower() in _PICTURES]
    return Guided(
        assignment=assignment,
        package=package,
        path=path,
        texts=len(texts),
        text_bytes=sum(file.size for file in texts),
        picture_bytes=sum(min(file.size, _PICTURE_MOST) for file in pictures),
    )


def _is_text(path: str) -> bool:
    return path == SECTIONS or (path.startswith(f"{CONTENT}/") and PurePosixPath(path).suffix in _TEXTS)
