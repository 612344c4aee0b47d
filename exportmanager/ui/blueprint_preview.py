"""A blueprint as the page it makes: drawn as students would see it, and under it how that page is set up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QSplitter, QStackedWidget, QWidget

from exportmanager.core.course import Blueprint
from exportmanager.core.guide import ContentType, Guide, GuideNode, NodeKind
from exportmanager.formats.guides_html import PageView, page_html
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.ui.adding_words import short
from exportmanager.ui.blueprint_words import is_teacher_only, settings_of
from exportmanager.ui.guide_sight import PageSight
from exportmanager.ui.guide_view import GuideView
from exportmanager.ui.kit import STEP, Elided, Empty, column, named, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.student_pane import Section, SectionsPane
from exportmanager.ui.words import tr

_AS_TEACHER = "teacher's view of blueprints"
_SHARES = "shares of page and settings"


def blueprint_sight(blueprint: Blueprint, *, for_teacher: bool) -> PageSight:
    """Draw the page that a blueprint makes. One that students never see is drawn for teachers."""
    is_for_teachers = is_teacher_only(blueprint)
    page = GuideNode(
        kind=NodeKind.PAGE,
        id="",
        title="",  # that of the page will be another
        path="",
        content=blueprint.content,
        content_type=_content_type(blueprint),
        teacher_only=is_for_teachers,
    )
    view = PageView(guide=Guide(generation=3), why_not=_why_not, for_teacher=for_teacher or is_for_teachers, say=tr)
    return PageSight(page_html(page, view), {})


def _content_type(blueprint: Blueprint) -> ContentType:
    return ContentType.HTML if blueprint.layout.get("contentType") == "html" else ContentType.MARKDOWN


def _why_not(path: str) -> str:
    return tr("Picture from the assignment's files: {name}", name=printable(path))


class BlueprintPreview(QWidget):
    """Draws in the background; an answer that comes late is not shown."""

    def __init__(self, desk: Desk, memory: Memory) -> None:
        super().__init__()
        self._desk = desk
        self._memory = memory
        self._blueprint: Blueprint | None = None
        self._question = 0
        self._drawn = ""
        self.title = Elided()
        self.answers = QCheckBox(tr("Teacher's view"))
        named(self.answers, tr("Teacher's view"), tr("Shows what only teachers see on the page"))
        self.answers.setToolTip(self.answers.accessibleDescription())
        self.answers.setChecked(bool(memory.get(_AS_TEACHER, False)))
        self.view = GuideView()
        named(
            self.view, tr("Page of the blueprint"), tr("The page as students see it; nothing on it runs or is loaded")
        )
        self.settings = SectionsPane(tr("Settings of the page"), tr("How the page is set up"))
        self._choose = Empty(tr("The page of a blueprint"), tr("Choose one blueprint to see its page here."))
        self._problem = Empty(tr("The page could not be drawn"), tr("Export the blueprint to look at its text."))
        self._pages = QStackedWidget()
        self._arrange()
        self.answers.toggled.connect(self._switch_view)

    def _arrange(self) -> None:
        top = row()
        top.addWidget(self.title, 1)
        top.addWidget(self.answers)
        above = QWidget()
        layout = column(top, spacing=STEP // 2)
        layout.addWidget(self.view, 1)
        above.setLayout(layout)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        for part in (above, self.settings):
            self._split.addWidget(part)
        sizes = self._memory.get(_SHARES)
        self._split.setSizes(sizes if isinstance(sizes, list) and len(sizes) == 2 else [300, 110])
        self._split.setStretchFactor(0, 1)
        self._split.splitterMoved.connect(self._keep_shares)
        for page in (self._choose, self._problem, self._split):
            self._pages.addWidget(page)
        self.setLayout(column(self._pages))

    def show_blueprints(self, chosen: Sequence[Blueprint]) -> None:
        """Show the only one of these, or that one is to be chosen."""
        if len(chosen) == 1:
            self._show_one(chosen[0])
            return
        self._question += 1
        self._blueprint, self._drawn = None, ""
        self.view.show_nothing()
        self._pages.setCurrentWidget(self._choose)

    def _show_one(self, blueprint: Blueprint) -> None:
        if blueprint != self._blueprint:
            self._blueprint = blueprint
            self.title.setText(short(blueprint.name))
            self.settings.show_sections([Section(tr("Settings of the page"), settings_of(blueprint))])
            self._draw()

    def _draw(self) -> None:
        if self._blueprint is None:
            return
        self._question += 1
        work = partial(blueprint_sight, self._blueprint, for_teacher=self.answers.isChecked())
        then = partial(self._show, self._question, self._blueprint.name)
        self._desk.background.ask(self, work, then, partial(self._fail, self._question))

    def _show(self, question: int, name: str, page: PageSight) -> None:
        if question == self._question:
            self.view.show_page(page, keep_place=name == self._drawn)
            self._drawn = name
            self._pages.setCurrentWidget(self._split)

    def _fail(self, question: int, problem: Exception) -> None:
        if question == self._question:
            self._blueprint, self._drawn = None, ""
            self._pages.setCurrentWidget(self._problem)
            self._desk.went_wrong.emit(problem)

    def _switch_view(self, is_on: bool) -> None:
        self._memory.put(_AS_TEACHER, is_on)
        self._draw()

    def _keep_shares(self, *_: object) -> None:
        self._memory.put(_SHARES, self._split.sizes())
