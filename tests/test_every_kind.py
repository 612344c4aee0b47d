"""What every kind of export must be and do, found by the registry: a new kind is tested by being there."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from building import CourseBuilder
from conftest import Clock
from handling import (
    ZIP_READERS,
    StopAt,
    bring_in,
    check_progress,
    dump,
    export,
    file_of,
    files_below,
    needs,
    run,
    stopped,
)
from hostile import hostile_course

from exportmanager import exports
from exportmanager.core.course import Course, CourseId
from exportmanager.core.export import ExportKind, Section
from exportmanager.core.ledger import JobState
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.names import portable_part
from exportmanager.core.options import Field, FieldKind, checked, fields_of
from exportmanager.core.registry import found_in
from exportmanager.core.run import ExportRequest
from exportmanager.program import Program

KINDS: dict[str, ExportKind] = found_in(exports, "KIND")
CANCEL_POINTS = 25
SENTENCE = re.compile(r"[A-Z][^.!?]*\.")

NEEDED: dict[str, dict[str, Any]] = {"dossier": {"students": ["s1"], "assignments": ["a1"]}}
"""What has to be chosen; each of these courses has it."""
TELLS_WHEN_IT_CAME_IN = {"dossier"}

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


def a_course(folder: Path) -> Path:
    """Something of everything that an export can hold."""
    builder = CourseBuilder(folder)
    builder.course["lti_enabled"] = True
    for assignment in builder.course["modules"][0]["assignments"]:
        address = "https://platform.example.org/lti/0f8fad5b-d9cb-469f-a165-70867728950e"
        assignment |= {"lti_url": f"{address}_course-1_{assignment['id']}"}
        assignment |= {"lti_constant_url": f"{address}_{assignment['id']}"}
    builder.course["modules"][0]["assignments"][0] |= {"version": 1, "points": 10}
    guide = folder / "assignments" / "a1" / ".guides" / "assessments"
    guide.mkdir(parents=True)
    (guide / "q1.json").write_text('{"taskId": "q1", "type": "free-text", "source": {"name": "Why?", "points": 2}}')
    for assignment in ("a1", "a2"):
        builder.guide_page(assignment, "One", "# One\n\n{Why?|assessment}(q1)\n\n|||guidance\nBecause.\n|||\n")
    for number in range(1, 13):
        builder.student(f"t{number}", first_name=f"Test {number}", last_name="Person", username=f"test{number}")
        builder.file(f"t{number}", "a1", "main.py", f"print({number})\n" * 50)
        builder.file(f"t{number}", "a2", "noise.bin", os.urandom(3000))
        builder.add(
            "answers", student=f"t{number}", assignment="a1", assessment="q1", attempt=1, answer="yes", points=1
        )
        builder.add("results", student=f"t{number}", assignment="a1", state="completed", grade=50)
        for kind in ("log_in", "project_open", "project_close", "log_out"):
            builder.add("access", at=f"2026-02-{number:02}T08:00:00Z", user=f"t{number}", type=kind)
        builder.add("coach-logs", at=f"2026-02-{number:02}T08:00:00Z", user=f"t{number}", question="Help?")
    builder.student("boss", first_name="A", last_name="Teacher", username="boss", role="teacher")
    for number in range(1, 10):
        builder.add("access", at=f"2026-02-{number:02}T09:00:00Z", user="boss", type="log_in", role="teacher")
    builder.student("old", first_name="Long", last_name="Gone", last_active_at="2025-09-01")
    for row in builder.tables["roster"]:
        row["hashed_id"] = f"hash-{row['id']}"  # else it is made with the library's key
    builder.file("s1", "a1", "large.bin", os.urandom(9 << 20))
    (folder / "blueprints.json").write_text(json.dumps([{"name": "One", "content": "# One\n" * 50}]))
    return builder.write()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_course(tmp_path_factory.mktemp("every-kind") / "course")


@pytest.fixture(scope="module")
def here(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A library with that course, for tests that do not mind what others put on its shelf."""
    with closing(Program(tmp_path_factory.mktemp("here") / "library", Clock())) as program:
        bring_in(program, source)
        yield program


@pytest.fixture(scope="module")
def there(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Another library, which the course came into on another day."""
    clock = Clock()
    clock.forward(days=400, hours=7)
    with closing(Program(tmp_path_factory.mktemp("there") / "library", clock)) as program:
        bring_in(program, source)
        yield program


@pytest.fixture
def course(here: Program) -> Iterator[Course]:
    with here.library.course(CourseId("course-1")) as course:
        yield course


def chosen(kind: ExportKind, **options: Any) -> Any:
    """Options of a kind, with what has to be chosen."""
    return checked(kind.Options, NEEDED.get(kind.id, {}) | options)


def variants(kind: ExportKind) -> list[Any]:
    """The options as they are, and every other value of each choice and switch."""
    found = [chosen(kind)]
    for field in fields_of(kind.Options):
        values: tuple[Any, ...] = field.choices or ((True, False) if field.kind is FieldKind.SWITCH else ())
        found += [chosen(kind, **{field.name: value}) for value in values if value != field.default]
    return found


every_variant = pytest.mark.parametrize(
    ("kind", "options"),
    [
        pytest.param(kind, options, id=f"{kind.id}-{options.model_dump_json(exclude_defaults=True)}")
        for kind in KINDS.values()
        for options in variants(kind)
    ],
)


def written(kind: ExportKind, course: Course, options: Any) -> bytes:
    out = io.BytesIO()
    kind.write(course, options, out, Meter())
    return out.getvalue()


def test_there_are_kinds() -> None:
    assert "coursework" in KINDS


@every_kind
def test_a_kind_says_what_it_is(kind: ExportKind) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.id)
    assert re.fullmatch(r"[A-Z][^.]*", kind.title)
    assert kind.section in Section
    assert SENTENCE.fullmatch(kind.summary)
    assert re.fullmatch(r"(\.[a-z0-9]+)+", kind.suffix)


def options_of_all() -> list[tuple[str, Field]]:
    return [(kind.id, field) for kind in KINDS.values() for field in fields_of(kind.Options)]


@pytest.mark.parametrize(("kind", "field"), options_of_all(), ids=lambda value: getattr(value, "name", value))
def test_an_option_is_described_and_has_a_default(kind: str, field: Field) -> None:
    info = KINDS[kind].Options.model_fields[field.name]
    assert info.title
    assert info.description
    assert info.description.endswith(".")
    assert not info.is_required()
    assert len(field.labels) == len(field.choices)
    if field.choices:
        assert field.default in field.choices


@every_variant
def test_options_survive_json_both_ways(kind: ExportKind, options: Any) -> None:
    assert checked(kind.Options, options.model_dump(mode="json")) == options
    assert kind.Options.model_validate_json(options.model_dump_json()) == options


@every_variant
def test_two_runs_give_the_same_bytes_and_so_do_two_libraries_unless_their_key_is_in_it(
    kind: ExportKind, options: Any, course: Course, there: Program
) -> None:
    first = written(kind, course, options)
    assert len(first) > (1000 if kind.suffix == ".zip" else 400)  # a table of two assignments is short
    assert written(kind, course, options) == first
    with there.library.course(CourseId("course-1")) as same:
        is_same = written(kind, same, options) == first
    has_key = {"pseudonyms", "pseudonymous"}.intersection(map(str, options.model_dump().values()))
    assert is_same == (not has_key and kind.id not in TELLS_WHEN_IT_CAME_IN)


@every_variant
def test_progress_goes_forward_only_and_ends_at_its_total(
    kind: ExportKind, options: Any, here: Program, course: Course
) -> None:
    seen: list[Progress] = []
    ticket = here.exporter.submit(ExportRequest(kind.id, CourseId("course-1"), options))
    job = here.exporter.run(ticket, seen.append)
    assert seen
    check_progress(seen)
    assert job.report is not None
    assert job.report.counts
    assert all(0 <= count.done <= count.expected for count in job.report.counts)
    assert job.file is not None
    assert job.file.name.endswith(kind.estimate(course, options).suffix or kind.suffix)


@every_kind
def test_cancel_at_any_point_leaves_no_trace(
    kind: ExportKind, program: Program, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    bring_in(program, source)
    request = ExportRequest(kind.id, CourseId("course-1"), chosen(kind))
    never = StopAt()
    done = program.exporter.run(program.exporter.submit(request), stop=never)
    file_of(program, done).unlink()
    before = files_below(program.library.folder)

    def work(stop: StopAt) -> None:
        program.exporter.run(program.exporter.submit(request), stop=stop)

    for _ in stopped(work, never.asked, CANCEL_POINTS):
        job = program.ledger.jobs()[0]
        assert (job.state, job.file, job.problem) == (JobState.CANCELLED, None, "")
        assert files_below(program.library.folder) == before
        assert list(temporary.iterdir()) == []


WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.truncate"}
_watching: list[list[str]] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Python's own account of what the program does to the system (PEP 578); a hook can never be taken out again."""
    if not _watching:
        return
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
        _watching[-1].append(str(arguments[0]))
    elif event in CHANGES or event.startswith(("socket.", "subprocess.", "shutil.", "os.exec", "os.posix_spawn")):
        _watching[-1].append(f"{event} {arguments}")


def _is_ours(place: str) -> bool:
    """Temporary files, processes of this very program, and pipes, which have a number only."""
    this = f"subprocess.Popen ({sys.executable!r}, [{sys.executable!r}, '-P', '-m', 'exportmanager."
    temporary = tempfile.gettempdir()
    return place in {os.devnull, temporary} or place.isdigit() or place.startswith((f"{temporary}{os.sep}", this))


@pytest.fixture(scope="module")
def watch() -> Iterator[list[list[str]]]:
    sys.addaudithook(_watch)
    yield _watching
    _watching.clear()


@every_kind
def test_writing_touches_nothing_but_the_file_it_was_given(
    kind: ExportKind, course: Course, watch: list[list[str]], here: Program
) -> None:
    before = dump(here.library.folder)
    out = io.BytesIO()
    watch.append([])
    try:
        kind.write(course, chosen(kind), out, Meter())
    finally:
        touched = watch.pop()
    assert [place for place in touched if not _is_ours(place)] == []
    assert dump(here.library.folder) == before
    assert not out.closed


def test_the_watch_sees_a_written_file(watch: list[list[str]], tmp_path: Path) -> None:
    watch.append([])
    (tmp_path / "file").write_text("text")
    assert watch.pop() == [str(tmp_path / "file")]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("hostile")
    program = Program(folder / "library", Clock())
    bring_in(program, hostile_course(folder / "course"))
    yield program
    program.close()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot hold these names in the first place")
@every_variant
def test_hostile_names_survive(kind: ExportKind, options: Any, hostile: Program, tmp_path: Path) -> None:
    job = export(hostile, kind=kind.id, **options.model_dump())
    path = file_of(hostile, job)
    assert path.parent == hostile.shelf.folder
    assert portable_part(path.name) == (path.name, "")
    if path.suffix != ".zip":
        return
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    for name in names:
        parts = PurePosixPath(name).parts
        assert not {"..", "/"} & set(parts)
        assert [part for part in parts if portable_part(part)[1]] == []
    folded = {unicodedata.normalize("NFC", name).casefold() for name in names}
    assert len(folded) == len(names)
    assert max(len(name.encode("utf-16-le")) // 2 for name in names) <= 200
    for reader in filter(shutil.which, ZIP_READERS):
        run(reader, *ZIP_READERS[reader](path))


@every_kind
@pytest.mark.parametrize("reader", ZIP_READERS)
def test_other_programs_read_the_zip(kind: ExportKind, reader: str, here: Program) -> None:
    if kind.suffix != ".zip":
        pytest.skip(f"{kind.id} is no zip")
    needs(reader)
    path = file_of(here, export(here, kind=kind.id, **NEEDED.get(kind.id, {})))
    run(reader, *ZIP_READERS[reader](path))


@every_kind
def test_an_estimate_is_of_the_right_size(kind: ExportKind, course: Course) -> None:
    estimate = kind.estimate(course, chosen(kind))
    assert len(written(kind, course, chosen(kind))) <= estimate.bytes * 1.5
    assert estimate.summary


@every_kind
def test_the_name_of_the_file_tells_course_kind_and_day(kind: ExportKind, program: Program, source: Path) -> None:
    bring_in(program, source)
    day = datetime.astimezone(program.clock()).date().isoformat()
    assert (
        file_of(program, export(program, kind=kind.id, **NEEDED.get(kind.id, {}))).name
        == f"SMALL {kind.title} {day}{kind.suffix}"
    )
