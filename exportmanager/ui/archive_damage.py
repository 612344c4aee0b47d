"""Names what is damaged in an archive, by file and student."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from exportmanager.core.archive import Damage, Verified
from exportmanager.ui.kit import Empty, Text
from exportmanager.ui.list_dialog import ListDialog
from exportmanager.ui.room import make_room
from exportmanager.ui.table import Column, Rows, Table
from exportmanager.ui.words import counted, number, size, tr

_Row = tuple[int, Damage]
_LISTS = ("manifest-", "tagmanifest-")
"""How the names of an archive's lists of hashes begin."""


def _columns() -> list[Column[_Row]]:
    return [
        Column(id="who", title=tr("Whose"), text=_who),
        Column(id="file", title=tr("File"), text=_file, is_wide=True),
        Column(id="why", title=tr("What is wrong"), text=_why, is_wide=True),
    ]


def _who(one: _Row) -> str:
    return one[1].who


def _file(one: _Row) -> str:
    return one[1].path or tr("the archive itself")


def _why(one: _Row) -> str:
    return tr(one[1].why)


def _place(one: _Row) -> int:
    return one[0]


def _how_many(count: int) -> str:
    return counted(count, "1 thing is not as it was.", "%Ln things are not as they were.")


def _is_rest_sound(found: Verified) -> bool:
    """Whether all that is not named was read and held against its hash."""
    return found.files > 0 and not any(damage.path.startswith(_LISTS) for damage in found.damage)


class DamageDialog(ListDialog):
    """Lists all that is wrong with the archive called `name`; copied as tab-separated lines. Shown with `open()`."""

    def __init__(self, name: str, found: Verified, parent: QWidget | None = None) -> None:
        about = tr("Each file of the archive that is not as it was")
        table = Table(Rows(_columns(), _place), tr("What is damaged"), about)
        nothing = Empty(tr("Nothing is damaged"), tr("Every file is as it was."))
        super().__init__(tr("What is damaged"), table, nothing, _how_many, parent)
        read = tr("{number} files, {size}, were read back.", number=number(found.files), size=size(found.bytes))
        advice = tr("Use another copy of this archive.")
        rest = tr("What is not in the list is as it was, and can be used.") if _is_rest_sound(found) else ""
        self.top.addWidget(Text(name, size="heading"))
        self.about = Text(f"{read} {advice} {rest}".strip())
        self.top.addWidget(self.about)
        self.add_copy(tr("the list, for a mail"))
        make_room(self, 820, 480)
        self.show_rows(list(enumerate(found.damage)))
