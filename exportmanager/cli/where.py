"""How a workspace is named on the command line, and which one is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from exportmanager.cli.archives_proof import passphrase_for
from exportmanager.core.errors import Ambiguous, NotFound
from exportmanager.library.kept_files import Held
from exportmanager.program import Program
from exportmanager.review.where import Where

_NUMBER = re.compile(r"[0-9]{1,18}")
WHERE = """\
WHERE is COURSE/ASSIGNMENT/STUDENT (ids, titles or names; with @2 behind it: the second version), COURSE/ASSIGNMENT
for the published project, project:ID, a zip, tar or folder, PATH::FOLDER for a folder in one (PATH::ZIP::FOLDER
for one in a zip in it), or an address as --json prints it."""


def where_of(program: Program, word: str) -> Where:
    """The workspace that `word` means: see `WHERE`. Raises `NotFound`, `Ambiguous`, `BadOptions`."""
    if word.startswith("{"):
        return Where.of_json(word)
    kind, _, number = word.partition(":")
    if kind == "project" and _NUMBER.fullmatch(number):
        return Where.of_project(int(number))
    path, *inside = word.split("::")
    if inside or _is_there(path):
        folder, inner = inside[-1] if inside else "", inside[0] if len(inside) > 1 else ""
        return Where.of_file(Path(path), folder.strip("/"), inner)
    return _in_course(program, word)


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:  # a name that is too long for any file
        return False


def passphrase_of(place: Where, file: Path | None) -> str | None:
    """The passphrase of the archive that a workspace lies in, if it has one: from `file`, or typed by somebody."""
    return passphrase_for(Path(place.path), file) if place.kind == "file" else None


def _in_course(program: Program, word: str) -> Where:
    named, _, version = word.rpartition("@") if "@" in word.rpartition("/")[2] else (word, "", "")
    if version and not _NUMBER.fullmatch(version):  # a name with an @, such as an e-mail address
        named, version = word, ""
    course_word, _, rest = named.partition("/")
    assignment_word, _, student_word = rest.partition("/")
    if not assignment_word:
        raise NotFound(f"{word} is no file, and no workspace.", "Write COURSE/ASSIGNMENT/STUDENT, or a path.")
    course, number = program.library.find_course(course_word), int(version or 0)
    files = program.library.files
    held = files.held(course) if student_word else files.published(course)
    there = _chosen(held, assignment_word, "assignment", lambda one: (one.assignment, one.assignment_title))
    if not student_word:
        return Where.of_published(course, there[0].assignment, number)
    found = _chosen(there, student_word, "student with a workspace", lambda one: (one.student, one.student_name))
    return Where.of_workspace(course, found[0].assignment, found[0].student, number)


def _chosen(held: Iterable[Held], word: str, what: str, names: Callable[[Held], tuple[str, str]]) -> list[Held]:
    """Those whose id is `word`, or else whose name is, or else holds it. They are all of one."""
    folded = word.casefold()
    tests: tuple[Callable[[str, str], bool], ...] = (
        lambda id_, _: id_ == word,
        lambda _, name: name.casefold() == folded,
        lambda _, name: folded in name.casefold(),
    )
    held = list(held)
    for fits in tests:
        found = [one for one in held if fits(*names(one))]
        if len({names(one)[0] for one in found}) > 1:
            raise Ambiguous(
                f"{word} fits {', '.join(sorted({' '.join(names(one)) for one in found})[:5])}.", "Use an id."
            )
        if found:
            return found
    raise NotFound(f"There is no {what} {word}.", "See the lists of assignments and students.")
