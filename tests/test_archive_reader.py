"""The pages in an archive: they show everything, lead everywhere, and nothing that a student wrote does anything."""

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from bagging import bring_in_twice
from building import CourseBuilder
from conftest import Clock
from reading_pages import Reader, reader_of

from exportmanager.archive.exports_in import Included
from exportmanager.archive.reader.markup import href, label, link_end, text, time_cell
from exportmanager.archive.reader.not_included import not_included
from exportmanager.archive.reader.pieces import Pieces
from exportmanager.archive.reader.questions import _given
from exportmanager.core.errors import Cancelled
from exportmanager.core.meter import Meter
from exportmanager.program import Program
from exportmanager.resources_dir import sample_course

SCRIPT = "</pre></td><script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
TURNED = "invoice\u202efdp.exe"
HOSTILE_FILES = (
    "javascript:alert(1).html", "..%2f..%2fetc.txt", 'a" onmouseover="alert(3).txt', "<script>alert(4).py", TURNED,
    "100% #1 ?query&amp;.txt", "'quoted'.css", "page.SVG", "-- --.txt", "folder#?/deep name/it.txt", "no-suffix",
)  # fmt: skip


def hostile(folder: Path) -> CourseBuilder:
    """A course in which every text is one that means harm."""
    builder = CourseBuilder(folder)
    builder.course |= {"title": f"Course {SCRIPT}", "term": SCRIPT, "description": SCRIPT, "code": "X"}
    module = builder.course["modules"][0]
    module["title"] = SCRIPT
    module["assignments"][0] |= {
        "title": f"Task {SCRIPT}",
        "stack": SCRIPT,
        "lti_url": "javascript:alert(5)",
        SCRIPT: 1,
    }
    builder.student("s4", first_name=SCRIPT, last_name=TURNED, username=SCRIPT, email=SCRIPT, **{SCRIPT: SCRIPT})
    for name in HOSTILE_FILES:
        builder.file("s1", "a1", name, SCRIPT)
    builder.add("results", student="s1", assignment="a1", state="completed", comments=SCRIPT, **{f"x{SCRIPT}": SCRIPT})
    for question in ("q1", "q2"):
        builder.add("answers", student="s1", assignment="a1", assessment=question, attempt="1", answer=SCRIPT)
    builder.add(
        "access", at="2026-02-01T10:00:00Z", user="s1", type="log_in", project_path=SCRIPT, ip=SCRIPT, more=SCRIPT
    )
    builder.add("coach-logs", at="2026-02-01T10:00:00Z", user="s1", question=SCRIPT, response=SCRIPT,
                context_error=SCRIPT)  # fmt: skip
    return builder


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reader]:
    """The pages of three courses: the sample, one with something of everything, and a hostile one."""
    found = {}
    folder = tmp_path_factory.mktemp("readers")
    for name in ("sample", "everything", "hostile"):
        program = Program(folder / name / "library", Clock())
        if name == "sample":
            program.bring_in("folder", str(sample_course()))
        elif name == "everything":
            bring_in_twice(program, folder / name / "course")
        else:
            program.bring_in("folder", str(hostile(folder / name / "course").write()))
        found[name] = reader_of(program, folder / name / "bag", exports=name == "sample")
        program.close()
    return found


@pytest.mark.parametrize("name", ["sample", "everything", "hostile"])
def test_every_page_is_well_formed_and_every_link_leads_to_something_in_the_archive(
    readers: dict[str, Reader], name: str
) -> None:
    assert len(readers[name].pages) > 5
    assert readers[name].trouble() == []


def test_no_page_may_load_anything_or_run_anything_but_our_own(readers: dict[str, Reader]) -> None:
    for reader in readers.values():
        for name, page in reader.pages.items():
            rules = dict(rule.strip().split(" ", 1) for rule in page.policy.split(";"))
            hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in page.scripts]
            assert rules.pop("script-src", None) == (f"'sha256-{hashes[0]}'" if hashes else None)
            assert rules == {
                "default-src": "'none'", "style-src": "'self' file:", "base-uri": "'none'", "form-action": "'none'",
            }  # fmt: skip
            assert len(hashes) == (0 if "/students/" in name else 1), "where students' texts are, there is no script"


def test_what_students_wrote_is_read_as_they_wrote_it(readers: dict[str, Reader]) -> None:
    page = readers["hostile"].of("Ada Example")
    wherever = ("comments", "two answers", "path", "address", "more", "question", "response", "error", "column")
    assert page.text.count(SCRIPT) >= len(wherever)
    assert readers["hostile"].index.text.count(SCRIPT) >= 5  # title, term, description, module, a name


def test_a_name_cannot_turn_the_order_of_letters(readers: dict[str, Reader]) -> None:
    assert not [page for page in readers["hostile"].pages.values() if "\u202e" in page.source.split("<main", 1)[0]]
    assert "\u202e" not in label(TURNED)
    assert "\ufffdfdp" in label(TURNED)


def test_files_that_a_browser_would_run_are_named_but_not_linked(readers: dict[str, Reader]) -> None:
    page = readers["hostile"].of("Ada Example")
    assert not [link for link in page.links if re.search(r"(?i)data/.*\.(html|svg)$|no-suffix$", link)]
    assert "no-suffix 66 bytes, not linked" in page.text.replace(str(len(SCRIPT)), "66")
    assert [link for link in page.links if link.endswith("/it.txt")]


def test_names_with_joiners_are_shown_as_they_are_written() -> None:
    for name in ("\u0646\u0645\u0648\u0646\u0647\u200c\u0627\u06cc", "\U0001f469\u200d\U0001f3eb"):
        assert label(name) == f"<bdi>{name}</bdi>"


@pytest.mark.parametrize(
    "path", ["a.htm", "A.XHTML", "x.svg", "x.xml", "Makefile", "x.php", "x.mhtml", ".html", "x.html.", "x.unheard-of"]
)
def test_nothing_that_may_be_a_page_is_linked(path: str) -> None:
    assert not link_end(path, path)


@pytest.mark.parametrize(
    "path, address",
    [
        ("data/a b/c.py", "data/a%20b/c.py"),
        ("data/50%.txt", "data/50%25.txt"),
        ("data/..%2fx", "data/..%252fx"),
        ("data/a?b#c&d'e\"f", "data/a%3Fb%23c%26d%27e%22f"),
        ("data/javascript:x", "data/javascript%3Ax"),
        ("data/größe", "data/gr%C3%B6%C3%9Fe"),
    ],
)
def test_addresses_are_encoded(path: str, address: str) -> None:
    assert href(path) == address


def test_text_holds_nothing_that_html_cannot() -> None:
    assert text("a\0b\x1b[31m\ud800\n<&\"'") == "a\ufffdb\ufffd[31m\ufffd\n&lt;&amp;&quot;&#x27;"


def test_the_first_page_shows_the_course_and_what_the_archive_proves(readers: dict[str, Reader]) -> None:
    index, certificate = readers["sample"].index, readers["sample"].certificate
    for shown in ("Introduction to Programming", "CS101", "Spring 2026", certificate.payload_sha256):
        assert shown in index.text
    assert f"{len(certificate.open_gaps)} gaps: see what and why" in index.text
    assert "It cannot prove that everything had been received" in index.text
    for gap in certificate.gaps:
        assert " ".join(gap.why.split()) in index.text
    assert "data/exports/Grades.csv" in index.links


def test_the_matrix_says_what_the_certificate_says(readers: dict[str, Reader]) -> None:
    for reader in readers.values():
        names = {one.id: one.name for one in reader.certificate.assignments}
        matrix = reader.index.source.split('<div class="matrix"')[1].split("</table>")[0]
        said = re.findall(r'title="([^"]*): ([a-z ]+)(?:, [^"]*)?"[^>]*>([A-Z])<', matrix)
        cells = reader.certificate.cells
        assert sorted((word, letter) for _, word, letter in said) == sorted(
            (cell.cell.value, cell.cell.value[0].upper()) for cell in cells
        )
        assert len(said) == len(names) * len(reader.certificate.students)


def test_the_page_of_a_student_shows_all_work(readers: dict[str, Reader]) -> None:
    page = readers["everything"].of("Ada Example")
    for shown in (
        "ada@example.org", "Present 1 file", "Completed", "90 %", "Teacher's notes 2026-01-01 11:00", "good idea",
        "Earlier version 1: 1 file, 240 bytes, imported 2026-03-02", "1 file, 15 bytes, imported 2026-03-02",
        "q1 not in the guide as it was received", "Attempt 1", "by s1",
        "Asked: Why?", "2025-03-01 · 11:00 · 2 projects opened", "11:00:00 Opened a project: Hello s1-name/project",
        "192.0.2.7 device: phone", "Times are those of Europe/Berlin",
    ):  # fmt: skip
        assert shown in page.text
    assert "../../data/coursework/workspaces/Hello/Example%20Ada%20%28user1%29/main.py" in page.links
    assert "../../data/earlier/Hello/Example%20Ada%20%28user1%29/1/main.py" in page.links


def test_namesakes_are_told_apart_wherever_they_are_listed(readers: dict[str, Reader]) -> None:
    reader = readers["sample"]
    matrix, lists = reader.index.source.split('<h2 id="not-included"')
    for where in (matrix, lists, reader.of("Hello, Python!").source):
        assert sorted(re.findall(r">(Alex Sample[^<]*)<", where)) == [
            "Alex Sample (alex.sample)",
            "Alex Sample (alex.sample2)",
        ]
    assert reader.of("Alex Sample (alex.sample2)").path != reader.of("Alex Sample (alex.sample)").path


def test_the_page_of_a_student_leads_to_its_parts(readers: dict[str, Reader]) -> None:
    page = readers["everything"].of("Ada Example")
    assert {"#assignments", "#coach", "#access"} <= set(page.links)
    assert "#coach" not in readers["everything"].of("Cy Specimen").links


@pytest.mark.parametrize(
    "given, possible, words",
    [(1.0, None, "1 point"), (1.0, 1.0, "1 of 1 point"), (0.5, 2.0, "0.5 of 2 points"), (None, 2.0, "")],
)
def test_points_are_said_as_people_say_them(given: float | None, possible: float | None, words: str) -> None:
    assert _given(given, possible) == words


def test_times_are_sorted_by_their_length_and_not_by_their_letters() -> None:
    assert time_cell(4_020) == '<td class="number" data-by="4020">1 h 07 min</td>'
    assert time_cell(None) == '<td class="number"></td>'


def test_what_is_not_included_says_whether_it_is_a_gap(readers: dict[str, Reader]) -> None:
    reader = readers["sample"]
    included = [Included("Blueprints", why_not="The course has no blueprints.")]
    rows = "".join(not_included(replace(reader.contents, included=included), reader.certificate))
    assert rows.count("<td>a gap</td>") == len(reader.certificate.open_gaps)
    assert "The course has no blueprints.</td><td>nothing to include</td>" in rows


def test_answers_are_readable_and_stand_beside_what_was_expected(readers: dict[str, Reader]) -> None:
    page = readers["sample"].of("Ada Example")
    assert "What does print do? Multiple choice, 5 points" in page.text
    assert " · 5 of 5 points · correct The text *Hello!* appears on the screen." in page.text
    assert "Expected answer" in page.text


def test_files_with_other_names_and_links_are_explained(readers: dict[str, Reader]) -> None:
    assert "its name was con.txt" in readers["everything"].of("Bo Sample").text
    assert "alias a link to tool.sh" in readers["everything"].of("Cy Specimen").text


def test_the_page_of_an_assignment_shows_who_stands_how_and_its_project(readers: dict[str, Reader]) -> None:
    page = readers["everything"].of("Hello")
    assert "Ada Example Present 1 file Completed 90 %" in page.text
    assert "Newest version: 1 file" in page.text
    assert "Version 1: 1 file" in page.text
    assert "../../data/projects/Hello/2/starter.py" in page.links
    assert "Tea Cher" in readers["everything"].of("Loops").text, "teachers who have something there"


def test_a_student_who_was_left_out_is_named_with_the_reason_and_nothing_else_is_told(
    program: Program, tmp_path: Path
) -> None:
    bring_in_twice(program, tmp_path / "course")
    reader = reader_of(program, tmp_path / "bag", include_inactive=False)
    assert reader.trouble() == []
    assert re.search(r"student Di Dormant inactive for \d+ days .* left out on purpose", reader.index.text)
    everywhere = "".join(page.source for page in reader.pages.values())
    for told in ("s4", "dormant<", "di@example.org", "by s4", "s4-name"):
        assert told not in everywhere


def test_a_pseudonymous_archive_has_no_names_in_its_pages(program: Program, tmp_path: Path) -> None:
    bring_in_twice(program, tmp_path / "course")
    folder = tmp_path / "archives"
    folder.mkdir()
    from bagging import archived

    record = archived(program, folder, privacy="pseudonymous", exports=False, form="folder")
    pages = "".join(path.read_text(encoding="utf-8") for path in record.path.rglob("*.html"))
    assert "called by pseudonyms" in pages
    for name in ("Ada", "Example", "ada@example.org", "user1", "192.0.2.7", "s1-name", "Cher", "lti-s1"):
        assert name not in pages


def test_a_course_without_anybody_has_a_first_page(program: Program, tmp_path: Path) -> None:
    builder = CourseBuilder(tmp_path / "course")
    builder.tables["roster"].clear()
    builder.student("t1", role="teacher", first_name="Tea", last_name="Cher")
    program.bring_in("folder", str(builder.write()))
    reader = reader_of(program, tmp_path / "bag")
    assert reader.trouble() == []
    assert "There are no students, or no assignments." in reader.index.text
    assert "Nothing that was expected is missing." in reader.index.text


def test_pages_are_the_same_each_time(readers: dict[str, Reader], tmp_path: Path) -> None:
    root = readers["everything"].root
    program = Program(root.parent / "library", Clock())
    again = reader_of(program, tmp_path / "bag")
    program.close()
    assert {n: p.source for n, p in again.pages.items()} == {
        n: p.source for n, p in readers["everything"].pages.items()
    }


def test_making_pages_can_be_stopped(readers: dict[str, Reader], tmp_path: Path) -> None:
    from exportmanager.archive.reader import add_reader
    from exportmanager.exports.pieces.archive import Archive
    from exportmanager.formats.members import FolderMembers

    reader = readers["everything"]
    program = Program(reader.root.parent / "library", Clock())
    (course_id,) = program.library.course_ids()
    asked = iter([False] * 20)
    meter = Meter(stop=lambda: next(asked, True))
    archive = Archive(FolderMembers(tmp_path / "bag"), lambda _: None, 0)
    with program.library.whole_course(course_id) as course, pytest.raises(Cancelled):
        add_reader(archive, course, reader.contents, reader.certificate, meter)
    program.close()


def test_pieces_come_back_in_their_order_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exportmanager.archive.reader.pieces._IN_MEMORY", 50)
    with Pieces() as pieces:
        for number in range(200):
            pieces.add("ä" if number % 3 else "b", f"{number}ü ")
        assert pieces.of("ä") == "".join(f"{n}ü " for n in range(200) if n % 3)
        assert pieces.of("b") == "".join(f"{n}ü " for n in range(0, 200, 3))
        assert pieces.of("nobody") == ""
