"""Keeps a laptop from falling asleep by itself while jobs run.

Each way to tell the system is one small program that holds the wish for as long as it lives. It ends when a pipe from
this process closes, and a pipe closes whatever becomes of this process.

Which desktop heeds what, by their sources (gnome-settings-daemon and PowerDevil, 2026): GNOME suspends by itself
unless its session manager knows of a wish against "suspend" ("idle" would only keep the screen lit and unlocked);
Plasma unless its own power management knows of one; both overlook logind's idle lock, which others heed. Whoever closes
the lid or chooses "Suspend" means it: nothing here is meant to stop that.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

_PROGRAM = "Export Manager"
_KDE = "exec kde-inhibit --power sh -c 'exec cat <&3' 3<&0"
"""kde-inhibit gives what it runs an input of its own, which does not end with ours; other open files it hands on."""


def _commands(why: str) -> Sequence[Sequence[str]]:
    """What holds the wish on this system, each until its input ends. `why` is what the system may show."""
    if sys.platform == "darwin":
        return (("caffeinate", "-i", "cat"),)
    return (
        ("systemd-inhibit", "--what=idle", f"--who={_PROGRAM}", f"--why={why}", "--mode=block", "cat"),
        ("gnome-session-inhibit", "--app-id", _PROGRAM, "--reason", why, "--inhibit", "suspend", "cat"),
        ("sh", "-c", _KDE),
    )


def _run(command: Sequence[str], until: int) -> None:
    """Run `command` until the pipe `until` closes, and wait for its end, so that no zombie stays.

    In a session of its own: Ctrl+C in the terminal where the program was started must not end it early.
    """
    quiet = subprocess.DEVNULL
    with contextlib.suppress(OSError):  # this system has no such program: then it sleeps when it likes
        subprocess.run(command, stdin=until, stdout=quiet, stderr=quiet, start_new_session=True, check=False)
    os.close(until)


def _tell_windows(until: int) -> None:
    """Keep the system running until the pipe `until` closes. The wish is the thread's, and ends with it at the latest.

    The numbers are ES_CONTINUOUS, with and without ES_SYSTEM_REQUIRED, of SetThreadExecutionState.
    """
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetThreadExecutionState(0x80000001)
        os.read(until, 1)
        ctypes.windll.kernel32.SetThreadExecutionState(0x80000000)
    os.close(until)


class Awake:
    """Holds sleep off from `hold` to `release`, and never longer than this process lives.

    For one thread, which it never keeps waiting: programs are started, and waited for, on threads of their own.
    """

    def __init__(self) -> None:
        self._pipes: list[int] = []

    def hold(self, why: str) -> None:
        """Ask the system to stay awake; `why` is what it may show. Nothing happens while it is held already."""
        if self._pipes:
            return
        if sys.platform == "win32":
            self._keep(_tell_windows)
        else:
            for command in _commands(why):
                self._keep(_run, command)

    def release(self) -> None:
        """Let the system sleep as it likes. Nothing happens while nothing is held."""
        while self._pipes:
            os.close(self._pipes.pop())

    def _keep(self, work: Callable[..., None], *parts: object) -> None:
        until, pipe = os.pipe()
        self._pipes.append(pipe)
        threading.Thread(target=work, args=(*parts, until), daemon=True, name="awake").start()
