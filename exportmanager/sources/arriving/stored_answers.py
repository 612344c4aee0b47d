"""The answers that the platform keeps in workspaces: noticed while files go by, so that no archive is read twice."""

from __future__ import annotations

import io
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO, cast
from zoneinfo import ZoneInfo

from exportmanager.core.course import Answer, AssignmentId, StudentId
from exportmanager.core.errors import BadSource
from exportmanager.core.report import Gap
from exportmanager.core.source import CourseWriter
from exportmanager.core.trees import Findings, Tree, TreeEntry
from exportmanager.formats.json import SIZE_LIMIT, parse_json
from exportmanager.formats.moments import Moments
from exportmanager.sources.arriving.questions import Questions

PATH = ".guides/assessmentsAnswers.json"
"""An array of `{taskId, points, results: [...]}`, one of the results for each attempt: seen in public projects."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file of answers: whose it is, what gaps call it, and its bytes."""

    assignment: AssignmentId
    student: StudentId
    place: str
    data: bytes


class StoredAnswers:
    """Gives answers to `writer`; afterwards `begun` holds who answered anything, by assignment and student."""

    def __init__(self, questions: Questions, writer: CourseWriter, zone: ZoneInfo) -> None:
        self._questions = questions
        self._writer = writer
        self._moments = Moments(zone)
        self._waiting: deque[_Seen] = deque()
        self.begun: set[tuple[AssignmentId, StudentId]] = set()

    def watched(self, tree: Tree, assignment: AssignmentId, student: StudentId, place: str) -> Tree:
        """The tree; its answers wait as soon as a thread has read them."""
        return _Watched(tree, lambda data: self._waiting.append(_Seen(assignment, student, place, data)))

    def give(self) -> None:
        """Give what was read by now."""
        while self._waiting:
            seen = self._waiting.popleft()
            try:
                told = parse_json(seen.data, PATH)
            except BadSource as problem:
                self._writer.gap(Gap(what="stored answers", who=seen.place, why=problem.what))
                continue
            for item in told if isinstance(told, list) else []:
                self._give_attempts(seen, item)

    def _give_attempts(self, seen: _Seen, item: Any) -> None:
        task = item.get("taskId") if isinstance(item, dict) else None
        results = item.get("results") if isinstance(item, dict) else None
        if not isinstance(task, str) or not task or not isinstance(results, list):
            return
        assessment = self._questions.of_task(seen.assignment, task)
        for attempt, result in enumerate(results, 1):
            if not isinstance(result, dict):
                continue
            earned = result.get("points", item.get("points") if attempt == len(results) else None)
            self.begun.add((seen.assignment, seen.student))
            self._writer.answer(
                Answer(
                    student_id=seen.student,
                    assignment_id=seen.assignment,
                    assessment_id=assessment,
                    attempt=attempt,
                    at=self._moment(result),
                    answer=json.dumps(result, ensure_ascii=False),
                    points=_number(earned),
                    correct={"pass": True, "fail": False}.get(str(result.get("state"))),
                )
            )

    def _moment(self, result: Mapping[str, Any]) -> datetime | None:
        try:
            return self._moments.of_json(result.get("timestamp"))
        except ValueError:  # the text stays in the answer
            return None


def _number(untrusted: Any) -> float | None:
    is_number = isinstance(untrusted, (int, float)) and not isinstance(untrusted, bool)
    return float(untrusted) if is_number and abs(untrusted) < 1e15 else None


@dataclass(frozen=True, slots=True)
class _Watched:
    """A tree of which one file is noticed."""

    tree: Tree
    keep: Callable[[bytes], None]

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All entries, sorted by path. Raises `BadSource`."""
        for entry in self.tree.entries(findings):
            opened = entry.open
            if entry.path != PATH or opened is None:
                yield entry
            else:
                yield replace(entry, open=self._noticing(opened), deflated=None)

    def _noticing(self, opened: Callable[[], BinaryIO]) -> Callable[[], BinaryIO]:
        return lambda: cast(BinaryIO, _Noticing(opened(), self.keep))


class _Noticing(io.RawIOBase):
    """A file that gives what was read of it to `keep` as well, up to one byte more than anybody would parse."""

    def __init__(self, file: BinaryIO, keep: Callable[[bytes], None]) -> None:
        self._file = file
        self._keep = keep
        self._pieces: list[bytes] = []
        self._left = SIZE_LIMIT + 1

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        piece = self._file.read(size)
        self._pieces.append(piece[: self._left])
        self._left -= len(self._pieces[-1])
        return piece

    def close(self) -> None:
        """What was read is all there is."""
        if not self.closed:
            self._file.close()
            self._keep(b"".join(self._pieces))
        super().close()
