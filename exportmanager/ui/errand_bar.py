"""How far it is that a dialog waits for, and Stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QWidget

from exportmanager.core.meter import Meter, Progress
from exportmanager.jobs.errand import Errand
from exportmanager.ui.kit import STEP, Elided, button, column, named, row
from exportmanager.ui.words import tr


class ErrandBar(QWidget):
    """Starts what `errand` does, and says in `words` what that is; then the stage that it is in."""

    def __init__(self, errand: Errand) -> None:
        super().__init__()
        self._errand = errand
        self._what = ""
        self.words = Elided(colour="muted")
        self.words.cut = Qt.TextElideMode.ElideMiddle
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMaximumHeight(STEP)
        named(self._bar, tr("How far it is"), tr("How much of it has been done"))
        self.stop_button = button(tr("Stop"), errand.stop, icon="stop", about=tr("leaves everything as it was"))
        layout = row(column(self.words, self._bar, spacing=STEP // 2), self.stop_button)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        errand.progressed.connect(self._progressed)

    def start(self, what: str, work: Callable[[Meter], Any]) -> None:
        """Do `work`, which is called `what`."""
        self._what = what
        self.words.setText(what)
        self._bar.setRange(0, 0)
        self._errand.start(work)

    def _progressed(self, progress: Progress) -> None:
        self.words.setText(tr("{what}: {stage}", what=self._what, stage=tr(progress.stage)))
        self._bar.setRange(0, 1_000 if progress.total > 0 else 0)
        self._bar.setValue(round(1_000 * progress.fraction))
