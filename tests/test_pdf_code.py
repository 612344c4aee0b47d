"""Code on printed pages: its lines, its colours, and what is done with lines that are too long."""

from __future__ import annotations

from drawing_pdf import WIDTH, shown

from exportmanager.formats.pdf.code import code_block, code_spans
from exportmanager.formats.pdf.spans import Words
from exportmanager.formats.pdf.style import INKS
from exportmanager.formats.pdf.view import Missed


def inks(text: str, language: str) -> dict[str, str]:
    """The colour of each stretch of a code."""
    return {span.text.strip(): span.look.colour for span in code_spans(text, language) if isinstance(span, Words)}


def test_code_is_coloured_where_its_language_is_known() -> None:
    found = inks('for n in "a":  # so\n    print(1)', "python")
    assert found["for"] == INKS["keyword"]
    assert found['"a"'] == INKS["string"]
    assert found["# so"] == INKS["comment"]
    assert found["1"] == INKS["number"]
    assert inks("for n in x", "nonsense") == {"for n in x": ""}


def test_code_keeps_its_lines_and_columns() -> None:
    spans = code_spans("\na\n\n\tb  c\r\nd\n\n")
    assert "".join(span.text if isinstance(span, Words) else "\n" for span in spans) == "a\n\n    b  c\nd"


def test_very_long_code_is_plain_but_whole() -> None:
    text = "x = 1\n" * 5_000
    assert {span.look.colour for span in code_spans(text, "python") if isinstance(span, Words)} == {""}


def test_fenced_and_indented_code_is_on_the_page() -> None:
    assert shown("```python\nx = 1\n```\n\n    indented <b>\n\n```{r, echo=FALSE}\ny <- 2\n```").text == (
        "x = 1 indented <b> y <- 2"
    )
    assert shown("```\n```\n\nbelow").text == "below"


def test_long_lines_are_wrapped_and_no_letter_is_lost() -> None:
    text = "".join(f"{number:04}" for number in range(200))
    block = code_block(text, "", Missed())
    assert block.wrap(WIDTH, 1000)[1] > 60
    found = shown(f"```\n{text}\n```").text
    assert "".join(letter for letter in found if letter.isdecimal()) == text


def test_code_goes_on_on_the_next_page() -> None:
    text = "\n".join(f"line_{number} = {number}" for number in range(150))
    found = shown(f"# Code\n\n```python\n{text}\n```")
    assert len(found.pages) == 3
    assert all(f"line_{number} = {number}" in found.text for number in range(150))
