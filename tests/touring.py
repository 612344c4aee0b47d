"""Opens the real window on the sample course and goes to each page and dialog, for tests and for screenshots."""

from __future__ import annotations

import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from downloading import Platform
from exporting import small_course
from PySide6.QtCore import QEventLoop, QPoint, QTimer
from PySide6.QtWidgets import QDialog, QMenu, QTabWidget, QWidget
from shiboken6 import isValid

from exportmanager.archive.options import ArchiveOptions
from exportmanager.archives import Outcome
from exportmanager.core.archive import ArchiveRecord, Damage, Verified
from exportmanager.core.course import AssignmentId, Course, CourseId, StudentId
from exportmanager.core.errors import Cancelled, NoRoom
from exportmanager.core.export import Estimate, ExportKind, PagesPreview, Preview
from exportmanager.core.ledger import Job
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.report import Report
from exportmanager.core.run import ExportRequest
from exportmanager.formats.zip_records import Member
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.looking import Brought
from exportmanager.program import Program
from exportmanager.resources_dir import sample_course
from exportmanager.ui.adding import AddDialog
from exportmanager.ui.adding_git import GitDialog
from exportmanager.ui.archive_asking import PassphraseDialog
from exportmanager.ui.archive_damage import DamageDialog
from exportmanager.ui.archive_dialog import ArchiveDialog
from exportmanager.ui.archive_report import ArchivesReport
from exportmanager.ui.blueprint_import import BlueprintImport
from exportmanager.ui.delete_course import DeleteDialog
from exportmanager.ui.erase_dialog import EraseDialog
from exportmanager.ui.export_dialog import ExportDialog
from exportmanager.ui.memory import remembered
from exportmanager.ui.pdf_dialog import PdfDialog
from exportmanager.ui.pdf_drawing import drawing
from exportmanager.ui.pdf_file import PdfFile
from exportmanager.ui.pdf_link import LinkDialog
from exportmanager.ui.project_dialog import ProjectDialog
from exportmanager.ui.project_import import ProjectsImport
from exportmanager.ui.project_taking import NewProject
from exportmanager.ui.restore_dialog import RestoreDialog
from exportmanager.ui.review_find import FindWindow
from exportmanager.ui.review_passphrase import AskPassphrase
from exportmanager.ui.theme import Theme
from exportmanager.ui.window import MainWindow
from exportmanager.ui.words import tr

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
OVERVIEW, ASSIGNMENTS, STUDENTS, EXPORT, BLUEPRINTS, REVIEW = range(6)
"""The tabs of a course."""
PROGRESS = Progress("Packing", 46_000, 100_000, "Loops / Student Seven", 12.0)
"""How far an export is while a test or a picture is made of it."""
PDF_NAME = "CS101 PDF 2026-03-02.pdf"
STRANGER = "somebody.unknown"
"""Who works on the sample course and is not in it."""
LAB = "Lab of Sam Sample"
"""A workspace outside any course."""
LAB_FILES = ("Main.java", "README.md", "data.csv", "long.txt", "blob.bin")
_GUIDE_PAGES = (
    ("a2-numbers", "Whole numbers and fractions"),
    ("a4-loops", "Tidy code"),
    ("a6-book", "A film about dictionaries"),
    ("a1-hello", "For the teacher"),
    ("a3-decisions", "True or false"),
)
_SOME_BLUEPRINTS = sample_course() / "blueprints.json"
_PATIENCE = 20.0


class Hands:
    """A clock that moves when it is told to."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


def until(is_so: Callable[[], object], seconds: float = _PATIENCE) -> None:
    """Let the window live until `is_so` says so; fails where that takes too long."""
    loop = QEventLoop()
    ends_at = time.monotonic() + seconds
    happened = bool(is_so())

    def look() -> None:
        nonlocal happened
        happened = bool(is_so())  # a moment later it may be otherwise again: the desk looks about once a second
        if happened or time.monotonic() > ends_at:
            loop.quit()

    timer = QTimer(interval=5)
    timer.timeout.connect(look)
    timer.start()
    while not happened and time.monotonic() <= ends_at:
        loop.exec()  # it ends early too, when the last window on the screen was closed: Qt then quits every loop
    timer.stop()
    assert happened, "it did not happen in time"


def settled(window: MainWindow) -> None:
    """Let the window live until it has read what it shows, and has laid it out and painted it."""
    desk = window.desk
    moments = iter(range(3))

    def waiting() -> list[str]:
        timers = [timer for timer in window.findChildren(QTimer) if timer.isSingleShot() and timer.interval() <= 400]
        busy = [f"timer of {type(timer.parent()).__name__}" for timer in timers if timer.isActive()]
        busy += ["a page to be drawn"] if drawing().is_busy else []
        asked = [one for one in desk.background._asked.values() if isValid(one.owner)]
        return busy + [f"a question for {one.then}" for one in asked]

    def is_calm() -> bool:
        return not waiting() and next(moments, None) is None

    try:
        until(is_calm)
    except AssertionError as error:
        raise AssertionError(f"still waiting: {waiting()}") from error


class Held:
    """A kind of export like `kind` which `fails`, or goes no further until `go_on` is set or it is stopped."""

    def __init__(self, kind: ExportKind, fails: Exception | None = None) -> None:
        self._fails = fails
        self.id, self.title, self.section, self.summary = kind.id, kind.title, kind.section, kind.summary
        self.suffix, self.Options = kind.suffix, kind.Options
        self._kind = kind
        self.began, self.go_on = threading.Event(), threading.Event()

    def unavailable(self, course: Course) -> str | None:
        return self._kind.unavailable(course)

    def estimate(self, course: Course, options: Any) -> Estimate:
        return self._kind.estimate(course, options)

    def preview(self, course: Course, options: Any) -> Preview | PagesPreview | None:
        return self._kind.preview(course, options)

    def write(self, course: Course, options: Any, out: BinaryIO, meter: Meter) -> Report:
        meter.stage("Packing", 100_000)
        if self._fails is not None:
            raise self._fails
        self.began.set()
        while not self.go_on.wait(0.01):
            meter.advance(0)
        return self._kind.write(course, options, out, meter)


@contextmanager
def opened_window(program: Program, theme: Theme | None = None, size: tuple[int, int] = (1280, 800)) -> Iterator[Any]:
    """The window on `program`, which is closed with it; whatever still runs in it is stopped."""
    desk = Desk(program)
    window = MainWindow(desk, theme or Theme(), remembered(program))
    window.resize(*size)
    window.show()
    window.activateWindow()
    until(window.isActiveWindow)
    settled(window)
    try:
        yield window
    finally:
        desk.stop_all()
        until(lambda: not desk.is_busy)
        for dialog in window.findChildren(QDialog):
            dialog.close()
        window.close()
        desk.close()
        window.deleteLater()


# What is in the library


def sample_in(program: Program) -> CourseId:
    """Take the sample course in."""
    return CourseId(program.bring_in("folder", str(sample_course())).course_id)


def request(program: Program, course: CourseId, **options: Any) -> ExportRequest:
    kind = program.kinds["coursework"]
    return ExportRequest(kind.id, course, kind.Options(**options))


def export(program: Program, course: CourseId, **options: Any) -> Job:
    """Run an export to its end."""
    return program.exporter.run(program.exporter.submit(request(program, course, **options)))


def a_week_of_exports(program: Program, clock: Hands, course: CourseId) -> None:
    """Leave something of each sort on the shelf: of last week, of today, kept, stopped, failed, interrupted."""
    with program.library.course(course) as opened:
        assignments = [assignment.id for assignment in opened.assignments()]
    export(program, course)
    clock.forward(days=2)
    kept = export(program, course, assignments=assignments[2:4])
    program.ledger.keep(kept.id, None)
    clock.forward(days=2, hours=3)
    _stopped(program, course)
    _failed(program, course)
    clock.forward(days=2, hours=2)
    export(program, course, assignments=assignments[:1], include_inactive=True)
    _interrupted(program, course)
    clock.forward(minutes=20)
    program.tidy()


def _stopped(program: Program, course: CourseId) -> None:
    ticket = program.exporter.submit(request(program, course))
    try:
        program.exporter.run(ticket, stop=lambda: True)
    except Cancelled:
        return
    raise AssertionError("it was stopped")


def _failed(program: Program, course: CourseId) -> None:
    """The disk became full."""
    kinds: Any = program.kinds
    kind = kinds["coursework"]
    kinds["coursework"] = Held(kind, fails=NoRoom("The disk that holds the shelf is full.", "Make room on it."))
    try:
        export(program, course)
    except NoRoom:
        return
    finally:
        kinds["coursework"] = kind
    raise AssertionError("the disk was full")


def _interrupted(program: Program, course: CourseId) -> None:
    """As a power cut leaves it: a row without an end, and a draft that nobody holds."""
    ticket = program.exporter.submit(request(program, course))
    program.ledger.start(ticket.job.id)
    ticket.draft.release()


@contextmanager
def running(window: MainWindow, course: CourseId) -> Iterator[Held]:
    """An export that is at 46 per cent for as long as this is open."""
    kinds: Any = window.desk.program.kinds
    kind = kinds["coursework"]
    held = kinds["coursework"] = Held(kind)
    jobs: list[Job] = []
    window.desk.queue.changed.connect(jobs.append)
    window.desk.queue.submit(request(window.desk.program, course))
    until(held.began.is_set)
    window.desk.library_changed.emit()  # the look that tells of it comes once a second
    settled(window)
    window.desk.queue.progressed.emit(jobs[0].id, PROGRESS)
    settled(window)
    try:
        yield held
    finally:
        kinds["coursework"] = kind
        window.desk.queue.stop(jobs[0].id)
        until(lambda: not window.desk.is_busy)
        settled(window)


# Places


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in the window: `widget` is the window, or the dialog in front of it."""

    name: str
    widget: QWidget


def pages(window: MainWindow) -> Iterator[Place]:
    """Each tab of the course, some pages of guides, and each tab of a student's page."""
    names = ("overview", "assignments", "students", "export", "blueprints", "review")
    assert window.page.tabs.count() == len(names), "each tab has its name here"
    for number, name in enumerate(names):
        window.page.show_tab(number)
        settled(window)
        yield Place(name, window)
        if number == ASSIGNMENTS:
            yield from _guides(window)
        if number == STUDENTS:
            yield from _student(window)
        if number == BLUEPRINTS:
            yield from _blueprints(window)
        if number == REVIEW:
            yield from _review(window)


def _blueprints(window: MainWindow) -> Iterator[Place]:
    """The page of one that students see, and of one that they do not."""
    page = window.page.blueprints
    for place, number in enumerate((0, 2), 1):
        page.table.selectRow(number)
        settled(window)
        yield Place(f"blueprint-{place}", window)
    page.table.clearSelection()
    settled(window)


def _review(window: MainWindow) -> Iterator[Place]:
    """A student's files, what changed in them, and what else is known of the work."""
    body = window.page.review.body
    body.choice.choose_first()
    settled(window)
    yield Place("review-files", window)
    for number in range(1, body.pane.tabs.count()):
        body.pane.tabs.setCurrentIndex(number)
        settled(window)
        yield Place(f"review-{number}", window)
    body.pane.tabs.setCurrentIndex(0)
    settled(window)


def _guides(window: MainWindow) -> Iterator[Place]:
    """Pages with something of each sort, one for teachers, and one as students see it."""
    page = window.page.assignments
    for place, (assignment, title) in enumerate(_GUIDE_PAGES, 1):
        page.table.select_key(AssignmentId(assignment))
        settled(window)
        for node in [node for node in page.guide._nodes.values() if node.title == title]:
            page.guide.outline.choose(node.id)
        settled(window)
        yield Place(f"guide-{place}", window)
    page.guide.answers.toggle()
    settled(window)
    yield Place("guide-as-student", window)
    page.guide.answers.toggle()
    page.table.clearSelection()
    settled(window)


def somebody(window: MainWindow) -> StudentId:
    """Somebody who did much: the student with the most answers."""
    assert window.page.sight is not None
    people = window.page.sight.overview.students
    return max(people, key=lambda person: (person.answers, person.student.id)).student.id


def _student(window: MainWindow) -> Iterator[Place]:
    window.page.students.opened.emit(somebody(window))
    settled(window)
    tabs = window.page.student.findChild(QTabWidget)
    assert tabs is not None
    for number in range(tabs.count()):
        tabs.setCurrentIndex(number)
        part = window.page.student.parts.all[number]
        if part.pane.isVisible():
            part.table.selectRow(0)
        settled(window)
        yield Place(f"student-{number + 1}", window)
    window.page.student.closed.emit()
    settled(window)


def dialogs(window: MainWindow) -> Iterator[Place]:
    """Each dialog, in front of the window."""
    window.page.show_tab(EXPORT)
    yield from _in_front(window, "export-dialog", partial(window.export, "coursework", None, None))
    yield from _in_front(window, "table-dialog", partial(window.export, "coach-logs", None, None))
    yield from _pdf(window)
    yield from _in_front(window, "gaps", window.page.header._show_gaps)
    yield from _in_front(window, "settings", window.menus.settings)
    yield from _in_front(window, "about", window.menus._about)
    window.notices.say_problem(NoRoom("The disk is full.", "Make room on it.", details="no details"), "exporting")
    bar = window.notices.bars[0]
    yield from _in_front(window, "details", bar.show_details)
    bar.dismiss()
    yield from _in_front(window, "closing", window._ask_whether_to_stop)
    yield from _blueprint_dialogs(window)
    yield from keeping(window)
    yield from reviewing(window)
    yield from adding(window)


def _pdf(window: MainWindow) -> Iterator[Place]:
    """The dialog with its preview; that in a window of its own, and one that cannot be shown; the PDFs in a zip."""
    files: list[PdfFile] = []
    for place in _in_front(window, "pdf-dialog", partial(window.export, "pdf", None, None)):
        yield place
        assert isinstance(place.widget, ExportDialog)
        if (file := place.widget.preview.document._file) is not None:
            files = [file]
    windows = window.shelf.shelf_actions.pdfs
    for file in files:
        windows._open(PDF_NAME, partial(copy, file))
        yield from _in_front(window, "pdf-window", partial(_search_in_front, window))
    windows._open(PDF_NAME, partial(PdfFile, b""), Path(PDF_NAME))
    yield from _in_front(window, "pdf-damaged", partial(settled, window))
    windows._choose(Path("x.zip"), [Member(f"{n} {PDF_NAME}", 0, 0, 4_000 * n, 0, 0, 0, 0) for n in range(1, 4)])
    yield from _in_front(window, "pdf-list", partial(settled, window))
    yield from _in_front(window, "pdf-link", LinkDialog("https://example.org/words?of=python", window).open)


def _search_in_front(window: MainWindow) -> None:
    dialog = _front(window)
    assert isinstance(dialog, PdfDialog)
    settled(window)
    dialog.view.pages.go_to(2)
    dialog.view.field.setText("the")
    until(lambda: not dialog.view.search.is_looking)


def _blueprint_dialogs(window: MainWindow) -> Iterator[Place]:
    """Another name for one; an import from git with what is wrong, and from a file with what would be added."""
    yield from _in_front(window, "blueprint-rename", partial(window.blueprints.rename, "Page in HTML"))
    window.page.import_blueprints()
    until(lambda: window.findChild(BlueprintImport) is not None)
    dialog = window.findChild(BlueprintImport)
    assert dialog is not None
    settled(window)
    yield Place("blueprint-import", dialog)
    dialog.place.by_git.setChecked(True)
    dialog.place.address.setText("git@example.org:course/pages.git")
    dialog.place.path.setText("blueprints/lab.json")
    dialog.place.get_button.click()
    until(lambda: not dialog.errand.is_busy)
    settled(window)
    yield Place("blueprint-import-git", dialog)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lab.json"
        file.write_text(_SOME_BLUEPRINTS.read_text(encoding="utf-8").replace("Größen", "Maße"), encoding="utf-8")
        dialog.take(str(file))
        until(lambda: not dialog.errand.is_busy)
        settled(window)
        yield Place("blueprint-import-file", dialog)
    dialog.reject()
    until(lambda: _front(window) is None)


def keeping(window: MainWindow) -> Iterator[Place]:
    """What archives, proves, restores, erases and deletes, before there is an archive and once there is one."""
    header, keep = window.page.header, window.keeping
    with tempfile.TemporaryDirectory() as disk:
        keep.archives._folder = disk
        yield from _in_front(window, "archive", header.ask_to_archive)
        yield from _in_front(window, "archive-encrypted", partial(_ask_to_encrypt, window))
        yield from _in_front(window, "archive-several", keep.archives.archive_several)
        yield from _in_front(window, "delete-without-archive", partial(_delete_without, window))
        made = _archived(window, Path(disk))
        yield from _in_front(window, "certificate", header.mark.click)
        yield from _in_front(window, "archives", keep.archives.show_list)
        yield from _in_front(window, "archives-report", partial(_report, window, made))
        yield from _in_front(window, "archive-damage", partial(_damage, window, made))
        yield from _in_front(window, "passphrase", PassphraseDialog(made, window).open)
        yield from _in_front(window, "verify-archive", keep.archives.verify_file)
        yield from _in_front(window, "delete", header.ask_to_delete)
        yield from _in_front(window, "restore", partial(_look_at_archive, window, made))
        yield from _in_front(window, "erase", partial(_erase_somebody, window))
        yield from _in_front(window, "trash", keep.deleting.show_trash)
        window.desk.program.archives.proofs.forget(made)
    window.desk.library_changed.emit()
    settled(window)


def reviewing(window: MainWindow) -> Iterator[Place]:
    """Windows of the review: files of each sort, projects, a search, and a copy to run."""
    review = window.reviewing
    with tempfile.TemporaryDirectory() as folder:
        lab = Path(folder) / LAB
        _write_lab(lab)
        yield from _lab(window, lab)
        yield from _in_front(window, "projects-import", partial(_import_several, window, lab))
        review.import_projects((NewProject(lab, lab.name, "java-21"),))
        until(lambda: not window.desk.is_busy)
    yield from _in_front(window, "projects", review.show_projects)
    yield from _in_front(
        window, "project", ProjectDialog(tr("Import project"), LAB, "java-21", tr("Import"), window).open
    )
    yield from _in_front(window, "find", partial(_find_in_front, window))
    asking = AskPassphrase(window.desk, Path("CS101 archive.zip"), window, otherwise=tr("Leave it out"))
    yield from _in_front(window, "find-passphrase", asking.open)
    window.page.show_tab(REVIEW)
    settled(window)
    body = window.page.review.body
    body.choice.choose_first()
    settled(window)
    if body.pane.sight is not None:  # a course may have no workspaces
        yield from _in_front(window, "copy-to-run", body.pane.run_button.click)
    for bar in window.notices.bars:
        bar.dismiss()


def _import_several(window: MainWindow, lab: Path) -> None:
    broken = lab / "no-archive.zip"
    broken.write_bytes(b"no zip")
    dialog = ProjectsImport(window.desk, [lab, broken, lab / "data.csv"], window)
    dialog.open()
    until(dialog.import_button.isEnabled)
    broken.unlink()


def _lab(window: MainWindow, lab: Path) -> Iterator[Place]:
    made = window.reviewing.open(lab)
    until(lambda: made.body.pane.sight is not None)
    for name in sorted(path.name for path in lab.iterdir()):
        made.body.pane.files.tree.choose(name)
        settled(window)
        yield Place(f"review-{name.replace('.', '-')}", made)
    made.close()
    until(lambda: _front(window) is None)


def _write_lab(lab: Path) -> None:
    lab.mkdir()
    (lab / "Main.java").write_text(
        "/** Counts. */\nclass Main {\n    int n = 42;  // the answer\n}\n", encoding="utf-8"
    )
    (lab / "README.md").write_text("# Lab\n\nThis *program* counts.\n\n* one\n* two\n", encoding="utf-8")
    (lab / "data.csv").write_text("1,2\n" + "".join(f"{n},{n}\n" for n in range(99)), encoding="utf-8")
    (lab / "long.txt").write_text("".join(f"line {n}\n" for n in range(9_000)), encoding="utf-8")
    (lab / "blob.bin").write_bytes(bytes(range(256)) * 9)


def _find_in_front(window: MainWindow) -> None:
    window.reviewing.find_in_course()
    dialog = window.findChild(FindWindow)
    assert dialog is not None
    settled(window)
    dialog.field.setText("print")
    dialog.start()
    until(lambda: not dialog._look.isActive())


def _ask_to_encrypt(window: MainWindow) -> None:
    window.page.header.ask_to_archive()
    until(lambda: _front(window) is not None)
    dialog = _front(window)
    assert isinstance(dialog, ArchiveDialog)
    dialog.passphrase.switch.setChecked(True)


def _delete_without(window: MainWindow) -> None:
    window.page.header.ask_to_delete()
    until(lambda: _front(window) is not None)
    settled(window)
    dialog = _front(window)
    assert isinstance(dialog, DeleteDialog)
    dialog.without.setChecked(True)


def _archived(window: MainWindow, disk: Path) -> ArchiveRecord:
    """An archive with gaps, of which one is accepted."""
    program, sight = window.desk.program, window.page.sight
    assert sight is not None, "a course is shown"
    options = ArchiveOptions(exports=False, reader=False)
    made = program.archives.archive(sight.overview.info.id, options, disk, Meter())
    program.archives.proofs.accept(made, made.certificate.open_gaps[:1])
    window.desk.library_changed.emit()
    settled(window)
    return program.archives.proofs.archive(made.id)


def _report(window: MainWindow, made: ArchiveRecord) -> None:
    problem = NoRoom("The disk is full.", "Make room on it.")
    outcomes = [Outcome(made.course, made.course_title, made), Outcome(CourseId("-"), made.course_title, None, problem)]
    ArchivesReport(outcomes, window).open()


def _damage(window: MainWindow, made: ArchiveRecord) -> None:
    damage = [Damage("data/x/main.py", made.certificate.students[0].name, "its content was changed")]
    DamageDialog(made.path.name, Verified(made.certificate, 600, 4_000_000, "", damage), window).open()


def _look_at_archive(window: MainWindow, made: ArchiveRecord) -> None:
    window.keeping.restoring.restore_one(made)
    settled(window)
    dialog = _front(window)
    assert isinstance(dialog, RestoreDialog)
    dialog.look()
    until(lambda: not dialog.errand.is_busy)


def _erase_somebody(window: MainWindow) -> None:
    window.keeping.erase()
    settled(window)
    dialog = _front(window)
    assert isinstance(dialog, EraseDialog)
    dialog.choose(somebody(window))


def adding(window: MainWindow) -> Iterator[Place]:
    """The Add course dialog with some downloads of the sample course, and one more student whom nobody knows."""
    window.importing.add()
    until(lambda: window.findChild(AddDialog) is not None)
    dialog = window.findChild(AddDialog)
    assert dialog is not None
    settled(window)
    yield Place("add-course", dialog)
    with tempfile.TemporaryDirectory() as folder:
        dialog.bring(*(Brought(str(path)) for path in some_downloads(Path(folder))))
        until(lambda: not dialog.looking.is_busy and not window.desk.background.is_busy)
        settled(window)
        yield Place("add-course-files", dialog)
        dialog.go_on()
        settled(window)
        yield Place("add-course-check", dialog)
        dialog.asking.for_repository()
        until(lambda: dialog.findChild(GitDialog) is not None)
        settled(window)
        repository = dialog.findChild(GitDialog)
        assert repository is not None
        yield Place("add-git", repository)
        repository.reject()
        dialog.reject()
        until(lambda: _front(window) is None)
        settled(window)
    for bar in window.notices.bars:
        bar.dismiss()
    yield from _in_front(window, "import-report", window.page.header.show_last_import)


def some_downloads(folder: Path) -> list[Path]:
    """Coursework data and access data of the sample course, another student's work, and what is nothing."""
    platform = Platform(sample_course(), folder)
    more, page = folder / "more.zip", folder / "page.zip"
    title = platform.assignments[0]["title"]
    with zipfile.ZipFile(more, "w") as archive:
        for who in (STRANGER, platform.students[0]["username"]):
            archive.writestr(f"{who}/{title}/.guides/metadata.json", "{}")
            archive.writestr(f"{who}/{title}/main.py", "print()\n")
    page.write_text("<!DOCTYPE html><title>Log in</title>", encoding="utf-8")
    return [platform.coursework(), platform.access(), more, page]


def _in_front(window: MainWindow, name: str, show: Callable[[], object]) -> Iterator[Place]:
    show()
    until(lambda: _front(window) is not None)
    settled(window)
    dialog = _front(window)
    assert dialog is not None
    tabs = dialog.findChild(QTabWidget)
    shown = [n for n in range(tabs.count()) if tabs.isTabVisible(n)] if tabs is not None else [0]
    for place, number in enumerate(shown):
        if tabs is not None:
            tabs.setCurrentIndex(number)
            settled(window)
        yield Place(f"{name}-{place + 1}" if place else name, dialog)
    dialog.close()
    until(lambda: _front(window) is None)


def _front(window: MainWindow) -> QDialog | None:
    """The dialog in front, if there is one."""
    return next((dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()), None)


def places(window: MainWindow) -> Iterator[Place]:
    """All of it."""
    yield from pages(window)
    yield from dialogs(window)


# What comes and goes


def many_courses(program: Program, number: int) -> None:
    """Take in many small courses."""
    subjects = ("Introduction to Programming", "Data Structures", "Web Basics", "Databases", "Computer Graphics",
                "Algorithms and Their Cost in Time and Memory", "Operating Systems", "Networks")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for n in range(number):
            subject, run = subjects[n % len(subjects)], n // len(subjects) + 1
            keys = {"id": f"c{n}", "title": f"{subject} {run}", "code": f"CS{101 + n}", "term": f"Term {run}"}
            program.bring_in("folder", str(small_course(Path(folder) / str(n), **keys)))


def say_everything(window: MainWindow) -> None:
    """A bar of each mood, and one for a bug of ours."""
    say = window.notices.say
    say("Introduction to Programming is in the library: 26 students, 8 assignments.", mood="good")
    say("The import of a folder was stopped.", "Nothing of it was taken into the library.")
    problem = NoRoom("The disk that holds the shelf is full.", "Make room on it and run the export again.", details="-")
    window.notices.say_problem(problem, "exporting")
    window.notices.say_problem(ZeroDivisionError("division by zero"), "showing the students")


def menus(window: MainWindow) -> Iterator[tuple[str, QMenu]]:
    """The menus with what can be done, each open."""
    yield from _opened_menu("add-course-menu", window.courses.more_button.menu(), window.courses.more_button)
    yield from _opened_menu("course-menu", window.page.header.menu, window.page.header.more)
    for tab, page, name in (
        (ASSIGNMENTS, window.page.assignments, "assignments-menu"),
        (STUDENTS, window.page.students, "students-menu"),
        (BLUEPRINTS, window.page.blueprints, "blueprints-menu"),
    ):
        window.page.show_tab(tab)
        settled(window)
        page.table.selectRow(1)
        yield from _opened_menu(name, page.menu, page.actions_button)
    row = next(row for row in window.shelf.list.rows.values() if row.more.isVisible())
    yield from _opened_menu("shelf-menu", row.menu, row.more)


def _opened_menu(name: str, menu: QMenu, below: QWidget) -> Iterator[tuple[str, QMenu]]:
    menu.popup(below.mapToGlobal(QPoint(0, below.height())))
    until(menu.isVisible)
    yield name, menu
    menu.close()
