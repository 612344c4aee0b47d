"""Measures a guide on its way to paper against headless Chromium and WeasyPrint with the same pages as HTML."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import unquote

from benchmarks.make_guide import make_guide
from benchmarks.measure import Row, Series, Settings, Times, command, faster, fresh_process, note, timed
from benchmarks.window import child
from exportmanager.core.trees import Findings
from exportmanager.formats.containers import open_container
from exportmanager.formats.guides import files_of_tree, read_guide
from exportmanager.formats.guides_html import PageColours, PageView, page_html, style_sheet

TITLE = "PDF: a guide on its way to paper"
HOW = """\
A guide of {pages} pages (those of the sample course again and again, with other numbers), on the disk of {folder}.
{rounds} rounds; in each, everything runs once, one after the other, every second round in the opposite order; the disk
is synced (untimed) before each. This program exports the student edition in a new process each time, on a clock that
starts with the request (once the program is open): its drawing processes start anew, formulas are set, the file is
synced and read back. Chromium (headless) and WeasyPrint, from their starts to their ends, print the same pages from one
HTML file with the same pictures; formulas stay source there."""

_PAGES, _MANY = 250, 1_200
_MEMORY = 400e6
_GAP = 50.0
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_COLOURS = PageColours(
    text="#000000", muted="#555555", base="#ffffff", ground="#f4f5f7", border="#c0c0c0", accent="#2f5f9f",
    link="#1f5fbf", warning="#8a5a00", loss="#b02020", good="#1f7a3f",
)  # fmt: skip
_PICTURE = re.compile(r'src="guide:([^"]*)"')


class _Bench:
    """One run: a book, its library, and the same as HTML."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.folder
        self.pages = _PAGES // 10 if settings.quick else _PAGES
        self.many = _MANY // 10 if settings.quick else _MANY
        self.library, self.large = (str(self.folder / name) for name in ("library", "large"))
        self.sizes: dict[str, int] = {}
        self.weasyprint = os.environ.get("WEASYPRINT_PYTHON", sys.executable)

    def prepare(self) -> str:
        """Write the book and take it in; how it is measured, in words."""
        note("writing a book ...")
        project = make_guide(self.folder / "course", self.pages)
        fresh_process("take", self.library, str(self.folder / "course"))
        make_guide(self.folder / "large-course", self.many)
        fresh_process("take", self.large, str(self.folder / "large-course"))
        self.page = project / "book.html"
        self.page.write_text(_html(project), encoding="utf-8")
        return HOW.format(pages=self.pages, folder=self.folder.parent, rounds=self.settings.rounds)

    def runs(self) -> dict[str, Callable[[], float]]:
        """What is measured in turn."""
        runs: dict[str, Callable[[], float]] = {"export": self.export}
        self.browser = next((found for name in _BROWSERS if (found := shutil.which(name))), "")
        if self.browser:
            runs["chromium"] = self.chromium
        else:
            note("Chromium is not installed: what is compared with it is left out")
        if (
            subprocess.run([self.weasyprint, "-c", "import weasyprint"], capture_output=True, check=False).returncode
            == 0
        ):
            runs["weasyprint"] = self.with_weasyprint
        else:
            note("WeasyPrint is not installed (WEASYPRINT_PYTHON can name a Python that has it): it is left out")
        return runs

    def export(self) -> float:
        """The book to the shelf."""
        done = fresh_process("export", self.library, "pdf")
        self.sizes["export"] = done["size"]
        Path(done["path"]).unlink()
        return float(done["seconds"])

    def chromium(self) -> float:
        """The same pages by Chromium."""
        target = self.folder / "chromium.pdf"
        line = [self.browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        line += [f"--print-to-pdf={target}", self.page.as_uri()]
        seconds = timed(lambda: subprocess.run(line, check=True, stderr=subprocess.DEVNULL))
        self.sizes["chromium"] = target.stat().st_size
        return seconds

    def with_weasyprint(self) -> float:
        """The same pages by WeasyPrint."""
        return command([self.weasyprint, "-m", "weasyprint", "-q", str(self.page), "weasy.pdf"], self.folder)

    def longest_gap(self) -> float:
        """For how many milliseconds the window's loop stays away while a book is made."""
        return float(child("table", self.library, "pdf")["gaps"]["pdf"]["max"])


def _html(project: Path) -> str:
    """The pages of a guide as one document, each beginning on a new sheet."""
    with open_container(project) as container:
        guide = read_guide(files_of_tree(container.tree(), Findings()))
    assert guide is not None, "it was just written"
    view = PageView(guide=guide, why_not=lambda _: "", for_teacher=False)
    pages = "\n".join(f'<div style="break-before: page">{page_html(node, view)}</div>' for node in guide.walk())
    body = _PICTURE.sub(lambda found: f'src="{escape(unquote(found[1]))}"', pages)
    return f'<!doctype html><meta charset="utf-8"><title>A book</title><style>{style_sheet(_COLOURS)}</style>{body}'


def run(settings: Settings) -> list[Row]:
    """Measure all of it; print how, and return the rows."""
    bench = _Bench(settings)
    print(bench.prepare() + "\n", flush=True)
    times = Series(bench.runs()).go(settings.rounds)
    note("the window, and a long book ...")
    gap = bench.longest_gap()
    what = "the window's longest gap while it is made, ms / 50"
    return [
        *_against(bench, times),
        *_memory(bench),
        Row(what, f"{gap:.0f} ms", "", gap / _GAP, 1, at_most=True),
    ]


def _against(bench: _Bench, times: dict[str, Times]) -> list[Row]:
    rows = []
    if "chromium" in times:
        ours, theirs = bench.sizes["export"], bench.sizes["chromium"]
        rows.append(faster("times faster than Chromium prints", times["export"], times["chromium"], 1, aim=2))
        rows.append(Row("size / Chromium's", _mb(ours), _mb(theirs), ours / theirs, 0.5, at_most=True))
    if "weasyprint" in times:
        rows.append(faster("times faster than WeasyPrint", times["export"], times["weasyprint"], 8))
    return rows or [Row("export", str(times["export"]), "")]


def _memory(bench: _Bench) -> list[Row]:
    """Of all processes together."""
    peak = fresh_process("export", bench.large, "pdf").get("peak_of_all")
    what = f"peak memory of all processes for {bench.many:,} pages, MB / 400"
    if not peak:
        return [Row("peak memory: this system does not say", "", "")]
    return [Row(what, _mb(peak), "", peak / _MEMORY, 1, at_most=True)]


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
