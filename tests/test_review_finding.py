"""Finding: in all workspaces, in names and contents, quickly ended, and no expression can hold it up."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from building import CourseBuilder

from exportmanager.core.course import CourseInfo
from exportmanager.core.errors import BadOptions, Cancelled
from exportmanager.core.meter import Meter
from exportmanager.program import Program
from exportmanager.review import expressions, finding, searching
from exportmanager.review.expressions import Query
from exportmanager.review.finding import Hit, Search, found_in
from exportmanager.review.opening import Openings
from exportmanager.review.places import Place, course_places, file_places
from exportmanager.review.searching import Files
from exportmanager.review.where import Where


@pytest.fixture
def course(tmp_path: Path) -> CourseBuilder:
    return CourseBuilder(tmp_path / "course")


def taken(program: Program, course: CourseBuilder) -> list[CourseInfo]:
    program.bring_in("folder", str(course.write()))
    return [summary.info for summary in program.library.courses()]


def files(**contents: bytes) -> Files:
    """Files that lie nowhere."""
    listed = [searching.File(path, lambda data=data: [data]) for path, data in contents.items()]  # type: ignore[misc]
    return lambda keep: listed


def search(query: Query, *contents: bytes) -> tuple[list[Hit], Search]:
    """What is found in workspaces of one file each, all different."""
    places = [Place(Where.of_file(Path(f"/{number}")), files(f=data)) for number, data in enumerate(contents)]
    found = Search(query, places)
    return sorted(found, key=lambda hit: (hit.place.where.path, hit.line)), found


def marked(hits: list[Hit]) -> list[str]:
    """Lines, with what was found in brackets."""
    drawn = []
    for hit in hits:
        text = hit.text
        for begin, end in reversed(hit.spans):
            text = f"{text[:begin]}[{text[begin:end]}]{text[end:]}"
        drawn.append(f"{hit.line}: {text}")
    return drawn


def test_what_students_wrote_is_found_with_whose_it_is(program: Program, course: CourseBuilder) -> None:
    course.file("s1", "a1", "main.py", "a = 1\ntotal = total + 1\n")
    course.file("s2", "a2", "src/total.py", "pass\n")
    hits = sorted(found_in(program.library, Query("total"), taken(program, course)), key=lambda hit: hit.path)
    assert marked(hits) == ["2: [total] = [total] + 1", "0: src/[total].py"]
    assert [(hit.place.student, hit.place.assignment, hit.place.course, hit.path) for hit in hits] == [
        ("Ada Example", "Hello", "A small course", "main.py"),
        ("Bo Sample", "Loops", "A small course", "src/total.py"),
    ]
    with Openings(program.library) as openings, openings.open(hits[0].place.where) as opened:
        assert b"total" in opened.read(hits[0].path, 100)


def test_workspaces_that_are_the_same_are_searched_once_and_all_found(program: Program, course: CourseBuilder) -> None:
    for student in ("s1", "s2", "s3"):
        course.file(student, "a1", "main.py", "needle\n")
    places = list(course_places(program.library, taken(program, course)[0]))
    opened: list[Place] = []

    def counted(place: Place) -> Files:
        def files(keep: ExitStack) -> Sequence[searching.File]:
            opened.append(place)
            return place.files(keep)

        return files

    hits = list(Search(Query("needle"), [replace(place, files=counted(place)) for place in places]))
    assert sorted(hit.place.student for hit in hits) == ["Ada Example", "Bo Sample", "Cy Specimen"]
    assert len(opened) == 1


def test_an_export_on_the_disk_is_searched_like_the_library(
    program: Program, course: CourseBuilder, tmp_path: Path
) -> None:
    course.file("s1", "a1", "main.py", "needle\n")
    course.file("s1", "a1", "photo.png", b"\x89PNG\0needle")
    with Openings(program.library) as openings:
        hits = list(Search(Query("needle"), file_places(openings, course.folder / "workspaces")))
    assert [(hit.path.rpartition("/")[2], hit.line) for hit in hits] == [("main.py", 1)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query("Total"), ["1: [total] totals [TOTAL]".replace("totals", "[total]s")]),
        (Query("total", case=True), ["1: [total] [total]s TOTAL"]),
        (Query("total", words=True), ["1: [total] totals [TOTAL]"]),
        (Query("total", words=True, case=True), ["1: [total] totals TOTAL"]),
        (Query(r"to\w+s", regex=True), ["1: total [totals] TOTAL"]),
        (Query(r"^total$", regex=True), []),
        (Query("t.tal"), []),
    ],
)
def test_texts_words_and_expressions_are_found_as_they_were_asked_for(query: Query, expected: list[str]) -> None:
    hits, _ = search(query, b"total totals TOTAL\r\nnothing\r\n")
    assert marked(hits) == expected


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("x\nGröße\n".encode(), id="UTF-8"),
        pytest.param("x\nGro\u0308ße\n".encode(), id="accents behind their letters"),
        pytest.param("x\nGröße\n".encode("latin-1"), id="Latin-1"),
        pytest.param("x\nGröße\n".encode("utf-16"), id="UTF-16"),
        pytest.param("x\nGröße\n".encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param("x\nGröße\n".encode("utf-16-be"), id="UTF-16 of another computer"),
        pytest.param("\ufeffx\rGröße\r".encode(), id="with a mark, of an old Mac"),
    ],
)
@pytest.mark.parametrize("query", [Query("größe"), Query("Größe", case=True), Query("Gro\u0308ße", words=True)])
def test_umlauts_are_found_however_they_are_stored(data: bytes, query: Query) -> None:
    hits, _ = search(query, data)
    assert [hit.line for hit in hits] == [2]


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "utf-16-le"])
def test_other_alphabets_are_found_in_the_encodings_that_were_made_for_them(codec: str) -> None:
    text = "просто текст на русском языке\n" * 20 + "здесь ищут слово\n"
    hits, _ = search(Query("слово"), text.encode(codec))
    assert marked(hits) == ["21: здесь ищут [слово]"]


def test_western_text_of_windows_is_shown_as_it_was_written() -> None:
    data = "he said “needle” for 5 €\n".encode("cp1252")
    assert marked(search(Query("needle"), data)[0]) == ["1: he said “[needle]” for 5 €"]
    assert marked(search(Query("5 €", case=True), data)[0]) == ["1: he said “needle” for [5 €]"]


def test_numbers_that_look_like_utf_16_are_no_text() -> None:
    assert search(Query("a"), bytes(value for n in range(1000) for value in (n % 256, 0)))[0] == []


@pytest.mark.parametrize(
    "expression",
    [
        "needle", "n(eed)+le", "(?i)NEEDLE", "(?i:NEED)le", "x?needle", "(xyz)?needle", "(xyz)*needle", "needle|xyz",
        "(xyz|needle)", "[x]?(?:nee)dle",
        "needle(?!xyz)", "(?<!xyz)needle", "(?<=a )needle", "n.{4}e", "(?x) needle #xyz",
        "(n)eedl(?P<e>e)", "nee{2}?dle|needle", r"\x6eeedle", r"(a )?needle(?(1) b|xyz)", "(?s:needle)", "(?>needle)",
        "x{0}needle", "[[x]?needle", "(?:needle){1,2}+",
    ],
)  # fmt: skip
def test_no_file_is_passed_over_that_an_expression_matches(expression: str) -> None:
    for case in (False, True):
        hits, _ = search(Query(expression, regex=True, case=case), b"a needle b\n")
        assert hits


def test_a_file_that_is_no_text_is_searched_only_on_request() -> None:
    assert search(Query("needle"), b"\0needle")[0] == []
    assert len(search(Query("needle", binary=True), b"\0needle")[0]) == 1


def test_only_names_are_searched_on_request() -> None:
    place = Place(Where.of_file(Path("/x")), files(needle=b"needle", other=b"needle"))
    assert [(hit.path, hit.line) for hit in Search(Query("needle", names_only=True), [place])] == [("needle", 0)]


def test_lines_are_counted_on_through_the_pieces_of_a_long_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "PIECE", 64)
    data = b"line\r\n" * 50 + b"needle\r\n" + b"line\r\n" * 50 + "ä".encode() * 200 + b"needle"
    file = searching.File("f", lambda: [data[at : at + 11] for at in range(0, len(data), 11)])
    hits = list(Search(Query("needle"), [Place(Where.of_file(Path("/x")), lambda keep: [file])]))
    assert [hit.line for hit in hits] == [51, 102]
    assert set(hits[1].text) <= set("äneedle"), "no letter was cut apart"


def test_a_long_line_is_shown_around_what_was_found() -> None:
    hits, _ = search(Query("needle"), b"x" * 5_000_000 + b"needle" + b"y" * 5_000_000)
    assert len(hits[0].text) < 400
    assert marked(hits)[0].count("x[needle]y") == 1


def test_what_goes_on_over_lines_is_shown_where_it_begins() -> None:
    assert marked(search(Query(r"\s+begin[^!]+", regex=True), b"a\n\n  begin b\nc!\nbegin\n")[0]) == [
        "3: [  begin b]",
        "5: [begin]",
    ]


def test_a_long_line_full_of_it_takes_no_longer_than_one_that_begins_with_it() -> None:
    hits, _ = search(Query("e"), b"e" * 8_000_000 + b"\nnext e\n")
    assert [(hit.line, len(hit.spans)) for hit in hits] == [(1, 240), (2, 2)]


def test_more_than_can_be_looked_at_is_cut_and_said() -> None:
    hits, found = search(Query("a"), *(b"a\n" * 900 + bytes([65 + number]) for number in range(14)))
    assert len(hits) == finding.MOST_HITS
    assert (found.is_cut, found.is_whole) == (True, False)


def test_what_cannot_be_read_is_named(program: Program, course: CourseBuilder) -> None:
    course.file("s1", "a1", "main.py", "needle\n")
    course.file("s2", "a1", "main.py", "needle needle\n")
    courses = taken(program, course)
    program.library.files.held(courses[0].id)[0].path.unlink()
    found = found_in(program.library, Query("needle"), courses)
    assert [hit.place.student for hit in found] == ["Bo Sample"]
    assert [(gap.what, gap.who) for gap in found.left_out] == [("The workspace", "Ada Example, Hello, A small course")]


@pytest.mark.parametrize("text", ["(", "*", "a{99999999999}", "(?P<", ""])
def test_what_is_no_expression_is_said_at_once(text: str) -> None:
    with pytest.raises(BadOptions):
        Search(Query(text, regex=True), [])


HOSTILE = b"a" * 60 + b"!\n"
ENDLESS = Query(r"(a+)+$", regex=True)


def test_an_expression_without_end_is_ended_and_the_other_files_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "SECONDS", 0.2)
    hits, found = search(ENDLESS, HOSTILE, b"x aaa\n")
    assert marked(hits) == ["1: x [aaa]"]
    assert [(gap.what, gap.why) for gap in found.left_out] == [("f", "the expression takes too long for it")]


def test_an_expression_without_end_for_many_files_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "SECONDS", 0.2)
    with pytest.raises(BadOptions, match="takes too long"):
        search(ENDLESS, *(HOSTILE + bytes([number]) for number in range(1, 30)))


def test_stop_ends_an_expression_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "SECONDS", 600)
    began = threading.Event()

    def slow(keep: object) -> list[searching.File]:
        return [searching.File("f", content)]

    def content() -> Iterator[bytes]:
        began.set()
        yield HOSTILE

    found = Search(ENDLESS, [Place(Where.of_file(Path("/x")), slow)], Meter(stop=began.is_set))
    with pytest.raises(Cancelled):
        list(found)
    assert not [thread for thread in threading.enumerate() if thread.name == "finding"]


def test_stop_ends_the_search_of_a_large_file() -> None:
    began = threading.Event()

    def content() -> Iterator[bytes]:
        while True:
            began.set()
            yield b"line\n" * 200_000

    endless = Place(Where.of_file(Path("/x")), lambda keep: [searching.File("f", content)])
    with pytest.raises(Cancelled):
        list(Search(Query("needle"), [endless], Meter(stop=began.is_set)))
    assert not [thread for thread in threading.enumerate() if thread.name == "finding"]


def test_whoever_has_seen_enough_ends_the_search() -> None:
    place = Place(Where.of_file(Path("/x")), files(f=b"needle\n" * 100))
    hits = iter(Search(Query("needle"), [place] * 1_000))
    next(hits)
    hits.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name == "finding"]
