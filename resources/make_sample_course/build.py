"""Puts the parts together: reads what was written by hand, lets the term pass, and writes the course folder."""

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from make_sample_course.answers import Answer, answers_of
from make_sample_course.coach import coach_logs
from make_sample_course.course import Course, read_course
from make_sample_course.drawings import write_media
from make_sample_course.results import Result, not_started, result_of
from make_sample_course.tables import write_access, write_answers, write_coach_logs, write_results, write_roster
from make_sample_course.visits import Event, Work, live
from make_sample_course.workspaces import write_workspaces

HOME = Path(__file__).parent.parent / "sample_course"
LTI = "https://lms.example.org/lti/5f0c2b3e-7d11-4c52-9a3e-1c0ffee0c0de"
WRITTEN_BY_HAND = ("assignments", "blueprints.json")


def build(target: Path) -> dict[str, int]:
    """Write the whole course into a folder and return how many there are of what. What is there already is replaced."""
    clear(target)
    write_media(target / "assignments")
    course = read_course(target / "assignments")
    works, events = live(course)
    answers = [answers_of(work) for work in works]
    results = [result_of(work, some) for work, some in zip(works, answers, strict=True)]
    last_seen = last_moments(course, events, works, results)
    write_roster(target / "roster.csv", course.people, last_seen)
    counts = {
        "students": len(course.students),
        "results": write_results(target / "results.csv", in_roster_order(course, results)),
        "answers": write_answers(target / "answers.csv", flat(answers)),
        "access": write_access(target / "access.csv", events),
        "coach_logs": write_coach_logs(target / "coach-logs.csv", coach_logs(works)),
        "blueprints": len(json.loads((target / "blueprints.json").read_text(encoding="utf-8"))),
        "workspaces": write_workspaces(works, target / "workspaces"),
    }
    write_course(target / "course.json", course, counts)
    return counts


def clear(target: Path) -> None:
    """Remove what an earlier run made; bring what was written by hand if the target is another folder."""
    shutil.rmtree(target / "workspaces", ignore_errors=True)
    if target.resolve() == HOME.resolve():
        return
    target.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target / "assignments", ignore_errors=True)
    for name in WRITTEN_BY_HAND:
        copy = shutil.copytree if (HOME / name).is_dir() else shutil.copyfile
        copy(HOME / name, target / name)


def flat(answers: list[list[Answer]]) -> list[Answer]:
    """Put the answers of all works into one list."""
    return [answer for some in answers for answer in some]


def in_roster_order(course: Course, results: list[Result]) -> list[Result]:
    """Return a line for each student and assignment, also for those that were never opened."""
    known = {(result.cells["student"], result.cells["assignment"]): result for result in results}
    return [
        known.get((person.id, assignment.id)) or not_started(person, assignment)
        for person in course.students
        for assignment in course.assignments
    ]


def last_moments(course: Course, events: list[Event], works: list[Work], results: list[Result]) -> dict[str, datetime]:
    """Find out when each person was active for the last time: an event, or handing in."""
    moments: dict[str, datetime] = {}
    handed_in = [(work.person.id, result.completed_at) for work, result in zip(works, results, strict=True)]
    for user, moment in [*((event.user, event.at) for event in events), *handed_in]:
        if moment is not None:
            moments[user] = max(moment, moments.get(user, moment))
    return {person.id: moments[person.id] for person in course.people}


def write_course(path: Path, course: Course, counts: dict[str, int]) -> None:
    """Write `course.json` with the addresses, points and counts filled in."""
    settings: dict[str, Any] = {**course.settings}
    modules = settings.pop("modules")
    points = {assignment.id: assignment.points for assignment in course.assignments}
    for number, item in enumerate([one for module in modules for one in module["assignments"]], 1):
        item["points"] = int(points[item["id"]])
        item["lti_url"] = f"{LTI}_cs101-sample_{number:04}"
        item["lti_constant_url"] = f"{LTI}_{number:04}"
    text = json.dumps({**settings, "counts": counts, "modules": modules}, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
