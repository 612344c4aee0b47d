"""Takes in what a teacher brings: looked at, planned against what the library has, and read in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from exportmanager.core.arrivals import Choice, Plan
from exportmanager.core.course import CourseId
from exportmanager.core.meter import Meter
from exportmanager.core.options import checked
from exportmanager.core.report import ImportReport
from exportmanager.library.library import Library
from exportmanager.sources import auto, folder
from exportmanager.sources.arriving.look import Look
from exportmanager.sources.arriving.matched import Matched

_FITS = 5


class Arrivals:
    """What comes into one library."""

    def __init__(self, library: Library, clock: Callable[[], datetime]) -> None:
        self._library = library
        self._clock = clock

    def plan(self, look: Look, course: CourseId | None, title: str, settled: Mapping[str, str]) -> Plan:
        """What will come in, as it is settled so far. Reads the library. Raises `NotFound`."""
        known = self._library.known(course) if course else None
        matched = look.match(known, settled)
        return look.plan(matched, known, title, self._fits(matched) if course is None else ())

    def _fits(self, matched: Matched) -> list[Choice]:
        """Courses in which some of these people or assignments are, those with most first."""
        people = [text for e in matched.people.entries for text in (e.facts.email, e.facts.username) if text]
        titles = [titled.title for titled in matched.titles.entries]
        return [Choice(info.id, info.title) for info in self._library.alike(people, titles)[:_FITS]]

    def take_in(
        self,
        look: Look,
        course: CourseId | None,
        title: str,
        settled: Mapping[str, str],
        time_zone: str,
        meter: Meter,
    ) -> tuple[ImportReport, ...]:
        """Take everything in: each course folder as a course of its own, all else as one, each of them whole.

        Raises `BadSource`, `AlreadyThere`, `NotFound`, `Cancelled`.
        """
        reports = [self._folder(str(piece.path), meter) for piece in look.folders]
        if look.parts:
            values = {
                "course": course or "",
                "title": title,
                "time_zone": time_zone or "UTC",
                "match": tuple(f"{key}={answer}" for key, answer in settled.items()),
            }
            options = checked(auto.SOURCE.Options, values)
            with self._library.writer(auto.SOURCE.id, self._clock(), meter) as writer:
                reports.append(auto.take_in(look, options, writer, meter, self._clock()))
        return tuple(reports)

    def _folder(self, place: str, meter: Meter) -> ImportReport:
        source = folder.SOURCE
        with self._library.writer(source.id, self._clock(), meter) as writer:
            return source.read(place, source.Options(), writer, meter, self._clock())
