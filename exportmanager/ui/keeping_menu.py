"""What menus of a course offer for keeping it: archive, certificate, delete."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu

from exportmanager.ui import theme
from exportmanager.ui.words import tr


def add_keeping(
    menu: QMenu, archive: Callable[..., object], certificate: Callable[..., object], delete: Callable[..., object]
) -> None:
    """Add the entries to `menu`; each calls a bound method."""
    menu.addSeparator()
    for icon, words, ask in (
        ("archive", tr("Archive course..."), archive),
        ("verify", tr("Certificate..."), certificate),
        ("remove", tr("Delete course..."), delete),
    ):
        menu.addAction(theme.icon(icon), words).triggered.connect(ask)
