"""Where the program starts: the window, or with a command the command line."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path


def main() -> None:
    """Run what the arguments ask for, and leave with its exit code."""
    try:
        sys.exit(_run(sys.argv[1:]))
    except KeyboardInterrupt:  # while the parts were loading: somebody thought better of it
        sys.exit(3)


def _run(arguments: Sequence[str]) -> int:
    from exportmanager.screen import has_screen

    rest, library = list(arguments), None
    if rest[:1] == ["--library"] and len(rest) > 1:
        library, rest = Path(rest[1]), rest[2:]
    if rest == ["window"] or (not rest and has_screen()):
        from exportmanager.app import run as run_window

        return run_window(library)
    from exportmanager.cli.main import run

    gc.freeze()  # what has loaded stays: to look through it for garbage took a seventh of the time of a search
    return run(arguments)


if __name__ == "__main__":
    main()
