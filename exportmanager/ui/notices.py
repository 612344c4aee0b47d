"""The bars in which the window says what happened: newest on top, never in the way of anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, qVersion
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QGuiApplication,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QShortcut,
)
from PySide6.QtWidgets import QApplication, QFrame, QLayout, QSizePolicy, QWidget

from exportmanager import __version__, log
from exportmanager.core.bug_report import bug_report
from exportmanager.core.errors import Damaged, LibraryDamaged, ProblemForTeacher, from_os_error
from exportmanager.ui import theme
from exportmanager.ui.details import DetailsDialog
from exportmanager.ui.kit import STEP, Text, ToolButton, button, column, named, row
from exportmanager.ui.picture import Picture
from exportmanager.ui.words import tr

Action = tuple[str, Callable[[], object]]
"""What stands on a button, and the bound method it calls. The bar goes then: it has been answered."""

_SHOWN, _SHOWN_IF_LOW, _LOW = 4, 2, 700
"""So many bars at once; fewer in a window of less than so many pixels, whose page would have no room."""
_KEPT = 40
_STAYS = 12_000
"""Milliseconds for which good news stay."""
_LOOK_AGAIN = 3_000
_ICON = 20
_STRIPE = 4
_MOODS = {
    "info": ("info", "accent", "Note"),
    "good": ("done", "good", "Done"),
    "warning": ("problem", "warning", "Please note"),
    "loss": ("failed", "loss", "Lost or damaged"),
}
"""Each mood: its icon, its colour, and what it is called for who cannot see these."""


class Notice(QFrame):
    """One bar. `gone`: it was dismissed, answered, or has been seen for long enough."""

    gone = Signal()

    def __init__(
        self,
        text: str,
        next_step: str,
        *,
        mood: str,
        details: str,
        actions: Sequence[Action],
        stays: int | None,
    ) -> None:
        super().__init__()
        self._stays = stays
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._time_is_up)
        self.text, self.next_step, self.mood, self.details = text, next_step, mood, details
        picture, self._colour, called = _MOODS[mood]
        named(self, tr("{mood}: {text}", mood=tr(called), text=text), next_step or text)
        self._icon = named(Picture(picture, self._colour, _ICON), tr(called))
        self.setLayout(self._arranged(actions))
        self._close_key = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.dismiss)
        self._close_key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.setBackgroundRole(QPalette.ColorRole.ToolTipBase)  # the raised ground
        self.setAutoFillBackground(True)
        if stays is not None:
            self._timer.start(stays)

    def _arranged(self, actions: Sequence[Action]) -> QLayout:
        texts = column(spacing=STEP // 4)
        for words, colour in ((self.text, "text"), (self.next_step, "muted")):
            if words:
                texts.addWidget(_text(words, colour))
        layout = row(margin=STEP)
        layout.addSpacing(_STRIPE)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        for made in self._buttons(actions):
            layout.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
        return layout

    def _buttons(self, actions: Sequence[Action]) -> list[QWidget]:
        made: list[QWidget] = []
        for words, action in actions:
            made.append(button(words, partial(self._act, action), about=self.text))
        if self.details:
            made.append(button(tr("Details"), self.show_details, about=self.text))
        self.close_button = ToolButton()
        self.close_button.setAutoRaise(True)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.close_button.setIcon(theme.icon("close", "muted"))
        self.close_button.setToolTip(tr("Dismiss"))
        named(self.close_button, tr("Dismiss: {text}", text=self.text), tr("Takes this bar away"))
        self.close_button.clicked.connect(self.dismiss)
        return [*made, self.close_button]

    def _act(self, action: Callable[[], object], _: bool = False) -> None:
        self.dismiss()
        action()

    def show_details(self) -> None:
        """Show what can be copied."""
        DetailsDialog(self.text, self.details, self.window()).open()

    def dismiss(self) -> None:
        """Take the bar away."""
        self._timer.stop()
        self.gone.emit()

    def _time_is_up(self) -> None:
        """Go, unless somebody is at it; while nobody sees the window, wait until somebody does."""
        if self.underMouse() or self.isAncestorOf(QApplication.focusWidget() or self.window()):
            self._timer.start(_LOOK_AGAIN)
        elif self.isActiveWindow():
            self.dismiss()

    def event(self, event: QEvent) -> bool:
        """Begin to count when the window is looked at again."""
        if event.type() == QEvent.Type.WindowActivate and self._stays is not None:
            self._timer.start(self._stays)
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame, and a stripe in the colour of the mood."""
        painter = QPainter(self)
        painter.setPen(QColor(theme.colours().border))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.fillRect(0, 0, _STRIPE, self.height(), QColor(getattr(theme.colours(), self._colour)))
        painter.end()


class Notices(QWidget):
    """The stack of bars. Good news go by themselves, after `stays` milliseconds; what matters stays until dismissed.

    At most four are in sight. Older ones wait behind them, so that nothing is lost unread.
    """

    def __init__(self, parent: QWidget | None = None, *, stays: int = _STAYS) -> None:
        super().__init__(parent)
        self._stays = stays
        self._bars: list[Notice] = []
        self._column = column(spacing=STEP // 2)
        self._column.setContentsMargins(0, STEP // 2, 0, 0)
        self.setLayout(self._column)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        named(self, tr("Notices"), tr("What happened, newest first"))
        self.hide()

    @property
    def bars(self) -> tuple[Notice, ...]:
        """The bars, newest first; those beyond the fourth wait."""
        return tuple(self._bars)

    def say(
        self,
        text: str,
        next_step: str = "",
        *,
        mood: str = "info",
        details: str = "",
        actions: Sequence[Action] = (),
        lasting: bool = False,
    ) -> Notice:
        """Say `text`, and what to do. Moods: "info", "good", "warning", "loss". The same said twice is one bar."""
        for bar in self._bars:
            if (bar.text, bar.next_step, bar.mood) == (text, next_step, mood):
                self._take_away(bar)
                break
        stays = None if lasting or mood not in {"info", "good"} else self._stays
        made = Notice(text, next_step, mood=mood, details=details, actions=actions, stays=stays)
        made.gone.connect(partial(self._take_away, made))
        self._bars.insert(0, made)
        self._column.insertWidget(0, made)
        for oldest in self._bars[_KEPT:]:
            self._take_away(oldest)
        self._show_newest()
        _announce(self, f"{text} {next_step}".strip(), is_urgent=mood in {"warning", "loss"})
        return made

    def say_problem(self, error: Exception, doing: str, *, actions: Sequence[Action] = ()) -> Notice:
        """Say what went wrong while `doing` (continues "while ..."); a bug of ours gives a report to copy."""
        problem = from_os_error(error, doing) if isinstance(error, OSError) else error
        if isinstance(problem, ProblemForTeacher):
            mood = "loss" if isinstance(problem, (Damaged, LibraryDamaged)) else "warning"
            return self.say(
                tr(problem.what), tr(problem.next_step), mood=mood, details=problem.details, actions=actions
            )
        log.event("bug", error=error)
        report = bug_report(error, program=__version__, doing=doing, qt=qVersion())
        return self.say(
            tr("Something in this program went wrong while {doing}. Your data are as they were before.", doing=doing),
            tr("Please send us the report: it holds nothing about students."),
            mood="warning",
            details=report,
            actions=[*actions, (tr("Copy report"), partial(QGuiApplication.clipboard().setText, report))],
        )

    def _take_away(self, bar: Notice) -> None:
        if bar in self._bars:
            self._bars.remove(bar)
            bar.hide()
            self._column.removeWidget(bar)
            bar.deleteLater()
            self._show_newest()

    def _show_newest(self) -> None:
        for number, bar in enumerate(self._bars):
            bar.setVisible(number < (_SHOWN if self.window().height() >= _LOW else _SHOWN_IF_LOW))
        self.setVisible(bool(self._bars))


def _text(words: str, colour: str) -> Text:
    made = Text(words, colour=colour)
    made.setMinimumWidth(120)  # a long path must not make the window wider
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def _announce(widget: QWidget, message: str, *, is_urgent: bool) -> None:
    """Have a screen reader say `message`."""
    event = QAccessibleAnnouncementEvent(widget, message)
    kinds = QAccessible.AnnouncementPoliteness
    event.setPoliteness(kinds.Assertive if is_urgent else kinds.Polite)
    QAccessible.updateAccessibility(event)
