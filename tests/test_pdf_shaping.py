"""Words as glyphs, and the order of text that runs from right to left."""

from __future__ import annotations

import pytest
from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st

from exportmanager.formats.pdf.bidi import base_level, in_order, levels
from exportmanager.formats.pdf.cutting import Kind, Piece
from exportmanager.formats.pdf.shaping import Run, chain, code_of

PLAIN = chain(False, False, False)


def texts(run: Run) -> list[str]:
    return [text for _, text in run.glyphs]


def only(word: str, rtl: bool = False) -> Run:
    (run,) = PLAIN.shaped(word, rtl).runs
    return run


def visual(text: str) -> str:
    """A line as it stands from left to right."""
    base = base_level(text)
    pieces = [
        Piece(Kind.WORD, letter, 1.0, level=level)
        for letter, level in zip(text, levels([(text, False)], base), strict=True)
    ]
    return "".join(piece.text for piece in in_order(pieces))


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab אבעל 12,.-+%!ا"), max_size=14).map(str.strip))
def test_text_stands_in_the_order_that_another_program_gives_it(text: str) -> None:
    assert visual(text) == get_display(text)


def test_code_within_right_to_left_text_runs_from_left_to_right() -> None:
    parts = [("אב ", False), ("x + 1", True), (" גד", False)]
    text = "".join(part for part, _ in parts)
    pieces = [Piece(Kind.WORD, a, 1.0, level=b) for a, b in zip(text, levels(parts, 1), strict=True)]
    assert "".join(piece.text for piece in in_order(pieces)) == "דג x + 1 בא"


def test_arabic_letters_join_and_each_says_which_letter_it_is() -> None:
    joined, alone = only("تستخدم", rtl=True), only("ت", rtl=True)
    assert texts(joined) == list("تستخدم"[::-1])
    assert joined.glyphs[-1][0] != alone.glyphs[0][0]
    assert joined.glyphs[-1][0] != joined.glyphs[-3][0], "the first and the third letter are one, in two forms"
    assert joined.width < sum(only(letter, rtl=True).width for letter in "تستخدم")


def test_arabic_stored_as_forms_is_drawn_as_its_letters() -> None:
    assert only("\ufedf\ufee0\ufeea", rtl=True).glyphs == only("لله", rtl=True).glyphs


def test_lam_and_alef_are_drawn_as_one_shape_of_two_letters() -> None:
    run = only("لا", rtl=True)
    assert texts(run) == ["ا", "ل"]
    assert run.width < only("ل", rtl=True).width + only("ا", rtl=True).width


@pytest.mark.parametrize("word", ["👩‍💻", "👍🏽", "🇩🇪", "1️⃣", "✅", "⚠️"])
def test_an_emoji_of_several_signs_is_one_picture_that_says_all_of_them(word: str) -> None:
    run = only(word)
    assert run.face.name == "NotoEmoji"
    assert [text.replace("\ufe0f", "") for text in texts(run)] == [word.replace("\ufe0f", "")]
    assert not run.missing


def test_brackets_turn_with_the_text_around_them() -> None:
    assert only("(", rtl=True).glyphs == only(")").glyphs


def test_marks_stand_over_their_letters() -> None:
    run = only("x\u0303")
    assert run.width == only("x").width
    assert texts(run) == ["x", "\u0303"]
    assert texts(only("e\u0301")) == ["é"], "one letter where there is one"


def test_hebrew_points_do_not_move_the_letters_after_them() -> None:
    assert only("שָׁלוֹם", rtl=True).width == only("שלום", rtl=True).width


def test_signs_that_are_not_seen_are_not_drawn() -> None:
    assert only("a\u00adb\u200b\ufeffc\x07").glyphs == only("abc").glyphs
    assert PLAIN.shaped("\u200d\u200b\x00").width == 0


def test_a_letter_without_a_font_is_a_box_that_says_the_letter() -> None:
    runs = PLAIN.shaped("a𐎀b").runs
    assert [run.missing for run in runs] == ["", "𐎀", ""]
    assert [cluster.spoken for cluster in runs[1].clusters] == ["𐎀"]
    assert runs[1].width > 0


def test_a_mark_without_a_font_is_missed_and_says_what_it_is() -> None:
    (run,) = PLAIN.shaped("a\u0fb5").runs
    assert run.missing == "\u0fb5"
    assert [cluster.spoken for cluster in run.clusters if cluster.spoken] == ["\u0fb5"]


def test_half_of_a_letter_is_the_sign_for_what_cannot_be_read() -> None:
    assert texts(only("a\ud800")) == ["a", "\ufffd"]


def test_a_word_of_several_scripts_takes_a_face_for_each() -> None:
    assert [run.face.name for run in PLAIN.shaped("a中한→").runs] == [
        "NotoSans", "NotoSansSC", "NotoSansKR", "NotoSansSymbols",
    ]  # fmt: skip


@pytest.mark.parametrize("glyph", [0, 10, 13, 0x28, 0x29, 0x5C, 0x0D0A, 0x80, 0x5C29, 0xFFFF])
def test_codes_are_ascii_and_read_as_two_bytes(glyph: int) -> None:
    code = code_of(glyph)
    assert code.isascii()
    assert "\r" not in code
    assert "\n" not in code
    read = (
        code.encode().decode("unicode_escape") if "\\(" not in code and "\\)" not in code else code.replace("\\", "", 1)
    )
    if glyph == 0x5C29:
        read = "\\)"
    assert read.encode("latin-1") == glyph.to_bytes(2, "big")
