"""The Markdown of guides as tokens: what CommonMark knows, and what the platform added, as token types of their own."""

from exportmanager.formats.guides_markdown.guidance import for_students
from exportmanager.formats.guides_markdown.parsing import LONGEST, language_of, parse

__all__ = ["LONGEST", "for_students", "language_of", "parse"]
