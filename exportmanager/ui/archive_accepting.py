"""The gaps of an archive: those that nobody has accepted are ticked by name, and then accepted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QWidget

from exportmanager.core.archive import Certificate
from exportmanager.core.report import Gap
from exportmanager.ui.archive_words import gap_title
from exportmanager.ui.gaps import GapList
from exportmanager.ui.kit import STEP, Text, button, column, named, row
from exportmanager.ui.tick_list import TickList
from exportmanager.ui.tick_rows import Tickable
from exportmanager.ui.words import counted, number, tr


class Accepting(QWidget):
    """`asked` carries the gaps that are ticked, once they are to be accepted."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._gaps: Sequence[Gap] = ()
        self.list: TickList | None = None
        self.about = Text(colour="muted")
        self.accept_button = button(tr("Accept"), self._accept, icon="done", about=tr("the gaps that are ticked"))
        asking = row(self.about, self.accept_button)
        asking.setStretch(0, 1)
        self._column = column(asking, margin=STEP)
        self._column.addStretch(1)
        self.setLayout(self._column)

    def show_gaps(self, gaps: Sequence[Gap]) -> None:
        """Show these; none of them is ticked."""
        self._gaps = gaps
        if self.list is not None:
            self._column.removeWidget(self.list)
            self.list.deleteLater()
            self.list = None
        if gaps:
            self.about.setText(
                tr("Tick what you accept as missing. It is written into the certificate that you accepted it.")
            )
            self._add_list(gaps)
        else:
            self.about.setText(tr("No gap is left open."))
        self.accept_button.setVisible(bool(gaps))
        self._count()

    def _add_list(self, gaps: Sequence[Gap]) -> None:
        things = [Tickable(str(n), gap_title(gap), tr(gap.why)) for n, gap in enumerate(gaps)]
        self.list = TickList(tr("Open gaps"), things, help=tr("Accepted gaps do not stand in the way of deleting"),
                             nothing="", empty="")  # fmt: skip
        self.list.set_value(())
        self.list.view.setMinimumHeight(self.list.view.minimumHeight() // 2)  # beside all else there is on a low screen
        self.list.changed.connect(self._count)
        self._column.insertWidget(1, self.list, 100)

    def _count(self) -> None:
        ticked = len(self.list.rows.ticked) if self.list else 0
        self.accept_button.setText(counted(ticked, "Accept 1 gap", "Accept %Ln gaps") if ticked else tr("Accept"))
        self.accept_button.setEnabled(bool(ticked))

    def _accept(self) -> None:
        assert self.list is not None, "its button is there with the list"
        self.asked.emit([self._gaps[int(n)] for n in self.list.rows.ticked])


class GapTabs(QTabWidget):
    """The open gaps of a certificate, those that were accepted, and those that somebody chose."""

    def __init__(self) -> None:
        super().__init__()
        self.setDocumentMode(True)
        named(self, tr("Gaps"), tr("What is not in the archive, and why"))
        self.accepting = Accepting()

    def show_gaps(self, certificate: Certificate) -> None:
        """Show those of this certificate; the tab that is in front stays there."""
        at = self.currentIndex()
        while self.count():
            page = self.widget(0)
            self.removeTab(0)
            if page is not None and page is not self.accepting:
                page.deleteLater()
        self.accepting.show_gaps(certificate.open_gaps)
        self.addTab(self.accepting, _with_count(tr("Open gaps"), certificate.open_gaps))
        chosen = [gap for gap in certificate.gaps if gap.chosen]
        for title, gaps in ((tr("Accepted"), certificate.accepted), (tr("Left out by choice"), chosen)):
            if gaps:
                listed = GapList(counted(len(gaps), "1 gap", "%Ln gaps"), gaps)
                self.addTab(listed, _with_count(title, gaps))
                self.setTabOrder(self, listed.table)
        if self.accepting.list is not None:
            self.accepting.list.come_after(self)
            self.setTabOrder(self.accepting.list.view, self.accepting.accept_button)
        self.setCurrentIndex(min(max(at, 0), self.count() - 1))


def _with_count(title: str, gaps: Sequence[Gap]) -> str:
    return tr("{title} ({number})", title=title, number=number(len(gaps)))
