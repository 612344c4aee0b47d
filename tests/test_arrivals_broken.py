"""What goes wrong while downloads come in: stopped, changed, unreadable, hostile, very many; nothing half comes in."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest
from arriving import Files, arrive, files_of, gaps, links, opened, planned
from conftest import Clock
from downloading import Platform
from handling import StopAt, check_progress, dump, files_below, stopped
from sample import SAMPLE
from test_import_hostile import HOSTILE as ARCHIVES

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.errors import BadSource, Cancelled, ProblemForTeacher
from exportmanager.core.meter import Meter, Progress
from exportmanager.program import Program

PEOPLE = ("s1,Kim Sample,kim,kim@school.example", "s2,Lee Example,lee,lee@school.example")
LOGIN = "kim,,,2026-02-01T10:00:00Z,Log In,"
LTI = "assignment,name,URL\na1,Hello,https://apollo.codio.com/lti/x_y_a1"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def everything(files: Files) -> list[Path]:
    return [
        files.roster(*PEOPLE),
        files.access(LOGIN, LOGIN),
        files.answers("Hello", "Quiz", "kim,1,yes,1"),
        files.guide(("free-text-1", "Quiz")),
        files.workspaces("kim/Hello", "lee/Hello"),
    ]


def test_stop_while_looking_leaves_the_look_as_it_was(files: Files) -> None:
    with closing(Program(files.folder / "unused", Clock())) as unused, unused.look() as look:
        paths = everything(files)
        look.add(str(paths[0]), Meter())
        never = StopAt()
        look.add(str(files.folder), Meter(stop=never))
        look.remove(str(files.folder))
        for _ in stopped(lambda stop: look.add(str(files.folder), Meter(stop=stop)), never.asked, 20):
            assert look.places == (str(paths[0]),)


def test_stop_at_any_point_of_taking_in_leaves_no_trace(
    program: Program, files: Files, tmp_path: Path, temporary: Path
) -> None:
    paths = everything(files)
    never = StopAt()
    counted = Program(tmp_path / "counted", program.clock)
    arrive(counted, *paths, meter=Meter(stop=never))
    counted.close()
    (program.library.folder / "import.lock").touch()
    before = dump(program.library.folder), files_below(program.library.folder)
    with program.look() as look:
        for path in paths:
            look.add(str(path), Meter())
        for _ in stopped(
            lambda stop: program.take_in(look, None, "Course", {}, "UTC", Meter(stop=stop)), never.asked, 25
        ):
            assert (dump(program.library.folder), files_below(program.library.folder)) == before
            assert [*temporary.iterdir()] == []
        if (
            not program.library.courses()
        ):  # the last Stop may come too late for an import that waits less than the first
            program.take_in(look, None, "Course", {}, "UTC", Meter())
    assert program.library.courses()[0].workspaces == 2, "what was looked at can be taken in after that"


def test_progress_goes_forward_only_and_ends_at_its_total(program: Program, tmp_path: Path) -> None:
    platform = Platform(SAMPLE, tmp_path / "downloads")
    seen: list[Progress] = []
    arrive(program, *platform.everything(), meter=Meter(seen.append))
    check_progress(seen)
    assert {"Reading files", "Reading guides", "Reading access.csv"} <= {progress.stage for progress in seen}


def test_a_table_that_changes_after_it_was_looked_at_is_not_read_under_other_names(
    program: Program, files: Files
) -> None:
    path = files.access(LOGIN, "lee,,,2026-02-01T10:00:00Z,Log In,")
    with program.look() as look:
        look.add(str(path), Meter())
        files.access("lee,,,2026-02-01T10:00:00Z,Log In,", "kim,,,2026-02-01T11:00:00Z,Log In,", LOGIN)
        with pytest.raises(BadSource, match=r"access\.csv changed after it was looked at\. Add it again\."):
            program.take_in(look, None, "Course", {}, "UTC", Meter())
        assert program.library.courses() == []
        look.add(str(path), Meter())
        (report,) = program.take_in(look, None, "Course", {}, "UTC", Meter())
    assert report.of("access").added == 3


@pytest.mark.parametrize("which", range(5))
def test_a_file_that_vanishes_after_it_was_looked_at_is_no_bug(program: Program, files: Files, which: int) -> None:
    paths = everything(files)
    with program.look() as look:
        for path in paths:
            look.add(str(path), Meter())
        paths[which].unlink()
        if paths[which].suffix == ".csv":
            with pytest.raises(ProblemForTeacher, match=paths[which].name):
                program.take_in(look, None, "Course", {}, "UTC", Meter())
            assert program.library.courses() == []
            return
        (report,) = program.take_in(look, None, "Course", {}, "UTC", Meter())
    gone = [("published", "Hello, published project")] if paths[which].name == "Hello.zip" else []
    assert gaps(report) == gone, "what is open can still be read, and what cannot be read is named"


def test_a_file_added_twice_is_there_once(program: Program, files: Files) -> None:
    path = files.access(LOGIN)
    with program.look() as look:
        for _ in range(3):
            look.add(str(path), Meter())
        assert [piece.name for piece in look.pieces] == ["access.csv"]
        (report,) = program.take_in(look, None, "Course", {}, "UTC", Meter())
    assert report.of("access").added == 1


def test_files_of_one_name_from_two_folders_are_told_apart_and_keep_what_they_are_called_after(
    program: Program, tmp_path: Path
) -> None:
    one, two = Files(tmp_path / "one"), Files(tmp_path / "two")
    plan = planned(program, one.guide(("free-text-1", "Quiz")), two.guide(("free-text-1", "Quiz"), text="newer"))
    assert [piece.name for piece in plan.pieces] == ["Hello.zip", "Hello.zip (2)"]
    assert [*links(plan)] == ["assignment:hello"]


NOTHING = {
    "an empty file": b"", "spaces": b" \n\n", "a picture": b"\x89PNG\r\n\x1a\n" + bytes(500), "zeros": bytes(100_000),
    "an error page": b"<!doctype html><html><body>Please log in</body></html>", "a header alone": b"a,b,c\n",
    "half a zip": b"PK\x03\x04" + bytes(60), "an empty zip": b"PK\x05\x06" + bytes(18), "text": "Schöne Grüße".encode(),
    "json": b'{"a": 1}', "broken json": b"[{", "deep json": b"[" * 100_000, "gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\3",
    "zstd": b"\x28\xb5\x2f\xfd\0", "a null in a table": b"Username,Access type,Date/time\nkim,Log In\0,2026-01-01\n",
}  # fmt: skip


@pytest.mark.parametrize("name", ["notes", "notes.zip", "notes.csv", "notes.tar.gz", "notes.json"])
@pytest.mark.parametrize("what", NOTHING)
def test_what_is_nothing_known_gets_a_sentence_and_makes_no_course(
    program: Program, files: Files, what: str, name: str
) -> None:
    path = files.folder / name
    path.write_bytes(NOTHING[what])
    with pytest.raises(ProblemForTeacher, match=r"\.( |$)"):
        arrive(program, path)
    assert program.library.courses() == []
    beside = arrive(program, files.roster(*PEOPLE), files.folder)
    assert name in {gap.what for gap in beside.gaps}


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for the superuser")
def test_what_cannot_be_read_is_named_and_the_rest_comes(program: Program, files: Files) -> None:
    files.roster(*PEOPLE)
    files.access(LOGIN).chmod(0)
    report = arrive(program, files.folder)
    assert "access.csv" in {gap.what for gap in report.gaps}


def test_a_pipe_is_not_waited_for(program: Program, files: Files) -> None:
    os.mkfifo(files.folder / "pipe.zip")
    files.roster(*PEOPLE)
    report = arrive(program, files.folder)
    assert gaps(report) == [("pipe.zip", "")]
    with pytest.raises(BadSource, match="is a device, pipe or socket"):
        arrive(program, files.folder / "pipe.zip")


def test_a_place_that_is_not_there_gets_a_sentence(program: Program, files: Files) -> None:
    for place in ("nowhere", "null\0", "x" * 5_000):
        with pytest.raises(BadSource, match=r"is not there\."), program.look() as look:
            look.add(str(files.folder / place), Meter())


HOSTILE = [
    "\u202eevil", "a\tb", "=1+1", "'quoted'", "emoji \U0001f469\u200d\U0001f3eb", "ZWJ\u200d", "\u0130stanbul",
    "\ufb01", "..dots", "con", "-", "+", "a" * 250, "\u0416\u0428" * 60, "\u65e5\u672c\u8a9e", "e\u0301" * 40,
    "a=b", "a:b|c?",
]  # fmt: skip


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_of_any_letters_come_in_and_can_be_settled(program: Program, files: Files, label: str) -> None:
    work = files.workspaces(f"{label}/Hello", "kim/Hello")
    brought = files.roster(*PEOPLE), files.text("lti.csv", LTI), work
    (link,) = planned(program, *brought).open
    report = arrive(program, *brought, settled={link.key: "+"})
    assert report.of("workspaces").added == 2
    assert not arrive(program, *brought, course=report.course_id, settled={link.key: "+"}).changed_anything
    made = files.guide(("free-text-1", label), name=f"{label[:60]}.zip")
    report = arrive(program, made, course=report.course_id)
    assert report.of("published").added == 1


def test_a_course_without_students_takes_a_project(program: Program, files: Files) -> None:
    report = arrive(program, files.guide(("free-text-1", "Quiz")))
    assert report.of("people").read == 0
    report = arrive(program, files.roster(name="r.csv"), files.access(LOGIN), course=report.course_id)
    assert report.of("access").added == 1


def test_a_folder_with_ten_thousand_other_files_is_looked_through_in_time(program: Program, files: Files) -> None:
    rubbish = files.folder / "rubbish"
    rubbish.mkdir()
    for number in range(10_000):
        (rubbish / f"{number}.dat").write_bytes(b"\x89PNG nothing at all")
    began = time.monotonic()
    with pytest.raises(BadSource, match="Nothing of rubbish came in"):
        arrive(program, rubbish)
    Files(rubbish).roster(*PEOPLE)
    report = arrive(program, rubbish)
    assert time.monotonic() - began < 60, "far more than it takes"
    assert report.of("people").added == 2
    assert len(report.gaps) < 100
    assert any("9,980 more files" in gap.why for gap in report.gaps)


def test_an_archive_of_twenty_thousand_workspaces_is_looked_at_in_time(program: Program, files: Files) -> None:
    people = [f"s{n},Student {n},user{n},user{n}@school.example" for n in range(1_000)]
    titles = [f"Task {n}" for n in range(20)]
    work = files.packed("work.zip", {f"user{n}/{t}/.codio": b"{}" for n in range(1_000) for t in titles})
    rows = [f"kim,,,2026-02-01T10:00:00Z,Project Open,{title}" for title in titles]
    brought = files.roster(*people), files.access(*rows), work
    began = time.monotonic()
    plan = planned(program, *brought)
    assert time.monotonic() - began < 30, "far more than it takes"
    assert plan.counts["workspaces"] == 20_000
    assert plan.open == []


def open_files() -> int:
    """How many files this process has open; 0 where nobody says."""
    listed = Path("/proc/self/fd")
    return len([*listed.iterdir()]) if listed.is_dir() else 0


def test_a_thousand_archives_of_one_folder_do_not_stay_open(program: Program, files: Files) -> None:
    people = [f"s{n},Student {n},user{n},user{n}@school.example" for n in range(600)]
    folder = Files(files.folder / "Hello")
    for n in range(600):
        folder.packed(f"user{n}.zip", {".codio": b"{}", "main.py": b"%d" % n})
    with program.look() as look:
        before = open_files()
        look.add(str(folder.folder), Meter())
        look.add(str(files.roster(*people)), Meter())
        assert open_files() < before + 20
        plan = program.plan(look, None, "Course", {})
    assert plan.counts["workspaces"] == 600
    assert [piece.kind for piece in plan.pieces] == [PieceKind.ROSTER, PieceKind.COURSEWORK]


def test_stop_works_while_a_folder_of_rubbish_is_looked_through(program: Program, files: Files) -> None:
    for number in range(50):
        (files.folder / f"{number}.dat").write_bytes(b"\0" * 100)
    files.roster(*PEOPLE)
    with program.look() as look, pytest.raises(Cancelled):
        look.add(str(files.folder), Meter(stop=StopAt(40)))


@pytest.mark.parametrize("case", ARCHIVES)
def test_an_inner_archive_that_is_hostile_spoils_only_its_own_workspace(
    program: Program, files: Files, case: str
) -> None:
    suffix, made = ARCHIVES[case]
    good = files.packed("good.zip", {"main.py": b"1"}).read_bytes()
    work = files.packed("work.zip", {"kim/Hello.zip": good, f"lee/Hello{suffix}": made()})
    report = arrive(program, files.roster(*PEOPLE), files.text("lti.csv", LTI), work)
    with opened(program, report.course_id) as found:
        here = {student: [file.path for file in content] for (_, student), content in files_of(found).items()}
    assert here["kim"] == ["main.py"]
    assert "lee" in here or ("workspace", "Lee Example (s2), Hello") in gaps(report)
    assert any("Lee Example (s2), Hello" in gap.who for gap in report.gaps)
