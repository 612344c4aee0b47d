"""What comes with a restored course and what goes with an erased student, in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exportmanager.archive.restoring import Restored
from exportmanager.core.erasing import Erasure
from exportmanager.ui.archive_words import called, some_of
from exportmanager.ui.overview_words import Fact
from exportmanager.ui.words import counted, number, size, tr

_ROWS = {
    "students": "Students and teachers",
    "assignments": "Assignments",
    "results": "Results",
    "answers": "Answers",
    "access_events": "Access events",
    "coach_logs": "Questions to the coach",
    "teacher_notes": "Your notes",
    "blueprints": "Blueprints",
}
"""Tables whose rows a teacher knows, and what they are called; workspaces are counted by themselves."""


def facts_of(found: Restored) -> Iterator[Fact]:
    """What comes out of an archive."""
    yield from _counted(found.rows)
    came = tr("{size} of new files, with projects", size=size(found.bytes))
    here = tr("their files are in the library already") if found.workspaces else ""
    yield Fact(tr("Workspaces"), number(found.workspaces), came if found.bytes else here)


def facts_of_erasure(erasure: Erasure) -> Iterator[Fact]:
    """What goes with a student."""
    yield Fact(tr("Courses"), number(len(erasure.people)), some_of([person.course_title for person in erasure.people]))
    yield from _counted({table: count for table, count in erasure.rows.items() if table != "students"})
    kept = tr("{size} that nobody else has", size=size(erasure.bytes))
    yield Fact(tr("Workspaces"), number(erasure.rows.get("workspaces", 0)), kept)
    missing = counted(len(erasure.missing), "and 1 that is missing, once it comes back",
                      "and %Ln that are missing, once they come back") if erasure.missing else ""  # fmt: skip
    yield Fact(tr("Exports on the shelf"), number(len(erasure.shelf)), missing)
    if erasure.projects:
        yield Fact(tr("Projects"), number(len(erasure.projects)), some_of(erasure.projects))
    yield Fact(tr("Copies of the database"), number(len(erasure.backups)))


def _counted(rows: Mapping[str, int]) -> Iterator[Fact]:
    for table, words in _ROWS.items():
        if rows.get(table):
            yield Fact(tr(words), number(rows[table]))


def came_words(found: Restored) -> str:
    """What was restored, as a sentence."""
    what = called(found.title)
    if found.student:
        what = tr("{student} in {course}", student=called(found.student), course=what)
    if found.was_here:
        return tr("The library has {what} already, just as it is in the archive.", what=what)
    works = counted(found.workspaces, "1 workspace", "%Ln workspaces")
    return tr("{what} is in the library again, as it was archived: {workspaces}.", what=what, workspaces=works)


def left_words(found: Restored) -> str:
    """What of it could not be restored, or was not needed; "" for nothing."""
    said = []
    if found.stayed:
        said.append(counted(found.stayed, "1 entry of the library says otherwise, and stays as it is.",
                            "%Ln entries of the library say otherwise, and stay as they are."))  # fmt: skip
    if found.damage:
        said.append(counted(len(found.damage), "1 thing in the archive is damaged; it was not needed.",
                            "%Ln things in the archive are damaged; they were not needed."))  # fmt: skip
    return " ".join(said)
