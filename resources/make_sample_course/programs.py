"""What the students wrote: authored variants of the programs, each rewritten a little in a student's own style."""

import re
from dataclasses import dataclass, field
from random import Random

from make_sample_course.course import AUTHORED, Person
from make_sample_course.term import dice

CHOICE = re.compile(r"§([^§\n]+)§")
CAREFUL, NEAR = 0.8, 0.3
INDENTS = ("    ", "    ", "    ", "  ", "\t")
HEADS = ("", "", "", "# {name}", "# {name}, CS101", "# author: {username}", "#!/usr/bin/env python3")


@dataclass
class Variant:
    """One way to do a part of an assignment: its quality from 0 to 1, what the tests say about it, and its files."""

    part: str
    quality: float
    outcomes: dict[str, float] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def read_variants(assignment: str) -> list[Variant]:
    """Read the variants of an assignment: `=== part/name q=0.5 task=1` begins one, `--- path` a file in it."""
    variants: list[Variant] = []
    path = ""
    for line in (AUTHORED / "variants" / f"{assignment}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("=== "):
            name, *values = line[4:].split()
            scores = {key: float(value) for key, value in (item.rsplit("=", 1) for item in values)}
            variants.append(Variant(name.split("/")[0], scores.pop("q"), scores))
        elif line.startswith("--- "):
            path = line[4:]
            variants[-1].files[path] = ""
        else:
            variants[-1].files[path] += line + "\n"
    return variants


def chosen_variants(assignment: str, person: Person, finished: bool) -> list[Variant]:
    """Choose a variant of every part, near to what the student can do by now."""
    chance = dice(assignment, person.id, "variant")
    wanted = person.skill if finished else person.skill * 0.5
    parts: dict[str, list[Variant]] = {}
    for variant in read_variants(assignment):
        parts.setdefault(variant.part, []).append(variant)
    return [choose(variants, wanted, chance) for variants in parts.values()]


def choose(variants: list[Variant], wanted: float, chance: Random) -> Variant:
    """Choose one of the variants that are near to the wanted quality, or else the nearest."""
    near = [variant for variant in variants if abs(variant.quality - wanted) <= NEAR]
    return chance.choice(near) if near else min(variants, key=lambda variant: abs(variant.quality - wanted))


def in_own_words(text: str, path: str, person: Person, tidy: bool) -> str:
    """Rewrite a file as this student would: names, head line, indentation, quotes. `tidy` leaves the spaces alone."""
    chance = dice(person.id, path)
    text = fill_choices(text, person, chance)
    if not path.endswith(".py"):
        return text
    head = dice(person.id, "head").choice(HEADS).format(name=person.name, username=person.username)
    if dice(person.id, "quotes").random() < 1 - CAREFUL * person.skill:
        text = "".join(map(single_quotes, text.splitlines(keepends=True)))
    if not tidy:
        text = re.sub(r"(?m)^(?: {4})+", lambda m: habit(person) * (len(m[0]) // 4), text)
        text = text.rstrip("\n") if chance.random() > person.skill else text
    return f"{head}\n{text}" if head else text


def habit(person: Person) -> str:
    """Return what the student indents with."""
    return "    " if person.skill > CAREFUL else dice(person.id, "indent").choice(INDENTS)


def fill_choices(text: str, person: Person, chance: Random) -> str:
    """Replace every `§one|two§` by one of its words, and later `§one§` by the same word."""
    taken = {"me": person.first_name}

    def replace(match: re.Match[str]) -> str:
        words = match[1].split("|")
        if len(words) > 1:
            taken[words[0]] = chance.choice(words)
        return taken[words[0]]

    return CHOICE.sub(replace, text)


def single_quotes(line: str) -> str:
    """Write a line with single quotes where nothing else changes by that."""
    return line if "'" in line or '"""' in line or "\\" in line else line.replace('"', "'")
