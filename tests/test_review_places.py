"""Where a search goes: earlier versions, starter files, projects and archives on request, and what it cannot open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from commanding import CommandLine
from reviewing import PASSPHRASE, Reviewed

from exportmanager.core.errors import BadSource, Cancelled, NotFound
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.formats.archives import open_tree
from exportmanager.review.expressions import Query
from exportmanager.review.finding import Search
from exportmanager.review.opening import Openings
from exportmanager.review.places import (
    Place,
    Reach,
    archive_places,
    course_places,
    encrypted_among,
    file_places,
    project_places,
)


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reviewed]:
    made = Reviewed(tmp_path_factory.mktemp("reviewed"))
    work = made.folder / "work"
    work.mkdir()
    (work / "begin.py").write_text("begin\n")
    made.program.library.projects.take_in(open_tree(work), "Mine", "", "", made.program.clock(), Meter())
    yield made
    made.program.close()


@pytest.fixture
def openings(reviewed: Reviewed) -> Iterator[Openings]:
    with Openings(reviewed.program.library) as opened:
        yield opened


def found(text: str, places: Iterable[Place | Gap]) -> list[tuple[str, str, str]]:
    """Whose files have it: the student, the assignment and the version."""
    return sorted((hit.place.student, hit.place.assignment, hit.place.version) for hit in Search(Query(text), places))


def in_course(reviewed: Reviewed, reach: Reach = Reach()) -> Iterator[Place]:  # noqa: B008 - it cannot be changed
    (summary,) = reviewed.program.library.courses()
    return course_places(reviewed.program.library, summary.info, reach)


EARLIER = ("Ada Example", "Hello", "Import 1 of 2")
STARTERS = [("", "Hello", "Starter files"), ("", "Hello", "Starter files, version 1 of 2")]


def test_earlier_versions_and_starter_files_are_searched_on_request_and_named(reviewed: Reviewed) -> None:
    assert EARLIER not in found("print('a1')", in_course(reviewed))
    assert set(found("print('a1')", in_course(reviewed, Reach(earlier=True)))) == {EARLIER}
    assert found("# begin", in_course(reviewed)) == []
    assert found("# begin", in_course(reviewed, Reach(starters=True))) == STARTERS[:1]
    assert found("# begin", in_course(reviewed, Reach(earlier=True, starters=True))) == STARTERS


def test_an_archive_is_searched_as_far_as_the_library(reviewed: Reviewed, openings: Openings) -> None:
    def within(reach: Reach) -> Iterator[Place]:
        return file_places(openings, reviewed.zip, None, reach)

    for reach in (Reach(), Reach(earlier=True), Reach(starters=True), Reach(earlier=True, starters=True)):
        for text in ("print('", "# begin", "long ago"):
            assert found(text, within(reach)) == found(text, in_course(reviewed, reach))


def test_projects_are_searched_by_their_names(reviewed: Reviewed) -> None:
    assert found("begin", project_places(reviewed.program.library)) == [("", "Mine", "")] * 2


def test_an_encrypted_archive_is_searched_with_its_passphrase(reviewed: Reviewed, openings: Openings) -> None:
    assert encrypted_among([reviewed.zip, reviewed.secret, reviewed.plain, Path("/nowhere")]) == [reviewed.secret]
    places = archive_places(openings, [reviewed.secret], {reviewed.secret: PASSPHRASE})
    assert found("print('newer')", places) == [("Ada Example", "Hello", "")]


def test_archives_that_cannot_be_opened_are_named_and_the_others_are_searched(
    reviewed: Reviewed, openings: Openings, tmp_path: Path
) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 no more of it")
    paths = [tmp_path / "gone.zip", tmp_path / "broken.zip", reviewed.secret, reviewed.zip]
    search = Search(Query("print('newer')"), archive_places(openings, paths, {reviewed.secret: "something else"}))
    assert [hit.place.course for hit in search] == [reviewed.zip.name]
    assert [gap.what for gap in search.left_out] == ["gone.zip", "broken.zip", reviewed.secret.name]
    assert "passphrase" in search.left_out[-1].why
    assert all(gap.why for gap in search.left_out)


def test_stop_ends_the_listing_of_an_archive(reviewed: Reviewed) -> None:
    asked: list[None] = []

    def check() -> None:
        asked.append(None)
        if len(asked) > 5:
            raise Cancelled

    with Openings(reviewed.program.library, check) as stopped, pytest.raises(Cancelled):
        list(archive_places(stopped, [reviewed.zip], {}))


def test_nothing_can_be_opened_once_it_was_closed(reviewed: Reviewed) -> None:
    closed = Openings(reviewed.program.library)
    closed.within(reviewed.zip)
    closed.close()
    with pytest.raises(NotFound):
        closed.within(reviewed.zip)
    (workspace, *_) = in_course(reviewed)
    with pytest.raises(NotFound):
        closed.open(workspace.where)


@pytest.mark.parametrize("form", ["zip", "plain", "secret"])
def test_nothing_that_came_from_it_can_be_read_once_it_was_closed(reviewed: Reviewed, form: str) -> None:
    closed = Openings(reviewed.program.library)
    first = closed.within(getattr(reviewed, form), PASSPHRASE)[0]
    opened = closed.open(first.where)
    with opened.stream("main.py") as stream:
        closed.close()
        if form != "plain":  # there the stream is a file of its own
            with pytest.raises(BadSource):
                stream.read()
    with pytest.raises(NotFound):
        opened.read("main.py", 99)


def test_the_command_line_searches_as_far_as_it_is_told(
    reviewed: Reviewed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli = CommandLine(reviewed.program.library.folder, capsys)
    assert cli("find", "# begin").out == ""
    assert cli("find", "# begin", "--starters").out == "Hello, Starter files: starter.py:1: # begin anew\n"
    everything = cli.json("find", "begin", "--starters", "--earlier", "--projects", "--course", "SMALL")
    assert {(row["assignment"], row["version"]) for row in everything} == {*(s[1:] for s in STARTERS), ("Mine", "")}
    said = cli("find", "newer", "--archive", reviewed.secret)
    assert (said.code, "is encrypted" in said.err, reviewed.secret.name in said.err) == (4, True, True)
    (tmp_path / "pass").write_text(PASSPHRASE)
    rows = cli.json("find", "newer", "--archive", reviewed.secret, "--passphrase-file", tmp_path / "pass")
    assert {row["course"] for row in rows} == {"A small course", reviewed.secret.name}
