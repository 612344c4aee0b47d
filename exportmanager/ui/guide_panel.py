"""The guide of the chosen assignment: what it holds in words, its outline, and the page that is chosen in it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QSplitter, QStackedWidget, QWidget

from exportmanager.core.course import Assignment, CourseId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.guide import GuideNode
from exportmanager.jobs.desk import Desk
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.guide_outline import GuideOutline
from exportmanager.ui.guide_sight import GuideSight, PageSight, guide_sight, page_sight
from exportmanager.ui.guide_view import GuideView
from exportmanager.ui.guide_words import facts_in_words, guide_in_words
from exportmanager.ui.kit import STEP, Elided, Empty, button, column, named, row
from exportmanager.ui.memory import Memory
from exportmanager.ui.words import counted, tr

_SHARES = "shares of outline and page"
_ANSWERS = "answers in guides"


class GuidePanel(QWidget):
    """Reads guides in the background and keeps the one that is shown; an answer that comes late is not shown."""

    def __init__(self, desk: Desk, memory: Memory) -> None:
        super().__init__()
        self._desk = desk
        self._memory = memory
        self._course: CourseId | None = None
        self._assignment: Assignment | None = None
        self._sight: GuideSight | None = None
        self._nodes: dict[str, GuideNode] = {}
        self._shown: str = ""
        self._unfolded: frozenset[str] = frozenset()
        self._question = self._page_question = 0
        self.facts = Elided(colour="muted")
        self.page_facts = Elided(colour="muted")
        self.outline = GuideOutline()
        self.view = GuideView()
        self._make_controls()
        self._make_states()
        self._arrange()
        self._connect()
        self.show_assignment(None, None)

    # Making it

    def _make_controls(self) -> None:
        self.answers = QCheckBox(tr("Teacher's view"))
        named(
            self.answers,
            tr("Teacher's view"),
            tr("Shows expected answers, rationales and what else students do not see"),
        )
        self.answers.setToolTip(self.answers.accessibleDescription())
        self.answers.setChecked(bool(self._memory.get(_ANSWERS, True)))
        self.gaps = button(tr("Gaps"), self._show_gaps, icon="gap", about=tr("what is wrong with this guide"))

    def _make_states(self) -> None:
        self._choose = Empty(tr("The guide of an assignment"), tr("Choose one assignment above to see its guide here."))
        self._reading = Empty(tr("Reading ..."), "")
        self._missing = Empty(
            tr("The guide of this assignment is not in the library"),
            tr(
                "On the platform, open the course, choose Export and then Course Sources. "
                "Add the file from the e-mail to this course: it holds the guides."
            ),
        )
        self._none = Empty(tr("This assignment has no guide"), tr("Its project came without pages for students."))
        self._problem = Empty(tr("The guide could not be read"), tr("Choose the assignment again to try once more."))
        self._body = QSplitter(Qt.Orientation.Horizontal)
        self._pages = QStackedWidget()
        for page in (self._choose, self._reading, self._missing, self._none, self._problem, self._body):
            self._pages.addWidget(page)

    def _arrange(self) -> None:
        left, right = QWidget(), QWidget()
        self.facts.setMinimumHeight(self.gaps.sizeHint().height())
        self.page_facts.setMinimumHeight(self.gaps.sizeHint().height())
        above = row()
        above.addWidget(self.page_facts, 1)
        above.addWidget(self.gaps)
        above.addWidget(self.answers)
        for part, content, line in ((left, self.outline, row(self.facts)), (right, self.view, above)):
            line.setContentsMargins(0, STEP // 2, 0, 0)
            layout = column(line, spacing=STEP // 2)
            layout.addWidget(content, 1)
            part.setLayout(layout)
        self._body.setChildrenCollapsible(False)
        self._body.addWidget(left)
        self._body.addWidget(right)
        self._body.setStretchFactor(1, 1)
        sizes = self._memory.get(_SHARES)
        self._body.setSizes(sizes if isinstance(sizes, list) and len(sizes) == 2 else [300, 640])
        self.setLayout(column(self._pages))

    def _connect(self) -> None:
        self.outline.chosen.connect(self._go_to)
        self.view.asked_page.connect(self.outline.choose)
        self.view.asked_unfold.connect(self._unfold)
        self.answers.toggled.connect(self._switch_answers)
        self._body.splitterMoved.connect(self._keep_shares)

    # Which guide

    def show_assignment(self, course: CourseId | None, assignment: Assignment | None) -> None:
        """Show the guide of an assignment, or that none is chosen; of the one that is shown, what is newer of it."""
        is_other = (course, assignment and assignment.id) != (
            self._course,
            self._assignment and self._assignment.id,
        )
        self._course, self._assignment = course, assignment
        self._question += 1
        if is_other:
            self._forget()
        if course is None or assignment is None:
            self._pages.setCurrentWidget(self._choose)
            return
        if is_other:
            self._pages.setCurrentWidget(self._reading)
        work = partial(guide_sight, self._desk.program, course, assignment.id, self._sight)
        self._desk.background.ask(self, work, partial(self._show, self._question), partial(self._fail, self._question))

    def _forget(self) -> None:
        self._sight = None
        self._nodes = {}
        self._shown = ""
        self._unfolded = frozenset()
        self._page_question += 1
        self.outline.forget()
        self.view.show_nothing()

    def _show(self, question: int, sight: GuideSight | None) -> None:
        if question != self._question:  # another one is wanted by now
            return
        is_new = sight is not self._sight
        self._sight = sight
        guide = sight.guide if sight else None
        if sight is None or guide is None:
            self._pages.setCurrentWidget(self._missing if sight is None else self._none)
            return
        if is_new:
            self._nodes = {node.id: node for node in guide.walk()}
            self.facts.setText(guide_in_words(guide))
            self.gaps.setVisible(bool(guide.gaps))
            self.gaps.setText(counted(len(guide.gaps), "1 gap", "%Ln gaps"))
            self.outline.show_guide(guide, sight.facts)
        self._pages.setCurrentWidget(self._body)

    def _fail(self, question: int, problem: Exception) -> None:
        if question != self._question:
            return
        self._forget()
        self._pages.setCurrentWidget(self._problem)
        if not isinstance(problem, ProblemForTeacher | OSError):
            self._desk.went_wrong.emit(problem)

    # Which page

    def _go_to(self, node: str) -> None:
        assert self._sight is not None, "the outline is that of a guide"
        self.page_facts.setText(facts_in_words(self._nodes[node], self._sight.facts[node]))
        self._draw(node)

    def _draw(self, node: str) -> None:
        self._page_question += 1
        assert self._sight is not None, "there is a guide"
        is_for_teacher = self.answers.isChecked()
        work = partial(page_sight, self._sight, self._nodes[node], for_teacher=is_for_teacher, unfolded=self._unfolded)
        then = partial(self._show_page, self._page_question, node)
        self._desk.background.ask(self, work, then, partial(self._fail_page, self._page_question))

    def _show_page(self, question: int, node: str, page: PageSight) -> None:
        if question == self._page_question:
            self.view.show_page(page, keep_place=node == self._shown)
            self._shown = node

    def _fail_page(self, question: int, problem: Exception) -> None:
        if question == self._page_question:
            self._fail(self._question, problem)

    def _unfold(self, assessment: str) -> None:
        self._unfolded ^= {assessment}
        self._draw_again()

    def _switch_answers(self, is_on: bool) -> None:
        self._memory.put(_ANSWERS, is_on)
        self._draw_again()

    def _draw_again(self) -> None:
        if node := self.outline.chosen_id():
            self._draw(node)

    def _keep_shares(self, *_: object) -> None:
        self._memory.put(_SHARES, self._body.sizes())

    def _show_gaps(self) -> None:
        assert self._assignment is not None, "the button is that of a guide"
        assert self._sight is not None, "the button is that of a guide"
        assert self._sight.guide is not None, "the button is that of a guide"
        title = tr("What is wrong with the guide of {assignment}", assignment=self._assignment.title)
        GapsDialog(title, self._sight.guide.gaps, self).open()
