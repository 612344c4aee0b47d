"""The form in which the platform stores an answer, for every type of assessment."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from make_sample_course.course import AUTHORED, Assessment, Person

HALF = 0.5
WRITTEN: dict[str, dict[str, list[Any]]] = json.loads((AUTHORED / "written.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Try:
    """One try to be stored: by which student, how good from 0 to 1, the number of the try, and a source of chance."""

    person: Person
    assessment: Assessment
    score: float
    number: int
    chance: Random

    @property
    def right(self) -> bool:
        """Whether it earns everything."""
        return self.score == 1

    @property
    def points(self) -> float:
        """What it earns."""
        return round(self.assessment.points * self.score, 2)

    @property
    def written(self) -> Any:
        """One of the authored texts for this try: the next student has the next one, so that all of them occur."""
        texts = WRITTEN[self.assessment.task]["right" if self.right else "wrong"]
        return texts[(int(self.person.id[1:]) + self.number) % len(texts)]

    @property
    def state(self) -> dict[str, str]:
        """What every stored try begins with."""
        return {"state": "pass" if self.right else "fail"}


def stored_answer(one: Try) -> str:
    """Return what the platform keeps of a try: JSON, or plain text for the oldest free-text question."""
    if one.assessment.type == "free-text" and not one.assessment.points:
        return str(one.written)
    return json.dumps(FORMS[one.assessment.type](one), ensure_ascii=False)


def multiple_choice(one: Try) -> dict[str, Any]:
    """The ids that were chosen, beside the right ones."""
    answers = one.assessment.source["answers"]
    right = [answer["_id"] for answer in answers if answer["correct"]]
    wrong = [answer["_id"] for answer in answers if not answer["correct"]]
    current = right if one.right else [one.chance.choice(wrong)]
    if one.score and not one.right:
        current = right[: max(1, round(len(right) * one.score))]
    return {**one.state, "current": current, "right": right}


def fill_in(one: Try) -> dict[str, Any]:
    """The words in the blanks, beside the ones that are asked for."""
    blank = one.assessment.source["tokens"]["blank"]
    return {**one.state, "current": one.written, "right": blank, "points": one.points, "attemptsCount": one.number}


def free_text(one: Try) -> dict[str, Any]:
    """The text and what the teacher says to it."""
    comment = "" if one.right else one.chance.choice(["And why?", "=half", "Nearly: one point is missing.", ""])
    status = "GRADED" if one.assessment.type == "free-text" else "DONE"
    return {**one.state, "answer": one.written, "status": status, "comments": {"value": comment}, "points": one.points}


def code_test(one: Try) -> dict[str, Any]:
    """The exit code and what the test wrote."""
    failed = {"feedback": "Read the first line that begins with FAIL."} if one.number > 1 and not one.right else {}
    return {**one.state, "code": 0 if one.right else 1, "output": one.written, "format": "HTML", **failed}


def output_compare(one: Try) -> dict[str, Any]:
    """What the program wrote for each input; the platform keeps that as JSON inside the JSON."""
    sequence = one.assessment.source["sequence"]
    passing = round(len(sequence) * one.score)
    runs = [output_of(step, passed=number < passing) for number, step in enumerate(sequence)]
    expected = [{"output": step["output"]} for step in sequence]
    output = json.dumps({"sequence": runs}, ensure_ascii=False)
    return {**one.state, "code": 0 if one.right else 1, "output": output, "expectedOutputs": expected}


def output_of(step: dict[str, Any], passed: bool) -> dict[str, Any]:
    """One run of a program: all of the expected output, or only its beginning."""
    expected = str(step["output"])
    shown = expected if passed else expected[: len(expected) // 2]
    return {"returnCode": 0, "stdout": shown + "\n", "stderr": "", "passed": passed}


def parsons(one: Try) -> dict[str, Any]:
    """The blocks in their order with their indentation, as `block_indent` pairs."""
    lines = one.assessment.source["initial"].split("\n")
    indents = [(len(line) - len(line.lstrip())) // 4 for line in lines]
    good = [number for number, line in enumerate(lines) if not line.endswith("#distractor")]
    bad = [number for number in range(len(lines)) if number not in good]
    if not one.right:
        moved = good.pop(one.chance.randrange(1, len(good)))
        good.insert(0, moved)
    code = "\n".join("  " * indents[number] + lines[number].strip() for number in good)
    hashes = ["-".join(f"{number}_{indents[number]}" for number in some) or "-" for some in (good, bad)]
    toggles = json.dumps({"0": 0} if "$$toggle" in code else {})
    return {
        **one.state,
        "solutionHash": hashes[0],
        "trashHash": hashes[1],
        "toggleStates": toggles,
        "studentCode": code,
        "points": one.points,
    }


def math_stack(one: Try) -> dict[str, Any]:
    """The formula that was typed in."""
    return {**one.state, "answers": {"ans1": one.written}}


def random_question(one: Try) -> dict[str, Any]:
    """Which question of the pool it was, and the option that was chosen."""
    number = one.chance.randrange(1, 7)
    right = [f"pool-{number}-a"]
    current = right if one.right else [f"pool-{number}-{one.chance.choice('bcd')}"]
    return {
        **one.state,
        "assessment": {"taskId": f"multiple-choice-66039182{number:02}"},
        "current": current,
        "right": right,
    }


def notebook(one: Try) -> dict[str, Any]:
    """What the grader of notebooks wrote."""
    return {**one.state, "output": one.written, "points": one.points}


def network(one: Try) -> dict[str, Any]:
    """The pairs that were joined."""
    return {**one.state, "edges": one.written}


def custom(one: Try) -> dict[str, Any]:
    """What the author's own program wrote."""
    return {**one.state, "output": one.written}


def rubric(one: Try) -> dict[str, Any]:
    """What was given for each line of the rubric, with a remark in words."""
    left, rows = one.points, []
    for row in one.assessment.source["rubrics"]:
        given = min(float(row["points"]), left)
        left = round(left - given, 2)
        rows.append({"id": row["id"], "points": given})
    remark = WRITTEN[one.assessment.task]["right" if one.score >= HALF else "wrong"][0]
    return {**one.state, "rubrics": rows, "feedback": remark, "points": one.points, "attemptsCount": one.number}


def unknown(one: Try) -> dict[str, Any]:
    """Something that only the other system understands."""
    return {"splice": {"score": one.score, "state": one.written}, "x-opaque": [1, None, {"deep": True}]}


FORMS: dict[str, Callable[[Try], dict[str, Any]]] = {
    "multiple-choice": multiple_choice,
    "fill-in-the-blanks": fill_in,
    "free-text": free_text,
    "free-text-auto": free_text,
    "test": code_test,
    "code-output-compare": output_compare,
    "parsons-puzzle": parsons,
    "math-stack": math_stack,
    "random": random_question,
    "jupyter-notebook": notebook,
    "sense-network": network,
    "custom": custom,
    "llm-based-auto-rubric": rubric,
    "splice": unknown,
}
