"""Course sources: the published project of each assignment as a tar in zstandard, and nothing of a student."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import zstandard
from building import CourseBuilder
from commanding import CommandLine
from downloading import packed
from handling import bring_in, export, file_of, members, needs, run
from pytestqt.qtbot import QtBot
from windowing import desk_on, in_window

from exportmanager.core.course import CourseId
from exportmanager.core.errors import NothingToExport, Unavailable
from exportmanager.core.ledger import Job, JobState
from exportmanager.core.report import Count, Gap
from exportmanager.exports.sources import KIND
from exportmanager.formats.tar_zst import TarZst
from exportmanager.jobs.sights import course_sight
from exportmanager.program import Program
from exportmanager.ui.export_tab import ExportTab

LONG = f"{'deep/' * 30}{'long' * 20}.txt"
STUDENTS = ("Ada", "Example", "user1", "ada@example.org", "s1-id")


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    """Three assignments: a project with a bit of everything, a small one, and one that was never published."""
    builder = CourseBuilder(tmp_path / "course")
    builder.course["modules"][0]["assignments"] = [
        {"id": "a1", "title": "Hello: world?", "version": 3, "published_at": "2026-02-01T08:00:00Z"},
        {"id": "a2", "title": "Loops", "version": 1},
        {"id": "a3", "title": "Not yet"},
    ]
    put(builder, "a1", ".guides/content/index.json", '{"order": []}')
    put(builder, "a1", "run.sh", "#!/bin/sh\n").chmod(0o751)
    put(builder, "a1", "größe/数.txt", "letters\n" * 100)
    put(builder, "a1", LONG, "far away\n")
    put(builder, "a1", "empty.txt", "")
    (builder.folder / "assignments/a1/to-run").symlink_to("run.sh")
    (builder.folder / "assignments/a1/out").symlink_to("../../course.json")
    (builder.folder / "assignments/a1/an empty folder").mkdir()
    put(builder, "a2", ".guides/secure/key.txt", "42\n")
    os.utime(builder.folder / "assignments/a2/.guides/secure/key.txt", (1_700_000_001, 1_700_000_001))
    return builder


def put(builder: CourseBuilder, assignment: str, path: str, content: str | bytes) -> Path:
    """A file of a published project."""
    target = builder.folder / "assignments" / assignment / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.encode() if isinstance(content, str) else content)
    return target


@pytest.fixture
def place(program: Program, builder: CourseBuilder) -> Path:
    """An exported zip of all of it."""
    bring_in(program, builder.write())
    return file_of(program, sources(program))


def sources(program: Program, course: str = "course-1", **options: Any) -> Job:
    return export(program, course, kind="sources", **options)


def tar_of(data: bytes) -> tarfile.TarFile:
    return tarfile.open(fileobj=io.BytesIO(zstandard.ZstdDecompressor().decompress(data)))


def listed(place: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(members(place)["course-sources.json"])
    return found


def test_each_published_project_is_a_tar_with_files_links_bits_and_times_as_they_were(place: Path) -> None:
    files = members(place)
    assert [*files] == [
        "Hello_ world_.tar.zst", "Loops.tar.zst", "course-sources.json", "README.txt", "manifest-sha256.txt",
    ]  # fmt: skip
    with tar_of(files["Hello_ world_.tar.zst"]) as tar:
        found = {info.name: info for info in tar}
        assert sorted(found) == sorted(
            [".guides/content/index.json", "run.sh", "größe/数.txt", LONG, "empty.txt", "to-run", "an empty folder"]
        )
        texts = {name: file.read() for name in found if (file := tar.extractfile(name))}
    assert texts["größe/数.txt"] == b"letters\n" * 100
    assert texts[LONG] == b"far away\n"
    assert texts["empty.txt"] == b""
    assert (found["run.sh"].mode, found["empty.txt"].mode) == (0o755, 0o644)
    assert (found["to-run"].issym(), found["to-run"].linkname) == (True, "run.sh")
    assert found["an empty folder"].isdir()
    assert {(info.uid, info.gid, info.uname, info.gname) for info in found.values()} == {(0, 0, "", "")}
    with tar_of(files["Loops.tar.zst"]) as tar:
        assert [(info.name, info.mtime) for info in tar] == [(".guides/secure/key.txt", 1_700_000_001)]


@pytest.mark.parametrize("name", ["Hello_ world_.tar.zst", "Loops.tar.zst"])
@pytest.mark.parametrize("command", ["zstd -t", "tar --zstd -tf", "bsdtar -tf"])
def test_other_programs_read_the_tars(place: Path, tmp_path: Path, name: str, command: str) -> None:
    program, *arguments = command.split()
    needs(program)
    needs("zstd")
    with zipfile.ZipFile(place) as archive:
        archive.extract(name, tmp_path)
    run(program, *arguments, tmp_path / name)


def test_what_tar_unpacks_is_the_project_and_sha256sum_agrees(
    place: Path, builder: CourseBuilder, tmp_path: Path
) -> None:
    for program in ("zstd", "tar", "unzip", "sha256sum"):
        needs(program)
    (out := tmp_path / "out").mkdir()
    run("unzip", "-q", place, "-d", out)
    run("sha256sum", "-c", "--strict", "manifest-sha256.txt", cwd=out)
    (project := out / "project").mkdir()
    run("tar", "--zstd", "-xf", out / "Hello_ world_.tar.zst", "-C", project)
    (builder.folder / "assignments/a1/out").unlink()
    assert tree(project) == tree(builder.folder / "assignments/a1")


def tree(folder: Path) -> dict[str, tuple[bool, object]]:
    """What lies in a folder: whether it runs, and its bytes or where it points."""
    found: dict[str, tuple[bool, object]] = {}
    for path in folder.rglob("*"):
        what = path.readlink() if path.is_symlink() else None if path.is_dir() else path.read_bytes()
        found[path.relative_to(folder).as_posix()] = (bool(path.lstat().st_mode & stat.S_IXUSR), what)
    return found


def test_the_list_and_the_readme_say_what_it_is_and_what_is_not_there(place: Path) -> None:
    told = listed(place)
    assert (told["course"]["id"], told["course"]["taken_on"]) == ("course-1", "2026-03-01")
    assert told["modules"] == [{"id": "m1", "title": "Module one"}]
    first, second, third = told["assignments"]
    assert (first["version"], first["published_at"], first["file"]) == (
        3, "2026-02-01T08:00:00Z", "Hello_ world_.tar.zst",
    )  # fmt: skip
    assert [gap["what"] for gap in first["gaps"]] == ["link out to ../../course.json"]
    assert (second["version"], second["gaps"]) == (1, [])
    assert (third["version"], third["file"]) == (None, None)
    readme = members(place)["README.txt"].decode()
    assert "Hello_ world_.tar.zst   (version 3)" in readme
    assert "There is no published project here of:\n\n  Not yet\n" in readme


def test_the_report_names_what_was_never_published_and_what_a_project_lacks(
    program: Program, builder: CourseBuilder
) -> None:
    bring_in(program, builder.write())
    report = sources(program).report
    assert report is not None
    assert report.counts == (
        Count(thing="projects", expected=3, done=2), Count(thing="files", expected=7, done=7)
    )  # fmt: skip
    assert [(gap.what, gap.who) for gap in report.gaps] == [
        ("link out to ../../course.json", "Hello: world?"), ("published project", "Not yet"),
    ]  # fmt: skip
    assert report.gaps[-1].why == "it has no published version"
    with program.library.course(CourseId("course-1")) as course:
        foretold = KIND.estimate(course, KIND.Options())
    assert foretold.summary == "2 projects with 7 files"
    assert foretold.notes == ("Without a published project: Not yet.",)


def test_a_version_that_did_not_come_in_is_named_and_why(
    program: Program, builder: CourseBuilder, tmp_path: Path
) -> None:
    builder.course["modules"][0]["assignments"][2]["version"] = 5
    bring_in(program, builder.write())
    gap = unchosen(sources(program))[-1]
    why = "there is a published version, but the data that came in do not hold it"
    assert gap == Gap(what="published project", who="Not yet", why=why, assignment_id="a3")
    with zipfile.ZipFile(tmp_path / "platform.zip", "w") as archive:
        archive.writestr("Loops.tar.zst", packed({".guides/assessments/q.json": b"{}"}, "tar.zst"))
        archive.writestr("Not yet.tar.zst", packed({".guides/assessments/q.json": b"{}"}, "tar.zst")[:-9])
    program.bring_in("auto", str(tmp_path / "platform.zip"), {"course": "course-1"})
    assert "damaged or cut off" in unchosen(sources(program))[-1].why


def unchosen(job: Job) -> tuple[Gap, ...]:
    assert job.report is not None
    return job.report.unchosen_gaps


def test_a_project_whose_file_in_the_library_is_damaged_is_left_out_and_named(
    program: Program, builder: CourseBuilder
) -> None:
    bring_in(program, builder.write())
    with program.library.course(CourseId("course-1")) as course:
        path = course.package_path(course.published()[0].package.sha256)
    path.write_bytes(path.read_bytes()[:-1])
    job = sources(program)
    assert job.report is not None
    assert job.report.counts[0] == Count(thing="projects", expected=3, done=1)
    assert "damaged" in job.report.gaps[0].why
    assert listed(file_of(program, job))["assignments"][0]["file"] is None
    assert "Hello_ world_.tar.zst" not in members(file_of(program, job))


def test_only_the_ticked_assignments_go_out(program: Program, builder: CourseBuilder) -> None:
    bring_in(program, builder.write())
    place = file_of(program, sources(program, assignments=("a2",)))
    assert [name for name in members(place) if name.endswith(".zst")] == ["Loops.tar.zst"]
    with pytest.raises(NothingToExport, match=r"None of the chosen assignments has a published project\."):
        sources(program, assignments=("a3",))


def test_projects_of_one_title_get_files_of_their_own(program: Program, builder: CourseBuilder) -> None:
    builder.course["modules"][0]["assignments"][0]["title"] = "LOOPS"
    bring_in(program, builder.write())
    names = [name for name in members(file_of(program, sources(program))) if name.endswith(".zst")]
    assert names == ["LOOPS.tar.zst", "Loops~2.tar.zst"]


def test_nothing_of_a_student_is_in_it(program: Program, builder: CourseBuilder) -> None:
    builder.course |= {"instructor_notes": "Ada again"}
    builder.tables["roster"].clear()
    builder.student("s1-id", first_name="Ada", last_name="Example", username="user1", email="ada@example.org")
    builder.file("s1-id", "a1", "main.py", "print('by Ada')\n")
    builder.add("answers", student="s1-id", assignment="a1", assessment="q", attempt=1, answer="Ada thinks so")
    builder.add("results", student="s1-id", assignment="a1", state="completed", comments="Well done, Ada")
    builder.add("access", at="2026-02-01T08:00:00Z", user="s1-id", type="log_in")
    builder.add("coach-logs", at="2026-02-01T08:00:00Z", user="s1-id", question="Ada asks")
    bring_in(program, builder.write())
    files = members(file_of(program, sources(program)))
    unpacked = [zstandard.ZstdDecompressor().decompress(data) for name, data in files.items() if name.endswith(".zst")]
    everything = b"\n".join([*files.values(), *(name.encode() for name in files), *unpacked])
    assert b"run.sh" in everything, "what is in the tars was looked at"
    assert [word for word in STUDENTS if word.encode() in everything] == []


@pytest.mark.parametrize("level", [1, 3])
def test_the_bytes_do_not_depend_on_the_number_of_threads(program: Program, builder: CourseBuilder, level: int) -> None:
    rng = random.Random(1)
    words = [rng.randbytes(12) for _ in range(3_000)]
    for number in range(5):  # so large that zstandard cuts it into several pieces of work
        put(builder, "a1", f"large/{number}.bin", b"".join(rng.choices(words, k=400_000)))
    bring_in(program, builder.write())
    with program.library.course(CourseId("course-1")) as course:
        large, small = (course.package_path(project.package.sha256) for project in course.published())
    for package in (large, small):
        found = []
        for threads in (1, 4):
            out = io.BytesIO()
            TarZst(level, threads).write(package, out)
            found.append(out.getvalue())
        assert found[0] == found[1]


def test_the_bytes_do_not_depend_on_the_number_of_cores(
    program: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert file_of(program, sources(program)).read_bytes() == place.read_bytes()


def test_a_higher_level_makes_it_smaller(program: Program, builder: CourseBuilder) -> None:
    put(
        builder, "a2", "words.txt", " ".join(random.Random(1).choices(["loop", "list", "for", "in", "range"], k=90_000))
    )
    bring_in(program, builder.write())
    sizes = [file_of(program, sources(program, level=level)).stat().st_size for level in (1, 19)]
    assert sizes[1] < sizes[0]


def test_publishing_again_gives_a_new_export_and_the_older_one_stays(
    program: Program, builder: CourseBuilder, tmp_path: Path
) -> None:
    bring_in(program, builder.write())
    before = sources(program)
    kept = file_of(program, before).read_bytes()
    changed = tmp_path / "Loops"
    shutil.copytree(builder.folder / "assignments/a2", changed)
    (changed / "main.py").write_text("print('new')\n")
    program.bring_in("auto", str(changed), {"course": "course-1"})
    after = sources(program)
    jobs = {job.id: job for job in program.ledger.jobs()}
    assert [jobs[job.id].state for job in (before, after)] == [JobState.EXPORTED] * 2
    assert file_of(program, before).read_bytes() == kept
    with tar_of(members(file_of(program, after))["Loops.tar.zst"]) as tar:
        assert "main.py" in tar.getnames()
    assert [a["version"] for a in listed(file_of(program, after))["assignments"]] == [3, 2, None]


@pytest.fixture
def licensed(program: Program, builder: CourseBuilder) -> Program:
    builder.course["child_of"] = {"title": "The master", "licensed_master": True}
    bring_in(program, builder.write())
    return program


REASON = "the course is a child course of a licensed master course."


def test_a_child_of_a_licensed_master_has_no_sources_and_any_other_child_has(
    licensed: Program, builder: CourseBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Unavailable, match=f"Course sources is not available for this course: {REASON}"):
        sources(licensed)
    said = CommandLine(licensed.library.folder, capsys)("export", "sources", "course-1")
    assert (said.code, REASON in said.err) == (1, True)
    assert list(licensed.shelf.folder.glob("*.zip")) == []
    builder.course["child_of"] = {"title": "A master", "licensed_master": False}
    bring_in(licensed, builder.write())
    assert sources(licensed).state is JobState.EXPORTED


def test_the_window_shows_it_disabled_with_the_reason(qtbot: QtBot, licensed: Program) -> None:
    with desk_on(licensed) as desk:
        window = in_window(qtbot, ExportTab(desk), width=900, height=500)
        tab = window.findChild(ExportTab)
        assert isinstance(tab, ExportTab)
        tab.show_course(course_sight(desk.program, CourseId("course-1")))
        button = tab.rows["sources"].button
        assert not button.isEnabled()
        assert button.accessibleDescription() == f"Not available: {REASON}"


@pytest.fixture
def command(program: Program, builder: CourseBuilder, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    bring_in(program, builder.write())
    return CommandLine(program.library.folder, capsys)


def test_the_command_line_takes_assignments_and_a_level(command: CommandLine) -> None:
    (job,) = command.json("export", "sources", "course-1", "--assignment", "a2", "--level", "9")
    assert (job["options"]["assignments"], job["options"]["level"]) == (["a2"], 9)
    assert command("export", "sources", "course-1", "--level", "20").code == 2
    said = command("export", "sources", "course-1", "--preview")
    assert (said.code, "Course sources is not a table" in said.err) == (1, True)
