"""The pages of people: what is known of them, their work, and what they did when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from exportmanager.archive.names import INDEX
from exportmanager.archive.reader.frame import END, begin, on_this_page, trail
from exportmanager.archive.reader.markup import facts, head_row, label, moment, text
from exportmanager.archive.reader.people import Shown
from exportmanager.archive.reader.pieces import Pieces
from exportmanager.archive.reader.works import STANDING, UP, Works
from exportmanager.core.course import CourseInfo
from exportmanager.core.retention import inactive_days, zone_of
from exportmanager.exports.pieces.sheets import plain_cell


def student_page(
    info: CourseInfo, people: Sequence[Shown], shown: Shown, works: Works, coach: Pieces, access: Pieces
) -> Iterator[str]:
    """The page of one of `people`, in parts."""
    zone, who = zone_of(info), shown.student.id
    yield begin(f"{shown.name} · {info.title}", UP, trail=_trail(info, people, shown))
    yield f"<h1>{label(shown.name)}</h1>\n{facts(_facts(info, shown, zone))}"
    yield f'<p class="quiet">Times are those of {label(str(zone))}.</p>\n'
    rows, happened = works.rows.of(who), list(_happened(coach.of(who), access.of(who)))
    if happened:
        yield on_this_page([("assignments", "Assignments")] * bool(rows) + [part[:2] for part in happened])
    if rows:
        head = head_row("Assignment", "In this archive", *STANDING)
        yield f'<h2 id="assignments">Assignments</h2>\n<div class="wide"><table>{head}<tbody>\n'
        yield f"{rows}</tbody></table></div>\n"
    yield works.sections.of(who)
    for id_, title, html in happened:
        yield f'<section>\n<h2 id="{id_}">{title}</h2>\n{html}</section>\n'
    yield END


def _happened(coach: str, access: str) -> Iterator[tuple[str, str, str]]:
    """The parts of the page that are not about one assignment: id, heading and HTML of each that has anything."""
    for id_, title, html in (
        ("coach", "Conversations with the coach", coach),
        ("access", "Logins and opened projects", access),
    ):
        if html:
            yield id_, title, html


def _trail(info: CourseInfo, people: Sequence[Shown], shown: Shown) -> str:
    """The way back, and to the people before and after."""
    links = [f'<a href="{UP}{INDEX}">{label(info.title)}</a>', f'<a href="{UP}{INDEX}#students">Students</a>']
    for words, number in (("Previous", shown.number - 2), ("Next", shown.number)):
        if 0 <= number < len(people):
            other = people[number]
            links.append(f'<a href="{other.number}.html">{words}: {label(other.name)}</a>')
    return trail(links)


def _facts(info: CourseInfo, shown: Shown, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    student = shown.student
    days = inactive_days(student, info)
    yield "Role", "" if shown.is_learner else "Teacher"
    yield "User name", label(student.username)
    yield "E-mail", label(student.email)
    yield "ID", label(student.id)
    yield "Enrolled", student.enrolled_on.isoformat() if student.enrolled_on else ""
    yield "Last active", moment(student.last_active_at, zone)
    yield "Inactive", f"for {days:,} days on the day the data were taken" if days else ""
    yield "Roster", "" if student.on_roster else "Not on the roster: only answers or files name this person."
    for name, value in student.extra.items():
        yield text(name), text(plain_cell(value) if value is not None else "")
