"""Commands that restore archives, and that erase a student from the library and from archives."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click

from exportmanager.archive.restoring import Restored
from exportmanager.cli.archives_proof import passphrase_for
from exportmanager.cli.output import end_progress_line, note, progress_line, safe, show, size
from exportmanager.cli.passphrases import passphrase_file
from exportmanager.cli.session import json_flag, stoppable, with_program
from exportmanager.cli.trash import trashed_course
from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.erasing import Erasure, Person
from exportmanager.core.errors import NotFound
from exportmanager.core.export import counted
from exportmanager.core.meter import Meter
from exportmanager.program import Program

_ROWS = {
    "students": "Students",
    "assignments": "Assignments",
    "results": "Results",
    "answers": "Answers",
    "access_events": "Access events",
    "coach_logs": "Questions to the coach",
    "teacher_notes": "Your notes",
    "workspaces": "Workspaces, with earlier versions",
    "published_versions": "Published projects, with earlier versions",
}


@click.command("restore")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--student", default="", metavar="ID", help="Only this student, with what is needed of the course.")
@click.option("--dry-run", is_flag=True, help="Only say what would come.")
@passphrase_file
@json_flag
@with_program
def restore_archive(
    program: Program, path: Path, student: str, dry_run: bool, passphrase_file: Path | None, as_json: bool
) -> None:
    """Take a course out of an archive and into the library again, once the archive was read back.

    A student is added to the course if it is here; nothing that is here is changed.
    """
    passphrase = passphrase_for(path, passphrase_file)
    with stoppable() as stop:
        meter = Meter(progress_line(), stop)
        found = program.archives.restore(path, meter, passphrase, student=student, only_look=dry_run)
    end_progress_line()
    if as_json:
        show([_restored_record(path, found)], {}, as_json=True, empty="")
    else:
        _say_restored(found, is_dry=dry_run)
    if found.damage:
        note(f"The archive is damaged where nothing was needed for this; to see it: verify {path}")


def _restored_record(path: Path, found: Restored) -> dict[str, Any]:
    """What came of restoring, as documented in ``docs/cli.md``."""
    return {
        "id": found.course,
        "path": path,
        "title": found.title,
        "student": found.student,
        "was_here": found.was_here,
        "workspaces": found.workspaces,
        "bytes": found.bytes,
        "rows": dict(found.rows),
        "stayed": found.stayed,
        "damage": [asdict(damage) for damage in found.damage],
    }


def _say_restored(found: Restored, *, is_dry: bool) -> None:
    what = f"{found.student} in {found.title}" if found.student else found.title
    if found.was_here:
        click.echo(safe(f"The library has {what} already, just as it is in the archive."))
        return
    show(_counted(found.rows), {"what": "Would come" if is_dry else "Came", "number": ""}, as_json=False, empty="")
    done = "Nothing was changed." if is_dry else "It is in the library."
    click.echo(safe(f"{what}: {counted(found.workspaces, 'workspace')}, {size(found.bytes)}. {done}"))
    if found.stayed:
        note(f"Otherwise in the library than in the archive, and left so: {counted(found.stayed, 'row')}.")


def _counted(rows: Mapping[str, int]) -> list[dict[str, str]]:
    return [{"what": words, "number": f"{rows[table]:,}"} for table, words in _ROWS.items() if rows.get(table)]


@click.command("erase")
@click.argument("course")
@click.argument("student")
@click.option("--yes", is_flag=True, help="Erase; without it what would go is only shown.")
@click.option(
    "--archive",
    "archives",
    multiple=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Also make this archive anew without the student, beside the old one.",
)
@click.option("--replace", is_flag=True, help="Remove those old archives once the new ones are whole.")
@passphrase_file
@json_flag
@with_program
def erase_student(
    program: Program,
    course: str,
    student: str,
    yes: bool,
    archives: tuple[Path, ...],
    replace: bool,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Erase one student for good, in every course of the library, the trash too. STUDENT is an id.

    Without --yes it is only shown what goes. A course that has gone from the library is meant by its id: then only
    archives can be made anew.
    """
    course_id, student_id = _course(program, course, archives), StudentId(student)
    erasure = _going(program, course_id, student_id, archives)
    made: list[Path] = []
    if yes:
        made = _from_archives(program, erasure, archives, passphrase_file, replaces=replace)
        if erasure.rows:
            _erase(program, course_id, student_id)
    if as_json:
        show([_erasure_record(erasure, made, is_done=yes)], {}, as_json=True, empty="")
        return
    _say_erasure(erasure, archives)
    if made and not replace:
        note("The old ones stay, with the student in them: remove them where that is not wanted.")
    if not yes:
        again = " ".join(f"--archive {shlex.quote(str(path))}" for path in archives)
        note(f"Nothing was erased. To do it for good: erase {course_id} {student} {again} --yes".replace("  ", " "))


def _course(program: Program, word: str, archives: tuple[Path, ...]) -> CourseId:
    """The course that is meant: in the library, in its trash, or only in archives, by its id."""
    for find in (program.library.find_course, partial(trashed_course, program)):
        with contextlib.suppress(NotFound):
            return find(word)
    if not archives:
        raise NotFound(f"There is no course {word} in the library.", "See the list of courses, and the trash.")
    return CourseId(word)


def _going(program: Program, course: CourseId, student: StudentId, archives: tuple[Path, ...]) -> Erasure:
    """What goes; nothing of the library where only `archives` have the student."""
    try:
        return program.erasing.going(course, student)
    except NotFound:
        if not archives:
            raise
    nobody = Person(course=course, course_title="", id=student, first_name="", last_name="", username="", email="")
    return Erasure(people=(nobody,), rows={}, packages=0, bytes=0)


def _from_archives(
    program: Program, erasure: Erasure, archives: tuple[Path, ...], passphrase_file: Path | None, *, replaces: bool
) -> list[Path]:
    student, made = erasure.people[0], []
    for path in archives:
        passphrase = passphrase_for(path, passphrase_file)
        with stoppable() as stop:
            meter = Meter(progress_line(), stop)
            anew = program.erasing.from_archive(path, student.course, student.id, meter, passphrase, replaces=replaces)
        end_progress_line()
        if anew is None:
            raise NotFound(
                f"{path.name} does not hold the student {student.id}.", "See the ids in its list of students."
            )
        note(f"New archive without the student: {anew.path}")
        made.append(anew.path)
    return made


def _erase(program: Program, course: CourseId, student: StudentId) -> None:
    with stoppable() as stop:
        erased = program.erasing.erase(course, student, Meter(progress_line(), stop))
    end_progress_line()
    for name in erased.changed:
        note(f"{name} was changed since it was exported, and stays on the shelf: look whether the student is in it.")
    if not erased.is_clean:
        note("Another window or program has the library open: what is left of it goes at the next start.")
    if erased.mentions.rows or erased.mentions.packages:
        told = f"{counted(erased.mentions.rows, 'row')} and {counted(erased.mentions.packages, 'workspace')}"
        note(f"Named by other people in their own words, which stay as they are: in {told}.")
    note("A disk may keep the blocks of erased files for a while; only an encrypted disk hides them for certain.")


def _erasure_record(erasure: Erasure, made: list[Path], *, is_done: bool) -> dict[str, Any]:
    return {
        "id": erasure.people[0].id,
        "courses": [person.course for person in erasure.people],
        "erased": is_done,
        "rows": dict(erasure.rows),
        "packages": erasure.packages,
        "bytes": erasure.bytes,
        "shelf": list(erasure.shelf),
        "missing": list(erasure.missing),
        "projects": list(erasure.projects),
        "backups": list(erasure.backups),
        "archives": list(erasure.archives),
        "made": made,
    }


def _say_erasure(erasure: Erasure, archives: tuple[Path, ...]) -> None:
    if not erasure.rows:
        note("The library has nothing of this student. In the archives that are named, all of it goes.")
        return
    rows = [
        *({"what": "In the course", "number": f"{one.course_title} ({one.id})"} for one in erasure.people),
        *_counted({table: count for table, count in erasure.rows.items() if table != "students"}),
        {"what": "Files that nobody else has", "number": f"{erasure.packages:,} packages, {size(erasure.bytes)}"},
        *({"what": "Project", "number": name} for name in erasure.projects),
        *({"what": "On the shelf", "number": name} for name in erasure.shelf),
        *({"what": "Not on the shelf now; goes when it comes back", "number": name} for name in erasure.missing),
        *({"what": "Copy of the database", "number": name} for name in erasure.backups),
    ]
    show(rows, {"what": "What goes", "number": ""}, as_json=False, empty="")
    for path in erasure.archives:
        if path not in [named.absolute() for named in archives]:
            note(f"An archive of the course stays as it is: {path}")
            note(f"To make it anew without the student: --archive {shlex.quote(str(path))}")


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(restore_archive)
    group.add_command(erase_student)
