"""Holds the guides of the sample course against the dialect they are written in, and against themselves."""

import json
import re
from collections import Counter
from typing import Any

import pytest
from sample import DANGLING, REFERENCE, SAMPLE, definitions, pages, shown_tasks

LOST_PICTURE = ".guides/img/station.jpg"


def nodes() -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in SAMPLE.glob("assignments/*/.guides/content/**/*.json")]


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
