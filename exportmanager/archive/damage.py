"""Says in words what is damaged in an archive."""

from __future__ import annotations

from exportmanager.core.archive import Damage, Verified
from exportmanager.formats.untrusted import printable


def problem_of(found: Verified) -> str:
    """What is damaged, in one sentence and how much there is besides; "" for nothing."""
    if not found.damage:
        return ""
    more = len(found.damage) - 1
    others = " One more thing is damaged." if more == 1 else f" {more:,} more things are damaged." if more else ""
    return f"{damage_line(found.damage[0])}{others}"


def damage_line(damage: Damage) -> str:
    """What is wrong with a file of an archive, and whose it is."""
    what = printable(damage.path) or "the archive itself"
    whose = f" ({printable(damage.who)})" if damage.who else ""
    return f"{what}{whose}: {printable(damage.why).rstrip('.')}."
