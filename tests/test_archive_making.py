"""Archives of courses: all of it, in the form that other programs check, called by its name only when it is whole."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from bagging import (
    COURSE,
    ODD_NAMES,
    archived,
    bring_in_twice,
    broken_promises,
    everything,
    files_of,
    rows_of,
    stored_rows,
)
from building import CourseBuilder
from commanding import CommandLine
from conftest import Clock
from exporting import OddKind, small_disk

from exportmanager.archive import placing
from exportmanager.archive.drafts import ArchiveDraft
from exportmanager.archive.options import ArchiveOptions
from exportmanager.archive.verifying import verify
from exportmanager.archives import Archives
from exportmanager.cli import archives as archives_command
from exportmanager.core.archive import ArchiveRecord, Standing, Verified
from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadOptions, Cancelled, Damaged, NoAccess, NoRoom, ProblemForTeacher
from exportmanager.core.meter import Meter
from exportmanager.core.report import Cell
from exportmanager.formats.zips import Member, ZipReader, ZipWriter
from exportmanager.library.rows import TABLES
from exportmanager.program import Program

PASSPHRASE = "a long passphrase"


class Made:
    """A program with the course, and archives of it in every form, made once."""

    def __init__(self, folder: Path) -> None:
        self.program = Program(folder / "library", Clock())
        self.zip = archived(self.program, folder / "zip")
        self.folder = archived(self.program, folder / "folder", form="folder", sha512=True)
        self.secret = archived(self.program, folder / "secret", PASSPHRASE)
        self.nameless = archived(self.program, folder / "nameless", privacy="pseudonymous")
        self.small = archived(
            self.program, folder / "small", include_inactive=False, earlier_versions=False, exports=False, reader=False
        )

    def files(self, record: ArchiveRecord) -> dict[str, bytes]:
        return files_of(record.path)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the course, to be copied."""
    folder = tmp_path_factory.mktemp("origin")
    program = Program(folder / "library", Clock())
    bring_in_twice(program, folder / "course")
    program.close()
    return folder / "library"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, library: Path) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("made")
    shutil.copytree(library, folder / "library")
    made = Made(folder)
    yield made
    made.program.close()


@pytest.fixture
def filled(library: Path, tmp_path: Path, clock: Clock) -> Iterator[Program]:
    """A program with the course, to be spoiled."""
    shutil.copytree(library, tmp_path / "library")
    program = Program(tmp_path / "library", clock)
    yield program
    program.close()


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# What it holds


@pytest.mark.parametrize("form", ["zip", "folder", "nameless", "small"])
def test_every_file_has_its_hash_in_a_manifest_and_nothing_else_has(made: Made, form: str) -> None:
    files = made.files(getattr(made, form))
    assert broken_promises(files) == []
    size = sum(len(data) for name, data in files.items() if name.startswith("data/"))
    count = sum(name.startswith("data/") for name in files)
    assert f"Payload-Oxum: {size}.{count}\n" in files["bag-info.txt"].decode()
    record = getattr(made, form)
    assert (record.certificate.files, record.certificate.bytes) == (count, size)


def test_zip_and_folder_hold_the_same_but_for_what_they_say_of_their_form(made: Made) -> None:
    zipped, plain = made.files(made.zip), made.files(made.folder)
    different = {name for name in zipped.keys() & plain.keys() if zipped[name] != plain[name]}
    assert {name for name in different if name.startswith("data/")} == {"data/library/archive.json"}
    assert zipped.keys() ^ plain.keys() == {"manifest-sha512.txt", "tagmanifest-sha512.txt"}


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_there_as_the_library_has_it(made: Made, table: str) -> None:
    ours = {"courses": {"trashed_at"}, "imports": {"id"}}.get(table, set())
    stored = stored_rows(made.program.library.folder, table)
    kept = [{name: value for name, value in row.items() if name not in ours} for row in stored]
    rows = rows_of(made.files(made.zip), table)
    assert sorted(rows, key=str) == sorted(kept, key=str)


def test_every_package_can_be_made_again_byte_for_byte(made: Made) -> None:
    files = made.files(made.zip)
    places = {place["package"]: place for place in rows_of(files, "places")}
    packages = {package["sha256"]: package for package in rows_of(files, "packages")}
    named = {row["package"] for table in ("workspaces", "published_versions") for row in rows_of(files, table)}
    assert packages.keys() == places.keys() == named
    with ZipReader(made.zip.path) as reader:
        members = {member.name.partition("/")[2]: member for member in reader.members()}
        for sha256, package in packages.items():
            again = made_again(reader, members, package, places[sha256])
            assert again == (made.program.library.folder / f"workspaces/{sha256[:2]}/{sha256}.zip").read_bytes()


def made_again(reader: ZipReader, members: dict[str, Member], package: dict[str, Any], place: dict[str, Any]) -> bytes:
    """A package, of what the archive says of it and of the files in it."""
    links = {entry[0]: entry[4].encode() for entry in package["manifest"] if entry[4] is not None}
    out = io.BytesIO()
    with ZipWriter(out) as writer:
        for name, mode, modified, method, crc, packed, size in package["members"]:
            found = members.get(f"{place['folder']}/{place['names'].get(name, name)}")
            data = links[name] if name in links else reader.packed(found) if found else b""
            writer.copy([name], [Member(name, crc, packed, size, method, mode, modified, 0)], [data])
    return out.getvalue()


def test_names_are_portable_and_hold_nothing_that_a_manifest_would_read_otherwise(made: Made) -> None:
    files = made.files(made.zip)
    kept = [name for name, data in files.items() if data.startswith(b"this is ")]
    assert len(kept) == len(ODD_NAMES)
    assert not [name for name in files if "%0" in name or "%25" in name or "\n" in name or ":" in name]
    assert max(len(name) for name in files) + len("SMALL archive 2026-03-02/") <= 200
    names = files["data/coursework/names.csv"].decode("utf-8-sig")
    for odd in ODD_NAMES[:3]:
        assert odd in names


def test_links_are_listed_and_not_in_the_bag(made: Made) -> None:
    files = made.files(made.zip)
    assert not [name for name in files if name.endswith("/alias")]
    assert "src/alias,tool.sh" in files["data/coursework/links.csv"].decode()
    (place,) = [p for p in rows_of(files, "places") if p["student"] == "s3"]
    (package,) = [p for p in rows_of(files, "packages") if p["sha256"] == place["package"]]
    assert ["src/alias", 0, 511, "", "tool.sh"] in package["manifest"]


def test_earlier_versions_and_what_teachers_have_lie_beside_the_coursework(made: Made) -> None:
    files = made.files(made.zip)
    assert files["data/earlier/Hello/Example Ada (user1)/1/main.py"].startswith(b"print('a1')")
    assert files["data/coursework/workspaces/Hello/Example Ada (user1)/main.py"] == b"print('newer')\n"
    assert files["data/projects/Hello/1/starter.py"] == b"# begin here\n"
    assert files["data/projects/Hello/2/starter.py"] == b"# begin anew\n"
    assert files["data/teachers/Loops/Tea Cher (t1)/1/model.py"] == b"the solution"
    assert files["data/coursework/workspaces/Hello/Dormant Di (dormant)/old.txt"] == b"from long ago"


def test_exports_hold_all_months_and_everybody(made: Made) -> None:
    access = made.files(made.zip)["data/exports/Course access data.csv"].decode()
    assert access.count("2025-03-01") == 6
    assert "Dormant" in access


def test_what_an_option_leaves_out_is_left_out_of_everything_and_named(made: Made) -> None:
    files = made.files(made.small)
    assert not [name for name in files if name.startswith(("data/exports/", "data/earlier/", "reader/", "index"))]
    assert [row["number"] for row in rows_of(files, "published_versions")] == [2]
    assert [row["id"] for row in rows_of(files, "students")] == ["s1", "s2", "s3", "t1"]
    for table in ("answers", "results", "access_events", "coach_logs", "workspaces"):
        assert "s4" not in files[f"data/library/{table}.jsonl"].decode(), table
    certificate = made.small.certificate
    assert {gap.what for gap in certificate.gaps if gap.chosen} >= {
        "student",
        "earlier versions",
        "tables, PDFs and course sources",
    }
    assert {cell.cell for cell in certificate.cells if cell.student == "s4"} == {Cell.LEFT_OUT}


def test_an_earlier_version_that_is_left_out_has_no_row_though_somebody_else_has_the_same_files(
    program: Program, tmp_path: Path
) -> None:
    builder = CourseBuilder(tmp_path / "course")
    for student in ("s1", "s2"):
        builder.file(student, "a1", "main.py", "the same\n")
    program.bring_in("folder", str(builder.write()))
    builder.file("s1", "a1", "main.py", "newer\n")
    program.bring_in("folder", str(builder.write()))
    made = archived(program, tmp_path / "out", exports=False, reader=False, earlier_versions=False)
    rows = [(row["student_id"], row["number"]) for row in rows_of(files_of(made.path), "workspaces")]
    assert rows == [("s1", 2), ("s2", 1)]
    other = Program(tmp_path / "other")
    assert other.archives.restore(made.path, Meter(), student="s1").workspaces == 1
    other.close()


def test_students_left_out_are_left_out_of_the_exports_too(filled: Program, tmp_path: Path) -> None:
    files = files_of(archived(filled, tmp_path / "out", include_inactive=False).path)
    told = [name for name, data in files.items() if name.startswith("data/exports") and b"ormant" in data]
    assert told == []
    assert files["data/exports/Course access data.csv"].decode().count("2025-03-01") == 4


# Other people's programs


@pytest.mark.parametrize("form", ["zip", "folder", "nameless"])
def test_bagit_accepts_it(made: Made, form: str, tmp_path: Path) -> None:
    path = getattr(made, form).path
    if path.is_file():
        shutil.unpack_archive(path, tmp_path)
        (path,) = tmp_path.iterdir()
    line = [sys.executable, "-W", "ignore", "-m", "bagit", "--validate", str(path)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(tmp_path)


def run(*words: str | Path, cwd: Path) -> str:
    if shutil.which(str(words[0])) is None:
        pytest.skip(f"{words[0]} is not installed")
    done = subprocess.run(list(map(str, words)), cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_sha256sum_accepts_it(made: Made) -> None:
    for algorithm in ("256", "512"):
        for manifest in ("manifest", "tagmanifest"):
            run(f"sha{algorithm}sum", "--strict", "-c", f"{manifest}-sha{algorithm}.txt", cwd=made.folder.path)


@pytest.mark.parametrize("words", [("unzip", "-tq"), ("7z", "t"), ("bsdtar", "-tf"), ("zipinfo", "-1")], ids=" ".join)
def test_programs_for_zips_accept_it(made: Made, words: tuple[str, ...]) -> None:
    run(*words, made.zip.path, cwd=made.zip.path.parent)


# Encrypted


def test_an_encrypted_archive_shows_no_names_and_opens_with_7z(made: Made, tmp_path: Path) -> None:
    path = made.secret.path
    with zipfile.ZipFile(path) as outer:
        (inner,) = outer.infolist()
        assert inner.filename == path.name
        assert inner.compress_type == 99
    assert b"Example" not in path.read_bytes()
    assert made.secret.encrypted
    told = path.with_name(f"{path.name} - how to open.txt").read_text()
    assert "7z x" in told
    beside = path.with_name(f"{path.name}.certificate.json").read_text()
    assert made.secret.sha256 in beside
    assert "Example" not in beside
    run("7z", "x", f"-p{PASSPHRASE}", path, f"-o{tmp_path}", cwd=tmp_path)
    opened, plain = files_of(tmp_path / path.name), made.files(made.zip)
    assert opened == plain


def test_another_passphrase_does_not_open_it(made: Made, tmp_path: Path) -> None:
    if shutil.which("7z") is None:
        pytest.skip("7z is not installed")
    line = ["7z", "t", "-panother passphrase", str(made.secret.path)]
    assert subprocess.run(line, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("passphrase", ["", "short", " spaces around ", "line\nbreak in it"])
def test_a_passphrase_that_nobody_should_take_is_refused_before_anything_is_written(
    filled: Program, tmp_path: Path, passphrase: str
) -> None:
    with pytest.raises(BadOptions, match="passphrase"):
        archived(filled, tmp_path / "out", passphrase)
    with pytest.raises(BadOptions, match="folder"):
        archived(filled, tmp_path / "out", PASSPHRASE, form="folder")
    assert left_in(tmp_path / "out") == []


# Its place


def test_beside_it_stands_its_certificate_and_the_library_knows_it(made: Made) -> None:
    record = made.zip
    assert left_in(record.path.parent) == [
        "SMALL archive 2026-03-02.zip",
        "SMALL archive 2026-03-02.zip.certificate.json",
        "SMALL archive 2026-03-02.zip.certificate.pdf",
    ]
    assert record.standing is Standing.WHOLE
    assert record.certificate.place == str(record.path)
    assert record.size == record.path.stat().st_size
    assert record in made.program.library.archives.all(COURSE)
    assert record.certificate.payload_sha256 == record.bag


def test_nothing_is_ever_written_over(filled: Program, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "SMALL archive 2026-03-02.zip").write_bytes(b"the teacher's")
    (out / "SMALL archive 2026-03-02 (2).zip.certificate.json").write_bytes(b"of one that went")
    first, second = archived(filled, out), archived(filled, out, form="folder")
    assert first.path.name == "SMALL archive 2026-03-02 (3).zip"
    assert second.path.name == "SMALL archive 2026-03-02"
    assert archived(filled, out, form="folder").path.name == "SMALL archive 2026-03-02 (2)"
    assert (out / "SMALL archive 2026-03-02.zip").read_bytes() == b"the teacher's"
    assert (out / "SMALL archive 2026-03-02 (2).zip.certificate.json").read_bytes() == b"of one that went"


def test_the_same_library_gives_the_same_bytes_and_another_day_changes_only_texts_with_dates(
    filled: Program, clock: Clock, tmp_path: Path
) -> None:
    first, again = archived(filled, tmp_path / "one").path, archived(filled, tmp_path / "two").path
    assert first.read_bytes() == again.read_bytes()
    clock.forward(days=1)
    later = files_of(archived(filled, tmp_path / "three").path)
    before = files_of(first)
    assert later.keys() == before.keys()
    changed = {name for name in later if later[name] != before[name] and not name.startswith(("reader/", "index"))}
    assert changed <= {"README.txt", "bag-info.txt", "certificate.json", "certificate.pdf", "tagmanifest-sha256.txt"}


@pytest.mark.parametrize("place", [".", "shelf", "workspaces"])
def test_the_library_itself_is_no_place_for_archives(filled: Program, place: str) -> None:
    with pytest.raises(BadOptions, match="library itself"):
        archived(filled, filled.library.folder / place)


def test_a_folder_that_is_not_there_is_said_first(filled: Program, tmp_path: Path) -> None:
    with pytest.raises(NoAccess, match="no folder"):
        filled.archives.archive(COURSE, ArchiveOptions(), tmp_path / "nowhere", Meter())


def test_a_disk_without_room_is_said_first(filled: Program, tmp_path: Path) -> None:
    with small_disk(tmp_path / "stick", "1m") as stick:
        with pytest.raises(NoRoom, match="needs about"):
            archived(filled, stick)
        assert left_in(stick) == []


def test_a_disk_that_becomes_full_is_left_as_it_was(
    filled: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "_RESERVE", 0)
    with small_disk(tmp_path / "stick", "20k") as stick:
        for form in ("zip", "folder"):
            with pytest.raises(NoRoom):
                archived(filled, stick, form=form)
            assert left_in(stick) == []
        assert filled.library.archives.all() == []
    assert left_in(filled.library.folder / "archive-drafts") == []


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_stop_leaves_nothing_at_any_moment(filled: Program, tmp_path: Path, form: str) -> None:
    asked = 0

    def archive(stop_at: int) -> None:
        nonlocal asked
        asked = 0

        def stop() -> bool:
            nonlocal asked
            asked += 1
            return asked == stop_at

        filled.archives.archive(COURSE, ArchiveOptions.model_validate({"form": form}), tmp_path, Meter(stop=stop))

    before = left_in(tmp_path)
    archive(0)
    total = asked
    for name in set(left_in(tmp_path)) - set(before):
        path = tmp_path / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for moment in range(1, total, max(1, total // 5)):
        with pytest.raises(Cancelled):
            archive(moment)
        assert left_in(tmp_path) == before
    assert left_in(filled.library.folder / "archive-drafts") == []


# Killed


def cut_short(program: Program, out: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Make an archive, but die at a moment: nothing is cleared away, and the locks are freed."""

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    out.mkdir(exist_ok=True)
    with monkeypatch.context() as patch:
        patch.setattr(ArchiveDraft, moment, die)
        patch.setattr(ArchiveDraft, "discard", ArchiveDraft.release)
        with pytest.raises(Killed):
            archived(program, out)


def test_what_was_not_whole_when_it_was_killed_goes_at_the_next_start(
    filled: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_short(filled, tmp_path / "out", monkeypatch, "seal")
    (draft,) = left_in(tmp_path / "out")
    assert draft.endswith(".archive-draft")
    filled.tidy()
    assert left_in(tmp_path / "out") == left_in(filled.library.folder / "archive-drafts") == []
    assert filled.library.archives.all() == []


@pytest.mark.parametrize("moment", ["publish", "forget"])
def test_what_was_whole_when_it_was_killed_gets_its_name_at_the_next_start(
    filled: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    out = tmp_path / "out"
    cut_short(filled, out, monkeypatch, moment)
    for _ in range(2):
        filled.tidy()
        assert [name for name in left_in(out) if name.startswith(".")] == []
        (record,) = filled.library.archives.all()
        assert broken_promises(files_of(record.path)) == []
        assert record.path.with_name(f"{record.path.name}.certificate.json").is_file()
    assert left_in(filled.library.folder / "archive-drafts") == []


@pytest.mark.parametrize(("moment", "expected"), [("seal", 0), ("publish", 1)])
def test_a_draft_on_a_disk_that_is_away_waits_for_it(
    filled: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, expected: int
) -> None:
    cut_short(filled, tmp_path / "out", monkeypatch, moment)
    (tmp_path / "out").rename(tmp_path / "away")
    filled.tidy()
    assert filled.library.archives.all() == []
    (tmp_path / "away").rename(tmp_path / "out")
    filled.tidy()
    assert len(filled.library.archives.all()) == expected
    assert [name for name in left_in(tmp_path / "out") if name.startswith(".")] == []


def test_an_archive_that_was_taken_away_before_it_was_recorded_is_not_recorded(
    filled: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    cut_short(filled, out, monkeypatch, "publish")
    (draft,) = out.iterdir()
    shutil.rmtree(draft)
    (out / "SMALL archive 2026-03-02.zip").write_bytes(b"another one")
    filled.tidy()
    assert filled.library.archives.all() == []
    assert left_in(out) == ["SMALL archive 2026-03-02.zip"]
    assert left_in(filled.library.folder / "archive-drafts") == []


def test_an_archive_that_is_being_made_is_left_alone_by_other_processes(
    filled: Program, clock: Clock, tmp_path: Path
) -> None:
    second = Program(filled.library.folder, clock)

    def look_in_from_outside(progress: object) -> None:
        second.tidy()

    record = filled.archives.archive(COURSE, ArchiveOptions(), tmp_path, Meter(look_in_from_outside))
    second.close()
    assert broken_promises(files_of(record.path)) == []


# What is not as it should be


def test_a_damaged_package_is_a_gap_by_name_and_everything_else_is_there(filled: Program, tmp_path: Path) -> None:
    rows = stored_rows(filled.library.folder, "workspaces")
    damaged = {row["package"] for row in rows if (row["student_id"], row["number"]) in {("s2", 1), ("t1", 1)}}
    gone = {row["package"] for row in stored_rows(filled.library.folder, "published_versions") if row["number"] == 1}
    packages = filled.library.folder / "workspaces"
    for package in damaged:
        (packages / package[:2] / f"{package}.zip").write_bytes(b"spoiled")
    for package in gone:
        (packages / package[:2] / f"{package}.zip").unlink()
    record = archived(filled, tmp_path / "out")
    files = files_of(record.path)
    assert broken_promises(files) == []
    whys = {gap.what: gap.why for gap in record.certificate.open_gaps}
    assert "damaged" in whys["workspace"]
    assert "damaged" in whys["teachers/Loops/Tea Cher (t1)/1"]
    assert "gone" in whys["projects/Hello/1"]
    (cell,) = [c for c in record.certificate.cells if (c.student, c.assignment) == ("s2", "a1")]
    assert cell.cell is Cell.MISSING
    assert {row["package"] for row in rows_of(files, "workspaces")}.isdisjoint(damaged)
    assert not record.is_proof


def test_an_export_that_fails_is_a_gap_and_the_others_are_there(filled: Program, tmp_path: Path) -> None:
    def fails(*_: object) -> None:
        raise ProblemForTeacher("The fonts are away.", "Find them.")

    kinds = {**filled.kinds, "odd": OddKind(fails), "none": OddKind(fails, reason="it has none.", title="Nothing")}
    archives = Archives(filled.library, lambda: kinds, filled.clock)
    record = archives.archive(COURSE, ArchiveOptions(), tmp_path, Meter())
    assert "it could not be exported: The fonts are away." in [gap.why for gap in record.certificate.open_gaps]
    assert "Nothing" not in [gap.what for gap in record.certificate.open_gaps]
    assert "data/exports/Grades.csv" in files_of(record.path)


def test_an_archive_that_does_not_read_back_as_it_was_written_never_gets_its_name(
    filled: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiled(path: Path, meter: Meter, passphrase: str | None = None, **how: Any) -> Verified:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        return verify(path, meter, passphrase, **how)

    monkeypatch.setattr(placing, "verify", spoiled)
    with pytest.raises(Damaged, match="did not come out right"):
        archived(filled, tmp_path / "out")
    assert left_in(tmp_path / "out") == []


@pytest.mark.parametrize("people", [[], ["teacher"]], ids=["nobody", "only a teacher"])
def test_a_course_without_students_can_be_archived(program: Program, tmp_path: Path, people: list[str]) -> None:
    builder = CourseBuilder(tmp_path / "course")
    builder.tables["roster"].clear()
    builder.tables["roster"] += [{"id": f"t{n}", "role": role} for n, role in enumerate(people)]
    if not people:
        builder.tables["roster"].append({"id": "nobody", "role": "teacher"})
        builder.course["modules"] = []
    else:
        builder.file("t0", "a1", "main.py")
    program.bring_in("folder", str(builder.write()))
    record = archived(program, tmp_path / "out")
    files = files_of(record.path)
    assert broken_promises(files) == []
    assert len(rows_of(files, "workspaces")) == len(people)


# Several


def test_a_course_without_assignments_is_archived_without_its_inactive_students(
    program: Program, tmp_path: Path
) -> None:
    builder = CourseBuilder(tmp_path / "course")
    builder.course["modules"] = []
    builder.student("s4", first_name="Di", last_name="Dormant", last_active_at="2025-01-01")
    program.bring_in("folder", str(builder.write()))
    made = archived(program, tmp_path / "out", exports=False, include_inactive=False)
    assert [row["id"] for row in rows_of(files_of(made.path), "students")] == ["s1", "s2", "s3"]
    assert made.standing is Standing.WHOLE


def test_one_course_that_cannot_be_archived_does_not_keep_the_others_back(filled: Program, tmp_path: Path) -> None:
    found = filled.archives.archive_several(
        [CourseId("nowhere"), COURSE], ArchiveOptions(), _folder(tmp_path / "out"), Meter()
    )
    assert [outcome.problem is None for outcome in found] == [False, True]
    assert found[1].title == "A small course"


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


# Pseudonymous


def told_in(files: dict[str, bytes], words: set[str]) -> dict[str, set[str]]:
    """Which of the words stand in which files, or in their names."""
    return {
        name: found
        for name, data in files.items()
        if (found := {word for word in words if word in name or word.encode() in data})
    }


def test_a_pseudonymous_archive_names_nobody_but_in_what_people_wrote(made: Made) -> None:
    people = {"Example", "Sample", "Specimen", "Dormant", "dormant", "Tea Cher", "Cher", "user1", "user2", "user3"}
    words = people | {"example.org", "lti-s", "lti-d", "192.0.2", "s1-name", "s4-name", '"t1"', '"s1"', '"s4"', "phone"}
    files = made.files(made.nameless)
    assert told_in(files, words) == {}
    assert told_in(made.files(made.zip), words)
    assert "by s1" in files["data/library/answers.jsonl"].decode()
    assert "good idea" in files["data/library/teacher_notes.jsonl"].decode()
    assert "pseudonym" in files["README.txt"].decode()


def test_everybody_has_one_pseudonym_throughout(made: Made) -> None:
    files = made.files(made.nameless)
    people = {row["id"] for row in rows_of(files, "students")}
    assert len(people) == 5
    for table in ("answers", "results", "workspaces", "teacher_notes", "access_events", "coach_logs"):
        column = "user_id" if table in {"access_events", "coach_logs"} else "student_id"
        rows = rows_of(files, table)
        assert len(rows) == len(rows_of(made.files(made.zip), table)) > 0, table
        mine = [row[column] for row in rows if row["assignment_id"] == "a1"]
        assert mine == sorted(mine), "the order of ids would tell who is who"
        assert set(mine) <= people
    assert {person.id for person in made.nameless.certificate.students} < people


def test_hashes_that_could_be_tried_out_are_made_anew(made: Made) -> None:
    ours, theirs = (
        {row["digest"] for row in rows_of(made.files(record), "access_events")} for record in (made.zip, made.nameless)
    )
    assert ours.isdisjoint(theirs)
    assert len(theirs) == len(ours)


# The command line


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    cli = CommandLine(tmp_path / "library", capsys)
    cli("import", "folder", everything(tmp_path / "course").write())
    return cli


def test_a_course_is_archived_on_the_command_line(cli: CommandLine, tmp_path: Path) -> None:
    out = _folder(tmp_path / "out")
    said = cli("archive", "SMALL", "--to", out, "--no-exports")
    path = Path(said.out.splitlines()[0])
    assert broken_promises(files_of(path)) == []
    (record,) = cli.json("archive", "SMALL", "--to", out, "--form", "folder", "--no-exports", code=said.code)
    assert Path(record["path"]).is_dir()
    assert record["standing"] == "whole"


def test_a_passphrase_comes_from_a_file_or_a_terminal_and_never_from_the_command_itself(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, secret = _folder(tmp_path / "out"), tmp_path / "secret.txt"
    secret.write_bytes(f"{PASSPHRASE}\r\nanother line\n".encode())
    said = cli("archive", "SMALL", "--to", out, "--no-exports", "--passphrase-file", secret)
    assert zipfile.ZipFile(said.out.splitlines()[0]).infolist()[0].flag_bits & 1
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    said = cli("archive", "SMALL", "--to", out, "--encrypt")
    assert (said.code, "--passphrase-file" in said.err) == (1, True)


def test_stopped_among_several_the_command_says_what_was_finished(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = CourseBuilder(tmp_path / "other")
    other.course |= {"id": "course-2", "code": "OTHER"}
    cli("import", "folder", other.write())
    out = _folder(tmp_path / "out")

    @contextmanager
    def stopped_after_the_first() -> Iterator[Callable[[], bool]]:
        yield lambda: any(out.glob("SMALL*.pdf"))

    monkeypatch.setattr(archives_command, "stoppable", stopped_after_the_first)
    said = cli("archive", "SMALL", "OTHER", "--to", out, "--no-exports")
    assert (said.code, "The archives that were finished stay" in said.err) == (3, True)
    assert said.out.startswith(str(out / "SMALL archive "))
    assert not any(path.name.startswith((".", "OTHER")) for path in out.iterdir())


def test_a_course_that_is_not_there_and_one_that_fails_are_said(cli: CommandLine, tmp_path: Path) -> None:
    assert cli("archive", "NOWHERE", "--to", tmp_path).code == 1
    said = cli("archive", "SMALL", "--to", tmp_path / "nowhere")
    assert (said.code, "no folder" in said.err) == (1, True)
