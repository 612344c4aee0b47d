"""When everybody was there: visits to the course, planned day by day, and the access events they leave."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from make_sample_course.course import Assignment, Course, Person
from make_sample_course.programs import Variant, chosen_variants
from make_sample_course.term import FIRST_DAY, LAST_DAY, at_local, dice, local_day

HOUR, MINUTE = 3600, 60
LOG_OUT_HABIT, CLOSE_HABIT, CAMPUS_HABIT = 0.7, 0.95, 0.4
MOST_A_DAY = 3
REPEATED_LINES = 9
TEACHER_DAYS = 64


@dataclass(frozen=True)
class Stay:
    """The time for which a project was open."""

    assignment: str
    opened: datetime
    closed: datetime
    working: bool


@dataclass(frozen=True)
class Event:
    """One line of the access data."""

    at: datetime
    user: str
    type: str
    assignment: str
    role: str
    project_path: str
    ip: str


@dataclass(frozen=True)
class Work:
    """What a student did in an assignment: when, with which program, and whether it was handed in."""

    person: Person
    assignment: Assignment
    stays: tuple[Stay, ...]
    variants: tuple[Variant, ...]
    finished: bool

    @property
    def outcomes(self) -> dict[str, float]:
        """What the tests say about the program, by task, from 0 to 1."""
        return {task: value for variant in self.variants for task, value in variant.outcomes.items()}


def begun_assignments(person: Person, course: Course) -> list[Assignment]:
    """List the assignments a student has begun."""
    return [one for one in course.assignments[: person.begun] if one.id != person.meets("skips")]


def working_days(person: Person, assignment: Assignment) -> list[date]:
    """Choose the days on which a student works on an assignment; who finds it hard is later."""
    chance = dice(person.id, assignment.id, "days")
    due, late = local_day(assignment.due_at), int((1 - person.skill) * 12)
    first = max(due - timedelta(days=15 - late), local_day(assignment.published_at), person.enrolled_on, FIRST_DAY)
    last = min(due + timedelta(days=late - 1), last_day(person))
    days = [first + timedelta(days=n) for n in range(max((last - first).days + 1, 1))]
    return sorted(chance.sample(days, min(len(days), 2 + chance.randrange(4))))


def last_day(person: Person) -> date:
    """Return the last day on which a person was seen."""
    if fate := person.meets("inactive") or person.meets("never"):
        return date.fromisoformat(fate)
    return LAST_DAY - timedelta(days=0 if person.role == "teacher" else dice(person.id, "last").randrange(25))


def plan_days(person: Person, course: Course) -> dict[date, dict[str, bool]]:
    """Plan a student's days: which assignments are opened on each, and whether to work on them or only to look."""
    days: dict[date, dict[str, bool]] = {last_day(person): {}}
    for assignment in begun_assignments(person, course):
        for day in working_days(person, assignment):
            days.setdefault(day, {})[assignment.id] = True
    chance = dice(person.id, "looks")
    for _ in range(0 if person.meets("never") else 9 + chance.randrange(8)):
        day = FIRST_DAY + timedelta(days=chance.randrange((last_day(person) - FIRST_DAY).days))
        known = sorted({one for past, opened in days.items() if past < day for one in opened})
        if day >= person.enrolled_on and len(days.setdefault(day, {})) < MOST_A_DAY and known:
            days[day].setdefault(chance.choice(known), False)
    return days


def plan_teacher(person: Person, course: Course) -> dict[date, dict[str, bool]]:
    """Plan a teacher's days: mostly the assignments that are due next."""
    chance = dice(person.id, "days")
    days: dict[date, dict[str, bool]] = {last_day(person): {}}
    for _ in range(TEACHER_DAYS):
        day = person.enrolled_on + timedelta(days=chance.randrange((LAST_DAY - person.enrolled_on).days))
        near = sorted(course.assignments, key=lambda one: abs((local_day(one.due_at) - day).days))[:MOST_A_DAY]
        days[day] = dict.fromkeys([one.id for one in chance.sample(near, 1 + chance.randrange(2))], False)
    return days


def visit(person: Person, day: date, opened: dict[str, bool]) -> tuple[list[Stay], list[Event]]:
    """Let a person come on a day, open some assignments one after another, and go."""
    chance = dice(person.id, day.isoformat())
    role, ip = person.role.capitalize(), address(person, day)
    stays: list[Stay] = []
    clock = at_local(day, 8 * HOUR + chance.randrange(11 * HOUR))
    events = [Event(clock, person.id, "log_in", "", role, "", ip)]
    for assignment, working in opened.items():
        came = clock + timedelta(seconds=20 + chance.randrange(5 * MINUTE))
        length = 14 * MINUTE + chance.randrange(50 * MINUTE) if working else 2 * MINUTE + chance.randrange(12 * MINUTE)
        clock = came + timedelta(seconds=length)
        stays.append(Stay(assignment, came, clock, working))
        path = f"{person.username}/{assignment}"
        events.append(Event(came, person.id, "project_open", assignment, role, path, ip))
        if chance.random() < CLOSE_HABIT:  # a closed laptop lid closes no project
            events.append(Event(clock, person.id, "project_close", assignment, role, path, ip))
    if chance.random() < LOG_OUT_HABIT:
        clock += timedelta(seconds=5 + chance.randrange(8 * MINUTE))
        events.append(Event(clock, person.id, "log_out", "", role, "", ip))
    return stays, events


def address(person: Person, day: date) -> str:
    """Return an address from the ranges kept for documentation: the campus, or the person's home."""
    chance = dice(person.id, day.isoformat(), "address")
    if chance.random() < CAMPUS_HABIT:
        return f"198.51.100.{chance.randrange(1, 255)}"
    home = dice(person.id, "home")
    kind, number = home.randrange(3), home.randrange(1, 255)
    return (f"192.0.2.{number}", f"203.0.113.{number}", f"2001:db8:{number:x}::{home.randrange(1, 65536):x}")[kind]


def live(course: Course) -> tuple[list[Work], list[Event]]:
    """Let the term pass: return what every student worked on, and all access events in order of time."""
    works: list[Work] = []
    events: list[Event] = []
    for person in course.people:
        plan = plan_teacher if person.role == "teacher" else plan_days
        days = sorted(plan(person, course).items())
        visits = [visit(person, day, opened) for day, opened in days]
        works += works_of(person, course, [stay for stays, _ in visits for stay in stays])
        events += [event for _, some in visits for event in some]
    chance = dice("repeated lines")
    repeated = chance.sample(events, REPEATED_LINES)  # the platform sends some events twice, and one three times
    return works, sorted([*events, *repeated, repeated[0]], key=lambda event: (event.at, event.user))


def works_of(person: Person, course: Course, stays: list[Stay]) -> list[Work]:
    """Gather what a student did, assignment by assignment."""
    works = []
    for assignment in begun_assignments(person, course):
        mine = tuple(stay for stay in stays if stay.assignment == assignment.id and stay.working)
        finished = course.assignments.index(assignment) < person.finished
        variants = tuple(chosen_variants(assignment.id, person, finished))
        works.append(Work(person, assignment, mine, variants, finished))
    return works
