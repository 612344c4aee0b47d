"""JSON from outside: limited in size and depth, errors with file and line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from exportmanager.core.errors import MalformedFile

SIZE_LIMIT = 64 << 20


def read_json(path: Path, name: str) -> Any:
    """What a JSON file holds. Raises `MalformedFile`, which calls it `name`."""
    if path.stat().st_size > SIZE_LIMIT:
        raise MalformedFile(name, 0, f"it is larger than {SIZE_LIMIT >> 20} MB.")
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise MalformedFile(name, error.lineno, f"it is not JSON here ({error.msg}).") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise MalformedFile(name, line, "the text is not UTF-8.", "Save it as UTF-8 and import again.") from error
    except RecursionError as error:
        raise MalformedFile(name, 0, "it is nested too deeply.") from error
    except ValueError as error:  # from `_refuse`, or a number of thousands of digits
        raise MalformedFile(name, 0, f"it holds a number that is none ({str(error)[:80]}).") from error


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
