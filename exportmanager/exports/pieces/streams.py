"""Streams of a course: taken apart by assignment, and stopped at any point."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from exportmanager.core.meter import Meter

_T = TypeVar("_T")


def stoppable(stream: Iterable[_T], meter: Meter) -> Iterator[_T]:
    """The stream; between any two of its values the work can be stopped."""
    for value in stream:
        meter.advance(0)
        yield value


class _OfBoth(Protocol):
    """Something of one student in one assignment."""

    @property
    def assignment_id(self) -> str: ...

    @property
    def student_id(self) -> str: ...


_V = TypeVar("_V", bound=_OfBoth)


class ByAssignment(Generic[_V]):
    """Takes a stream sorted by assignment apart: what there is for one after the other, by student."""

    def __init__(self, stream: Iterator[_V]) -> None:
        self._stream = stream
        self._next = next(stream, None)

    def of(self, assignment: str) -> dict[str, _V]:
        """What there is for `assignment`; they must be asked for in the stream's order, none left out."""
        found: dict[str, _V] = {}
        while self._next is not None and self._next.assignment_id == assignment:
            found[self._next.student_id] = self._next
            self._next = next(self._stream, None)
        return found
