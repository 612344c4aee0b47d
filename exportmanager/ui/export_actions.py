"""The ways out of a course for chosen assignments or students, as entries of a menu."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtWidgets import QMenu

from exportmanager.core.options import FieldKind, fields_of
from exportmanager.jobs.sights import Offer
from exportmanager.ui import theme
from exportmanager.ui.course_words import in_sentence
from exportmanager.ui.kit import tip_of
from exportmanager.ui.words import tr


def offers_for(offers: Iterable[Offer], chosen: FieldKind) -> list[Offer]:
    """The ways out for which assignments, or students, can be chosen; first the one that is named after them."""
    fitting = [offer for offer in offers if any(field.kind is chosen for field in fields_of(offer.kind.Options))]
    return sorted(fitting, key=lambda offer: f"{offer.kind.id}s" != chosen.value)


def add_exports(
    menu: QMenu, offers: Iterable[Offer], of: str, ask: Callable[[str, bool], object], *, refused: str = ""
) -> None:
    """Add an entry for each of `offers`; `of` names what is chosen ("3 assignments"), "" where nothing is.

    `ask` is a bound method of an object that lives as long as the menu; it gets the id of the kind. `refused` says
    why nothing of what is chosen can be exported.
    """
    for offer in offers:
        reason = refused or (tr(offer.reason) if offer.reason else "")
        action = menu.addAction(theme.icon("export"), _text(offer, of, reason).replace("&", "&&"))
        action.setEnabled(not reason)
        action.setToolTip(tip_of(reason or tr(offer.kind.summary)))
        action.triggered.connect(partial(ask, offer.kind.id))


def _text(offer: Offer, of: str, reason: str) -> str:
    kind = in_sentence(offer.kind.title)
    if reason:
        return tr("Export {kind}: not available", kind=kind)
    return tr("Export {kind} of {chosen}...", kind=kind, chosen=of) if of else tr("Export {kind}...", kind=kind)
