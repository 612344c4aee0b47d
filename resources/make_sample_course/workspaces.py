"""Writes the workspaces: most as plain folders, some as archives."""

from pathlib import Path

from make_sample_course.archives import Member, pack
from make_sample_course.hazards import HAZARDS, PACKED
from make_sample_course.programs import in_own_words
from make_sample_course.visits import Work

CHECKED_FOR_STYLE = "test-9917340286"


def write_workspaces(works: list[Work], target: Path) -> int:
    """Write the workspaces of all works but the missing one, and return their number with it."""
    for work in works:
        if work.person.meets("missing") != work.assignment.id:
            write_workspace(work, target / work.assignment.id)
    return len(works)


def write_workspace(work: Work, folder: Path) -> None:
    """Write one workspace, as a folder or an archive."""
    place = (work.assignment.id, work.person.id)
    if place in HAZARDS:
        contents, suffix = HAZARDS[place]
        write_archive(work, folder, contents(files_of(work)), (suffix, ""))
    elif place in PACKED:
        members = [Member(path, text.encode()) for path, text in sorted(files_of(work).items())]
        write_archive(work, folder, members, PACKED[place])
    else:
        for path, text in files_of(work).items():
            write_file(folder / work.person.id / path, text.encode())


def write_archive(work: Work, folder: Path, members: list[Member], form: tuple[str, str]) -> None:
    """Write a workspace as an archive whose files have the time of the student's last visit."""
    suffix, prefix = form
    write_file(folder / f"{work.person.id}{suffix}", pack(members, suffix, work.stays[-1].closed, prefix))


def write_file(path: Path, data: bytes) -> None:
    """Write a file and make the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def files_of(work: Work) -> dict[str, str]:
    """Return the files of an ordinary workspace, in the student's own words."""
    tidy = CHECKED_FOR_STYLE in work.outcomes
    return {
        path: in_own_words(text, path, work.person, tidy)
        for variant in work.variants
        for path, text in variant.files.items()
    }
