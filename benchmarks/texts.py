"""Makes up text that compresses as students' files do: source code, JSON, CSV, logs and notes, always the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

_POOL = 2 << 20
_SECTION = 6_000
"""Bytes after which other names are in use, as in another file."""

_WORDS = """
account action amount answer array average balance basket batch board book border bottle branch bridge bucket budget
button cache call card cell chain change channel chapter child choice circle city class client clock cloud code
column command contact copy corner count course cover credit current curve customer data date day deck degree depth
detail device digit distance door draft driver edge engine entry error event factor field figure file filter floor
flow folder forest form frame friend game garden gate girl grade graph grid group guess hand head height history
hour house image index input item joke journey judge key kitchen label ladder language layer leaf lesson letter
level library light limit line list load loop machine map mark market matrix meal member memory menu message middle
minute mirror mode model money month morning mother motor mouse name network night node note number object offset
order owner page paper parent part party path pattern person phone picture pixel place planet player point pool
position price prime process product profile prompt queue rate reader record region report result reward river road
robot rocket room round route row rule sample scale score screen season second secret series service session shape
shelf shift ship signal size sketch slot snake socket sorter source space speed square stack stage star state
station step stock store story stream street string student style sum surface symbol system table target task taxi
teacher temperature text ticket tile time title token tower town track train tree trial tunnel turn unit user value
vector vehicle version village voice volume wall water weather week weight width wind window winner word worker year
zone
"""
_VERBS = "add build check compute convert count draw fetch find format join load make merge move parse print read"
_CODE = (
    "def {v}_{a}({b}, {c}={n}):",
    '    """{V} the {a} of each {b} and {w} the {c}."""',
    "    {a} = [{b}.{c} for {b} in {c}s if {b} is not None]",
    "    for {a} in {b}s:",
    "        if {a}.{c} > {n}:",
    "            {b}_{c} += {a}.{c} * {n}",
    "        {v}_{b}({a}, {c}=self.{c})",
    "    {b}.{v}({a}[{n}], key=lambda {c}: {c}.{w})",
    "    # {v} every {a} before the {b} of the {w} is {n}",
    "    return {a}_{b} / len({c}s)",
    '    print(f"{w} {{{a}}}: {{{b}:.2f}} of {n}")',
    '    raise ValueError("the {a} has no {b} for this {w}")',
    "public static int {v}{A}(List<{B}> {b}s, int {c}) {{",
    "    {B} {a} = new {B}({c}, {n});",
    "    for (int i = 0; i < {b}s.size(); i++) {{",
    "        if ({b}s.get(i).get{C}() == {a}.get{A}()) {{",
    '            System.out.println("{w} " + {a}.get{B}() + " at " + i);',
    "        }}",
    "    }}",
    "    return {a}.{v}({c} - {n});",
    "}}",
    "",
    "const {{ {a}, {b} }} = await {v}{C}(`/{w}/${{{c}}}?{a}={n}`);",
    "  document.getElementById('{a}-{b}').addEventListener('{w}', ({c}) => {{",
    "  .{a}-{b} {{ margin: {n}px auto; width: {n}px; }}",
    "#include <{w}.h>",
    "    struct {a} *{b} = malloc({n} * sizeof *{b});",
    '    printf("%d {w} %s\\n", {b}->{a}, {c}[{n}]);',
)
_JSON = (
    '    {{"id": {n}, "{a}": "{w} {b}", "{c}": [{n}, {n2}, {n3}]}},',
    '    {{"id": {n}, "{a}": null, "{b}": {{"{c}": {n2}, "done": true}}}},',
    '    {{"id": {n}, "{a}": "{b}-{n3}", "{c}": [], "note": "{v} {w}"}},',
)
_CSV = ("{n},{a},{w} {b},{n2}.{n3},2026-04-{day:02},{c}",)
_LOG = (
    "2026-04-{day:02}T{hour:02}:{n:02.0f}:{second:02}.{n3:03} INFO  {a}.{b}: {v} {w} took {n2} ms",
    "2026-04-{day:02}T{hour:02}:{n:02.0f}:{second:02}.{n3:03} WARN  {a}.{c}: {w} {n2} is late, {v} again",
    "2026-04-{day:02}T{hour:02}:{n:02.0f}:{second:02}.{n3:03} DEBUG {b}.{c}: {{{a}={n2}, {w}={n3}}}",
)
_NOTES = (
    "To {v} the {a}, every {b} in the {c} has to know its {w} and the {a} of the {b}.",
    "The {c} was harder than the {w}: my {b} did not {v} it, so I wrote {n} more.",
    "## {V} the {w}",
    "* {a} and {b}: {n} of {n2} {c}s, because the {w} is not there yet.",
    "",
)


@dataclass(frozen=True, slots=True)
class Pool:
    """Much text of one sort, from which files are cut."""

    text: bytes

    def cut(self, at: int, size: int) -> bytes:
        """About `size` bytes of whole lines; the same `at` gives the same place."""
        start = self.text.find(b"\n", at % (len(self.text) - size)) + 1
        end = self.text.find(b"\n", start + size) + 1
        return self.text[start : end or None]


def pools() -> dict[str, Pool]:
    """A pool for each sort of file, always the same."""
    sorts = {"code": _CODE, "json": _JSON, "csv": _CSV, "log": _LOG, "notes": _NOTES}
    return {sort: _pool(random.Random(sort), templates) for sort, templates in sorts.items()}


def _pool(rng: random.Random, templates: tuple[str, ...]) -> Pool:
    sections: list[str] = []
    size = 0
    while size < _POOL:
        section = "".join(_lines(rng, [template.format_map for template in templates]))
        sections.append(section)
        size += len(section)
    return Pool("".join(sections).encode())


def _lines(rng: random.Random, makers: list[Callable[[dict[str, object]], str]]) -> list[str]:
    """Lines of one section: few names, which come again and again."""
    known = _WORDS.split()
    names, verbs, words = rng.sample(known, 9), rng.sample(_VERBS.split(), 4), rng.sample(known, 40)
    lines, size = [], 0
    while size < _SECTION:
        a, b, c = rng.sample(names, 3)
        verb = rng.choice(verbs)
        slots: dict[str, object] = {
            "a": a, "b": b, "c": c, "A": a.title(), "B": b.title(), "C": c.title(),
            "v": verb, "V": verb.title(), "w": rng.choice(words),
            "n": rng.randrange(60), "n2": rng.randrange(5000), "n3": rng.randrange(1000),
            "day": rng.randrange(1, 31), "hour": rng.randrange(24), "second": rng.randrange(60),
        }  # fmt: skip
        line = rng.choice(makers)(slots) + "\n"
        lines.append(line)
        size += len(line)
    return lines
