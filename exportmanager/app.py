"""Opens the window on a library: one window a library, opened off its thread, closed with nothing left behind."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTimer, QTranslator, qVersion
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMessageBox

from exportmanager import __version__, log
from exportmanager.core.bug_report import bug_report
from exportmanager.core.errors import NotFound, ProblemForTeacher
from exportmanager.jobs.background import Background
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui import theme
from exportmanager.ui.desktop import log_qt_messages
from exportmanager.ui.memory import remembered
from exportmanager.ui.one_window import OneWindow, ask_first_to_show
from exportmanager.ui.words import tr, use_system_language
from exportmanager.user_config import choose_library, chosen_library, default_library

_PATIENCE = 10.0
"""Seconds for the window that is open already to answer."""
_SOON_VISIBLE = 400
"""Milliseconds after which opening a library is worth a word."""
_SIGNALS_EVERY = 250
"""Milliseconds between two moments at which Python sees a signal: Qt's loop by itself never lets it."""
_SWITCH = 0.001
"""Seconds a busy thread keeps the interpreter while the window wants it (Python's own 5 ms add up to a jerk)."""


@dataclass(frozen=True, slots=True)
class _Opened:
    program: Program
    remembered: dict[str, Any]
    appearance: str


def _open(library: Path) -> _Opened:
    program = Program(library, decimal_point=QLocale.system().decimalPoint())
    try:
        log.open_log(library / "logs")
        return _Opened(program, remembered(program), program.settings("window").appearance)  # type: ignore[attr-defined]
    except BaseException:
        program.close()
        raise


class App(QObject):
    """The program's life: from finding its library to the last thread."""

    def __init__(self, qt: QApplication, library: Path) -> None:
        super().__init__()
        self._qt = qt
        self._library = library
        self.theme = theme.Theme(self)
        self._one: OneWindow | None = None
        self.desk: Desk | None = None
        self.window: Any = None
        self._background = Background(self)
        self._word = QTimer(self, singleShot=True, interval=_SOON_VISIBLE)
        self._word.timeout.connect(self._say_that_it_opens)
        self._opening: QLabel | None = None
        self._breath = QTimer(self, interval=_SIGNALS_EVERY)
        self._breath.timeout.connect(self._breathe)
        self._breath.start()

    def _breathe(self) -> None:
        """Python looks for signals now."""

    # Opening

    def start(self) -> None:
        """Claim the library, and open it."""
        if self._library == chosen_library() and not self._library.exists():
            # Made anew it would be empty, and look as if everything were gone.
            where = tr("The library in {folder} is not there.", folder=self._library)
            self._not_opened(NotFound(where, tr("Connect its disk and start again, or choose another library.")))
            return
        try:
            self._library.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._one = OneWindow.claim(self._library)
        except OSError:  # opening it says so in words, below
            self._one = None
        else:
            if self._one is None:
                self._leave_it_to_the_first()
                return
            self._one.asked_to_show.connect(self._show)
        self._word.start()
        self._background.ask(self, partial(_open, self._library), self._opened, self._not_opened)
        # While the library opens on its thread, this one loads the window's parts.
        from exportmanager.ui import window as _  # noqa: F401

    def _leave_it_to_the_first(self) -> None:
        if ask_first_to_show(self._library, _PATIENCE):
            self._qt.exit(0)
            return
        box = self._box(
            tr("Export Manager is open on this library already, and its window does not answer."),
            tr("Close it there, or wait a moment, and start again."),
        )
        box.exec()
        self._qt.exit(2)

    def _say_that_it_opens(self) -> None:
        self._opening = QLabel(tr("Opening your library ..."))
        self._opening.setWindowTitle("Export Manager")
        self._opening.setContentsMargins(48, 32, 48, 32)
        self._opening.show()

    def _no_more_words(self) -> None:
        self._word.stop()
        if self._opening is not None:
            self._opening.close()
            self._opening = None

    def _opened(self, opened: _Opened) -> None:
        from exportmanager.ui.window import MainWindow

        self._no_more_words()
        self.theme.choose(opened.appearance)
        self.desk = Desk(opened.program)
        self.window = MainWindow(self.desk, self.theme, opened.remembered)
        self.window.closed.connect(self._end)
        sys.excepthook = self._caught
        self.window.show()
        log.event("window opened", version=__version__.replace("+", "."))
        collect_no_more()
        self.desk.tidy()

    def _not_opened(self, error: Exception) -> None:
        self._no_more_words()
        if isinstance(error, ProblemForTeacher):
            box = self._box(error.what, error.next_step, error.details)
        else:
            log.event("bug", error=error)
            report = bug_report(error, program=__version__, doing="opening the library", qt=qVersion())
            box = self._box(tr("Export Manager could not open its library, by a mistake of its own."),
                            tr("Your data are as they were. Please report it."), report)  # fmt: skip
        another = box.addButton(tr("Choose another library..."), QMessageBox.ButtonRole.ActionRole)
        box.exec()
        if box.clickedButton() is another and (folder := QFileDialog.getExistingDirectory(None, tr("Choose a folder"))):
            self._release()
            self._library = Path(folder)
            choose_library(self._library)
            self.start()
            return
        self._release()
        self._qt.exit(1)

    def _box(self, text: str, next_step: str, details: str = "") -> QMessageBox:
        box = QMessageBox(QMessageBox.Icon.Warning, "Export Manager", text)
        box.setInformativeText(next_step)
        box.setDetailedText(details)
        box.addButton(QMessageBox.StandardButton.Close)
        return box

    # Being there

    def _show(self) -> None:
        if self.window is not None:
            self.window.bring_to_front()

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """What no code caught: a bug. The window goes on, says so, and has a report to copy."""
        if isinstance(error, KeyboardInterrupt):
            self.stop()
        elif isinstance(error, Exception) and self.window is not None:
            self.window.went_wrong(tr("working on what you asked for"), error)
        else:
            sys.__excepthook__(kind, error, trace)

    def stop(self, *_: object) -> None:
        """End as if the teacher had said to stop everything: the system or a terminal asks for it."""
        if self.window is not None:
            self.window.stop_and_close()
        else:
            self._qt.quit()

    # Ending

    def _end(self) -> None:
        self._qt.quit()

    def close(self) -> None:
        """Wait for every thread, and let go of the library."""
        sys.excepthook = sys.__excepthook__
        if self.desk is not None:
            self.desk.close()
        self._background.close()
        log.event("window closed")
        log.close_log()
        self._release()

    def _release(self) -> None:
        if self._one is not None:
            self._one.close()
            self._one = None


def _translate(qt: QApplication) -> None:
    """Qt's own words (buttons of dialogs) in the teacher's language, where Qt has them."""
    translator = QTranslator(qt)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QLocale(), "qtbase", "_", folder):
        qt.installTranslator(translator)


def make_qt(arguments: Sequence[str]) -> QApplication:
    """The application, with its name and icon."""
    qt = QApplication([sys.argv[0], *arguments])
    use_system_language()
    qt.setApplicationName("exportmanager")
    qt.setApplicationDisplayName("Export Manager")
    qt.setApplicationVersion(__version__)
    qt.setDesktopFileName("exportmanager")
    qt.setQuitOnLastWindowClosed(False)
    qt.setWindowIcon(theme.app_icon())
    return qt


def favour_the_window() -> None:
    """Keep Python's own upkeep from making the window wait; `collect_no_more` is the other half."""
    sys.setswitchinterval(_SWITCH)
    gc.disable()  # what is made while starting stays; then `Collecting` does it


def collect_no_more() -> None:
    """Leave all that is there now out of every later collection: looking through it stopped the window for 60 ms."""
    gc.freeze()


def run(library: Path | None = None, arguments: Sequence[str] = ()) -> int:
    """Open the window and stay until it is closed; the exit code."""
    favour_the_window()
    qt = make_qt(arguments)
    log_qt_messages()
    _translate(qt)
    app = App(qt, library or default_library())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, app.stop)
    QTimer.singleShot(0, app.start)
    try:
        return qt.exec()
    finally:
        app.close()


def main() -> None:
    """Open the window, for the system's menu of programs."""
    sys.exit(run())


if __name__ == "__main__":
    main()
