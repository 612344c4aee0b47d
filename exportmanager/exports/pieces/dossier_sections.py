"""What a dossier says, section by section: how the work stands, answers, what happened, where the data come from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from exportmanager.core.course import Answer, Assessment, AssessmentId
from exportmanager.core.events import told_in
from exportmanager.core.package import Package
from exportmanager.core.retention import zone_of
from exportmanager.exports.pieces.dossier_files import FilesTold, beyond_list, listing_of
from exportmanager.exports.pieces.dossier_record import Record
from exportmanager.exports.pieces.sheets import GRADES, at
from exportmanager.formats.answers import (
    expected_answer,
    number_of,
    rationale,
    readable_answer,
    remark_on,
    source_of,
    type_name,
    without_tags,
)
from exportmanager.formats.pdf.dossier import Block, Listing, Paragraph, Quoted, Section
from exportmanager.formats.untrusted import printable

_ANSWER, _ANSWERS = 20_000, 200_000
"""Letters of an answer, and of all of them, that are printed."""
_EVENTS, _QUESTIONS = 500, 200
_STATES = {"not_started": "not started", "started": "started", "completed": "completed"}
_EVENT = {"log_in": "Logged in", "log_out": "Logged out", "project_open": "Opened", "project_close": "Closed"}
_CORRECT = {True: "correct", False: "not correct", None: ""}


class Told:
    """The sections of a dossier. `files` is what is in the workspace, or why nothing of it is here."""

    def __init__(self, record: Record, files: FilesTold | str, problems: Sequence[tuple[str, str]]) -> None:
        self._record, self._files, self._problems = record, files, problems
        self._zone = zone_of(record.pair.course.info)
        self._left = _ANSWERS

    def sections(self) -> list[Section]:
        """All of them, in their order."""
        return [*self.beginning(), *self._code(), *self._happened(), self._note(), self._origin()]

    def beginning(self) -> list[Section]:
        """How the work stands, and the answers."""
        return [self._standing(), self._missing(), *self._answers()]

    def _time(self, moment: datetime | None) -> str:
        local = at(moment, self._zone)
        return f"{local:%Y-%m-%d %H:%M:%S}" if local else ""

    def _standing(self) -> Section:
        record, result, called = self._record, self._record.result, self._record.pair
        who = called.names.of(called.student.id)
        facts = {
            "Student": who.name,
            "User name": who.username,
            "E-mail": "" if called.names.is_pseudonymous else who.email,
            "Assignment": called.assignment.title,
            "Points of the assignment": number_of(called.assignment.points),
            "Due": self._time(called.assignment.due_at),
            "State": _STATES[result.state.value] if result else _STATES["not_started"],
            "Started": self._time(result.started_at) if result else "",
            "Completed": self._time(result.completed_at) if result else "",
            "Time spent": _duration(result.time_spent_seconds) if result else "",
            "Grade": "none" if result is None or result.grade is None else f"{number_of(result.grade)} %",
            "Points for answers": _points(record.assessments, record.answers),
        }
        extra = result.extra if result else {}
        facts |= {name.replace("_", " ").capitalize(): f"{extra[name]}" for name in sorted(GRADES & extra.keys())}
        blocks: list[Block] = [_facts(facts), Paragraph(f"All times are in the time zone {self._zone.key}.", True)]
        if result and result.comments:
            blocks.append(Quoted("Comments on the grade", result.comments))
        return Section("How the work stands", 0, tuple(blocks))

    def _missing(self) -> Section:
        short = self._files.short if isinstance(self._files, FilesTold) else ()
        found = (*self._record.missing, *self._problems, *short)
        rows = tuple((printable(what, 200), printable(why, 400)) for what, why in found)
        nothing = Paragraph("Nothing is known to be missing.")
        blocks = [Listing(("What", "Why"), rows) if rows else nothing]
        quiet = (*self._record.notes, "What the platform never sent to this program is not known here.")
        return Section("What is missing, and why", 0, (*blocks, *(Paragraph(note, True) for note in quiet)))

    def _answers(self) -> Iterator[Section]:
        """Each assessment with all attempts; those that the guide does not have any more come last."""
        mine: dict[AssessmentId, list[Answer]] = defaultdict(list)
        for answer in self._record.answers:
            mine[answer.assessment_id].append(answer)
        known = {assessment.id: assessment for assessment in self._record.assessments}
        says = f"{len(mine.keys() & known.keys())} of {len(known)} assessments were answered."
        unknown = "The assessments of the assignment are not in the library."
        yield Section("Answers", 0, (Paragraph(says if known else unknown if mine else "There are no assessments."),))
        for id_ in [*known, *(id_ for id_ in mine if id_ not in known)]:
            yield self._assessment(id_, known.get(id_), mine.get(id_, []))

    def _assessment(self, id_: str, assessment: Assessment | None, answers: Sequence[Answer]) -> Section:
        definition = assessment.definition if assessment else {}
        kind = type_name(assessment.type) if assessment else "no longer in the guide, or not in what was imported"
        points = number_of(assessment.points) if assessment else ""
        facts = {"Type": kind, "Assessment": id_, "Points possible": points}
        blocks: list[Block] = [_facts(facts)]
        for label, text, mood in (
            ("Question", without_tags(str(source_of(definition).get("instructions") or "")), "question"),
            ("Expected answer", expected_answer(definition), "good"),
            ("Rationale", without_tags(rationale(definition)), "good"),
        ):
            blocks += (
                [Quoted(label, self._shortened(text), mood, is_prose=label != "Expected answer")]
                if text.strip()
                else []
            )
        blocks += [block for answer in answers for block in self._attempt(answer, definition, points)]
        name = printable(assessment.name if assessment else id_, 150) or id_
        return Section(name, 1, (*blocks, *([] if answers else [Paragraph("Not answered.")])))

    def _attempt(self, answer: Answer, definition: Mapping[str, object], possible: str) -> Iterator[Block]:
        judged = _CORRECT[answer.correct]
        earned = f"points: {number_of(answer.points)}{f' of {possible}' if possible else ''}"
        said = [f"Attempt {answer.attempt}", self._time(answer.at) or "at an unknown time"]
        said += [earned] if answer.points is not None else []
        text = readable_answer(definition, answer.answer) if definition else answer.answer
        label = "  \u00b7  ".join([*said, *([judged] if judged else [])])
        yield Quoted(label, self._shortened(text) if text.strip() else "(empty)", is_prose=False)
        if remark := remark_on(answer.answer):
            yield Quoted("Said to this attempt", self._shortened(remark), "info")

    def _shortened(self, text: str) -> str:
        """As much of a text as there is room for."""
        room = min(_ANSWER, self._left)
        self._left -= min(len(text), room)
        more = len(text) - room
        return text if more <= 0 else f"{text[:room]}\n\u2026 ({more:,} more letters are in the export of answers)"

    def _code(self) -> Iterator[Section]:
        files = self._files
        if isinstance(files, str):
            yield Section("Files", 0, (Paragraph(f"There are no files here: {files}."),))
            return
        more = beyond_list(files)
        listed = [Paragraph(f"{more:,} more files are not listed.")] if more else []
        told = listing_of(files) if files.files else Paragraph("The workspace has no files.")
        yield Section("Files", 0, (told, *listed))
        if files.code:
            yield Section("Code", 0, (Paragraph("Every line as the student left it, with its number."),))
            yield from files.code
        yield from self._changes(files)

    def _changes(self, files: FilesTold) -> Iterator[Section]:
        title = "Differences to the starter files"
        if not self._record.published:
            why = "The published version of the assignment is not in the library, so nothing is compared."
            yield Section(title, 0, (Paragraph(why),))
            return
        gone = tuple((printable(path, 200),) for path in files.removed[:_EVENTS])
        if any("starter files" in what for what, _ in self._problems):
            says = "The starter files cannot be read, so nothing is compared."
        elif files.changes or gone:
            says = "Lines with + were added by the student, lines with - were removed. New files are in full above."
        else:
            says = "No starter file was changed, and none is missing. New files are in full above."
        yield Section(
            title,
            0,
            (Paragraph(says), *([Listing(("Starter files that the workspace does not have",), gone)] if gone else [])),
        )
        yield from files.changes

    def _happened(self) -> Iterator[Section]:
        record, names = self._record, self._record.pair.names
        rows = []
        for moment, _, what in islice(record.pair.course.access_rows(record.period), _EVENTS):
            kind, _, _, path, ip, _ = told_in(what)
            rows.append(
                (
                    self._time(datetime.fromisoformat(f"{moment}+00:00")),
                    _EVENT.get(kind, kind),
                    names.path(path),
                    names.ip(ip),
                )
            )
        logins = "Logging in and out belongs to no assignment: it is in the export of access data."
        more = record.access.rows - len(rows)
        table = Listing(("When", "What", "Project", "IP address"), tuple(rows))
        blocks: list[Block] = [table if rows else Paragraph("There are no access events of this assignment.")]
        blocks += [Paragraph(f"{more:,} later events are in the export of access data.")] if more > 0 else []
        blocks += [Paragraph(logins, True)]
        yield Section("Access history", 0, tuple(blocks))
        yield Section("Coach history", 0, tuple(self._coach()))

    def _coach(self) -> Iterator[Block]:
        logs = self._record.coach
        for log in logs[:_QUESTIONS]:
            yield Quoted(f"{self._time(log.at)}  \u00b7  the student asked", self._shortened(log.question), "question")
            for label, text in (("the coach said", log.response), ("an error told to the coach", log.context_error)):
                if text:
                    yield Quoted(label, self._shortened(text))
        if not logs:
            yield Paragraph("There are no questions to the coach in this assignment.")
        if any(log.context_guides or log.context_files for log in logs):
            yield Paragraph("The files and guide pages that the coach was given are in the export of coach logs.", True)
        if len(logs) > _QUESTIONS:
            yield Paragraph(f"{len(logs) - _QUESTIONS:,} later questions are in the export of coach logs.")

    def _note(self) -> Section:
        note = self._record.note
        if note is None:
            return Section("Teacher's notes", 0, (Paragraph("There are none."),))
        return Section(
            "Teacher's notes", 0, (Quoted(f"Last changed {self._time(note.changed_at)}", note.text, "teacher"),)
        )

    def _origin(self) -> Section:
        course, workspace, published = self._record.pair.course, self._record.workspace, self._record.published
        facts = {"Course": " \u00b7 ".join(filter(None, (course.info.title, course.info.code, course.info.term)))}
        facts |= {"Data taken from the platform": course.info.taken_on.isoformat()}
        if workspace:
            facts |= {"Workspace imported": self._time(workspace.imported_at)}
            earlier = "; earlier ones are in the library, and not in this dossier" if workspace.number > 1 else ""
            facts |= {"Version of the workspace": f"{workspace.number} in this library{earlier}"}
            facts |= {"Package of the workspace": _package(workspace.package)}
        if published:
            facts |= {"Published version": f"{published.version}", "Published": self._time(published.published_at)}
            facts |= {"Package of the published version": _package(published.package)}
        says = "The SHA-256 names a package in the library and in archives of the course: any change would change it."
        about = [Paragraph(says, True)] if workspace or published else []
        return Section("Where the data come from", 0, (_facts(facts), *about))


def _facts(facts: Mapping[str, str]) -> Listing:
    return Listing((), tuple((name, value) for name, value in facts.items() if value))


def _package(package: Package) -> str:
    return f"{package.files:,} files, {package.bytes:,} bytes\nSHA-256 {package.sha256}"


def _duration(seconds: int | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min {rest:02} s"


def _points(assessments: Sequence[Assessment], answers: Sequence[Answer]) -> str:
    """The sum of the last attempts."""
    last: dict[str, Answer] = {}
    for answer in answers:
        if answer.assessment_id not in last or answer.attempt >= last[answer.assessment_id].attempt:
            last[answer.assessment_id] = answer
    if not assessments and not answers:
        return ""
    earned = number_of(sum(answer.points or 0.0 for answer in last.values()))
    possible = number_of(sum(assessment.points or 0.0 for assessment in assessments))
    return f"{earned}{f' of {possible}' if assessments else ''} (last attempts)"
