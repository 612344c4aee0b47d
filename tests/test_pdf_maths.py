"""Formulas in PDFs: what is read, how large it is, and that nothing hostile takes long."""

from __future__ import annotations

import re
import shutil
import subprocess
from time import process_time

import pytest
from drawing_pdf import pdf_of, shown

from exportmanager.formats.pdf.lines import TextBlock, TextStyle
from exportmanager.formats.pdf.maths import fitted, formula
from exportmanager.formats.pdf.spans import Drawn, Words
from exportmanager.formats.pdf.view import Missed
from exportmanager.formats.questions import BLANK


def drawn(tex: str, *, display: bool = True) -> Drawn:
    found = formula(tex, 10.0, display=display)
    assert found, tex
    return found


def operators(tex: str) -> str:
    """What draws a formula."""

    class Canvas:
        def __init__(self) -> None:
            self._doc = Document()
            self._code: list[str] = []

    class Document:
        delayedFonts: list[object] = []  # noqa: N815, RUF012 - reportlab's name

    canvas = Canvas()
    drawn(tex).draw(canvas, 0.0, 0.0)
    return " ".join(canvas._code)


def letters(tex: str) -> int:
    return operators(tex).count("Tj")


READ = {
    r"x^2+y^2=z^2": 8,
    r"\frac{-b\pm\sqrt{b^2-4ac}}{2a}": 12,
    r"\sum_{i=1}^{n} i": 6,
    r"\int_0^\infty e^{-x^2}\,dx": 9,
    r"\begin{pmatrix}a & b\\c & d\end{pmatrix}": 6,
    r"\begin{bmatrix}1&0\\0&1\end{bmatrix}": 6,
    r"f(x)=\begin{cases}1 & x>0\\0 & \text{otherwise}\end{cases}": 20,
    r"\begin{align} a &= b\\ c &= d\end{align}": 6,
    r"\begin{aligned} a &= b\\ c &= d\end{aligned}": 6,
    r"\begin{equation} a = b \label{one}\end{equation}": 3,
    r"\begin{gather} a\\ b\end{gather}": 2,
    r"\binom{n_{1}}{k^{2}}": 6,
    r"\lim_{x\to 0}\frac{\sin x}{x}": 11,
    r"\mathbb{R} \mathcal{L} \mathbf{v}": 3,
    r"\textcolor{red}{a}": 1,
    r"\not= \ne": 2,
    r"100\%": 4,
    r"a \tag{7}": 1,
    r"a % nobody reads this": 1,
    r"\text{50\% of R\&D, x<3}": 12,
    r"\sqrt[3]{x}": 3,
}


@pytest.mark.parametrize("tex", READ)
def test_tex_is_read_to_its_last_letter(tex: str) -> None:
    assert letters(tex) == READ[tex]


@pytest.mark.parametrize(
    "tex",
    [
        "", " ", r"\frac{1}{", "x^", "#", r"\nobodyknows{x}", r"a & b", r"\begin{align}a", r"\left( x",
        r"\text{\nobodyknows}", " | Fast | The most expensive memory that there is | And slow | ",
        r"\text{中文}", r"\def\a{\b\b}\def\b{\c\c}\a", r"\newcommand{\x}{1}\x", r"\end{align}", r"\right)", "\x00",
    ],
)  # fmt: skip
def test_what_is_no_tex_is_not_drawn(tex: str) -> None:
    assert formula(tex, 10.0, display=True) is None


@pytest.mark.parametrize(
    "tex",
    [
        "{" * 1500 + "}" * 1500,
        "{" * 60 + "x" + "}" * 60,
        r"\frac{1}{" * 40 + "x" + "}" * 40,
        r"\begin{cases}" * 9 + "x" + r"\end{cases}" * 9,
        r"\phantom{" * 30 + "x" + "}" * 30,
        r"x^{" * 200 + "y" + "}" * 200,
        r"\left(" * 300 + r"\right)" * 300,
        r"\def\a{\b\b\b\b}\def\b{\c\c\c\c}\def\c{\d\d\d\d}\def\d{xxxx}\a",
        "x" * 100_000,
        r"\binom{" * 500,
        r"\verb|" * 600,
        "^" * 4000,
        "$" * 4000,
        r"\\" * 2000,
    ],
)
def test_hostile_tex_takes_no_long_time(tex: str) -> None:
    begin = process_time()
    formula(tex, 10.0, display=True)
    assert process_time() - begin < 4


def test_a_formula_has_its_height_above_the_base_line_and_its_depth_below() -> None:
    plain, fraction = drawn("x"), drawn(r"\frac{a}{b}")
    assert plain.depth < 0.5
    assert 4 < plain.height < 7
    assert fraction.height > 9
    assert fraction.depth > 5
    assert drawn(r"\sum_{i}^{n}").height > drawn(r"\sum_{i}^{n}", display=False).height


def test_formulas_grow_with_the_text() -> None:
    small, large = formula("x+y", 10.0, display=False), formula("x+y", 20.0, display=False)
    assert small
    assert large
    assert large.width == pytest.approx(2 * small.width, rel=0.01)


def test_a_formula_that_is_too_wide_is_made_smaller_as_a_whole() -> None:
    wide = drawn("+".join("abcdefghijklmnopqrstuvwxyz"))
    small = fitted(wide, 100.0)
    assert small.width == 100.0
    assert small.height == pytest.approx(wide.height * 100.0 / wide.width)
    assert fitted(small, 200.0) is small


def test_the_name_of_a_function_stands_apart() -> None:
    assert drawn(r"n\log n").width > drawn(r"n\mathrm{log}n").width + 2


def test_high_brackets_are_drawn_though_they_are_put_together() -> None:
    matrix = r"\begin{vmatrix}a\\b\\c\\d\end{vmatrix}"
    assert letters(matrix) >= 4 + 2 * 2
    assert letters(r"\overbrace{a+b+c+d+e+f}^{n}") >= 11 + 1 + 3


def test_colours_are_those_of_tex_and_no_code() -> None:
    assert "1 0 0 rg" in operators(r"\textcolor{red}{a}")
    assert "0.2 0.4 0.6 rg" in operators(r"\textcolor{#336699}{a}")
    plain = operators(r"\textcolor{__import__('os').abort()}{a}")
    assert re.findall(r"[\d. ]+rg", plain) == re.findall(r"[\d. ]+rg", operators("a"))


def test_lines_are_drawn_as_lines() -> None:
    assert operators(r"\frac{a}{b}").count(" re f") == 1
    assert operators(r"\boxed{a}").count(" re S") == 1
    assert operators(r"\cancel{a}").count(" l S") == 1


def test_a_blank_in_a_formula_is_a_line_to_write_on() -> None:
    assert letters(f"x = {BLANK}") == 2 + 4


def test_a_formula_on_the_page_is_letters_that_are_embedded() -> None:
    page = pdf_of([TextBlock([Words("so "), drawn("x+1", display=False)], TextStyle(), Missed())])
    fonts = page.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    found = [font.get_object() for name, font in fonts.items() if "STIX" in name]
    assert found[0]["/DescendantFonts"][0].get_object()["/FontDescriptor"]["/FontFile2"]
    assert "x + 1" in page.text


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (poppler-utils) is not installed")
def test_a_formula_is_copied_as_its_tex() -> None:
    page = shown("It is $\\frac{a}{b}$ here.\n\n$$\\sum_{i} i^2$$\n\nAnd $\\alpha$.")
    text = subprocess.run(["pdftotext", "-", "-"], input=page.data, capture_output=True, check=True).stdout.decode()
    assert text.split() == [r"It", r"is", r"\frac{a}{b}", r"here.", r"\sum_{i}", r"i^2", r"And", r"\alpha."]


def test_the_same_formulas_are_the_same_bytes() -> None:
    text = "$\\frac{a}{b}$ and $$\\sum_{i=1}^n i$$ and $\\frac{a}{b}$"
    assert shown(text).data == shown(text).data


def test_tex_that_is_not_read_is_shown_as_it_is_written() -> None:
    page = shown(r"It is $\nobodyknows{x}$.")
    assert r"It is \nobodyknows{x}." in page.text
    assert len(page.gaps) == 1
