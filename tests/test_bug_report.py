"""The bug report says where it went wrong, and nothing of anybody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from exportmanager.core import bug_report as module
from exportmanager.core.bug_report import bug_report
from exportmanager.core.course import CourseId
from exportmanager.core.errors import NotFound
from exportmanager.core.meter import Meter
from exportmanager.program import Program

STUDENT = "Sample Student-One"
TOKEN = "token-0123456789"
SECRETS = (STUDENT, TOKEN, "Sample", "Student-One", "sample_student")


def raised(work: Callable[[], object]) -> Exception:
    try:
        work()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def report_of(work: Callable[[], object]) -> str:
    return bug_report(raised(work), program="1.2.3", doing="exporting coursework", qt="6.11.3")


def fail(error: BaseException) -> NoReturn:
    student, token = STUDENT, TOKEN
    assert student != token
    raise error


def test_it_says_what_runs_what_was_done_and_where_it_went_wrong() -> None:
    report = report_of(lambda: Meter(lambda progress: fail(KeyError(STUDENT))).stage("x", 3))
    lines = report.splitlines()
    assert lines[0].startswith(f"Export Manager 1.2.3, Python {sys.version.split()[0]}, Qt 6.11.3, ")
    assert lines[1:4] == ["While exporting coursework", "", "KeyError"]
    places = [line.split() for line in lines[4:]]
    assert [place[1] for place in places if len(place) > 1] == ["Meter.stage", "Meter.advance", "Meter._report"]
    assert all(place[0].startswith("exportmanager.core.meter:") for place in places if len(place) > 1)
    assert lines[-1] == "  elsewhere"


def test_without_qt_it_says_nothing_of_qt() -> None:
    report = bug_report(ValueError(), program="1", doing="starting")
    assert "Qt" not in report
    assert report.endswith("\nValueError\n")


def test_a_librarys_place_is_given_by_file_and_function() -> None:
    report = report_of(lambda: json.loads("{"))
    assert "\njson.decoder.JSONDecodeError\n" in report
    assert "\n  decoder.py:" in report
    assert " JSONDecoder.raw_decode\n" in report
    assert "/" not in report.partition("\n\n")[2]


def test_an_error_of_the_system_has_its_number_and_no_path(tmp_path: Path) -> None:
    report = report_of((tmp_path / STUDENT).read_text)
    assert "\nFileNotFoundError, errno 2\n" in report
    assert STUDENT not in report


def test_the_whole_chain_is_told() -> None:
    def inner() -> None:
        try:
            fail(LookupError(STUDENT))
        except LookupError:
            fail(TypeError(TOKEN))

    def outer() -> None:
        try:
            inner()
        except TypeError as error:
            raise NotFound(STUDENT, TOKEN, details=STUDENT) from error

    report = report_of(outer)
    types = [line for line in report.splitlines()[3:] if not line.startswith("  ")]
    assert types == [
        "exportmanager.core.errors.NotFound",
        "caused by: TypeError",
        "while handling: LookupError",
    ]


def test_what_was_hidden_on_purpose_stays_hidden() -> None:
    def work() -> None:
        try:
            fail(LookupError())
        except LookupError:
            raise TypeError from None

    assert "LookupError" not in report_of(work)


def test_every_part_of_a_group_is_told() -> None:
    group = ExceptionGroup(STUDENT, [raised(lambda: fail(ValueError(TOKEN))), KeyError(STUDENT)])
    lines = report_of(lambda: fail(group)).splitlines()
    assert [line for line in lines if not line.startswith("  ")][3:] == [
        "ExceptionGroup",
        "one of these: ValueError",
        "one of these: KeyError",
    ]


def test_a_chain_in_a_circle_ends() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert bug_report(first, program="1", doing="testing").splitlines()[3:] == ["ValueError", "caused by: KeyError"]


def test_a_thousand_places_are_shortened() -> None:
    def deeper() -> None:
        deeper()

    report = report_of(deeper)
    assert "RecursionError" in report
    assert " more ...\n" in report
    assert len(report.splitlines()) < 50


def test_nothing_of_messages_names_notes_folders_or_values_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    folder = tmp_path / STUDENT
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / f"{TOKEN}.json").write_text(f'{{"{STUDENT}": ')
    (folder / "sample_student.py").write_text(f'def sample_student():\n    raise ValueError("{TOKEN}")\n')
    monkeypatch.syspath_prepend(folder)
    students_type = type(f"{STUDENT} {TOKEN}", (Exception,), {"__module__": "builtins", "__qualname__": "Odd"})

    def noted() -> None:
        error = students_type(STUDENT)
        error.add_note(STUDENT)
        fail(error)

    def imported() -> None:
        import sample_student  # type: ignore[import-not-found]

        sample_student.sample_student()

    works: list[Callable[[], object]] = [
        lambda: fail(ValueError(STUDENT, TOKEN)),
        lambda: json.loads((folder / f"{TOKEN}.json").read_text()),
        (folder / STUDENT / TOKEN).read_bytes,
        lambda: os.replace(folder / STUDENT, folder / TOKEN),  # noqa: PTH105
        lambda: exec(compile(f"{TOKEN!r}.sample_student", f"{folder}/{TOKEN}.py", "exec"), {}),
        lambda: exec(compile("x x", STUDENT, "exec")),
        lambda: int(TOKEN),
        lambda: dict[str, str]()[STUDENT],
        lambda: program.bring_in("folder", str(folder)),
        lambda: program.bring_in(STUDENT, TOKEN),
        lambda: program.library.course(CourseId(STUDENT)).__enter__(),
        lambda: subprocess.run([STUDENT, TOKEN], check=True),
        noted,
        imported,
    ]
    for number, work in enumerate(works):
        report = report_of(work)
        assert len(report.splitlines()) > 3
        found = [secret for secret in (*SECRETS, str(tmp_path), tmp_path.name) if secret in report]
        assert found == [], (number, report)


def test_the_program_itself_is_told_by_its_module_when_it_was_started(tmp_path: Path) -> None:
    """The module that was started calls itself __main__; its spec knows better."""
    script = f"""
import runpy, sys
from exportmanager.core.bug_report import bug_report
sys.argv = ["exportmanager", "--library", {str(tmp_path / "library")!r}, "courses"]
import exportmanager.cli.main
exportmanager.cli.main.run = None
try:
    runpy.run_module("exportmanager", run_name="__main__", alter_sys=True)
except TypeError as error:
    print(bug_report(error, program="1", doing="starting"))
"""
    env = os.environ | {"PYTHONPATH": str(Path(module.__file__).parents[2])}
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=env)
    assert "\n  exportmanager.__main__:" in said.stdout
    assert str(tmp_path) not in said.stdout
