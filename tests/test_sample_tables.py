"""Holds the tables of the sample course against each other: answers, grades, events, and who they belong to."""

import ipaddress
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sample import SAMPLE, Row, assignments, course, definitions, files_under, students, table

WINTER = timezone(timedelta(hours=1))
SUMMER = timezone(timedelta(hours=2))


def moment(text: str) -> datetime:
    """Read a time; without a zone it is in that of the course."""
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=WINTER if value < datetime(2026, 3, 29, 2) else SUMMER)


def test_every_id_in_the_tables_is_known() -> None:
    people, known = {row["id"] for row in table("roster.csv")}, {item["id"] for item in assignments()}
    for row in table("results.csv") + table("answers.csv"):
        assert row["student"] in students()
        assert row["assignment"] in known
    for row in table("access.csv") + table("coach-logs.csv"):
        assert row["user"] in people
        assert row["assignment"] in known | {""}
    for row in table("answers.csv") + [row for row in table("coach-logs.csv") if row["assessment"]]:
        assert definitions()[row["assessment"]][0] == row["assignment"]
    assert {row["role"] for row in table("access.csv")} == {"Teacher", "Student"}


def results() -> dict[tuple[str, str], Row]:
    return {(row["student"], row["assignment"]): row for row in table("results.csv")}


def test_there_is_one_result_for_each_student_and_assignment() -> None:
    assert len(table("results.csv")) == len(results()) == len(students()) * len(assignments())
    assert {row["state"] for row in table("results.csv")} == {"not_started", "started", "completed"}
    for row in table("results.csv"):
        assert bool(row["started_at"]) == (row["state"] != "not_started")
        assert bool(row["completed_at"]) == bool(row["grade"]) == (row["state"] == "completed")


def test_attempts_are_counted_from_one_in_the_order_of_their_times_and_within_what_is_allowed() -> None:
    attempts: dict[tuple[str, str, str], list[Row]] = {}
    for row in table("answers.csv"):
        attempts.setdefault((row["student"], row["assignment"], row["assessment"]), []).append(row)
    for (_, _, task), rows in attempts.items():
        assert [int(row["attempt"]) for row in rows] == list(range(1, len(rows) + 1))
        assert [row["at"] for row in rows] == sorted({row["at"] for row in rows})
        _, value = definitions()[task]
        fallback = 1 if value["type"] in ("multiple-choice", "fill-in-the-blanks") else 0
        assert len(rows) <= (value["source"].get("maxAttemptsCount", fallback) or 99)
    assert max(map(len, attempts.values())) >= 5


def test_everything_happens_in_the_right_order_and_within_the_term() -> None:
    opened: dict[tuple[str, str], datetime] = {}
    for row in table("access.csv"):
        if row["type"] == "project_open":
            opened.setdefault((row["user"], row["assignment"]), moment(row["at"]))
    for place, row in results().items():
        if row["state"] != "not_started":
            assert moment(row["started_at"]) == opened[place]
            assert moment(row["started_at"]) < moment(row["completed_at"] or "2026-07-18T00:00:00Z")
    for row in table("answers.csv"):
        result = results()[row["student"], row["assignment"]]
        assert (
            moment(result["started_at"]) < moment(row["at"]) <= moment(result["completed_at"] or "2026-07-18T00:00:00Z")
        )
    days = [moment(row["at"]).date() for row in table("access.csv")]
    assert days == sorted(days)
    assert days[-1] - days[0] > timedelta(days=170)
    assert days[-1] < date.fromisoformat(course()["taken_on"])


def test_everybody_was_last_active_at_their_latest_event() -> None:
    latest: dict[str, datetime] = {}
    times = [(row["user"], row["at"]) for row in table("access.csv")]
    times += [(row["student"], row["at"]) for row in table("answers.csv")]
    times += [(row["student"], row["completed_at"]) for row in table("results.csv") if row["completed_at"]]
    for user, text in times:
        latest[user] = max(moment(text), latest.get(user, moment(text)))
    for row in table("roster.csv"):
        offset = WINTER if latest[row["id"]] < datetime(2026, 3, 29, 1, tzinfo=UTC) else SUMMER
        assert latest[row["id"]].astimezone(offset).isoformat().startswith(row["last_active_at"])


def counted_points(student: str, assignment: str) -> float:
    """Add up the last attempts, or the best ones where the best counts."""
    counted: dict[str, float] = {}
    for row in table("answers.csv"):
        if (row["student"], row["assignment"]) == (student, assignment):
            best = definitions()[row["assessment"]][1]["source"]["useMaximumScore"]
            points = float(row["points"] or 0)
            counted[row["assessment"]] = max(points, counted.get(row["assessment"], 0) if best else 0)
    return sum(counted.values())


def test_grades_agree_with_the_points_of_the_answers() -> None:
    worth = {item["id"]: item["points"] for item in assignments()}
    for (student, assignment), row in results().items():
        if row["state"] == "completed":
            assessed = 100 * counted_points(student, assignment) / worth[assignment]
            assert float(row["assessments_grade"]) == pytest.approx(assessed, abs=0.01)
            expected = (assessed + float(row["teacher_grade"] or assessed)) / 2 + float(row["extra_credit"] or 0)
            expected = float(row["grade_override"] or min(100, expected))
            assert float(row["grade"]) == pytest.approx(expected, abs=0.02)


STORED: dict[str, Callable[[Any], bool]] = {
    "multiple-choice": lambda one: isinstance(one["current"], list) and isinstance(one["right"], list),
    "fill-in-the-blanks": lambda one: len(one["current"]) == len(one["right"]),
    "free-text": lambda one: one["status"] in ("PENDING", "GRADED") and "value" in one["comments"],
    "free-text-auto": lambda one: isinstance(one["answer"], str),
    "test": lambda one: one["code"] in (0, 1) and isinstance(one["output"], str),
    "code-output-compare": lambda one: all("stdout" in run for run in json.loads(one["output"])["sequence"]),
    "parsons-puzzle": lambda one: bool(re.fullmatch(r"\d+_\d+(-\d+_\d+)*", one["solutionHash"])),
    "math-stack": lambda one: "ans1" in one["answers"],
    "random": lambda one: "taskId" in one["assessment"],
    "jupyter-notebook": lambda one: "output" in one,
    "sense-network": lambda one: "edges" in one,
    "custom": lambda one: "output" in one,
    "llm-based-auto-rubric": lambda one: {"id", "points"} <= set(one["rubrics"][0]),
    "splice": lambda one: "splice" in one,
}


def test_answers_of_every_type_have_the_form_in_which_they_are_stored() -> None:
    seen, plain = set(), []
    for row in table("answers.csv"):
        kind = definitions()[row["assessment"]][1]["type"]
        seen.add(kind)
        if not row["answer"].startswith("{"):
            plain.append(row["answer"])
            continue
        value = json.loads(row["answer"])
        assert STORED[kind](value)
        if "state" in value and row["correct"]:
            assert value["state"] == ("pass" if row["correct"] == "true" else "fail")
    assert seen == set(STORED)
    assert {answer[0] for answer in plain} >= set("=+@-"), "formula hazards"
    assert any(row["points"] not in ("", "0") and row["correct"] == "false" for row in table("answers.csv")), (
        "partial points"
    )
    assert any(row["points"] == "" for row in table("answers.csv")), "a text that nobody has read yet"


def test_access_events_hold_equal_lines_and_only_addresses_made_for_documentation() -> None:
    networks = [
        ipaddress.ip_network(one) for one in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
    ]
    lines = Counter(tuple(row.values()) for row in table("access.csv"))
    assert sorted(count for count in lines.values() if count > 1) == [2] * 8 + [3]
    assert len(table("access.csv")) > 3000
    used = set()
    for row in table("access.csv"):
        address = ipaddress.ip_address(row["ip"])
        used |= {next(network for network in networks if address in network)}
        assert row["type"] in ("log_in", "log_out", "project_open", "project_close")
        assert bool(row["assignment"]) == bool(row["project_path"]) == row["type"].startswith("project")
    assert used == set(networks)


def test_coach_logs_hold_line_breaks_markup_and_quotes() -> None:
    rows = table("coach-logs.csv")
    assert 80 < len(rows) < 200
    text = "".join(row["question"] + row["response"] for row in rows)
    assert all(sign in text for sign in ("\n", "<b>", '"', "**"))
    assert any(row["question"].startswith("=") for row in rows)
    assert any(row["question"] == "" for row in rows)
    assert any(json.loads(row["context_files"]) for row in rows if row["context_files"])


def test_blueprints_have_names_of_their_own_and_different_layouts() -> None:
    blueprints = json.loads((SAMPLE / "blueprints.json").read_text("utf-8"))
    for key in ("name", "layout"):
        assert len({one[key] for one in blueprints}) == len(blueprints) == 5
    keys = {"layout", "files", "path", "contentType", "teacherOnly", "closeTerminalSession", "learningObjectives"}
    assert all(keys <= set(one) for one in blueprints)
    assert any("createdBy" in one for one in blueprints), "an unknown key, to show that it is kept"


def test_nothing_in_the_sample_leads_to_a_real_place() -> None:
    names = {"lms", "video", "notes", "pictures", "exercises", "cdn"}
    for path in files_under(SAMPLE).values():
        if path.suffix in (".md", ".json", ".html", ".csv", ".py", ".txt"):
            for host in re.findall(r"https?://([^/\s\"'`:)>]+)", path.read_text("utf-8")):
                assert host in {f"{name}.example.org" for name in names} | {"{{domain3000}}"}, path


def programs() -> Iterator[tuple[Path, list[dict[str, str]]]]:
    """Yield the plain workspaces whose last attempt at a comparing test is right, with the steps of the test."""
    last = {(row["assignment"], row["student"], row["assessment"]): row for row in table("answers.csv")}
    for (assignment, student, task), row in last.items():
        folder = SAMPLE / "workspaces" / assignment / student
        if task.startswith("code-output-compare") and row["correct"] == "true" and folder.is_dir():
            yield folder, definitions()[task][1]["source"]["sequence"]


def test_programs_of_students_who_pass_do_what_they_should() -> None:
    scripts = {"a1-hello": "hello.py", "a2-numbers": "price.py", "a4-loops": "stars.py"}
    count = 0
    for folder, sequence in programs():
        command = [sys.executable, "-B", "-X", "utf8", scripts[folder.parent.name]]
        done = subprocess.run(
            command,
            cwd=folder,
            input=sequence[-1]["input"],
            capture_output=True,
            encoding="utf-8",
            check=True,
            timeout=60,
        )
        assert sequence[-1]["output"] in done.stdout, folder
        count += 1
    assert count > 30
