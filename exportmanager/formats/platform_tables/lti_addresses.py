"""LTI addresses of assignments: ``…/lti/<organisation>_<course>_<assignment>``, or constant, without the course."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"https?://[^\s/]+/lti/(?P<ids>[^\s/?#]+)", re.IGNORECASE)


def is_address(cell: str) -> bool:
    """Whether a cell is such an address."""
    return _ADDRESS.match(cell.strip()) is not None


def is_constant(address: str) -> bool:
    """Whether an address stays the same in copies of the course, because it does not name the course."""
    return _ids(address).count("_") == 1


def assignment_in(address: str) -> str:
    """The assignment's id, which is the last part; "" where there are no parts."""
    return _ids(address).rpartition("_")[2] if "_" in _ids(address) else ""


def _ids(address: str) -> str:
    match = _ADDRESS.match(address.strip())
    return match["ids"] if match else ""
