"""The Qt that the program stands on: the version, the parts, and signals that arrive."""

import PySide6
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot
from pytestqt.qtbot import QtBot

JOBS = 50
EMITS_EACH = 100


class Queue(QObject):
    """Owns the signal, as the program's queue does, and outlives the jobs."""

    reported = Signal(int, bool)

    def __init__(self) -> None:
        super().__init__()
        self.received: list[int] = []
        self.reported.connect(self.note)

    @Slot(int, bool)
    def note(self, number: int, done: bool) -> None:
        assert done is True
        self.received.append(number)


class Job(QRunnable):
    """Owns nothing of Qt's: a runnable that owns its signals is gone before most of them arrive."""

    def __init__(self, queue: Queue, first: int) -> None:
        super().__init__()
        self.queue = queue
        self.first = first

    def run(self) -> None:
        for number in range(self.first, self.first + EMITS_EACH):
            # True, because PySide6 6.12 on Python 3.11 loses a reference to it each time, and aborts in the end.
            self.queue.reported.emit(number, True)


def test_qt_is_of_the_line_without_the_reference_bug() -> None:
    assert PySide6.__version_info__[:2] == (6, 11)


def test_qt_can_show_pdf_pages(qtbot: QtBot) -> None:
    from PySide6.QtPdf import QPdfDocument
    from PySide6.QtPdfWidgets import QPdfView

    view = QPdfView()
    qtbot.addWidget(view)
    view.setDocument(QPdfDocument(view))
    assert view.document().pageCount() == 0


def test_every_signal_from_the_pool_arrives(qtbot: QtBot) -> None:
    queue = Queue()
    pool = QThreadPool()
    pool.setMaxThreadCount(4)
    for number in range(JOBS):
        pool.start(Job(queue, number * EMITS_EACH))
    qtbot.waitUntil(lambda: len(queue.received) == JOBS * EMITS_EACH, timeout=30_000)
    assert pool.waitForDone(30_000)
    assert sorted(queue.received) == list(range(JOBS * EMITS_EACH))
