"""Finds a text in the files of many workspaces. There is no index: all are unpacked and searched, by some threads.

Packages that are the same are searched once. What is found comes as it is found.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from exportmanager.core.course import CourseInfo
from exportmanager.core.errors import BadOptions
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.library.library import Library
from exportmanager.review.expressions import Finder, Query, finder
from exportmanager.review.matching import MOST_LINES
from exportmanager.review.places import Place, course_places
from exportmanager.review.searching import Files, Found, Missed, search

MOST_HITS = 10_000
_THREADS = min(max(os.cpu_count() or 2, 2), 8)
_AHEAD = 4 * _THREADS
_TOO_SLOW = 5
"""Files for which an expression may take too long before it is given up."""
_WAIT = 0.05
"""Seconds after which Stop is asked for again."""


class Hit(NamedTuple):
    """A line in which it was found, or, with `line` 0, a path; `place` says whose file it is.

    `text` is the part of the line or path around what was found, as it stands there, and `spans` where in that it is.
    """

    place: Place
    path: str
    line: int
    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Job:
    """What is searched once for all `places` that are the same; `heard` is what came of it until now."""

    files: Files
    places: list[Place]
    heard: list[Found | Missed] = field(default_factory=list)


class _Ended(NamedTuple):
    """A job has ended; because of an error, if there is one."""

    error: BaseException | None = None


class _Crew:
    """Threads that search jobs; what they find goes to `said`."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._work: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self.said: queue.SimpleQueue[tuple[_Job, Found | Missed | _Ended]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._finders = [finder(query) for _ in range(_THREADS)]
        self._threads = [
            threading.Thread(target=self._run, args=[each], daemon=True, name="finding") for each in self._finders
        ]
        for thread in self._threads:
            thread.start()

    def add(self, job: _Job) -> None:
        """Search something more."""
        self._work.put(job)

    def _run(self, finder: Finder) -> None:
        while (job := self._work.get()) is not None:
            try:
                for found in search(job.files, self._query, finder, self._stop.is_set):
                    self.said.put((job, found))
                self.said.put((job, _Ended()))
            except BaseException as error:  # whoever asked is told
                self.said.put((job, _Ended(error)))
        finder.close()

    def end(self) -> None:
        """End all of them, whatever they do."""
        self._stop.set()
        for each in self._finders:
            each.end()
            self._work.put(None)
        for thread in self._threads:
            thread.join()


class Search:
    """One search; iterate over it once for what is found, in any order. Whoever ends that early ends the search.

    A gap among the places is an archive that cannot be opened. `left_out` is what was not searched, and why. `is_cut`:
    there may be more than `MOST_HITS`, or than `MOST_LINES` in a file. `is_whole`: it did not end at `MOST_HITS`, with
    places that were not searched. `places`: how many were searched, or begun.
    """

    def __init__(self, query: Query, places: Iterable[Place | Gap], meter: Meter | None = None) -> None:
        """Raises `BadOptions` for a query that says nothing."""
        finder(query).close()
        self._query, self._coming, self._meter = query, iter(places), meter or Meter()
        self._jobs: dict[str, _Job] = {}
        self._running = 0
        self._slow = 0
        self.left_out: list[Gap] = []
        self.is_cut = False
        self.is_whole = True
        self.places = 0

    def __iter__(self) -> Iterator[Hit]:
        """Raises `Cancelled` by the meter, within a tenth of a second, `BadOptions` for an expression that is too slow,
        and what the places raise.
        """
        self._meter.stage("Finding")
        crew = _Crew(self._query)
        try:
            for number, hit in enumerate(self._hits(crew)):
                if number == MOST_HITS:
                    self.is_cut, self.is_whole = True, False
                    return
                yield hit
        finally:
            crew.end()

    def _hits(self, crew: _Crew) -> Iterator[Hit]:
        while True:
            for place in self._more():
                yield from self._begin(crew, place)
            if not self._running:
                return
            try:
                job, said = crew.said.get(timeout=_WAIT)
            except queue.Empty:
                self._meter.advance(0)
                continue
            yield from self._hear(job, said)

    def _more(self) -> Iterator[Place]:
        """The next places, as long as few are waiting."""
        while self._running < _AHEAD and (place := next(self._coming, None)) is not None:
            self._meter.advance(0)
            if isinstance(place, Gap):
                self.left_out.append(place)
            else:
                yield place

    def _begin(self, crew: _Crew, place: Place) -> Iterator[Hit]:
        """Search a place, or take what came of one that is the same."""
        self.places += 1
        if same := self._jobs.get(place.package):
            same.places.append(place)
            for said in same.heard:
                yield from self._of(place, said)
            return
        job = _Job(place.files, [place])
        if place.package:
            self._jobs[place.package] = job
        self._running += 1
        crew.add(job)

    def _hear(self, job: _Job, said: Found | Missed | _Ended) -> Iterator[Hit]:
        if isinstance(said, _Ended):
            self._running -= 1
            self._meter.advance(1, job.places[0].student)
            if said.error is not None:
                raise said.error
            return
        self._meter.advance(0)
        job.heard.append(said)
        for place in job.places:
            yield from self._of(place, said)
        self._slow += isinstance(said, Missed) and said.is_slow
        if self._slow >= _TOO_SLOW:
            raise BadOptions("This expression takes too long.", "Look for something simpler, or in less.")

    def _of(self, place: Place, said: Found | Missed) -> Iterator[Hit]:
        """What was said as it is true of a place."""
        if isinstance(said, Missed):
            what = said.path or "The workspace"
            self.left_out.append(Gap(what=what, who=_whose(place), why=said.why))
            return
        self.is_cut |= len(said.lines) >= MOST_LINES
        for line in said.lines:
            yield Hit(place, said.path, *line)


def _whose(place: Place) -> str:
    return ", ".join(filter(None, (place.student, place.assignment, place.course)))


def found_in(library: Library, query: Query, courses: Iterable[CourseInfo], meter: Meter | None = None) -> Search:
    """Search courses of the library."""
    return Search(query, (place for course in courses for place in course_places(library, course)), meter)
