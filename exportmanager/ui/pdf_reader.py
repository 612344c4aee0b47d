"""Asks a PDF one question at a time, the most urgent first, and keeps the answers that are needed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from exportmanager.jobs.desk import Desk
from exportmanager.ui.pdf_drawing import drawing
from exportmanager.ui.pdf_file import PdfFile

_PICTURES = 96 << 20
"""Bytes of pictures of pages that are kept beside those in sight."""
PICTURE = "picture"
"""A question whose answer is drawn, in as many pixels as are told: the width, the height."""
_PASSING = {"between", "whole"}
"""Questions whose answer is needed only once."""


@dataclass(frozen=True, slots=True)
class Question:
    """`what` is `PICTURE` or a method of `PdfFile`, which gets the page and whatever else is `told`."""

    what: str
    page: int
    told: tuple[Any, ...] = ()


class PdfReader(QObject):
    """`answered` carries a question and its answer; those about another file than the present one are dropped."""

    answered = Signal(object, object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._file: PdfFile | None = None
        self._wanted: list[Question] = []
        self._asked: tuple[PdfFile, Question] | None = None
        self._known: dict[Question, Any] = {}
        self._pictures: dict[int, QImage] = {}

    def show_file(self, file: PdfFile | None) -> None:
        """From now on ask this one; None: nothing any more."""
        self._file = file
        self._wanted = []
        self._known = {}
        self._pictures = {}

    def want(self, questions: Sequence[Question]) -> None:
        """Answer these, the most urgent first; earlier ones that are not among them are not asked any more."""
        under_way = self._asked[1] if self._asked and self._asked[0] is self._file else None
        self._wanted = [one for one in questions if one not in self._known and one != under_way]
        self._make_room({question.page for question in questions})
        self._ask()

    def known(self, question: Question) -> Any:
        """The answer, where it is there; else None."""
        return self._known.get(question)

    def picture(self, page: int) -> QImage | None:
        """The newest picture of a page, whatever its size."""
        return self._pictures.get(page)

    @property
    def is_busy(self) -> bool:
        """Whether answers are still to come."""
        return self._asked is not None or bool(self._wanted)

    def _ask(self) -> None:
        if self._asked is not None or self._file is None or not self._wanted:
            return
        question = self._wanted.pop(0)
        self._asked = self._file, question
        then = partial(self._answer, self._file, question)
        if question.what == PICTURE:
            drawing().ask(self, self._file, question.page, QSize(*question.told), then)
            return
        work = partial(getattr(self._file, question.what), question.page, *question.told)
        self._desk.background.ask(self, work, then, self._in_vain)

    def _answer(self, file: PdfFile, question: Question, answer: Any) -> None:
        self._asked = None
        if file is self._file:
            if question.what not in _PASSING:
                self._known[question] = answer
            if question.what == PICTURE:
                self._keep_picture(question, answer)
            self.answered.emit(question, answer)
        self._ask()

    def _in_vain(self, error: Exception) -> None:
        """Our bug: whoever asked does without, and the question is not asked again at once."""
        self._asked = None
        self._wanted = []
        self._desk.went_wrong.emit(error)

    def _keep_picture(self, question: Question, picture: QImage) -> None:
        """Keep the newest of each page."""
        for other in [other for other in self._known if other.page == question.page and other.what == PICTURE]:
            if other != question:
                del self._known[other]
        self._pictures.pop(question.page, None)
        self._pictures[question.page] = picture

    def _make_room(self, in_sight: set[int]) -> None:
        """Drop the oldest pictures, but none of those pages."""
        taken = sum(picture.sizeInBytes() for picture in self._pictures.values())
        for page in [page for page in self._pictures if page not in in_sight]:
            if taken <= _PICTURES:
                return
            taken -= self._pictures.pop(page).sizeInBytes()
            for known in [known for known in self._known if known.page == page]:
                del self._known[known]
