"""Pages of guides as HTML that does nothing: no script, no address, no file; a style sheet colours its classes."""

from exportmanager.formats.guides_html.page import PageView, page_html
from exportmanager.formats.guides_html.style import PageColours, style_sheet

__all__ = ["PageColours", "PageView", "page_html", "style_sheet"]
