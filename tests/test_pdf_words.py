"""What a guide says is what its PDF says, in the same order: the words of every page are found by pdftotext."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import pytest
from drawing_pdf import WIDTH, pdf_of
from lxml import html
from sample import SAMPLE

from exportmanager.core.guide import Guide, GuideNode
from exportmanager.core.trees import Findings
from exportmanager.formats.archives import open_tree
from exportmanager.formats.guides import files_of_tree, read_guide
from exportmanager.formats.guides_html import PageView, page_html
from exportmanager.formats.pdf.page import page_flowables
from exportmanager.formats.pdf.view import Edition, Missed, PdfView

GUIDES = Path(os.environ.get("EXPORTMANAGER_GUIDES", "") or SAMPLE / "assignments")
PROJECTS = [path for path in sorted(GUIDES.iterdir()) if (path / ".guides").is_dir()]
LEAST = 0.98
_WORD = re.compile(r"\w+")

pytestmark = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler) is not installed")


def words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text))


def words_on_screen(node: GuideNode, guide: Guide) -> list[str]:
    """What the window shows of a page to students."""
    shown = page_html(node, PageView(guide=guide, why_not=lambda _: "", for_teacher=False))
    return words(" ".join(html.fromstring(f"<div>{shown}</div>").itertext()))


def words_on_paper(node: GuideNode, view: PdfView, folder: Path) -> list[list[str]]:
    """As pdftotext puts them into columns, and as they stand in the file: of a table it may take lines for columns."""
    path = folder / "page.pdf"
    path.write_bytes(pdf_of(page_flowables(node, view)).data)
    lines = (["pdftotext", "-enc", "UTF-8", *way, str(path), "-"] for way in ([], ["-raw"]))
    return [words(subprocess.run(line, check=True, capture_output=True).stdout.decode("utf-8")) for line in lines]


def in_order(wanted: Sequence[str], found: Sequence[str]) -> int:
    """How many of the words that are wanted stand among those that were found, in their order."""
    matcher = SequenceMatcher(None, wanted, found, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


@cache
def guide_in(project: Path) -> tuple[Guide, PdfView] | None:
    files = files_of_tree(open_tree(project), Findings())
    guide = read_guide(files)
    if guide is None:
        return None
    return guide, PdfView(guide=guide, files=files, edition=Edition(), missed=Missed(), width=WIDTH)


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_nearly_all_words_are_there_in_their_order(project: Path, tmp_path: Path) -> None:
    there_is = guide_in(project)
    if there_is is None:
        pytest.skip("it has no guide")
    guide, view = there_is
    wanted = there = 0
    worst: list[tuple[float, str]] = []
    for node in guide.walk():
        if node.content.strip() and not node.teacher_only:
            asked = words_on_screen(node, guide)
            number = max(in_order(asked, found) for found in words_on_paper(node, view, tmp_path))
            wanted, there = wanted + len(asked), there + number
            worst.append((number / max(len(asked), 1), node.title))
    assert there >= LEAST * wanted, f"{there} of {wanted}; worst: {sorted(worst)[:5]}"
