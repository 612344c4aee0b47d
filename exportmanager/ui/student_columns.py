"""The columns of a student's page: progress, workspaces, answers, logins, and questions to the coach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from exportmanager.core.course import AssignmentId
from exportmanager.core.events import AccessEvent, CoachLog
from exportmanager.core.overview import Work
from exportmanager.core.report import Gap
from exportmanager.ui.course_words import access_of, correctness, duration, percent, points, progress_of
from exportmanager.ui.rows import Column
from exportmanager.ui.student_pane import Section
from exportmanager.ui.student_sight import AnswerSight
from exportmanager.ui.words import exact_moment, moment, number, size, tr

TitleOf = Callable[[AssignmentId | None], str]


def work_columns() -> list[Column[Work]]:
    """How a student stands in each assignment."""
    return [
        Column(id="module", title=tr("Module"), text=lambda work: work.module),
        Column(id="title", title=tr("Assignment"), text=lambda work: work.assignment.title, is_wide=True),
        Column(id="state", title=tr("State"), text=_state, sort=_how_far),
        _gap_column(),
        _value("time", tr("Time spent"), duration, lambda work: work.result and work.result.time_spent_seconds),
        _value("grade", tr("Grade"), percent, lambda work: work.result and work.result.grade),
        _value("answers", tr("Attempts"), number, lambda work: work.answers),
        _value("points", tr("Points possible"), points, lambda work: work.assignment.points),
        _moment("started", tr("Started"), lambda work: work.result and work.result.started_at),
        _moment("completed", tr("Completed"), lambda work: work.result and work.result.completed_at),
        Column(id="comments", title=tr("Comments"), text=lambda work: work.result.comments if work.result else ""),
        *_files(),
    ]


def workspace_columns() -> list[Column[Work]]:
    """The files of a student."""
    return [
        Column(id="title", title=tr("Assignment"), text=lambda work: work.assignment.title, is_wide=True),
        _moment("imported", tr("Taken in"), lambda work: work.workspace and work.workspace.imported_at),
        _gap_column(),
        *_files(),
    ]


def _gap_column() -> Column[Work]:
    return Column(
        id="gaps",
        title=tr("Gaps"),
        text=_gaps,
        sort=lambda work: len(_gaps_of(work)),
        colour=lambda work: "warning" if _gaps_of(work) else "muted",
        is_wide=True,
    )


def _files() -> list[Column[Work]]:
    return [
        _value("files", tr("Files"), number, lambda work: work.workspace and work.workspace.package.files),
        _value("size", tr("Size"), _size, lambda work: work.workspace and work.workspace.package.bytes),
        _value("versions", tr("Versions kept"), number, lambda work: work.versions),
    ]


def answer_columns() -> list[Column[AnswerSight]]:
    """What a student answered, and what was expected."""
    return [
        Column(id="assignment", title=tr("Assignment"), text=lambda sight: sight.line.assignment),
        Column(id="assessment", title=tr("Question"), text=lambda sight: sight.line.assessment),
        _value("attempt", tr("Attempt"), number, lambda sight: sight.line.answer.attempt),
        Column(id="answer", title=tr("Answer"), text=lambda sight: sight.answer, is_wide=True),
        Column(id="correct", title=tr("Correct"), text=lambda sight: correctness(sight.line.answer.correct)),
        Column(
            id="points", title=tr("Points"), text=_points, sort=lambda sight: sight.line.answer.points, is_number=True
        ),
        _moment("at", tr("When"), lambda sight: sight.line.answer.at),
        Column(id="kind", title=tr("Kind"), text=lambda sight: sight.kind),
        Column(id="expected", title=tr("Expected"), text=lambda sight: sight.expected, is_wide=True),
    ]


def _points(sight: AnswerSight) -> str:
    earned = sight.line.answer.points
    if earned is None or sight.possible is None:
        return points(earned)
    return tr("{points} of {possible}", points=points(earned), possible=points(sight.possible))


def answer_sections(sight: AnswerSight) -> tuple[Section, ...]:
    """An attempt, whole: the question, the answer and what was said to it, and for the teacher what was expected."""
    came = sight.line.answer.answer
    question = "\n".join(part for part in (sight.line.assessment, sight.kind, sight.instructions) if part)
    return (
        Section(tr("Question"), question),
        Section(tr("Answer"), sight.answer, is_code=sight.is_code),
        Section(tr("Remarks"), sight.remark),
        Section(tr("Expected answer, for the teacher"), sight.expected, is_code=sight.is_code, is_for_teacher=True),
        Section(tr("Rationale, for the teacher"), sight.rationale, is_for_teacher=True),
        Section(tr("As it came"), came if came != sight.answer else "", is_code=True),
    )


def access_columns(title_of: TitleOf) -> list[Column[AccessEvent]]:
    """When a student came and went, and from where."""
    return [
        _moment("at", tr("When"), lambda event: event.at),
        Column(id="type", title=tr("What"), text=lambda event: access_of(event.type)),
        Column(id="assignment", title=tr("Assignment"), text=lambda event: title_of(event.assignment_id), is_wide=True),
        Column(id="path", title=tr("Project"), text=lambda event: event.project_path),
        Column(id="ip", title=tr("IP address"), text=lambda event: event.ip),
    ]


def coach_columns(title_of: TitleOf) -> list[Column[CoachLog]]:
    """What a student asked the coach."""
    return [
        _moment("at", tr("When"), lambda log: log.at),
        Column(id="assignment", title=tr("Assignment"), text=lambda log: title_of(log.assignment_id)),
        Column(id="question", title=tr("Question"), text=lambda log: log.question, is_wide=True),
        Column(id="answer", title=tr("Answer"), text=lambda log: log.response, is_wide=True),
    ]


def coach_sections(log: CoachLog) -> tuple[Section, ...]:
    """A question to the coach, what the coach was told besides, and the answer: everything as it came."""
    return (
        Section(tr("Question"), log.question),
        Section(tr("Answer"), log.response),
        Section(tr("The message that the coach was shown"), log.context_error),
        Section(tr("The guide pages that the coach was shown"), log.context_guides),
        Section(tr("The files that the coach was shown"), log.context_files, is_code=True),
    )


def _state(work: Work) -> str:
    return progress_of(work.result.state) if work.result else tr("No record")


def _how_far(work: Work) -> int:
    return ["not_started", "started", "completed"].index(work.result.state) if work.result else -1


def _gaps_of(work: Work) -> tuple[Gap, ...]:
    return work.gaps + (work.workspace.gaps if work.workspace else ())


def _gaps(work: Work) -> str:
    return "; ".join(tr("{what}: {why}", what=tr(gap.what), why=tr(gap.why)) for gap in _gaps_of(work)) or tr("none")


def _size(number_of_bytes: int | None) -> str:
    return "" if number_of_bytes is None else size(number_of_bytes)


def _moment(name: str, title: str, of: Callable[[Any], datetime | None]) -> Column[Any]:
    return Column(
        id=name, title=title, text=lambda row: moment(of(row)), sort=of, tip=lambda row: exact_moment(of(row))
    )


def _value(name: str, title: str, words: Callable[[Any], str], of: Callable[[Any], Any]) -> Column[Any]:
    return Column(id=name, title=title, text=lambda row: words(of(row)), sort=of, is_number=True)
