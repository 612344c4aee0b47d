"""What is known of a file in words: its kind, how large it is, its lines; found out off the window's thread."""

from __future__ import annotations

from exportmanager.review.looking import (
    ArchiveLook,
    BinaryLook,
    LinkLook,
    Look,
    PageLook,
    PictureLook,
    SheetLook,
    TextLook,
)
from exportmanager.ui.words import counted, number, size, tr


def text_of(look: Look) -> TextLook | None:
    """The text that a file is, or is beside what else it is; None where it is none."""
    if isinstance(look, TextLook):
        return look
    return look.text if isinstance(look, (PageLook, SheetLook)) else None


def facts_in_words(look: Look) -> list[str]:
    """What is known of a file: its kind, how large it is, its lines; and what of it is not shown."""
    facts = [_kind(look)] if _kind(look) else []
    if not isinstance(look, LinkLook):
        facts.append(size(look.size))
    text = text_of(look)
    if text is not None:
        facts.append(counted(text.text.line_count, "1 line", "%Ln lines"))
        facts += [text.text.line_ends] if text.text.line_ends else []
        facts += [tr("only the beginning is shown")] if text.text.is_cut else []
    if isinstance(look, SheetLook) and look.sheet.more_lines:
        facts.append(counted(look.sheet.more_lines, "1 more row is not shown", "%Ln more rows are not shown"))
    if isinstance(look, SheetLook) and look.sheet.more_columns:
        facts.append(counted(look.sheet.more_columns, "1 more column is not shown", "%Ln more columns are not shown"))
    if isinstance(look, BinaryLook) and look.size > len(look.data):
        facts.append(tr("only the beginning is shown"))
    return facts


def _kind(look: Look) -> str:
    if isinstance(look, TextLook):
        return look.language.capitalize() if look.language else tr("Text")
    if isinstance(look, PageLook):
        return tr(look.form)
    if isinstance(look, PictureLook):
        return look.head.form
    if isinstance(look, ArchiveLook):
        return tr("Archive with {number} files", number=number(len(look.members)))
    kinds = {SheetLook: "Table", BinaryLook: "Bytes", LinkLook: "Link"}
    return tr(kinds[type(look)]) if type(look) in kinds else "PDF"
