"""Tells whether a window has a place to open."""

import os
import sys


def has_screen() -> bool:
    """Whether there is a screen: on Linux that of X or Wayland."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
