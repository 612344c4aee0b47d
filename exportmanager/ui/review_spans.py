"""Letters of a line as Qt counts them: how they are written, and cursors that stand on them."""

from __future__ import annotations

from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextCursor, QTextLayout

from exportmanager.formats.colours import Span


def format_range(line: str, span: Span, form: QTextCharFormat | None) -> QTextLayout.FormatRange | None:
    """How the letters of `span` are written; None where they are as all others."""
    if form is None:
        return None
    made = QTextLayout.FormatRange()
    made.start, end = in_utf16(line, span.start), in_utf16(line, span.end)
    made.length, made.format = end - made.start, form
    return made


def cursor_on(block: QTextBlock, span: Span) -> QTextCursor:
    """A cursor that has the letters of `span` selected."""
    cursor, line = QTextCursor(block), block.text()
    cursor.setPosition(block.position() + min(in_utf16(line, span.start), block.length() - 1))
    end = block.position() + min(in_utf16(line, span.end), block.length() - 1)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor


def in_utf16(line: str, place: int) -> int:
    """A place in a line as Qt counts: what is beyond the first 65,536 characters of Unicode counts twice."""
    return place if line.isascii() else len(line[:place].encode("utf-16-le", "surrogatepass")) // 2
