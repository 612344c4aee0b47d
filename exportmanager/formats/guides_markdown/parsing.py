"""Puts the dialect together: markdown-it, the plugins that others wrote, and the platform's own rules."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin
from mdit_py_plugins.subscript import sub_plugin
from mdit_py_plugins.superscript import superscript_plugin

from exportmanager.formats.guides_markdown.abbreviations import abbreviation_rules
from exportmanager.formats.guides_markdown.actions import action_rule
from exportmanager.formats.guides_markdown.callouts import callout_rule
from exportmanager.formats.guides_markdown.marks import mark_rules
from exportmanager.formats.guides_markdown.maths import math_rules
from exportmanager.formats.guides_markdown.placements import placement_rules

LONGEST = 400_000
"""Characters of a text that are read; the longest page of a public guide has 60,000."""
_NESTING = 40
"""Boxes in boxes: each takes Python three calls or more."""
_LANGUAGE = re.compile(r"[\w+#.-]+")
_HIDDEN = "-hide-clipboard"
_TASK = re.compile(r"\[([ xX])\](?=\s)")


def parse(text: str) -> list[Token]:
    """The tokens of a Markdown text, as markdown-it gives them, with these types besides its own:

    ``callout_open``, ``callout_close`` (`info`: the type in small letters; `meta`: ``name`` as it was written);
    ``assessment`` (block or inline; `meta`: ``id``); ``command`` (an inline button; `content`: its words; `meta`:
    ``kind``, "" for the usual one, and ``argument``); ``action_open``, ``action_close`` (`meta`: ``actions``);
    ``math_block``, ``math_inline``, ``math_inline_double`` (`content`: TeX); ``abbr_open``, ``abbr_close`` (`attrs`:
    title); ``mark_open`` and ``ins_open`` with their ends, ``sub_open`` and ``sup_open`` with theirs;
    those of footnotes and definition lists are the plugins'. Never raises.
    """
    return _dialect().parse(text[:LONGEST])


def language_of(info: str) -> str:
    """The language that the words behind a fence name; "" where they name none.

    Seen besides names: ``python-hide-clipboard``, ``code`` (none), ``{r, echo=FALSE}``, ``{data-added-lines="5"}``.
    """
    words = info.strip().removeprefix("{").split(maxsplit=1)
    found = _LANGUAGE.match(words[0]) if words else None
    name = found[0].casefold().removesuffix(_HIDDEN) if found else ""
    return "" if name == "code" or name.startswith("data-") else name


@cache
def _dialect() -> MarkdownIt:
    options = {"html": True, "typographer": True, "maxNesting": _NESTING}
    dialect = MarkdownIt("js-default", options)
    for plugin in (deflist_plugin, footnote_plugin, gfm_autolink_plugin, sub_plugin, superscript_plugin):
        dialect.use(plugin)
    for rules in (math_rules, callout_rule, action_rule, placement_rules, abbreviation_rules, mark_rules):
        rules(dialect)
    dialect.core.ruler.push("math_fence", _math_fences)
    dialect.core.ruler.push("task_list", _tasks)
    return dialect


def _math_fences(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "fence" and language_of(token.info) == "math":
            token.type = "math_block"


def _tasks(state: StateCore) -> None:
    """Boxes to tick in lists become signs: ``[ ]`` and ``[x]``."""
    for item, paragraph, token in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        is_first = (item.type, paragraph.type) == ("list_item_open", "paragraph_open")
        if is_first and token.children and (found := _TASK.match(token.children[0].content)):
            sign = "\u2610" if found[1] == " " else "\u2611"
            token.children[0].content = f"{sign}{token.children[0].content[3:]}"
