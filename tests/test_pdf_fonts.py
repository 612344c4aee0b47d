"""Which face draws a letter, and what of the fonts comes into a PDF."""

from __future__ import annotations

from io import BytesIO
from itertools import product
from typing import Any

import pytest
from pypdf import PdfReader

from exportmanager.formats.pdf.embedding import Letters, font_sheet, to_unicode
from exportmanager.formats.pdf.fonts import Han, face_named, faces, han_of
from exportmanager.formats.pdf.shaping import chain

LOOKS = list(product((False, True), repeat=3))


@pytest.mark.parametrize(("bold", "italic", "mono"), LOOKS)
def test_every_face_is_there_and_can_be_found_by_its_name(bold: bool, italic: bool, mono: bool) -> None:
    every = [face for han in ("SC", "TC", "JP", "KR") for face in faces(bold, italic, mono, han)]
    assert len({face.name for face in every}) == len(set(every)) == 30 - (not mono) * 1
    assert all(face_named(face.name) is face for face in every)
    assert all(face.face.glyph_count > 80 for face in every)


def test_bold_letters_are_wider_and_code_is_of_one_width() -> None:
    regular, bold, code = chain(False, False, False), chain(True, False, False), chain(False, False, True)
    assert bold.shaped("Hamburg").width > regular.shaped("Hamburg").width
    assert {code.shaped(letter).width for letter in "iW ─→0"} == {600}


@pytest.mark.parametrize(
    ("letter", "name"),
    [
        ("a", "NotoSans"), ("ж", "NotoSans"), ("Ω", "NotoSans"), ("א", "NotoSansHebrew"), ("ع", "NotoSansArabic"),
        ("中", "NotoSansSC"), ("あ", "NotoSansSC"), ("한", "NotoSansKR"), ("。", "NotoSansSC"),
        ("क", "NotoSansDevanagari"),
        ("→", "NotoSansSymbols"), ("✓", "NotoSansSymbols2Regular"), ("├", "NotoSansMono"), ("∑", "STIXTwoMathRegular"),
        ("😀", "NotoEmoji"), ("✅", "NotoEmoji"), ("👍", "NotoEmoji"),
    ],
)  # fmt: skip
def test_each_letter_has_the_face_that_is_best_for_it(letter: str, name: str) -> None:
    known = chain(False, False, False).letter(letter)
    assert known
    assert known[0].name == name


def test_what_is_private_to_a_font_is_not_taken_from_another() -> None:
    assert chain(False, False, False).letter("\ue000") is None


@pytest.mark.parametrize(
    ("text", "han"),
    [
        ("程序设计语言", "SC"), ("程式語言是用來定義電腦", "TC"), ("中文", "SC"), ("plain", "SC"),
        ("言語を記述する", "JP"), ("한국어 漢字", "KR"),
    ],
)  # fmt: skip
def test_han_letters_look_as_the_text_around_them_wants(text: str, han: Han) -> None:
    assert han_of(text) == han


def fonts_of(data: bytes) -> dict[str, Any]:
    resources: Any = PdfReader(BytesIO(data)).pages[0]["/Resources"]
    return {name: font.get_object() for name, font in resources["/Font"].items()}


def drawn(*words: str) -> Letters:
    letters = Letters()
    for word in words:
        letters.add(chain(False, False, False).shaped(word).runs)
    return letters


def test_the_sheet_of_a_book_has_the_letters_of_all_its_parts() -> None:
    fonts = fonts_of(font_sheet(drawn("Hello", "中文", "é").used))
    assert set(fonts) == {"/NotoSans", "/NotoSansSC"}
    font = fonts["/NotoSans"]["/DescendantFonts"][0].get_object()
    assert font["/FontDescriptor"]["/FontFile2"].get_object().get_data()[:4] == b"\0\1\0\0"
    assert fonts["/NotoSansSC"]["/ToUnicode"].get_object().get_data().count(b"> <") == 2 + 1


def test_a_subset_is_small_and_has_the_widths_that_lines_are_made_with() -> None:
    letters = drawn("abcdefghijklmnopqrstuvwxyz")
    font = fonts_of(font_sheet(letters.used))["/NotoSans"]["/DescendantFonts"][0].get_object()
    assert len(font["/FontDescriptor"]["/FontFile2"].get_object().get_data()) < 8_000
    first, stretch = font["/W"][0], font["/W"][1]
    face = face_named("NotoSans")
    assert [int(width) for width in stretch] == [face.width(int(first) + at) for at in range(len(stretch))]


def test_the_same_letters_give_the_same_sheet_in_whatever_order_they_came() -> None:
    assert font_sheet(drawn("Hello", "中文").used) == font_sheet(drawn("中文", "olHe").used)


def test_letters_above_the_first_plane_are_two_units_in_the_map() -> None:
    assert "<0005> <D83DDE00>" in to_unicode({5: "😀"})
    assert "<0006> <00660069>" in to_unicode({6: "fi"})


def test_long_maps_come_in_sections_of_a_hundred() -> None:
    text = to_unicode({code: "x" for code in range(250)})
    assert [line.split()[0] for line in text.splitlines() if "beginbfchar" in line] == ["100", "100", "50"]


def test_a_part_of_a_letter_says_nothing_by_itself() -> None:
    assert "0007" not in to_unicode({7: ""})
    letters = drawn("हि")
    assert "" in letters.used["NotoSansDevanagari"].values()
