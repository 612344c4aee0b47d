"""Blocks of text in PDFs: what programs that read PDFs find in them, where lines and pages end, links."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from handling import needs, run
from pypdf import PdfReader
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from exportmanager.formats.pdf.cutting import pieces_of
from exportmanager.formats.pdf.embedding import BareCanvas, leave_fonts
from exportmanager.formats.pdf.filling import filled
from exportmanager.formats.pdf.lines import TextBlock, TextStyle, is_right_to_left, line_code, widths
from exportmanager.formats.pdf.spans import Drawn, LineEnd, Look, Span, Words
from exportmanager.formats.pdf.view import Missed

PAGE, MARGIN = (400.0, 600.0), 50.0
WIDTH = PAGE[0] - 2 * MARGIN
BODY = TextStyle(after=6)
CODE = TextStyle(size=8.5, leading=12, preserve=True)
MONO = Look(mono=True, size=0.9, ground="#eeeeee")
LINK = Look(colour="#0b57a4", underline=True)

LATIN = "Les élèves écrivent « naïve » – Größe, Łódź, İstanbul, Tiếng Việt; x² ≠ y."
GREEK = "Η γρήγορη αλεπού πηδάει πάνω από το τεμπέλικο σκυλί"
CYRILLIC = "Быстрая коричневая лиса прыгает через ленивую собаку, ґанок їжак"
CHINESE = "程序设计语言是用来定义计算机程序的形式语言。它是一种被标准化的交流技巧，用来向计算机发出指令。"
TAIWANESE = "程式語言是用來定義電腦程式的形式語言。"
JAPANESE = "プログラミング言語は、コンピュータプログラムを記述するための形式言語である。「かぎ括弧」"
KOREAN = "프로그래밍 언어는 컴퓨터 시스템을 구동시키는 소프트웨어를 작성하기 위한 형식언어이다"
ARABIC = "لغة البرمجة هي مجموعة من القواعد التي تستخدم لكتابة الأوامر"
HEBREW = "שפת תכנות היא שפה פורמלית המיועדת לתיאור אלגוריתמים"
INDIC = "प्रोग्रामिंग भाषा एक औपचारिक भाषा है"
THAI = "ภาษาโปรแกรม คือ ภาษา"
EMOJI = "✅ ❌ 💡 🔥 🎉 😀 🐍 → ⇒ ∑ ✓ ☐ ★ ①"
MIXED = "Say שלום עולם to all, and مرحبا بالعالم too, 123 times."
LONG = "https://example.org/" + "a" * 90 + "/b?c=" + "d" * 200
PROSE = [LATIN, GREEK, CYRILLIC, CHINESE, TAIWANESE, JAPANESE, KOREAN, ARABIC, HEBREW, INDIC, THAI, EMOJI, MIXED, LONG]
PROGRAM = "def f(x):\n\tif x:\n\t\treturn 'a long text that is wider than the page by far' + str(x)\n\n# שלום 中文\n"


def block(text: str | list[Span], style: TextStyle = BODY, missed: Missed | None = None) -> TextBlock:
    spans = [Words(text)] if isinstance(text, str) else text
    return TextBlock(spans, style, missed or Missed())


def pdf_of(*blocks: TextBlock) -> bytes:
    out = BytesIO()
    document = BaseDocTemplate(out, pagesize=PAGE, invariant=1)
    frame = Frame(MARGIN, MARGIN, WIDTH, PAGE[1] - 2 * MARGIN, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("pages", [frame]))
    document.build(list(blocks), canvasmaker=BareCanvas)
    return out.getvalue()


def rows(text: str | list[Span], room: float, style: TextStyle = BODY) -> list[str]:
    """The lines of a text in a column so wide."""
    spans = [Words(text)] if isinstance(text, str) else text
    lines = filled(pieces_of(spans, style)[0], room, preserve=style.preserve)
    return ["".join(piece.text for piece in line.pieces) for line in lines]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF of every script, in three looks, and of code."""
    path = tmp_path_factory.mktemp("pdf") / "everything.pdf"
    looks = (Look(), Look(bold=True, italic=True), MONO)
    blocks = [block([Words(text, look)]) for look in looks for text in PROSE]
    path.write_bytes(pdf_of(*blocks, block([Words(PROGRAM, Look(mono=True))], CODE)))
    return path


def words_of(text: str) -> list[str]:
    """The words as a program that searches sees them: without signs that say only which way they run."""
    return re.sub("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", "", text).split()


@pytest.mark.parametrize("text", [LATIN, GREEK, CYRILLIC, KOREAN, ARABIC, HEBREW, INDIC, THAI, EMOJI])
def test_pdftotext_finds_the_words_in_their_order(everything: Path, text: str) -> None:
    found = words_of(run(needs("pdftotext"), "-layout", everything, "-"))
    wanted = set(words_of(text))
    seen = [word for word in found if word in wanted]
    if text in {ARABIC, HEBREW}:  # with -layout each line is turned as it looks: the words, not their order
        assert set(seen) == wanted
    else:
        times = 3 if text != EMOJI else len(seen) // len(words_of(text))
        assert seen == words_of(text) * times


@pytest.mark.parametrize("text", [CHINESE, TAIWANESE, JAPANESE])
def test_pdftotext_finds_text_without_spaces(everything: Path, text: str) -> None:
    found = "".join(words_of(run(needs("pdftotext"), everything, "-")))
    assert found.count(text) == 3


@pytest.mark.parametrize("text", [ARABIC, HEBREW])
def test_lines_from_right_to_left_are_found_in_reading_order(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of(block(text, TextStyle(size=6))))
    found = words_of(run(needs("pdftotext"), tmp_path / "a.pdf", "-"))
    assert found == words_of(text)


def test_in_a_mixed_line_words_stand_as_each_runs(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of(block(MIXED, TextStyle(size=6))))
    found = words_of(run(needs("pdftotext"), "-raw", tmp_path / "a.pdf", "-"))
    assert found == ["Say", "עולם", "שלום", "to", "all,", "and", "بالعالم", "مرحبا", "too,", "123", "times."]


def test_every_font_is_embedded_as_a_subset_that_says_its_letters(everything: Path) -> None:
    table = run(needs("pdffonts"), everything).splitlines()[2:]
    assert len(table) > 15
    assert {re.search(r"(yes|no) +(yes|no) +(yes|no)", row)[0] for row in table} == {"yes yes yes"}  # type: ignore[index]


def test_nothing_passes_the_edges_of_the_column(everything: Path) -> None:
    boxes = re.findall(r'<word xMin="([\d.]+)".*?xMax="([\d.]+)"', run(needs("pdftotext"), "-bbox", everything, "-"))
    assert len(boxes) > 300
    assert min(float(left) for left, _ in boxes) > MARGIN - 1
    assert max(float(right) for _, right in boxes) < PAGE[0] - MARGIN + 1


def test_the_same_text_gives_the_same_bytes() -> None:
    first, second = ([block(text) for text in PROSE] for _ in range(2))
    assert pdf_of(*first) == pdf_of(*second)


def test_a_part_of_a_book_brings_no_fonts_but_names_them() -> None:
    out = BytesIO()
    canvas = BareCanvas(out, pagesize=PAGE, invariant=1)
    letters = leave_fonts(canvas)
    text = block([Words("plain "), Words("bold", Look(bold=True))])
    text.wrap(WIDTH, 500)
    text.drawOn(canvas, MARGIN, MARGIN)
    canvas.showPage()
    canvas.save()
    assert b"FontFile" not in out.getvalue()
    assert set(letters.used) == {"NotoSans", "NotoSans-Bold"}
    assert sorted(letters.used["NotoSans-Bold"].values()) == ["b", "d", "l", "o"]


def test_a_single_line_is_drawn_into_a_pages_content() -> None:
    canvas = BareCanvas(BytesIO())
    letters = leave_fonts(canvas)
    code = line_code([Words("12 of 340")], BODY, 300, 20, letters, right=True)
    left = float(code.split(b"BT ")[1].split()[0])
    assert left == pytest.approx(300 - widths([Words("12 of 340")], BODY)[1], abs=0.01)
    assert "".join(sorted(letters.used["NotoSans"].values())) == " 01234fo"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("well-known facts", ["well-", "known", "facts"]),
        ("take -1 or --all", ["take -1", "or --all"]),
        ("src/deep/deeper/file.py", ["src/deep/", "deeper/", "file.py"]),
        ("and/or", ["and/or"]),
        ("多么好的一天。你", ["多么好的", "一天。你"]),
        ("多么好好。你好", ["多么好", "好。你好"]),
        ("多么好（你好）", ["多么好", "（你好）"]),
        ("Nummer 1\u00a02 gut", ["Nummer", "1\u00a02 gut"]),
        ("a\u200bbbbbbbb", ["a\u200b", "bbbbbbb"]),
        ("tail   \n  of", ["tail of"]),
    ],
)
def test_lines_end_where_they_may(text: str, lines: list[str]) -> None:
    assert rows(text, max(widths([Words(line)], BODY)[1] for line in lines) + 0.01) == lines


def test_a_word_that_is_wider_than_the_line_is_cut_and_nothing_of_it_is_lost() -> None:
    lines = rows("see " + "a" * 40 + "." + "b" * 300, 100)
    assert lines[0] == "see"
    assert "".join(lines[1:]) == "a" * 40 + "." + "b" * 300
    assert all(widths([Words(line)], BODY)[1] <= 100 for line in lines)


def test_marks_are_not_cut_from_their_letters() -> None:
    lines = rows("x\u0303" * 100, 50)
    assert len(lines) > 3
    assert all(line.startswith("x") for line in lines)


def test_spans_without_a_space_between_them_stay_together() -> None:
    spans: list[Span] = [Words("some words "), Words("bold", Look(bold=True)), Words(", "), Words("end")]
    assert rows(spans, widths(spans[:2], BODY)[1] + 1) == ["some words", "bold, end"]


def test_lines_end_at_line_ends_also_twice() -> None:
    assert rows([Words("a"), LineEnd(), LineEnd(), Words("b")], 100) == ["a", "", "b"]


def test_code_keeps_its_spaces_and_lines() -> None:
    assert rows("a  b\n\n\tif x:\n  \ty\n", 500, CODE) == ["a  b", "", "    if x:", "    y"]


def test_long_lines_of_code_go_on_in_the_next() -> None:
    spans = [Words("x = 'some words' + " + "y" * 50)]
    lines = filled(pieces_of(spans, CODE)[0], 150, preserve=True)
    assert [line.goes_on for line in lines] == [True] * (len(lines) - 1) + [False]
    assert "".join(rows(list(spans), 150, CODE)).replace(" ", "") == spans[0].text.replace(" ", "")


@pytest.mark.parametrize("text", PROSE)
def test_at_their_narrowest_no_word_is_cut_and_at_their_widest_all_is_one_line(text: str) -> None:
    narrowest, widest = widths([Words(text)], BODY)
    assert len(rows(text, widest + 0.01)) == 1
    assert "".join("".join(rows(text, narrowest + 0.01)).split()) == "".join(text.split())
    assert all(widths([Words(line)], BODY)[1] <= narrowest + 0.01 for line in rows(text, narrowest + 0.01))


@pytest.mark.parametrize("height", [20, 40, 55, 70, 100, 125, 1000])
def test_a_block_is_split_with_at_least_two_lines_on_each_side(height: float) -> None:
    whole = block("word " * 80)  # ten lines of 14 points
    total = whole.wrap(WIDTH, 1000)[1]
    parts = whole.split(WIDTH, height)
    heights = [part.wrap(WIDTH, 1000)[1] for part in parts]
    assert total > 6 * 14
    if parts:
        assert heights[0] <= height
        assert min(heights) >= 2 * 14
        assert sum(heights) == pytest.approx(total)
    else:
        assert height < 2 * 14 or total - height < 0 or total < 4 * 14


def test_three_lines_stay_together() -> None:
    assert block("word " * 28).split(WIDTH, 30) == []


def test_lines_with_pictures_may_stand_alone_on_a_page() -> None:
    tall = [Drawn(WIDTH, 400, 0, drawing([]))] * 3
    assert len(block(list(tall)).split(WIDTH, 450)) == 2


def test_a_part_of_a_block_is_set_anew_in_another_width() -> None:
    whole = block("word " * 80 + "a-b " * 10)
    _, rest = whole.split(WIDTH, 60)
    narrow, wide = rest.wrap(WIDTH / 2, 1000)[1], rest.wrap(WIDTH, 1000)[1]
    assert narrow > 1.7 * wide


def test_right_to_left_text_starts_at_the_right_and_its_indent_too() -> None:
    style = TextStyle(left=40)
    assert is_right_to_left([Words("1. "), Words(HEBREW)], BODY)
    assert not is_right_to_left([Words("1. a "), Words(HEBREW)], BODY)
    page = PdfReader(BytesIO(pdf_of(block("שלום", style), block("hello", style)))).pages[0]
    starts: list[tuple[str, float]] = []
    page.extract_text(visitor_text=lambda text, cm, tm, *_: starts.append((text.strip(), cm[4] + tm[4])))
    places = dict(starts)
    assert places["hello"] == pytest.approx(MARGIN + 40)
    assert PAGE[0] - MARGIN - 40 - 60 < places["שלום"] < PAGE[0] - MARGIN - 40


def links_of(data: bytes) -> list[Any]:
    return [note.get_object() for page in PdfReader(BytesIO(data)).pages for note in page.get("/Annots", ())]


def test_links_lead_to_addresses_and_to_names_that_may_be_defined_later() -> None:
    notes = links_of(pdf_of(block([Words("out", LINK, "https://example.org/?a=(1)"), Words(" in", LINK, "#n7")])))
    assert notes[0]["/A"] == {"/S": "/URI", "/URI": "https://example.org/?a=(1)"}
    assert notes[1]["/A"] == {"/S": "/GoTo", "/D": "n7"}


def test_a_link_over_two_lines_has_a_box_on_each_within_the_column() -> None:
    spans: list[Span] = [Words("word " * 8), Words("linked ", LINK, "#a"), Words("words " * 3, MONO, "#a")]
    notes = links_of(pdf_of(block(spans)))
    assert len(notes) == 2
    for note in notes:
        left, bottom, right, top = (float(value) for value in note["/Rect"])
        assert MARGIN <= left < right <= PAGE[0] - MARGIN
        assert 8 < top - bottom < 16


def drawing(seen: list[tuple[float, float]]) -> Any:
    def draw(canvas: Any, x: float, y: float) -> None:
        seen.append(canvas.absolutePosition(x, y))

    return draw


def test_things_drawn_stand_on_the_line_and_are_found_by_their_words(tmp_path: Path) -> None:
    seen: list[tuple[float, float]] = []
    spans: list[Span] = [Words("Then "), Drawn(30, 20, 9, drawing(seen), "a^2+b^2"), Words(" is c.")]
    text = block(spans)
    assert text.wrap(WIDTH, 500)[1] == pytest.approx(21 + 10)
    (tmp_path / "a.pdf").write_bytes(pdf_of(text))
    assert seen[0][0] == pytest.approx(MARGIN + widths(spans[:1], BODY)[1], abs=0.1)
    assert words_of(run(needs("pdftotext"), tmp_path / "a.pdf", "-")) == ["Then", "a^2+b^2", "is", "c."]


def test_something_drawn_that_is_wider_than_the_line_is_made_smaller() -> None:
    text = block([Words("So "), Drawn(4 * WIDTH, 80, 0, drawing([]), "")])
    assert text.wrap(WIDTH, 500)[1] == pytest.approx(14 + 20 + 1 + 4.2, abs=0.5)


def test_letters_that_no_font_has_are_counted_once_and_by_script() -> None:
    missed = Missed()
    text = block("𐎀𐎁 and 𒀀 and \ue000 " + "word " * 80, missed=missed)
    text.wrap(WIDTH, 500)
    text.wrap(WIDTH / 2, 500)
    for part in text.split(WIDTH, 60):
        part.wrap(WIDTH / 2, 500)
    assert missed.counts == {
        ("Letters of the script Ugaritic", "no font here has them"): 2,
        ("Letters of the script Cuneiform", "no font here has them"): 1,
        ("Signs and emoji", "no font here has them"): 1,
    }


def test_letters_that_no_font_has_are_found_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of(block("see 𐎀𐎁 there")))
    assert words_of(run(needs("pdftotext"), tmp_path / "a.pdf", "-")) == ["see", "𐎀𐎁", "there"]


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "\x00\x07", "\ud800", "\u202e\u2067\u2069", "\u0301", "\u200d", "\ufe0f", "\U000e0041", "\t"],
)
@pytest.mark.parametrize("style", [BODY, CODE])
def test_odd_texts_are_drawn_without_a_complaint(text: str, style: TextStyle) -> None:
    assert pdf_of(block(text, style), block([Words(text, LINK, "#a"), Words("א" + text)], style))
