"""Holds the sample course against the rules of the course folder, against itself, and against its script."""

import csv
import gzip
import io
import ipaddress
import json
import os
import re
import subprocess
import sys
import tarfile
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import zstandard

PROJECT = Path(__file__).parent.parent
SAMPLE = PROJECT / "resources" / "sample_course"
MAKER = PROJECT / "resources" / "make_sample_course"
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar.zst")
WINTER = timezone(timedelta(hours=1))
SUMMER = timezone(timedelta(hours=2))
ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?")
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
REFERENCE = re.compile(r"\{[^{}\n]+\|\s*assessment\s*\}\(([^()\s]+)\)")
DANGLING = "multiple-choice-9999999999"
LOST_PICTURE = ".guides/img/station.jpg"

Row = dict[str, str]
Contents = dict[str, tuple[str, int, bytes]]


@cache
def table(name: str) -> list[Row]:
    with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


@cache
def course() -> dict[str, Any]:
    value: dict[str, Any] = json.loads((SAMPLE / "course.json").read_text(encoding="utf-8"))
    return value


def assignments() -> list[dict[str, Any]]:
    return [item for module in course()["modules"] for item in module["assignments"]]


def students() -> dict[str, Row]:
    return {row["id"]: row for row in table("roster.csv") if row["role"] == "student"}


@cache
def definitions() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the assignment and the definition of every assessment, by task id."""
    found = {}
    for path in sorted(SAMPLE.glob("assignments/*/.guides/assessments/*.json")):
        found[path.stem] = (path.parts[-4], json.loads(path.read_text(encoding="utf-8")))
    return found


@cache
def pages() -> dict[str, str]:
    """Return the text of every page, by its path in the sample."""
    paths = [path for path in SAMPLE.glob("assignments/*/.guides/content/**/*") if path.suffix in (".md", ".html")]
    return {path.relative_to(SAMPLE).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def nodes() -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in SAMPLE.glob("assignments/*/.guides/content/**/*.json")]


def moment(text: str) -> datetime:
    """Read a time; without a zone it is in that of the course."""
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=WINTER if value < datetime(2026, 3, 29, 2) else SUMMER)


def suffix_of(path: Path) -> str:
    return next((suffix for suffix in ARCHIVES if path.name.endswith(suffix)), "")


def unpacked(data: bytes, suffix: str) -> Contents:
    """Return what an archive holds: by name, the kind with its time, the mode, and the bytes or a link's target."""
    if suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {
                i.filename: (f"file {i.date_time}", i.external_attr >> 16, archive.read(i)) for i in archive.infolist()
            }
    plain = zstandard.ZstdDecompressor().decompress(data) if suffix == ".tar.zst" else gzip.decompress(data)
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        found = {}
        for info in tar:
            stream = tar.extractfile(info) if info.isfile() else None
            content = stream.read() if stream else info.linkname.encode()
            found[info.name] = (f"{info.type!r} {info.mtime} {info.uname} {info.uid}", info.mode, content)
        return found


def essence(path: Path) -> object:
    """Return what has to be the same in a file that was made again, whatever the version of the compressing library."""
    data = path.read_bytes()
    if suffix := suffix_of(path):
        return unpacked(data, suffix)
    if path.suffix == ".png":
        start = data.index(b"IDAT")
        return data[: start - 4], zlib.decompress(data[start + 4 : -16])
    return data


def files_under(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def workspaces() -> dict[tuple[str, str], Path]:
    found = {}
    for path in SAMPLE.glob("workspaces/*/*"):
        found[path.parent.name, path.name.removesuffix(suffix_of(path))] = path
    assert len(found) == len(list(SAMPLE.glob("workspaces/*/*"))), "one workspace has two forms"
    return found


def packed(assignment: str, student: str) -> Contents:
    path = workspaces()[assignment, student]
    return unpacked(path.read_bytes(), suffix_of(path))


def test_the_sample_is_exactly_what_its_script_makes(tmp_path: Path) -> None:
    target = tmp_path / "again"
    subprocess.run([sys.executable, str(MAKER), str(target)], check=True, stdout=subprocess.DEVNULL)
    made, kept = files_under(target), files_under(SAMPLE)
    assert sorted(made) == sorted(kept)
    different = [name for name, path in made.items() if essence(path) != essence(kept[name])]
    assert different == []


def test_the_sample_is_small() -> None:
    files = list(files_under(SAMPLE).values())
    assert len(files) < 700
    assert sum(path.stat().st_size for path in files) < 2_500_000


@pytest.mark.parametrize("folder", [SAMPLE, MAKER])
def test_every_file_name_is_portable(folder: Path) -> None:
    names = [path.relative_to(PROJECT).as_posix() for path in folder.rglob("*") if "__pycache__" not in path.parts]
    for name in names:
        assert len(name) <= 140
        for part in name.split("/"):
            assert not re.search(r'[<>:"\\|?*\x00-\x1f]', part), name
            assert not RESERVED.match(part), name
            assert part == unicodedata.normalize("NFC", part).rstrip(". "), name
    assert len({name.casefold() for name in names}) == len(names)


def test_ids_follow_the_rules() -> None:
    groups = [[row["id"] for row in table("roster.csv")], [item["id"] for item in assignments()]]
    groups += [[module["id"] for module in course()["modules"]], [course()["id"]]]
    for group in groups:
        assert all(ID.fullmatch(one) and not RESERVED.match(one) for one in group)
        assert len({one.casefold() for one in group}) == len(group)
    assert all(ID.fullmatch(task) and re.fullmatch(r"[a-z-]+-\d{8,10}", task) for task in definitions())


def test_the_course_is_what_it_should_be() -> None:
    value = course()
    assert (value["format"], value["version"], value["id"], value["code"]) == (
        "exportmanager-course",
        1,
        "cs101-sample",
        "CS101",
    )
    assert value["dates"] == "floating"
    assert value["starts_on"] < value["ends_on"] < value["taken_on"]
    assert [len(module["assignments"]) for module in value["modules"]] == [4, 4]
    assert [item["kind"] for item in assignments()].count("book") == 1
    assert all(item["lti_url"].startswith("https://lms.example.org/") for item in assignments())
    assert "platform_region" in value, "an unknown key, to show that it is kept"
    for item in assignments():
        shown = {task for task in shown_tasks(item["id"]) if definitions()[task][1]["type"] != "grade-book"}
        assert item["points"] == sum(definitions()[task][1]["source"]["points"] for task in shown)


def shown_tasks(assignment: str) -> set[str]:
    texts = [text for path, text in pages().items() if path.split("/")[1] == assignment]
    return {task for text in texts for task in REFERENCE.findall(text)} - {DANGLING}


def test_the_declared_counts_are_right_and_name_one_workspace_more_than_there_is() -> None:
    expected = {
        "students": len(students()),
        "results": len(table("results.csv")),
        "answers": len(table("answers.csv")),
        "access": len(table("access.csv")),
        "coach_logs": len(table("coach-logs.csv")),
        "blueprints": len(json.loads((SAMPLE / "blueprints.json").read_text("utf-8"))),
        "workspaces": len(workspaces()) + 1,
    }
    assert course()["counts"] == expected


def test_everybody_in_the_roster_is_made_up() -> None:
    rows = table("roster.csv")
    assert [row["role"] for row in rows].count("teacher") == 2
    assert len(students()) == 26
    assert all(re.fullmatch(r"[a-z0-9.]+@example\.(org|com|net)", row["email"]) for row in rows)
    assert "seat" in rows[0], "an unknown column, to show that it is kept"
    assert (SAMPLE / "roster.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_names_come_from_many_scripts_and_two_are_the_same() -> None:
    names = [(row["first_name"], row["last_name"]) for row in students().values()]
    assert [name for name, count in Counter(names).items() if count == 2] == [("Alex", "Sample")]
    letters = {unicodedata.name(letter).split()[0] for name in names for letter in "".join(name) if letter.isalpha()}
    assert letters >= {"LATIN", "CJK", "HANGUL", "HEBREW", "ARABIC", "GREEK", "CYRILLIC", "DEVANAGARI", "THAI"}
    assert any("'" in last for _, last in names)
    assert any("," in last for _, last in names)
    assert any('"' in first for first, _ in names)
    assert any(first != unicodedata.normalize("NFC", first) for first, _ in names)


def last_active() -> dict[str, date]:
    return {row["id"]: date.fromisoformat(row["last_active_at"][:10]) for row in table("roster.csv")}


def test_two_students_are_inactive_and_one_never_started() -> None:
    limit = date.fromisoformat(course()["taken_on"]) - timedelta(days=90)
    assert sorted(one for one in students() if last_active()[one] < limit) == ["s1017", "s1025"]
    states: dict[str, set[str]] = {}
    for row in table("results.csv"):
        states.setdefault(row["student"], set()).add(row["state"])
    assert [one for one, found in states.items() if found == {"not_started"}] == ["s1026"]
    assert date.fromisoformat(students()["s1026"]["enrolled_on"]) >= limit
    assert "s1026" not in {student for _, student in workspaces()}


def test_one_workspace_is_missing_and_one_is_empty() -> None:
    begun = {(row["assignment"], row["student"]): row["state"] for row in table("results.csv")}
    expected = {place for place, state in begun.items() if state != "not_started"}
    assert expected - set(workspaces()) == {("a5-functions", "s1013")}
    assert set(workspaces()) <= expected
    assert begun["a5-functions", "s1013"] == "completed"
    assert any((row["assignment"], row["student"]) == ("a5-functions", "s1013") for row in table("answers.csv"))
    assert packed("a4-loops", "s1022") == {}


def test_fewer_and_fewer_students_begin_the_later_assignments() -> None:
    counts = Counter(assignment for assignment, _ in workspaces())
    numbers = [counts[item["id"]] for item in assignments()]
    assert numbers[0] == 25
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] < 8


def test_every_kind_of_archive_is_used() -> None:
    assert {suffix_of(path) for path in workspaces().values()} == {"", *ARCHIVES}
    assert all(name.startswith("./") for name in packed("a2-numbers", "s1009"))


def test_one_workspace_has_names_that_windows_cannot_hold() -> None:
    names = set(packed("a4-loops", "s1019"))
    assert names >= {
        "con.py",
        "aux",
        "what?.txt",
        "a:b.txt",
        "draft.",
        "draft ",
        "stars\\old.py",
        "README.md",
        "Readme.md",
    }
    twins = Counter(unicodedata.normalize("NFC", name) for name in names)
    assert max(twins.values()) == 2
    assert max(map(len, names)) > 190


def test_one_workspace_has_links_and_one_of_them_points_out() -> None:
    contents = packed("a7-files", "s1001")
    links = {name: data.decode() for name, (kind, _, data) in contents.items() if kind.startswith("b'2'")}
    assert links["chain-1.csv"] == "chain-2.csv"
    assert links["current"] == "data"
    outside = [name for name, target in links.items() if leaves(name, target)]
    assert outside == ["shared.csv"]


def leaves(name: str, target: str) -> bool:
    path = os.path.normpath("/".join([*name.split("/")[:-1], target]))
    return path.startswith(("..", "/"))


def test_one_workspace_has_binary_and_large_files_and_permissions() -> None:
    contents = packed("a8-project", "s1014")
    assert contents["pictures/rain.png"][2].startswith(b"\x89PNG")
    assert len(contents["data/thermometer.csv"][2]) > 600_000
    assert contents["run.sh"][1] & 0o777 == 0o755
    assert contents["secret.txt"][1] & 0o777 == 0o600


TYPES = """test code-output-compare multiple-choice fill-in-the-blanks free-text free-text-auto parsons-puzzle
    grade-book random custom math-stack jupyter-notebook sense-network llm-based-auto-rubric"""
BUTTONS = "terminal background debugger reset go-to-section-titled upload-file custom"
VERBS = """open_file open_files open_preview open_terminal open_tutor open_vm cmd
    close_all close_file close_preview close_terminal close_tutor"""
CALLOUTS = """important info warning topic definition challenge guidance meetup hackathon create calendar growthhack
    xdiscipline debugging meetups headline image Info Warning"""
CONSTRUCTS = {
    "assessment": r"\{Check what you know\|assessment\}\(",
    "assessment with spaces": r"\{ [^|]+ \| assessment \}\(",
    "command button": r"\{Run hello\.py\}\(python3 hello\.py\)",
    **{kind: rf"\|{kind}\}}\(" for kind in BUTTONS.split()},
    **{verb: rf"\]\([^)]*\b{verb}\b" for verb in VERBS.split()},
    **{f"callout {kind}": rf"(?m)^\|\|\| ?{kind}$" for kind in CALLOUTS.split()},
    "callout with a space": r"(?m)^\|\|\| \w+$",
    "callout that is never closed": r"\|\|\|challenge\n(?:(?!\|\|\|).)*\Z",
    "hidden clipboard": r"```python-hide-clipboard",
    "fence code": r"(?m)^```code$",
    "fence of R": r"(?m)^```\{r, echo",
    "fence with added lines": r'(?m)^```\{data-added-lines="5"\}$',
    "fence of tildes": r"(?m)^~~~",
    "fence in a list": r"(?m)^   ```python$",
    "indented code": r"(?m)^    while money",
    "math fence": r"(?m)^```math$",
    "math in a line": r"\$n\$",
    "math in a block": r"\$\$\n(?:.|\n)+?\n\$\$",
    "price": r"costs \$3 and",
    "picture with a title": r'!\[[^]]+\]\(\.guides/img/[^)]+ "[^"]+"\)',
    "picture by reference": r"!\[[^]]+\]\[growth\]",
    "picture with a space": r"growth%20chart\.png",
    "picture that is missing": re.escape(LOST_PICTURE),
    "picture elsewhere": r"!\[[^]]+\]\(https://",
    "picture in HTML": r"<img [^>]*width=",
    "details": r"<details>\n<summary>",
    "iframe": r"<iframe ",
    "table in HTML": r"<td><pre><code>",
    "line break in HTML": r"<br>",
    "table with alignment": r"(?m)^\|:-+\|:-+:\|-+:\|-+\|$",
    "definition": r"(?m)^: ",
    "definition with a tilde": r"(?m)^~ ",
    "footnote": r"\[\^half\]: ",
    "abbreviation": r"(?m)^\*\[HTML\]: ",
    "typographer": r"\(c\) 2026 .* \+- ",
    "strikethrough": r"~~Writing",
    "rule": r"(?m)^---$",
    "task list": r"(?m)^- \[ \] ",
    "parameter": r"\{\{first_number\}\}",
    "parameter of three braces": r"\{\{\{second_number\}\}\}",
    "domain": r"\{\{domain3000\}\}",
    "markdown in HTML": r'<script type="text/markdown">',
    "infobox": r"::: infobox \.tip",
    "vocabulary": r"\{\.voc\}",
    "dangling assessment": DANGLING,
}


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_every_construct_of_the_guide_dialect_is_there(construct: str) -> None:
    assert any(re.search(CONSTRUCTS[construct], text, re.DOTALL) for text in pages().values())


def test_pages_are_of_every_sort() -> None:
    found = nodes()
    assert {node["type"] for node in found if "type" in node} == {"page", "section", "chapter"}
    assert {node["contentType"] for node in found if "contentType" in node} == {"markdown", "html"}
    assert any(node.get("teacherOnly") for node in found)
    assert any(node.get("media") for node in found)
    assert {"", "1-panel", "4-cell-tree", "3-cell-left"} <= {node["layout"] for node in found if "layout" in node}
    assert {file["path"].split(":")[0] for node in found for file in node.get("files", [])} >= {
        "#tabs",
        "#terminal",
        "#preview",
    }
    for name in ("header.html", "footer.html"):
        assert (SAMPLE / "assignments/a6-book/.guides/content" / name).exists()


def test_every_type_of_assessment_is_there_and_one_that_nobody_knows() -> None:
    assert {value["type"] for _, value in definitions().values()} == {*TYPES.split(), "splice"}
    common = {
        "name",
        "showName",
        "instructions",
        "guidance",
        "points",
        "metadata",
        "learningObjectives",
        "bloomsObjectiveLevel",
    }
    for task, (_, value) in definitions().items():
        assert value["taskId"] == task == f"{value['type']}-{task.rsplit('-', 1)[1]}"
        assert common <= set(value["source"])
        for key in ("codeEnvConfig", "options"):
            if isinstance(value["source"].get(key), str):
                json.loads(value["source"][key])


FIELDS = {
    "multiple-choice": "multipleResponse isRandomized answers incorrectPoints",
    "fill-in-the-blanks": "text showValues distractors tokens",
    "free-text": "previewType rubrics",
    "free-text-auto": "command timeoutSeconds previewType",
    "test": "command timeoutSeconds codeEnvConfig pythonPath",
    "code-output-compare": "command preExecuteCommand options sequence",
    "parsons-puzzle": "initial options grader",
    "grade-book": "rubrics",
    "llm-based-auto-rubric": "rubrics solutions",
}


def test_definitions_have_the_fields_of_their_type_in_every_way_they_are_used() -> None:
    sources = [(value["type"], value["source"]) for _, value in definitions().values()]
    for kind, source in sources:
        assert set(FIELDS.get(kind, "").split()) <= set(source)
    for key, ways in (
        ("showGuidanceAfterResponseOption", {"Always", "Never", "Attempts", "Score", "WhenGradesReleased"}),
        ("showExpectedAnswerOption", {"Always", "Never", "WhenGradesReleased"}),
    ):
        assert {source[key]["type"] for _, source in sources if key in source} == ways
    assert {source["multipleResponse"] for kind, source in sources if kind == "multiple-choice"} == {True, False}
    assert {source["previewType"] for _, source in sources if "previewType" in source} >= {"NONE", "MARKDOWN"}
    assert any("oneTimeTest" in source and "showExpectedAnswer" in source for _, source in sources), "old fields"
    assert any("maxAttemptsCount" not in source for _, source in sources)
    assert any(
        rubric["weight"] < 0 for _, source in sources for rubric in source.get("rubrics", []) if "weight" in rubric
    )
    assert any({"linkedId", "libraryId", "version"} <= set(value) for _, value in definitions().values())
    lines = "".join(source["initial"] for kind, source in sources if kind == "parsons-puzzle")
    assert all(sign in lines for sign in ("#distractor", "$$toggle::", "\\n"))


def test_projects_hold_settings_secrets_styles_and_sound_beside_the_guides() -> None:
    for pattern in (".codio", ".settings", ".guides/secure/*.py", ".guides/styles.css", ".guides/media/*.wav"):
        assert list((SAMPLE / "assignments").glob(f"*/{pattern}")), pattern
    assert list((SAMPLE / "assignments").glob("*/.guides/assessments/*-parameters.py"))


def test_blanks_and_their_places_agree() -> None:
    texts = [value["source"] for _, value in definitions().values() if value["type"] == "fill-in-the-blanks"]
    assert {source["showValues"] for source in texts} == {True, False}
    for source in texts:
        blanks = iter(source["tokens"]["blank"])
        parts = [f"<<<{next(blanks)}>>>" if part == 0 else part for part in source["tokens"]["text"]]
        assert "".join(parts) == source["text"]
        assert list(blanks) == []


def test_some_names_of_assessments_are_hard() -> None:
    names = [(assignment, value["source"]["name"]) for assignment, value in definitions().values()]
    assert [name for name, count in Counter(names).items() if count == 2] == [("a3-decisions", "Ticket price")]
    for sign in (",", '"'):
        assert any(sign in name for _, name in names)
    assert any(name.startswith("=") for _, name in names)


def test_every_reference_in_the_guides_resolves_but_the_ones_that_are_meant_to_dangle() -> None:
    dangling = []
    for path, text in pages().items():
        project = SAMPLE / "assignments" / path.split("/")[1]
        for task in REFERENCE.findall(text):
            dangling += [] if definitions().get(task, ("", {}))[0] == project.name else [task]
        for picture in re.findall(r'(?:\(|: |src=")(\.guides/img/[^\s")]+)', text):
            dangling += [] if (project / picture.replace("%20", " ")).exists() else [picture]
        titles = {json.loads(file.read_text("utf-8"))["title"] for file in project.glob(".guides/content/**/*.json")}
        for title in re.findall(r"\|go-to-section-titled\}\(([^)]*)\)", text):
            dangling += [] if title.strip() in titles else [title]
    assert sorted(dangling) == [LOST_PICTURE, "Exercises of last year", DANGLING]


def test_every_page_is_listed_once_but_for_one_stem_without_a_page_and_one_page_without_a_stem() -> None:
    lost, hidden = [], []
    for path in SAMPLE.glob("assignments/*/.guides/content/**/index.json"):
        listed = json.loads(path.read_text("utf-8"))["order"]
        there = {child.stem for child in path.parent.glob("*.json")} | {
            child.parent.name for child in path.parent.glob("*/index.json")
        }
        lost += sorted(set(listed) - there)
        hidden += sorted(there - {"index"} - set(listed))
        assert len(set(listed)) == len(listed)
    assert (lost, hidden) == (["Index-of-names-0000"], ["An-old-draft-dead"])
    unused = [task for task, (assignment, _) in definitions().items() if task not in shown_tasks(assignment)]
    assert unused == ["free-text-3300145827"]


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
