"""What came of a document of guides: what is in it, and what is not, or not as it was meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from exportmanager.core.guide import NodeKind
from exportmanager.core.report import Count, Gap, Report
from exportmanager.formats.guides.troubles import NO_PICTURE, OPEN_CALLOUT, UNDEFINED
from exportmanager.formats.pdf.book import Drawn, Printing
from exportmanager.formats.pdf.parts import Survey

_MOST = 300
"""So many gaps are listed; the others are counted."""
_SEEN_ON_PAGES = (NO_PICTURE.why, OPEN_CALLOUT.why, UNDEFINED.why)
"""What the drawing says of each page where it is."""


def report_of(titles: Sequence[str], printing: Printing, without: Sequence[Gap], notes: tuple[str, ...]) -> Report:
    """The report. `titles` are of the assignments that were printed; `without` are gaps of those without a guide."""
    surveys, drawn = printing.surveys, printing.drawn
    there = sum(not survey.problem for survey in surveys)
    pages = sum(entry.kind is NodeKind.PAGE for survey in surveys for entry in survey.entries)
    questions = sum(entry.questions for survey in surveys for entry in survey.entries)
    lost = [survey.entries[number] for survey, each in zip(surveys, drawn, strict=True) for number in each.lost]
    lost_pages, lost_questions = sum(e.kind is NodeKind.PAGE for e in lost), sum(e.questions for e in lost)
    gaps = [gap for each in zip(titles, surveys, drawn, strict=True) for gap in _gaps(*each)]
    gaps += _missed("title page and contents", printing.missed_in_front)
    return Report(
        counts=(
            Count(thing="assignments", expected=len(titles) + len(without), done=there),
            Count(thing="guide pages", expected=pages, done=pages - lost_pages),
            Count(thing="questions", expected=questions, done=questions - lost_questions),
        ),
        gaps=(*without, *_limited(gaps)),
        notes=notes,
    )


def _gaps(title: str, survey: Survey, drawn: Drawn) -> Iterator[Gap]:
    if survey.problem:
        yield Gap(what="guide", who=title, why=survey.problem)
    for number, why in sorted(drawn.lost.items()):
        yield Gap(what=f"guide page {survey.entries[number].title}", who=title, why=why)
    yield from _missed(title, drawn.missed)
    for gap in survey.gaps:
        if not gap.why.startswith(_SEEN_ON_PAGES):
            yield gap.model_copy(update={"who": title})
    if survey.hidden:
        pages = "teacher-only guide page" if survey.hidden == 1 else f"{survey.hidden:,} teacher-only guide pages"
        yield Gap(what=pages, who=title, why="left out, as chosen", chosen=True)


def _missed(title: str, missed: Counter[tuple[str, str]]) -> Iterator[Gap]:
    for (what, why), count in sorted(missed.items()):
        yield Gap(what=what, who=title, why=why if count == 1 else f"{why} ({count:,} times)")


def _limited(gaps: list[Gap]) -> list[Gap]:
    more = gaps[_MOST:]
    if not more:
        return gaps
    return [*gaps[:_MOST], Gap(what=f"{len(more):,} more like these", why="they are not listed here")]
