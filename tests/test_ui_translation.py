"""Every text of the window passes by the translator: with a language of accents, no plain word is left but data."""

from __future__ import annotations

import getpass
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from looking import Said, said_by
from pseudo import PseudoTranslator, pseudo, untranslated
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QApplication
from touring import (
    LAB,
    LAB_FILES,
    PROGRESS,
    STRANGER,
    Hands,
    a_week_of_exports,
    menus,
    opened_window,
    places,
    running,
    sample_in,
)

from exportmanager.core.course import CourseId
from exportmanager.core.export import Preview
from exportmanager.program import Program
from exportmanager.review.stacks import stacks
from exportmanager.ui.guide_sight import guide_sight
from exportmanager.ui.student_sight import student_sight
from exportmanager.ui.words import counted, tr

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
EXCEPTIONS = (
    r"Export Manager( \d\S*)?",  # the program's name
    r"SHA-256|[0-9a-f]{64}",
    r"Ctrl\+\S+|Shift\+\S+|Alt\+\S+|Del|Esc|Return|F\d+",  # keys
    r"\d+(\.\d+)? (kB|MB|GB|bytes?)",  # sizes, which Qt writes
    r"(Python|Qt|Linux|Windows|Darwin) \S+(, \w+)?",  # versions, for a report
    r"UTC|CET|CEST|[A-Z]\w+/[A-Z]\w+",  # time zones
    r"archive \d{4}-\d\d-\d\d\.zip",
    r"https?://\S+|(\S+ PDF )?\S+\.(zip|csv|json|py|txt|md|pdf)",  # names of files
    r"(/[\w.~-]+)+/?",  # paths
    r"Ln|CSV|PDF|LF|CRLF|ASCII",
    r"(UTF|WINDOWS|ISO|KOI8|EUC|MAC|SHIFT)[-_\w]+|CP850|GB18030|BIG5",  # encodings
    r"\.?(codio|settings|guides)\S*|\.json",  # the platform's own files
)
"""What is the same in every language, besides the names in a course."""
_FRAMES = re.compile(r"(?m)^\d+, given | \((?:not )?passed\)$|: \S+ points$|: ")
"""The words of ours that stand in an answer to be read, around what a student wrote."""


def data_of(program: Program, course: CourseId) -> set[str]:
    """Every text that came with a course, or from this computer."""
    overview = program.library.overview(course)
    found = {overview.info.title, overview.info.code, overview.info.term, overview.info.description, getpass.getuser()}
    found |= {value for item in overview.assignments for value in (item.assignment.title, item.module)}
    for person in overview.students:
        student = person.student
        found |= {student.name, student.username, student.email, student.first_name, student.last_name, student.id}
        record = program.library.student(course, student.id)
        found |= {line.assessment for line in record.answers} | {line.answer.answer for line in record.answers}
        found |= {work.result.comments for work in record.work if work.result}
        for read in student_sight(program, course, student.id).answers:
            lines = f"{read.answer}\n{read.expected}".splitlines()
            parts = {part for line in lines for part in (line, *_FRAMES.split(line))}
            found |= {part for part in parts if re.search(r"[A-Za-z]{2}", part)}
        found |= {event.project_path for event in record.access}
        for log in record.coach:
            found |= {log.question, log.response, log.context_error, log.context_files, log.context_guides}
    found |= {job.file.name for job in program.ledger.jobs(course=course) if job.file}
    for blueprint in program.library.blueprints.of(course):
        found |= {blueprint.name, *map(str, blueprint.layout), *map(str, blueprint.layout.values())}
    found |= {zone for zone in available_timezones() if "/" in zone}
    found |= {stack.title for stack in stacks()} | {LAB, *LAB_FILES, "Java"}
    found |= {STRANGER, "coursework", "coursework.zip", "https://"}  # in the Add course dialog
    for item in overview.assignments:
        sight = guide_sight(program, course, item.assignment.id)
        found |= {node.title for node in sight.guide.walk()} if sight and sight.guide else set()
    table = program.kinds["coach-logs"]  # of which the tour shows a preview
    with program.library.course(course) as opened:
        preview = table.preview(opened, table.Options())
    assert isinstance(preview, Preview)
    found |= {cell for line in (preview.columns, *preview.rows) for cell in line}
    return {text for text in found | set(PROGRESS.item.split(" / ")) if text}


def days_and_months() -> set[str]:
    locale, formats = QLocale(), (QLocale.FormatType.LongFormat, QLocale.FormatType.ShortFormat)
    found = {locale.monthName(month, form) for month in range(1, 13) for form in formats}
    return found | {locale.dayName(day, form) for day in range(1, 8) for form in formats}


class Known:
    """What may stand in a text as it is."""

    def __init__(self, data: set[str]) -> None:
        lines = {line.strip() for text in data for line in text.splitlines()} | data | days_and_months()
        self._data = sorted((line for line in lines if len(line) > 1), key=len, reverse=True)
        self._words = {word for line in lines for word in re.findall(r"[A-Za-z]{2,}", line)}
        self._exceptions = re.compile("|".join(EXCEPTIONS))

    def left_of(self, text: str) -> str:
        """What of a text on screen nobody translated."""
        if not untranslated(text):
            return ""
        for known in self._data:
            if known in text:
                text = text.replace(known, " ")
        return untranslated(self._exceptions.sub(" ", text))

    def is_cut_data(self, text: str) -> bool:
        """Whether it is the begin of something from the course that was too long."""
        return text.endswith("…") and set(re.findall(r"[A-Za-z]{2,}", text[:-1])[:-1]) <= self._words


def _with_what_comes_and_goes(window: object, course: CourseId) -> Iterator[Said]:
    from exportmanager.ui.window import MainWindow

    assert isinstance(window, MainWindow)
    with running(window, course):
        yield from said_by(window)
    for _, menu in menus(window):
        yield from said_by(menu)
    window.notices.say(tr("Something"), mood="good")
    yield from said_by(window)


@pytest.fixture(scope="module")
def heard(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Said], Known]:
    """All that the window says, in a language that nobody speaks."""
    clock = Hands()
    translator = PseudoTranslator()
    with closing(Program(tmp_path_factory.mktemp("translation") / "library", clock)) as program:
        course = sample_in(program)
        a_week_of_exports(program, clock, course)
        known = Known(data_of(program, course))
        QCoreApplication.installTranslator(translator)
        try:
            with opened_window(program) as window:
                said = [text for place in places(window) for text in said_by(place.widget)]
                said += _with_what_comes_and_goes(window, course)
        finally:
            QCoreApplication.removeTranslator(translator)
    return said, known


def test_the_walk_hears_much(heard: tuple[list[Said], Known]) -> None:
    texts = {said.text for said in heard[0]}
    assert len(texts) > 400, "data and all"
    assert sum("[" in text for text in texts) > 300


def test_every_text_is_translated(heard: tuple[list[Said], Known]) -> None:
    said, known = heard
    plain = {
        (one.of, one.text): left
        for one in said
        if (left := known.left_of(one.text)) and not known.is_cut_data(one.text)
    }
    assert [f"{text!r} of {of}: {left}" for (of, text), left in plain.items()] == []


# The language itself


def test_the_language_makes_a_text_a_third_longer_and_keeps_what_a_translation_keeps() -> None:
    longer = pseudo("Exported {day} to &Open %Ln files of {course}")
    assert all(kept in longer for kept in ("{day}", "&O", "%Ln", "{course}"))
    assert len(longer) >= 1.25 * len("Exported {day} to &Open %Ln files of {course}")
    assert not untranslated(longer.format(day=1, course=2).replace("%Ln", ""))


def test_numbers_take_their_place_in_the_language(qapp: QApplication) -> None:
    translator = PseudoTranslator()
    QCoreApplication.installTranslator(translator)
    try:
        assert counted(3, "1 gap", "%Ln gaps").startswith("[3 ")
        assert counted(1, "1 gap", "%Ln gaps").startswith("[1 ")
        assert tr("removed in {time}", time="3 d").endswith("]")
    finally:
        QCoreApplication.removeTranslator(translator)


def test_a_text_that_nobody_translated_is_found(tmp_path: Path) -> None:
    known = Known({"Introduction to Programming", "Ada Example"})
    assert known.left_of("Ada Example is here") == "is here"
    assert known.left_of(f"{pseudo('Course')}: Introduction to Programming") == ""
    assert known.left_of(f"{pseudo('Course')}: gone") == "gone"
