"""Settles by hand what a name in the files means: somebody of the course, somebody new, or nobody."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from exportmanager.core.arrivals import LEAVE_OUT, NEW, About, Choice, Link, Plan
from exportmanager.ui.adding_choice import ChoiceBox
from exportmanager.ui.adding_words import Standing, short, standing
from exportmanager.ui.kit import STEP, Elided, button, column, row
from exportmanager.ui.words import counted, tr

_WHAT = {
    About.STUDENT: "Who is {label}? {why}",
    About.ASSIGNMENT: "Which assignment is {label}? {why}",
    About.LAYOUT: "What are the folders in {label}? {why}",
}


class SettleBar(QWidget):
    """Asks about the chosen links. `settled` carries their keys, and the answer: None takes it back."""

    settled = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._links: Sequence[Link] = ()
        self.question = Elided()
        self.answer = ChoiceBox(tr("Choose, or type a part of the name"))
        self.use_button = button(tr("Use this"), self._use, icon="done", about=tr("it means what is chosen"))
        self.new_button = button(tr("New"), self._new, icon="add", about=tr("it is somebody or something new"))
        self.leave_button = button(tr("Leave out"), self._leave, icon="remove", about=tr("it does not come in"))
        self.undo_button = button(tr("Take back"), self._take_back, icon="undo", about=tr("what was settled by hand"))
        answers = row(self.answer, self.use_button, self.new_button, self.leave_button, self.undo_button)
        answers.setStretch(0, 1)
        self.setLayout(column(self.question, answers, spacing=STEP // 2))
        self.answer.changed.connect(self._look)
        self.answer.entered.connect(self._use)
        self.ask(None, ())

    def ask(self, plan: Plan | None, links: Sequence[Link]) -> None:
        """Ask about these, and offer what they may mean."""
        is_other = [link.key for link in links] != [link.key for link in self._links]
        self._links = tuple(links)
        self._say()
        first, others = _answers(plan, self._links)
        if is_other:
            self.answer.choose(None)
        self.answer.offer(first, others)
        if is_other and len(links) == 1:
            self._begin_with(links[0], first)
        self._look()

    def _begin_with(self, link: Link, first: Sequence[Choice]) -> None:
        """What it means by now; else the only one that is likely."""
        self.answer.choose(link.to or (first[0].value if len(first) == 1 else None))

    def _say(self) -> None:
        words = tr("Choose a row to say what it means.")
        if len(self._links) > 1:
            words = counted(len(self._links), "1 is chosen.", "%Ln are chosen.")
        elif self._links:
            words = _question(self._links[0])
        self.question.setText(words)
        name = tr("What it means") if not self._links else words
        self.answer.call(name, tr("The likeliest stand first; what is typed is looked for in every name"))

    def _look(self) -> None:
        """Offer what can be done."""
        has_layout = any(link.about is About.LAYOUT for link in self._links)
        self.answer.setEnabled(bool(self._links) and self.answer.count() > 0)
        self.use_button.setEnabled(self.answer.isEnabled() and self.answer.value is not None)
        self.new_button.setEnabled(bool(self._links) and not has_layout)
        self.leave_button.setEnabled(bool(self._links))
        self.undo_button.setEnabled(any(standing(link) is Standing.BY_HAND for link in self._links))

    def _use(self) -> None:
        if self.use_button.isEnabled():
            self._settle(self.answer.value)

    def _new(self) -> None:
        self._settle(NEW)

    def _leave(self) -> None:
        self._settle(LEAVE_OUT)

    def _take_back(self) -> None:
        self._settle(None)

    def _settle(self, answer: str | None) -> None:
        self.settled.emit(tuple(link.key for link in self._links), answer)


def _question(link: Link) -> str:
    label, why = short(link.label, 60), tr(link.why)
    because = f"{why[:1].upper()}{why[1:]}." if why else ""
    return tr(_WHAT[link.about], label=label, why=because).strip()


def _answers(plan: Plan | None, links: Sequence[Link]) -> tuple[Sequence[Choice], Sequence[Choice]]:
    """The likeliest answers, and all others: those that all of the links have."""
    kinds = {link.about for link in links}
    if plan is None or len(kinds) != 1:
        return (), ()
    likely = links[0].candidates if len(links) == 1 else ()
    kind = kinds.pop()
    if kind is About.LAYOUT:
        return tuple(Choice(choice.value, tr(choice.words)) for choice in likely), ()
    return likely, plan.students if kind is About.STUDENT else plan.assignments
