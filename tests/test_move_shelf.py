"""The shelf moves with its files: every one of them, or none, and no file of somebody else's is touched."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from building import CourseBuilder
from exporting import COURSE, export, file_of, names_in, read_only, sha256, small_disk

from exportmanager.core.errors import BadOptions, Cancelled, Damaged, LibraryBusy, NoAccess, NoRoom, ProblemForTeacher
from exportmanager.core.ledger import Job, JobState
from exportmanager.core.locks import FileLock
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.run import ExportRequest
from exportmanager.core.shelf import Removal
from exportmanager.program import Program

OWN = "my notes.zip"


@pytest.fixture
def jobs(program: Program, tmp_path: Path) -> list[Job]:
    """Two exports on the shelf, beside a file of the teacher's."""
    builder = CourseBuilder(tmp_path / "course")
    builder.file("s1", "a1", "noise.bin", random.Random(1).randbytes(3_000_000))
    program.bring_in("folder", str(builder.write()))
    (program.shelf.folder / OWN).write_text("the teacher's own")
    return [export(program), export(program, order="student")]


@pytest.fixture
def old(program: Program) -> Path:
    return program.shelf.folder


@pytest.fixture
def new(tmp_path: Path) -> Path:
    (tmp_path / "new").mkdir()
    return tmp_path / "new"


def all_in(folder: Path) -> list[str]:
    """Everything in a folder, also what is hidden."""
    return sorted(os.listdir(folder))  # noqa: PTH208 - hidden names too


def names_of(jobs: list[Job]) -> list[str]:
    return sorted(job.file.name for job in jobs if job.file)


def assert_stands_in(program: Program, folder: Path, jobs: list[Job]) -> None:
    """Every job is exported, and its file is in `folder`, whole."""
    assert program.shelf.folder == folder
    assert program.tidy().reconciled == []
    for job in jobs:
        assert program.ledger.job(job.id) == job
        assert job.file is not None
        assert sha256(folder / job.file.name) == job.file.sha256


def assert_not_moved(program: Program, old: Path, new: Path, jobs: list[Job], *left: str) -> None:
    assert_stands_in(program, old, jobs)
    assert names_in(old) == sorted([*names_of(jobs), OWN])
    assert all_in(new) == sorted(left)
    assert program.library.setting("shelf-leftovers") is None


def move(program: Program, folder: Path | None, listener: Callable[[Progress], None] = lambda _: None) -> None:
    program.move_shelf(folder, Meter(listener))


def assert_refused(program: Program, folder: Path, problem: type[ProblemForTeacher], says: str) -> None:
    with pytest.raises(problem, match=says) as raised:
        move(program, folder)
    assert raised.value.next_step


# What comes of it


def test_every_file_comes_along_and_nothing_of_ours_stays(
    program: Program, jobs: list[Job], old: Path, new: Path
) -> None:
    move(program, new)
    assert_stands_in(program, new, jobs)
    assert (names_in(new), all_in(old)) == (names_of(jobs), [OWN])
    assert program.library.setting("shelf-leftovers") is None


def test_the_next_export_and_the_next_start_know_the_new_folder(
    program: Program, jobs: list[Job], new: Path, second: Program
) -> None:
    move(program, new)
    job = export(program)
    assert file_of(program, job).parent == new
    later = Program(program.library.folder, program.clock)
    assert_stands_in(later, new, [*jobs, job])
    later.close()
    assert program.janitor.take_off(job.id) is Removal.REMOVED
    assert names_in(new) == names_of(jobs)


def test_it_moves_back_into_the_library(program: Program, jobs: list[Job], old: Path, new: Path) -> None:
    move(program, new)
    move(program, None)
    assert_not_moved(program, old, new, jobs)
    move(program, new)
    move(program, old)  # the same, by its path
    assert_not_moved(program, old, new, jobs)
    assert program.library.setting("shelf-folder") == ""


def test_an_empty_shelf_moves_too(program: Program, old: Path, new: Path) -> None:
    move(program, new)
    assert_stands_in(program, new, [])
    assert (names_in(new), all_in(old)) == ([], [])


def test_nothing_happens_where_it_stands_there_already(program: Program, jobs: list[Job], new: Path) -> None:
    move(program, new)
    seen: list[Progress] = []
    move(program, new, seen.append)
    (new.parent / "link").symlink_to(new)
    move(program, new.parent / "link", seen.append)
    assert seen == []
    assert_stands_in(program, new, jobs)


def test_what_a_dead_job_left_does_not_stay(program: Program, jobs: list[Job], old: Path, new: Path) -> None:
    ticket = program.exporter.submit(ExportRequest("coursework", COURSE, program.kinds["coursework"].Options()))
    ticket.draft.create()
    ticket.draft.release()
    move(program, new)
    assert program.ledger.job(ticket.job.id).state is JobState.INTERRUPTED
    assert (names_in(new), all_in(old)) == (names_of(jobs), [OWN])


def test_a_job_whose_file_has_gone_stays_missing(program: Program, jobs: list[Job], new: Path) -> None:
    file_of(program, jobs[0]).unlink()
    move(program, new)
    assert program.ledger.job(jobs[0].id).state is JobState.MISSING
    assert names_in(new) == names_of(jobs[1:])


def test_a_file_that_is_there_already_counts_as_copied(program: Program, jobs: list[Job], old: Path, new: Path) -> None:
    shutil.copy(file_of(program, jobs[0]), new)
    seen: list[Progress] = []
    move(program, new, seen.append)
    assert_stands_in(program, new, jobs)
    assert all_in(old) == [OWN]
    copying = [progress for progress in seen if progress.stage == "Copying to the new folder"]
    assert jobs[1].file is not None
    assert copying[-1].done == copying[-1].total == 2 * jobs[1].file.size


def test_a_shelf_in_a_folder_that_may_only_be_read_is_copied_and_its_old_files_go_later(
    program: Program, jobs: list[Job], old: Path, new: Path
) -> None:
    with read_only(old):
        move(program, new)
        assert_stands_in(program, new, jobs)
        assert names_in(old) == sorted([*names_of(jobs), OWN])
    assert program.tidy().reconciled == []
    assert all_in(old) == [OWN]


# Progress and Stop


def test_progress_is_in_bytes_and_ends_at_its_total(program: Program, jobs: list[Job], new: Path) -> None:
    seen: list[Progress] = []
    move(program, new, seen.append)
    size = sum(job.file.size for job in jobs if job.file)
    last = {progress.stage: (progress.done, progress.total) for progress in seen}
    assert last == {
        "Looking at the new folder": (0, 0),
        "Copying to the new folder": (2 * size, 2 * size),
        "Removing from the old folder": (size, size),
    }


def test_stop_leaves_everything_as_it_was_until_the_settings_name_the_new_folder(
    program: Program, jobs: list[Job], old: Path, new: Path
) -> None:
    (new / OWN).write_text("also the teacher's own")
    shutil.copy(file_of(program, jobs[0]), new)
    was_stopped = 0
    for asks in range(1, 1000):
        questions = iter(range(asks))
        try:
            program.move_shelf(new, Meter(stop=lambda left=questions: next(left, None) is None))  # type: ignore[misc]
        except Cancelled:
            was_stopped += 1
            assert_not_moved(program, old, new, jobs, OWN, *names_of(jobs[:1]))
        else:
            break
    assert was_stopped > 10
    assert program.shelf.folder == new


def test_stop_comes_too_late_when_the_settings_name_the_new_folder(
    program: Program, jobs: list[Job], old: Path, new: Path
) -> None:
    program.move_shelf(new, Meter(stop=lambda: program.library.setting("shelf-folder") == str(new)))
    assert_stands_in(program, new, jobs)
    assert all_in(old) == [OWN]


# What is refused


def test_it_does_not_move_while_an_export_is_not_finished(
    program: Program, jobs: list[Job], old: Path, new: Path, second: Program
) -> None:
    kind = second.kinds["coursework"]
    ticket = second.exporter.submit(ExportRequest("coursework", COURSE, kind.Options()))
    assert_refused(program, new, BadOptions, "An export is not finished yet")
    job = second.exporter.run(ticket)
    assert_not_moved(program, old, new, [*jobs, job])
    move(program, new)
    assert_stands_in(program, new, [*jobs, job])


@pytest.mark.parametrize(
    ("folder", "says"),
    [
        ("nowhere", "There is no folder"),
        ("file", "There is no folder"),
        ("library", "belongs to the library itself"),
        ("library/workspaces", "belongs to the library itself"),
        ("library/shelf/.drafts", "belongs to the library itself"),
        ("link", "belongs to the library itself"),
        ("\0", "a folder's whole path"),
        ("\udcff", "letters that this computer cannot write"),
    ],
)
def test_a_folder_that_is_no_good_is_refused(
    program: Program, jobs: list[Job], old: Path, tmp_path: Path, folder: str, says: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "library" / "workspaces")
    assert_refused(program, tmp_path / folder, BadOptions, says)
    assert_stands_in(program, old, jobs)


def test_a_folder_in_which_nothing_can_be_written_is_refused(
    program: Program, jobs: list[Job], old: Path, new: Path
) -> None:
    with read_only(new):
        assert_refused(program, new, BadOptions, "Nothing can be written in")
    assert_not_moved(program, old, new, jobs)


def test_a_full_disk_is_noticed_before(program: Program, jobs: list[Job], old: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "stick", "8m") as stick:
        assert_refused(program, stick, NoRoom, "MB are needed, 8 MB are free")
        assert_not_moved(program, old, stick, jobs)


def test_a_disk_that_becomes_full_meanwhile_is_left_as_it_was(
    program: Program, jobs: list[Job], old: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "stick", "40m") as stick:

        def fill(progress: Progress) -> None:
            if progress.stage == "Copying to the new folder" and not (stick / "film.mp4").exists():
                (stick / "film.mp4").write_bytes(bytes(shutil.disk_usage(stick).free))

        with pytest.raises(NoRoom, match="became full"):
            move(program, stick, fill)
        assert_not_moved(program, old, stick, jobs, "film.mp4")


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes when somebody writes; when it was last read may change."""
    info = path.lstat()
    return info.st_ino, info.st_mode, info.st_size, info.st_mtime_ns


@pytest.mark.parametrize("kind", ["other bytes", "other size", "folder", "link"])
def test_another_file_of_that_name_is_refused_and_left_alone(
    program: Program, jobs: list[Job], old: Path, new: Path, kind: str
) -> None:
    assert jobs[1].file is not None
    path = new / jobs[1].file.name
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(file_of(program, jobs[1]))
    else:
        path.write_bytes(bytes(jobs[1].file.size - (kind == "other size")))
    before = _stamp(path)
    assert_refused(program, new, BadOptions, "Another file called .* stands in")
    assert _stamp(path) == before
    assert_not_moved(program, old, new, jobs, path.name)


def test_another_file_that_takes_the_name_meanwhile_is_left_alone(
    program: Program, jobs: list[Job], old: Path, new: Path
) -> None:
    last = names_of(jobs)[-1]

    def appear(progress: Progress) -> None:
        if progress.item == last and progress.stage == "Copying to the new folder":
            (new / last).write_text("the teacher's own")

    with pytest.raises(BadOptions, match="Another file called"):
        program.move_shelf(new, Meter(appear, clock=iter(range(10_000)).__next__))
    assert_not_moved(program, old, new, jobs, last)
    assert (new / last).read_text() == "the teacher's own"


def test_a_damaged_file_is_named_and_nothing_moves(program: Program, jobs: list[Job], old: Path, new: Path) -> None:
    path = file_of(program, jobs[1])
    data = bytearray(path.read_bytes())
    data[10] ^= 1
    path.write_bytes(data)
    assert_refused(program, new, Damaged, f"{path.name.replace('(', '.').replace(')', '.')} on the shelf is damaged")
    assert (program.shelf.folder, all_in(new)) == (old, [])
    assert names_in(old) == sorted([*names_of(jobs), OWN])


def test_a_copy_that_does_not_come_out_right_is_no_copy(
    program: Program, jobs: list[Job], old: Path, new: Path
) -> None:
    def spoil(progress: Progress) -> None:
        for draft in (new / ".drafts").glob("*.part"):
            with draft.open("r+b") as bad:
                bad.write(b"bad sector")

    with pytest.raises(Damaged, match="did not come out right"):
        program.move_shelf(new, Meter(spoil, clock=iter(range(10_000)).__next__))
    assert_not_moved(program, old, new, jobs)


# What others do meanwhile


def at_the_end_of_copying(then: Callable[[], object]) -> Meter:
    """Calls `then` once, when everything is copied and the settings name the old folder."""
    todo = [then]

    def listen(progress: Progress) -> None:
        if progress.stage == "Copying to the new folder" and progress.done == progress.total and todo:
            todo.pop()()

    return Meter(listen, clock=iter(range(10_000)).__next__)


def test_a_file_that_is_removed_meanwhile_is_on_neither_side(
    program: Program, jobs: list[Job], old: Path, new: Path, second: Program
) -> None:
    program.move_shelf(new, at_the_end_of_copying(lambda: second.janitor.take_off(jobs[0].id)))
    assert (names_in(new), all_in(old)) == (names_of(jobs[1:]), [OWN])
    assert program.ledger.job(jobs[0].id).state is JobState.REMOVED
    assert program.library.setting("shelf-leftovers") is None


def test_a_file_that_is_about_to_be_removed_elsewhere_goes_at_the_latest_at_the_next_start(
    program: Program, jobs: list[Job], old: Path, new: Path, second: Program
) -> None:
    def begin() -> None:
        second.ledger.intend(jobs[0].id, JobState.REMOVED)

    program.move_shelf(new, at_the_end_of_copying(begin))
    assert all_in(old) == [OWN]
    second.ledger.leave(jobs[0].id, JobState.REMOVED, second.clock())
    program.tidy()
    assert names_in(new) == names_of(jobs[1:])
    assert program.library.setting("shelf-leftovers") is None


def test_a_file_that_comes_back_meanwhile_comes_along(
    program: Program, jobs: list[Job], old: Path, new: Path, second: Program, tmp_path: Path
) -> None:
    path = file_of(program, jobs[0])
    path.rename(tmp_path / "away.zip")
    program.tidy()

    def come_back() -> None:
        (tmp_path / "away.zip").rename(path)
        second.janitor.reconcile()

    program.move_shelf(new, at_the_end_of_copying(come_back))
    assert [program.ledger.job(job.id).state for job in jobs] == [JobState.EXPORTED] * 2
    assert (names_in(new), all_in(old)) == (names_of(jobs), [OWN])


def test_no_export_begins_while_the_shelf_moves(program: Program, jobs: list[Job], new: Path, second: Program) -> None:
    said: list[str] = []

    def ask() -> None:
        with pytest.raises(LibraryBusy) as busy:
            export(second)
        with pytest.raises(LibraryBusy):
            move(second, None)
        said.append(busy.value.what)

    program.move_shelf(new, at_the_end_of_copying(ask))
    assert said == ["The shelf is being moved to another folder."]
    assert_stands_in(program, new, jobs)


def test_a_process_that_was_there_before_goes_after_the_shelf(
    program: Program, jobs: list[Job], old: Path, new: Path, second: Program
) -> None:
    exporter, janitor = second.exporter, second.janitor
    move(program, new)
    assert janitor.reconcile() == []  # it stands in the old folder, and says nothing is missing
    with pytest.raises(NoAccess):
        janitor.take_off(jobs[0].id)
    with pytest.raises(LibraryBusy, match="moved to another folder meanwhile"):
        exporter.submit(ExportRequest("coursework", COURSE, program.kinds["coursework"].Options()))
    assert file_of(second, export(second)).parent == new
    assert second.janitor.take_off(jobs[0].id) is Removal.REMOVED
    assert all_in(old) == [OWN]


def test_a_start_leaves_a_move_alone_that_is_under_way(
    program: Program, jobs: list[Job], new: Path, second: Program
) -> None:
    program.move_shelf(new, at_the_end_of_copying(second.tidy))
    assert_stands_in(program, new, jobs)


# Folders that cannot be reached


@contextmanager
def unplugged(folder: Path) -> Iterator[None]:
    away = folder.rename(folder.with_name("unplugged"))
    try:
        yield
    finally:
        away.rename(folder)


def test_a_shelf_that_cannot_be_reached_does_not_stop_the_program(program: Program, jobs: list[Job], new: Path) -> None:
    move(program, new)
    with unplugged(new):
        later = Program(program.library.folder, program.clock)
        assert later.tidy().reconciled == []
        assert [later.ledger.job(job.id).state for job in jobs] == [JobState.EXPORTED] * 2
        with pytest.raises(NoAccess, match="cannot be reached") as problem:
            export(later)
        assert problem.value.next_step
        later.close()
        assert not new.exists()
    assert_stands_in(program, new, jobs)


def test_a_disk_that_does_not_answer_is_one_that_cannot_be_reached(program: Program) -> None:
    program.library.set_setting("shelf-folder", str(Path.cwd() / ("x" * 300)))
    later = Program(program.library.folder, program.clock)
    assert later.tidy().reconciled == []
    assert not later.shelf.is_reachable()
    later.close()


def test_a_job_that_died_on_a_disk_that_may_only_be_read_waits(program: Program, jobs: list[Job], new: Path) -> None:
    move(program, new)
    ticket = program.exporter.submit(ExportRequest("coursework", COURSE, program.kinds["coursework"].Options()))
    ticket.draft.release()
    with read_only(new):
        assert program.tidy().reconciled == []
    assert [job.state for job in program.tidy().reconciled] == [JobState.INTERRUPTED]


def test_files_that_cannot_be_reached_hold_the_shelf_until_somebody_says_to_leave_them(
    program: Program, jobs: list[Job], new: Path, tmp_path: Path
) -> None:
    move(program, new)
    (tmp_path / "newer").mkdir()
    with unplugged(new):
        assert_refused(program, tmp_path / "newer", BadOptions, "cannot be reached, so its files cannot come along")
        program.move_shelf(tmp_path / "newer", Meter(), leave_files=True)
        assert len(program.tidy().reconciled) == 2
        assert {program.ledger.job(job.id).state for job in jobs} == {JobState.MISSING}
    program.tidy()
    assert all_in(new) == names_of(jobs)
    move(program, new)
    assert len(program.tidy().reconciled) == 2  # they came back
    assert_stands_in(program, new, [program.ledger.job(job.id) for job in jobs])


def test_a_job_that_died_on_a_disk_that_is_left_is_interrupted(
    program: Program, jobs: list[Job], new: Path, tmp_path: Path
) -> None:
    move(program, new)
    ticket = program.exporter.submit(ExportRequest("coursework", COURSE, program.kinds["coursework"].Options()))
    ticket.draft.release()
    with unplugged(new):
        program.move_shelf(None, Meter(), leave_files=True)
        program.tidy()
        assert program.ledger.job(ticket.job.id).state is JobState.INTERRUPTED
    program.tidy()
    assert all_in(new) == names_of(jobs)


def test_to_leave_files_means_nothing_where_they_can_be_reached(
    program: Program, jobs: list[Job], old: Path, new: Path
) -> None:
    program.move_shelf(new, Meter(), leave_files=True)
    assert_stands_in(program, new, jobs)


def test_a_new_disk_that_is_pulled_out_meanwhile_is_cleared_away_when_it_is_back(
    program: Program, jobs: list[Job], old: Path, new: Path
) -> None:
    def pull() -> None:
        new.rename(new.with_name("pulled out"))

    with pytest.raises(ProblemForTeacher):
        program.move_shelf(new, at_the_end_of_copying(pull))
    assert_stands_in(program, old, jobs)
    new.with_name("pulled out").rename(new)
    program.tidy()
    assert_not_moved(program, old, new, jobs)


def test_what_may_be_the_last_copy_is_never_cleared_away(
    program: Program, jobs: list[Job], old: Path, new: Path
) -> None:
    assert jobs[0].file is not None
    shutil.copy(file_of(program, jobs[0]), new)
    file = [jobs[0].file.name, jobs[0].file.size, jobs[0].file.sha256]
    program.library.set_setting("shelf-leftovers", {str(new): [file]})
    file_of(program, jobs[0]).unlink()
    program.tidy()
    assert all_in(new) == [jobs[0].file.name]
    assert program.library.setting("shelf-leftovers") == {str(new): [file]}
    shutil.copy(new / jobs[0].file.name, old)
    program.tidy()
    assert program.ledger.job(jobs[0].id).state is JobState.EXPORTED
    program.tidy()
    assert_not_moved(program, old, new, jobs)


@pytest.mark.parametrize(
    "noted", ["text", ["a list"], {"relative": []}, {"": "text"}, {"": [["../x", 1, "0" * 64], [1], "x", ["a", 1]]}]
)
def test_a_note_that_was_edited_by_hand_does_no_harm(
    program: Program, jobs: list[Job], old: Path, new: Path, noted: object
) -> None:
    program.library.set_setting("shelf-leftovers", noted)
    assert_stands_in(program, old, jobs)
    move(program, new)
    assert_stands_in(program, new, jobs)


def test_the_lock_is_free_afterwards(program: Program, jobs: list[Job], new: Path) -> None:
    with pytest.raises(BadOptions):
        move(program, new / "nowhere")
    move(program, new)
    lock = FileLock.take(program.library.folder / "shelf.lock")
    assert lock is not None
    lock.release()
