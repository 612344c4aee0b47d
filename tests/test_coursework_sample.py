"""The sample course from end to end: what went in comes out, byte for byte, and every number is as it should be."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sample
from conftest import Clock
from handling import (
    ZIP_READERS,
    bring_in,
    check_progress,
    dump,
    export,
    file_of,
    files_below,
    members,
    needs,
    run,
    table,
)

from exportmanager.core.ledger import Job
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.report import Count, Gap
from exportmanager.program import Program

ID = "cs101-sample"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(tmp_path_factory.mktemp("sample") / "library", Clock())
    bring_in(program, sample.SAMPLE)
    yield program
    program.close()


@pytest.fixture(scope="module")
def job(program: Program) -> Job:
    return export(program, ID, include_inactive=True, csv="programs")


@pytest.fixture(scope="module")
def files(program: Program, job: Job) -> dict[str, bytes]:
    return members(file_of(program, job))


def test_the_sample_course_comes_in_whole_but_for_the_gaps_that_are_in_it(program: Program) -> None:
    report = program.library.import_report(program.library.find_course(ID))
    assert report is not None
    declared = sample.course()["counts"]
    read = {change.thing: change.read for change in report.changes}
    assert {thing: read[thing] for thing in declared if thing not in {"students", "workspaces"}} == {
        thing: number for thing, number in declared.items() if thing not in {"students", "workspaces"}
    }
    assert (read["people"], read["workspaces"], read["assessments"]) == (28, 151, len(sample.definitions()))
    gaps = Counter(gap.what.split()[0] for gap in report.gaps)
    assert gaps == {"link": 1, "workspace": 1, "workspaces": 1, "guide": 3, "assessment": 3, "picture": 1}


def test_importing_it_again_months_later_changes_nothing(program: Program, tmp_path: Path) -> None:
    before = dump(program.library.folder, leave_out=["imports"]), files_below(program.library.folder / "workspaces")
    clock = Clock()
    clock.forward(days=150)
    later = Program(program.library.folder, clock)
    report = bring_in(later, sample.SAMPLE)
    later.close()
    assert not report.changed_anything
    after = dump(program.library.folder, leave_out=["imports"]), files_below(program.library.folder / "workspaces")
    assert after == before


def test_the_account_of_the_export(program: Program) -> None:
    report = export(program, ID).report
    assert report is not None
    assert report.counts == (
        Count(thing="students", expected=26, done=24),
        Count(thing="workspaces", expected=147, done=146),
        Count(thing="files", expected=363, done=363),
        Count(thing="answers", expected=950, done=950),
    )
    assert report.cells == {"present": 145, "empty": 1, "never started": 45, "left out": 16, "missing": 1}
    begun = "it was begun, but there are no files of it in the data that came in"
    outside = "link shared.csv to ../../shared/rain-of-all-years.csv"
    assert report.unchosen_gaps == (
        Gap(what="workspace", who="Łucja Przykład, Functions", why=begun),
        Gap(what=outside, who="Ada Example, Reading data files", why="it points outside the workspace"),
    )
    assert [gap.who for gap in report.gaps if gap.chosen] == ["Žofie Příkladová", "Kofi Placeholder"]


def test_tables_hold_what_the_source_holds(files: dict[str, bytes]) -> None:
    students = sample.students()
    assert [row["id"] for row in table(files, "students.csv")] == list(students)
    for row in table(files, "students.csv"):
        assert (row["first_name"], row["last_name"]) == (
            students[row["id"]]["first_name"],
            students[row["id"]]["last_name"],
        )
    folders = {row["id"]: row["folder"] for row in table(files, "assignments.csv")}
    assert list(folders) == [item["id"] for item in sample.assignments()]
    given = {
        (row["student"], row["assignment"], row["assessment"], row["attempt"]): (
            row["answer"],
            float(row["points"] or 0),
        )
        for row in sample.table("answers.csv")
    }
    came = {
        (row["student_id"], assignment, row["assessment_id"], row["attempt"]): (
            row["answer"],
            float(row["points"] or 0),
        )
        for assignment, folder in folders.items()
        for row in table(files, f"answers/{folder}.csv")
    }
    assert came == given
    grades = {(row["student"], row["assignment"]): row for row in sample.table("results.csv")}
    for assignment, folder in folders.items():
        for row in table(files, f"totals/{folder}.csv"):
            was = grades[row["student_id"], assignment]
            assert (row["state"], row["time_spent_seconds"]) == (was["state"], was["time_spent_seconds"])
            assert row["grade"] == was["grade"] or float(row["grade"]) == float(was["grade"])


def unpacked(path: Path, to: Path) -> Path:
    """A workspace of the source, unpacked by programs that are not ours."""
    if path.is_dir():
        return path
    to.mkdir(parents=True)
    if path.suffix == ".zip":
        run(needs("unzip"), "-q", path, "-d", to)
    elif path.suffix == ".zst":
        plain = to.parent / f"{to.name}.tar"
        run(needs("zstd"), "-q", "-d", path, "-o", plain)
        run(needs("tar"), "-xf", plain, "-C", to)
    else:
        run(needs("tar"), "-xzf", path, "-C", to)
    return to


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot unpack every name in it")
def test_every_file_of_every_workspace_is_byte_equal_to_the_source(files: dict[str, bytes], tmp_path: Path) -> None:
    folders = {
        (row["assignment_id"], row["student_id"]): row["folder"]
        for row in table(files, "report.csv")
        if row["status"] == "present"
    }
    now = {(row["folder"], row["original"]): row["now"] for row in table(files, "names.csv")}
    links = {row["link"] for row in table(files, "links.csv")}
    compared = set()
    for path in sorted(sample.SAMPLE.glob("workspaces/*/*")):
        student, assignment = path.name.split(".")[0], path.parent.name
        if student not in sample.students() or (assignment, student) not in folders:
            continue
        folder = folders[assignment, student]
        root = unpacked(path, tmp_path / assignment / student)
        for file in root.rglob("*"):
            if file.is_file() and not file.is_symlink():
                original = file.relative_to(root).as_posix()
                name = f"{folder}/{now.get((folder, original), original)}"
                assert files[name] == file.read_bytes(), name
                compared.add(name)
    assert compared | links == {name for name in files if name.startswith("workspaces/")}
    assert len(compared) > 300


def test_the_names_that_windows_cannot_hold_are_changed_and_listed(files: dict[str, bytes]) -> None:
    changes = [row for row in table(files, "names.csv") if row["folder"]]
    assert changes
    assert {row["now"] for row in changes} <= {
        name.removeprefix(f"{row['folder']}/") for row in changes for name in files
    }


def test_sha256sum_accepts_what_unzip_unpacked(program: Program, job: Job, tmp_path: Path) -> None:
    run(needs("unzip"), "-q", file_of(program, job), "-d", tmp_path)
    output = run(needs("sha256sum"), "-c", "--strict", "manifest-sha256.txt", cwd=tmp_path)
    listed = (tmp_path / "manifest-sha256.txt").read_text().count("\n")
    assert output.count(": OK") == listed > 380


@pytest.mark.parametrize("reader", ZIP_READERS)
def test_other_programs_read_it(program: Program, job: Job, reader: str) -> None:
    run(needs(reader), *ZIP_READERS[reader](file_of(program, job)))


def test_progress_of_import_and_export_ends_at_its_totals(tmp_path: Path) -> None:
    seen: list[Progress] = []
    program = Program(tmp_path / "library", Clock())
    program.bring_in("folder", str(sample.SAMPLE), meter=Meter(seen.append))
    program.close()
    check_progress(seen)


def test_a_copy_elsewhere_gives_the_same_library(program: Program, tmp_path: Path) -> None:
    copy = shutil.copytree(sample.SAMPLE, tmp_path / "copy", symlinks=True)
    other = Program(tmp_path / "library", Clock())
    bring_in(other, copy)
    other.close()
    same = [f'INSERT INTO "{name}"' for name in ("students", "results", "answers", "access_events", "assessments")]
    first, second = (
        [line for line in dump(folder) if line.startswith(tuple(same))]
        for folder in (program.library.folder, other.library.folder)
    )
    assert first == second
