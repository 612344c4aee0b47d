"""The guide below the assignments: what of it is shown, that reading it never blocks, and that no page reaches out."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from peopling import bring_in, course_with_people, memory_of, sight_of, words_of
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QUrl
from PySide6.QtGui import QColor, QContextMenuEvent, QDesktopServices, QGuiApplication, QImage, QTextDocument
from PySide6.QtWidgets import QApplication, QMenu, QTreeWidgetItem, QTreeWidgetItemIterator
from pytestqt.qtbot import QtBot
from windowing import desk_on, in_window, shown

from exportmanager.core.course import AssignmentId, CourseId
from exportmanager.jobs.desk import Desk
from exportmanager.library.library import Library
from exportmanager.program import Program
from exportmanager.resources_dir import sample_course
from exportmanager.ui.assignments_page import AssignmentsPage
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.guide_panel import GuidePanel
from exportmanager.ui.guide_sight import decoded, guide_sight, page_sight
from exportmanager.ui.theme import Theme

IMAGE = QTextDocument.ResourceType.ImageResource


def picture(width: int = 40, height: int = 20, kind: str = "png") -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)  # type: ignore[call-overload] # PySide takes text
    return bytes(buffer.data().data())


def node(title: str, **keys: Any) -> dict[str, Any]:
    return {"id": title.lower(), "title": title, "type": "page", "contentType": "markdown"} | keys


FIRST = """# First

![wide](.guides/img/wide.png) ![lost](.guides/img/lost.png) ![web](https://example.org/x.png)

{Go|go-to-section-titled}(Inner) [notes](https://example.org/notes) A note[^n].

{Check|assessment}(multiple-choice-1)

{Other|assessment}(splice-2)

[^n]: So.
"""


def guide_in(folder: Path, pages: int = 1) -> None:
    """A guide: a page, a section with `pages` pages, one for teachers; two questions, one that no page shows."""
    content = folder / ".guides" / "content"
    (content / "inner").mkdir(parents=True)
    order = [f"p{n}" for n in range(pages)]
    (content / "index.json").write_text(json.dumps({"title": "G", "order": ["first", "inner", "teacher", "lost"]}))
    (content / "first.json").write_text(json.dumps(node("First")))
    (content / "first.md").write_text(FIRST)
    (content / "teacher.json").write_text(json.dumps(node("Secret", teacherOnly=True)))
    (content / "teacher.md").write_text("For you")
    (content / "inner" / "index.json").write_text(json.dumps(node("Inner", type="section", order=order)))
    for n in range(pages):
        (content / "inner" / f"p{n}.json").write_text(json.dumps(node(f"Page {n}")))
        (content / "inner" / f"p{n}.md").write_text(f"# Page {n}\n\n" + "text " * 200)
    (folder / ".guides" / "img").mkdir()
    (folder / ".guides" / "img" / "wide.png").write_bytes(picture(3_000, 30))
    tasks = folder / ".guides" / "assessments"
    tasks.mkdir()
    source = {"name": "Which", "points": 5, "answers": [{"_id": "a", "correct": True, "answer": "this"}]}
    for kind, number in (("multiple-choice", 1), ("splice", 2), ("free-text", 3)):
        task = {"type": kind, "taskId": f"{kind}-{number}", "source": source}
        (tasks / f"{kind}-{number}.json").write_text(json.dumps(task))


@pytest.fixture
def desk(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Desk]:
    builder = course_with_people(tmp_path / "course")
    first, second = builder.course["modules"][0]["assignments"]
    first["version"] = second["version"] = 1
    guide_in(builder.folder / "assignments" / "a1")
    (builder.folder / "assignments" / "a2").mkdir()
    (builder.folder / "assignments" / "a2" / "main.py").write_text("print()\n")
    builder.course["modules"][0]["assignments"].append({"id": "a3", "title": "Never published"})
    bring_in(program, builder)
    with desk_on(program) as desk:
        yield desk


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> Iterator[AssignmentsPage]:
    """On screen, with nothing chosen."""
    page = AssignmentsPage(desk, memory_of(desk))
    window = in_window(qtbot, page, width=900, height=700)
    page.show_course(sight_of(desk.program))
    yield page
    window.hide()


def settle(qtbot: QtBot, page: AssignmentsPage) -> None:
    background = page.guide._desk.background
    qtbot.waitUntil(lambda: not background.is_busy)


def choose(qtbot: QtBot, page: AssignmentsPage, row: int) -> GuidePanel:
    page.table.selectRow(row)
    settle(qtbot, page)
    return page.guide


def says(panel: GuidePanel) -> str:
    """The words of the page in view."""
    return " ".join(panel.view.toPlainText().split())


def state(panel: GuidePanel) -> Any:
    return panel._pages.currentWidget()


def items(panel: GuidePanel) -> list[QTreeWidgetItem]:
    """All of the outline, as it stands."""
    found, iterator = [], QTreeWidgetItemIterator(panel.outline)
    while item := iterator.value():
        found.append(item)
        iterator += 1
    return found


def outline(panel: GuidePanel) -> list[str]:
    return [item.text(0) for item in items(panel)]


# What is shown


def test_nothing_is_shown_until_one_assignment_is_chosen(qtbot: QtBot, page: AssignmentsPage) -> None:
    assert state(page.guide) is page.guide._choose
    panel = choose(qtbot, page, 0)
    assert state(panel) is panel._body
    page.table.selectAll()
    assert state(panel) is panel._choose


def test_the_outline_and_what_the_guide_holds_stand_there(qtbot: QtBot, page: AssignmentsPage) -> None:
    panel = choose(qtbot, page, 0)
    assert outline(panel) == ["First", "Inner", "Page 0", "Secret (teacher only)"]
    assert panel.facts.text() == "3 pages  ·  2 questions  ·  10 points  ·  1 question on no page"
    assert panel.page_facts.text() == "Page  ·  2 questions  ·  10 points"
    assert items(panel)[1].toolTip(0) == "Inner\nSection  ·  1 page  ·  no questions"


def test_the_first_page_is_shown_and_any_other_that_is_chosen(qtbot: QtBot, page: AssignmentsPage) -> None:
    panel = choose(qtbot, page, 0)
    assert says(panel).startswith("First")
    panel.outline.setCurrentItem(items(panel)[3])
    settle(qtbot, page)
    assert "Teacher only: students do not see this page" in says(panel)
    assert "For you" in says(panel)


def test_an_assignment_without_a_project_says_how_to_get_one(qtbot: QtBot, page: AssignmentsPage) -> None:
    panel = choose(qtbot, page, 2)
    assert state(panel) is panel._missing
    panel = choose(qtbot, page, 1)
    assert state(panel) is panel._none
    assert panel.view.toPlainText() == ""


def test_the_teachers_view_can_be_switched_off_and_is_remembered(
    qtbot: QtBot, page: AssignmentsPage, desk: Desk
) -> None:
    panel = choose(qtbot, page, 0)
    assert "\u2713 right this" in says(panel)
    panel.answers.click()
    settle(qtbot, page)
    assert "right" not in says(panel)
    assert not AssignmentsPage(desk, page._memory).guide.answers.isChecked()


def test_a_question_nobody_knows_is_unfolded_where_it_stands(qtbot: QtBot, page: AssignmentsPage) -> None:
    panel = choose(qtbot, page, 0)
    assert '"taskId"' not in says(panel)
    for is_open in (True, False):
        panel.view.anchorClicked.emit(QUrl("unfold:splice-2"))
        settle(qtbot, page)
        assert ('"taskId"' in says(panel)) is is_open


def test_a_link_to_a_page_goes_there_in_the_outline_too(qtbot: QtBot, page: AssignmentsPage) -> None:
    panel = choose(qtbot, page, 0)
    panel.view.anchorClicked.emit(QUrl("page:inner"))
    settle(qtbot, page)
    assert panel.outline.chosen_id() == "inner"
    assert says(panel) == "Inner There is no text here."


def test_what_is_wrong_with_the_guide_is_listed(qtbot: QtBot, page: AssignmentsPage) -> None:
    panel = choose(qtbot, page, 0)
    assert panel.gaps.isVisible()
    panel.gaps.click()
    dialog = shown(qtbot, panel, GapsDialog)
    assert dialog.lists[0].rows.total == int(panel.gaps.text().split()[0])
    dialog.close()


def test_the_guide_can_be_hidden_and_that_is_remembered(qtbot: QtBot, page: AssignmentsPage, desk: Desk) -> None:
    page.guide_switch.click()
    assert not page.guide.isVisible()
    page.table.selectRow(0)
    assert state(page.guide) is page.guide._choose
    page.guide_switch.click()
    settle(qtbot, page)
    assert state(page.guide) is page.guide._body
    page.guide_switch.click()
    other = AssignmentsPage(desk, page._memory)
    assert not other.guide_switch.isChecked()


# What a page loads


def test_only_pictures_of_the_page_are_loaded_no_wider_than_there_is_room(qtbot: QtBot, page: AssignmentsPage) -> None:
    panel = choose(qtbot, page, 0)
    loaded = panel.view.loadResource(IMAGE, QUrl("guide:.guides/img/wide.png"))
    assert 0 < loaded.width() / loaded.devicePixelRatio() <= panel.view.viewport().width()
    for address in ("guide:.guides/img/lost.png", "file:///etc/passwd", "/etc/passwd", "https://example.org/x.png",
                    "qrc:/x.png", ":/x.png", "guide:../../x", ".guides/img/wide.png"):  # fmt: skip
        assert panel.view.loadResource(IMAGE, QUrl(address)) is None
    assert "Missing picture: .guides/img/lost.png (lost)" in says(panel)
    assert "Picture on the web: example.org (web)" in says(panel)


def test_pictures_follow_the_width_of_the_window(qtbot: QtBot, page: AssignmentsPage) -> None:
    panel = choose(qtbot, page, 0)
    panel.window().resize(700, 700)
    qtbot.waitUntil(lambda: panel.view.horizontalScrollBar().maximum() == 0)


def test_no_link_leaves_the_window(qtbot: QtBot, page: AssignmentsPage, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    panel = choose(qtbot, page, 0)
    before = says(panel)
    for address in (
        "https://example.org/notes",
        "file:///etc/passwd",
        "main.py",
        "mailto:a@example.org",
        "#fn1",
        "page:x",
    ):
        panel.view.anchorClicked.emit(QUrl(address))
    settle(qtbot, page)
    assert (opened, says(panel), panel.outline.chosen_id()) == ([], before, "first")


@pytest.mark.qt_log_ignore("does not support")  # what a screen that nobody sees says of menus
def test_what_is_selected_and_the_address_of_a_link_can_be_copied(qtbot: QtBot, page: AssignmentsPage) -> None:
    view = choose(qtbot, page, 0).view
    assert view.find("notes")  # which selects it
    view.ensureCursorVisible()
    at = view.cursorRect().center() - QPoint(10, 0)
    view.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.mapToGlobal(at)))
    menu = view.findChildren(QMenu)[-1]
    assert words_of(menu.actions()) == ["Copy", "Copy the address", "Select all"]
    for action, text in zip(menu.actions(), ("notes", "https://example.org/notes"), strict=False):
        action.trigger()
        assert QGuiApplication.clipboard().text() == text
    menu.close()


@pytest.mark.parametrize("kind", ["png", "jpg", "bmp"])
def test_pictures_are_decoded_by_what_they_are(qapp: QApplication, kind: str) -> None:
    made = decoded(picture(kind=kind))
    assert made is not None
    assert (made.width(), made.height()) == (40, 20)


def test_a_wide_picture_is_made_smaller_at_once(qapp: QApplication) -> None:
    made = decoded(picture(3_200, 100))
    assert made is not None
    assert (made.width(), made.height()) == (1_600, 50)


@pytest.mark.parametrize(
    "data", [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'><rect/></svg>", picture.__doc__]
)
def test_what_is_no_picture_or_more_than_one_is_not_decoded(qapp: QApplication, data: bytes | None) -> None:
    assert decoded(data or b"\x89PNG\r\n\x1a\n") is None


# Reading


class HeldLibrary:
    """Tells where a project lies when it is let to."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.gates: dict[str, threading.Event] = {}
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)

    def project_package(self, course: CourseId, assignment: AssignmentId) -> Path | None:
        self.asked.append(assignment)
        if gate := self.gates.get(assignment):
            gate.wait(20)
        return self._library.project_package(course, assignment)


@pytest.fixture
def held(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldLibrary]:
    library = HeldLibrary(desk.program.library)
    monkeypatch.setattr(desk.program, "library", library)
    yield library
    for gate in library.gates.values():
        gate.set()


def test_a_guide_that_comes_late_is_not_shown(qtbot: QtBot, page: AssignmentsPage, held: HeldLibrary) -> None:
    held.gates["a1"] = threading.Event()
    page.table.selectRow(0)
    assert state(page.guide) is page.guide._reading
    page.table.selectRow(1)
    qtbot.waitUntil(lambda: state(page.guide) is page.guide._none)
    held.gates["a1"].set()
    settle(qtbot, page)
    assert state(page.guide) is page.guide._none


def test_a_course_read_again_leaves_page_and_place_as_they_are(
    qtbot: QtBot, page: AssignmentsPage, desk: Desk, held: HeldLibrary
) -> None:
    panel = choose(qtbot, page, 0)
    panel.outline.choose("page 0")
    settle(qtbot, page)
    sight, shown_page = panel._sight, panel._page_question
    panel.view.verticalScrollBar().setValue(7)
    page.show_course(sight_of(desk.program))
    settle(qtbot, page)
    assert (panel._sight, panel._page_question) == (sight, shown_page), "it is the same package"
    assert panel.outline.chosen_id() == "page 0"
    assert held.asked[-1] == "a1"


def test_a_newer_version_of_the_guide_shows_the_same_page(
    qtbot: QtBot, page: AssignmentsPage, desk: Desk, program: Program, tmp_path: Path
) -> None:
    panel = choose(qtbot, page, 0)
    panel.outline.choose("page 0")
    settle(qtbot, page)
    builder = course_with_people(tmp_path / "again")
    builder.course["modules"][0]["assignments"][0]["version"] = 2
    guide_in(builder.folder / "assignments" / "a1", pages=3)
    bring_in(program, builder)
    page.show_course(sight_of(program))
    settle(qtbot, page)
    assert outline(panel) == ["First", "Inner", "Page 0", "Page 1", "Page 2", "Secret (teacher only)"]
    assert panel.outline.chosen_id() == "page 0"


def test_a_package_that_cannot_be_read_is_said_in_words(
    qtbot: QtBot, page: AssignmentsPage, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(course: CourseId, assignment: AssignmentId) -> Path:
        return tmp_path / "gone.zip"

    monkeypatch.setattr(desk.program.library, "project_package", broken)
    panel = choose(qtbot, page, 0)
    assert state(panel) is panel._problem


def test_a_fault_of_ours_is_told_to_the_window(
    qtbot: QtBot, page: AssignmentsPage, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.program.library, "project_package", None)
    with qtbot.waitSignal(desk.went_wrong):
        page.table.selectRow(0)


def test_light_and_dark_change_the_page_in_view_where_it_stands(qtbot: QtBot, page: AssignmentsPage) -> None:
    panel = choose(qtbot, page, 0)
    look = Theme()
    sheets = set()
    try:
        for scheme in ("dark", "light"):
            look.choose(scheme)
            sheets.add(panel.view.document().defaultStyleSheet())
            assert says(panel).startswith("First")
    finally:
        look.choose("system")
    assert len(sheets) == 2


def test_every_page_of_the_sample_course_is_drawn_with_its_pictures(qapp: QApplication, program: Program) -> None:
    course = CourseId(program.bring_in("folder", str(sample_course())).course_id)
    with program.library.course(course) as opened:
        assignments = [assignment.id for assignment in opened.assignments()]
    pictures = 0
    for assignment in assignments:
        sight = guide_sight(program, course, assignment)
        assert sight is not None
        assert sight.guide is not None
        assert set(sight.facts) == {found.id for found in sight.guide.walk()}
        for found in sight.guide.walk():
            page = page_sight(sight, found, for_teacher=True, unfolded=frozenset())
            assert page.html.strip()
            pictures += len(page.pictures)
    assert pictures == 11
