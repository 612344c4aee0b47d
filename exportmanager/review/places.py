"""Says which workspaces a search goes through: those of courses, of projects, of archives and of any other file.

reach = Reach(earlier=True, starters=True)            what is searched besides the newest work of the students
encrypted_among(paths)                                these need a passphrase each: ask, or leave it out
with Openings(library, check) as openings:            `check` raises when Stop was asked for
    places = chain(course_places(library, course, reach), project_places(library),
                   archive_places(openings, paths, {path: passphrase}, reach))
    search = Search(query, places, meter)             `search.left_out` names the archives that were not searched
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from exportmanager.archive.decrypting import is_encrypted
from exportmanager.core.course import CourseInfo
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.report import Gap
from exportmanager.library.kept_files import Held
from exportmanager.library.library import Library
from exportmanager.review.lying import Facts, newest_of
from exportmanager.review.opening import Openings
from exportmanager.review.searching import File, Files, opened_files, packed_files
from exportmanager.review.where import Where, import_words, starter_words


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace to search. `course`, `assignment` and `student` are what people call them, "" where nobody knows.

    Of what lies in a file, `course` is its name. `version` says which one it is in words ("Import 1 of 2", "Starter
    files"), "" for a student's newest. `package`: places that have the same one are searched once.
    """

    where: Where
    files: Files
    course: str = ""
    assignment: str = ""
    student: str = ""
    package: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """What is searched besides the newest workspaces of students: what they were before, and the starter files.

    Both together: also what the starter files were before.
    """

    earlier: bool = False
    starters: bool = False


_NEWEST = Reach()


def course_places(library: Library, course: CourseInfo, reach: Reach = _NEWEST) -> Iterator[Place]:
    """The workspaces of everybody in a course of the library, and its starter files, as far as `reach` goes."""
    held = list(library.files.held(course.id, every_version=reach.earlier))
    if reach.starters:
        held += library.files.published(course.id, every_version=reach.earlier)
    newest = {(one.assignment, one.student): one.number for one in held}  # the newest comes last
    for one in held:
        yield _held(one, course.title, newest[one.assignment, one.student])


def _held(one: Held, course: str, newest: int) -> Place:
    if one.student:
        where = Where.of_workspace(one.course, one.assignment, one.student, one.number)
    else:
        where = Where.of_published(one.course, one.assignment, one.number)
    version = _version(one.number, newest, is_published=not one.student)
    return Place(where, packed_files(one.path), course, one.assignment_title, one.student_name, one.package, version)


def _version(number: int, newest: int, *, is_published: bool) -> str:
    if is_published:
        return starter_words(number, newest)
    return import_words(number, newest) if number < newest else ""


def project_places(library: Library) -> Iterator[Place]:
    """The projects, which belong to no course; `assignment` is what each is called."""
    for project in library.projects.all():
        files = partial(_of_project, library, project.id)
        yield Place(Where.of_project(project.id), files, assignment=project.name, package=project.package)


def _of_project(library: Library, project: int, keep: ExitStack) -> Sequence[File]:
    """Its files. Raises `NotFound` where it was removed in the meantime."""
    return packed_files(library.projects.kept(project).path)(keep)


def file_places(
    openings: Openings, path: Path, passphrase: str | None = None, reach: Reach = _NEWEST
) -> Iterator[Place]:
    """The workspaces in an archive or any other file or folder; a file that tells of none is searched as a whole.

    Raises what `Openings.within` does.
    """
    lying = openings.within(path, passphrase)
    newest = newest_of(lying)
    for one in lying:
        is_newest = one.facts.number == newest[one.whose]
        if (reach.starters or not one.facts.is_published) and (reach.earlier or is_newest):
            files = opened_files(openings, one.where, passphrase)
            yield _lying(one.where, one.facts, files, path.name, newest[one.whose])


def _lying(where: Where, facts: Facts, files: Files, course: str, newest: int) -> Place:
    version = _version(facts.number, newest, is_published=facts.is_published)
    return Place(where, files, course, facts.assignment, facts.student, version=version)


def archive_places(
    openings: Openings, paths: Iterable[Path], passphrases: Mapping[Path, str], reach: Reach = _NEWEST
) -> Iterator[Place | Gap]:
    """The same of several files; a gap for each that cannot be opened, with its name and why: `Search` passes it on.

    `passphrases` has those of encrypted archives; one that has none there cannot be opened.
    """
    for path in paths:
        try:
            yield from file_places(openings, path, passphrases.get(path), reach)
        except ProblemForTeacher as problem:
            yield Gap(what=path.name, why=problem.what)


def encrypted_among(paths: Iterable[Path]) -> Sequence[Path]:
    """Those that need a passphrase. What cannot be read is not among them: whoever opens it is told."""
    return [path for path in paths if path.is_file() and _is_encrypted(path)]


def _is_encrypted(path: Path) -> bool:
    try:
        return is_encrypted(path)
    except OSError:
        return False
