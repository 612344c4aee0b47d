"""Draws a text of a guide, Markdown or HTML, as what stands on printed pages."""

from __future__ import annotations

from dataclasses import replace

from reportlab.platypus import Flowable

from exportmanager.formats.pdf.boxes import Box, Rule
from exportmanager.formats.pdf.elements import ELEMENTS
from exportmanager.formats.pdf.flow import Flow, Sheet
from exportmanager.formats.pdf.markup import Tree, tree_of_html, tree_of_markdown
from exportmanager.formats.pdf.placed import TOKENS
from exportmanager.formats.pdf.spans import Words
from exportmanager.formats.pdf.style import HEADING, NOTE
from exportmanager.formats.pdf.view import PdfView


def markdown_flowables(text: str, view: PdfView, *, in_question: bool = False) -> list[Flowable]:
    """A Markdown text as flowables. In a question, further questions are only named. Never raises."""
    tree = tree_of_markdown(text, for_teacher=view.edition.teacher_notes)
    for tag in tree.swallowed:
        view.missed.add(f"{tag} without its end", "what follows it is shown as it is written")
    return _flowables(tree, view, in_question=in_question)


def html_flowables(html: str, view: PdfView) -> list[Flowable]:
    """HTML as flowables: what of it may be shown. Never raises."""
    return _flowables(tree_of_html(html), view)


def _flowables(tree: Tree, view: PdfView, *, in_question: bool = False) -> list[Flowable]:
    sheet = Sheet(view=view, tree=tree, elements=ELEMENTS, tokens=TOKENS, in_question=in_question)
    flow = Flow(sheet)
    flow.boxed = int(in_question)
    flow.block(tree.root)
    _explain(flow)
    if tree.is_too_deep:
        view.missed.add("Text in boxes and lists", "it is nested too deeply to be read")
        flow.add(Box([], "warning", "Some of this text is nested too deeply to be shown.", view.missed))
    return flow.out


def _explain(flow: Flow) -> None:
    """What the abbreviations of a text mean, below it in small print."""
    for number, (word, meaning) in enumerate(flow.sheet.abbreviations.items()):
        if not number:
            flow.add(Rule(90.0))
        flow.text([Words(word, HEADING), Words(f": {meaning}")], replace(NOTE, before=0, after=2))
