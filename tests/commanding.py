"""Runs the command line for tests: inside this process for breadth, as one of its own for what only that shows."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from exportmanager.cli.main import run

Records = list[dict[str, Any]]

_STARTED: list[subprocess.Popen[str]] = []


class Said(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


class CommandLine:
    """The command line on one library, run in this process."""

    def __init__(self, library: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.library = library
        self._capsys = capsys

    def __call__(self, *words: object) -> Said:
        self._capsys.readouterr()
        code = run(["--library", str(self.library), *map(str, words)])
        return Said(code, *self._capsys.readouterr())

    def json(self, *words: object, code: int = 0) -> Records:
        """The records that a command prints with ``--json``."""
        said = self(*words, "--json")
        assert said.code == code, said
        records: Records = json.loads(said.out)
        assert isinstance(records, list)
        assert all(next(iter(record)) == "id" for record in records)
        return records


def started(*words: object, library: Path | None = None, **parts: Any) -> subprocess.Popen[str]:
    """A command as a process of its own. `parts` are those of ``Popen``; ``env`` is added to the environment."""
    env = dict(os.environ) | {"PYTHONIOENCODING": "utf-8"} | dict(parts.pop("env", {}))
    env.pop("EXPORTMANAGER_LIBRARY", None) if library else None
    where = ["--library", str(library)] if library else []
    command = [sys.executable, "-m", "exportmanager", *where, *map(str, words)]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    texts: dict[str, Any] = {"text": True, "encoding": "utf-8", "errors": "replace", "env": env}
    process: subprocess.Popen[str] = subprocess.Popen(command, **(texts | pipes | parts))
    _STARTED.append(process)
    return process


def end_all() -> None:
    """End what a test that failed left running, or standing still."""
    while _STARTED:
        process = _STARTED.pop()
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def ended(process: subprocess.Popen[str]) -> Said:
    """What a process came to."""
    try:
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    return Said(process.returncode, out, err)


def said_by(*words: object, library: Path | None = None, env: Mapping[str, str] | None = None) -> Said:
    """Run a command as a process of its own, to its end."""
    return ended(started(*words, library=library, env=env or {}))


def paused(process: subprocess.Popen[str], when: Callable[[], Any]) -> None:
    """Stop a process where it stands as soon as `when` is true; it must not have ended."""
    while not when():
        assert process.poll() is None, ended(process)
    process.send_signal(signal.SIGSTOP)
    assert process.poll() is None
