"""The classes that pages may wear, and the style sheet that colours them, in what Qt's rich text knows of CSS."""

from __future__ import annotations

from dataclasses import dataclass

CLASSES = frozenset(
    {
        "box", "bar", "body", "info", "warning", "important", "good", "neutral", "teacher", "question",
        "label", "name", "note", "button", "action", "placeholder", "math", "code", "grid", "options", "key", "summary",
        "blank", "end",
        "hl-keyword", "hl-name", "hl-string", "hl-number", "hl-comment",
    }
)  # fmt: skip
"""All of them; any other is taken off."""
MOODS = {
    "info": "info", "topic": "info", "definition": "info", "headline": "info", "xdiscipline": "info",
    "image": "neutral", "warning": "warning", "debugging": "warning", "important": "important",
    "challenge": "good", "create": "good",
    "growthhack": "good", "hackathon": "good", "meetup": "good", "meetups": "good", "calendar": "good",
    "guidance": "teacher",
}  # fmt: skip
"""The class of each type of callout; any other is neutral."""
NAMES = {
    "info": "Info", "topic": "Topic", "definition": "Definition", "headline": "Headline", "image": "Picture",
    "xdiscipline": "Other subjects", "warning": "Warning", "debugging": "Debugging", "important": "Important",
    "challenge": "Challenge", "create": "Create", "growthhack": "Growth hack", "hackathon": "Hackathon",
    "meetup": "Meet-up", "meetups": "Meet-ups", "calendar": "Calendar",
}  # fmt: skip
"""What stands above each type of callout; above any other, its type as the author wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageColours:
    """Colours as ``#rrggbb``: `ground` is that of boxes, `base` that of the page. `mono` is the family of code."""

    text: str
    muted: str
    base: str
    ground: str
    border: str
    accent: str
    link: str
    warning: str
    loss: str
    good: str
    mono: str = "monospace"


def style_sheet(c: PageColours) -> str:
    """What the classes of a page look like."""
    code = f"font-family: '{c.mono}', monospace; white-space: pre-wrap"
    moods = {"info": c.accent, "warning": c.warning, "important": c.loss, "good": c.good, "neutral": c.muted}
    moods |= {"teacher": c.warning, "question": c.accent}
    bars = [f"td.bar.{mood} {{ background-color: {colour} }}" for mood, colour in moods.items()]
    inks = {"keyword": c.accent, "name": c.link, "string": c.good, "number": c.warning, "comment": c.muted}
    return "\n".join([
        *bars,
        *(f".hl-{part} {{ color: {ink} }}" for part, ink in inks.items()),
        "p { margin-top: 0; margin-bottom: 8px }",
        *(f"h{n} {{ margin-top: {gap}px; margin-bottom: 6px }}" for n, gap in enumerate((8, 14, 12, 10, 10, 10), 1)),
        "td.body h1, td.body h2, td.body h3 { font-size: large; margin-top: 2px }",
        "ul, ol, dl { margin-top: 0; margin-bottom: 8px }",
        "table { margin-top: 6px; margin-bottom: 10px }",
        "table.options { margin-top: 0; margin-bottom: 4px }",
        "p.end { font-size: 1px; margin: 0; background-color: transparent }",
        "td.bar, table.grid td.bar { padding: 0 }",
        f"td.body {{ background-color: {c.ground}; padding: 6px 10px 6px 10px }}",
        f"table.grid {{ border-color: {c.border}; border-style: solid; border-collapse: collapse }}",
        "table.grid td, table.grid th { padding: 4px 8px 4px 8px }",
        f"th {{ background-color: {c.ground}; text-align: left }}",
        f"table.code td {{ background-color: {c.ground} }}",
        f"td.body table.code td {{ background-color: {c.base} }}",
        f"pre {{ {code}; margin: 0 }}",
        "pre.math { margin-top: 4px; margin-bottom: 8px }",
        f".blank {{ {code}; background-color: {c.base}; text-decoration: underline }}",
        f"code, kbd, samp {{ {code}; background-color: {c.ground} }}",
        f".math {{ {code}; font-style: italic; background-color: {c.ground} }}",
        f".label {{ color: {c.muted}; font-weight: bold; margin-bottom: 2px }}",
        f"td.teacher p.label {{ color: {c.warning} }}",
        ".name { font-weight: bold }",
        ".summary { font-weight: bold }",
        f".note {{ color: {c.muted} }}",
        f".button {{ background-color: {c.border}; color: {c.text}; font-weight: bold }}",
        ".action { text-decoration: underline }",
        f".placeholder {{ background-color: {c.ground}; color: {c.muted}; font-style: italic }}",
        f".key {{ color: {c.good}; font-weight: bold }}",
        f"a {{ color: {c.link}; text-decoration: underline }}",
        "abbr { text-decoration: underline }",
        f"blockquote {{ color: {c.muted} }}",
        "del, s { text-decoration: line-through }",
        "dt { font-weight: bold }",
    ])  # fmt: skip
