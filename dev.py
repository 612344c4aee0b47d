"""Sets the project up and runs its tools: "python3 dev.py demo", "python3 dev.py test" (on Windows "py dev.py ...").

Only Python's standard library is used here, and nothing that Python 3.8 cannot read: an old Python has to get far
enough to be told that it is too old. Everything is set up on first use: .venv with the pinned packages of
constraints.txt, and on Debian and Ubuntu the system libraries that Qt needs. Where packages come from is pip's own
configuration.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "dev-set-up.json"
CONSTRAINTS = ROOT / "constraints.txt"
PYPROJECT = ROOT / "pyproject.toml"

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)
CANNOT_GO_ON = 2

# Without these "import PySide6.QtWidgets" or QtPdf fails on a bare Debian, even with no screen.
QT_LIBRARIES = (
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libglib2.0-0",
    "libgssapi-krb5-2",
    "libxkbcommon0",
)
# Without these the program runs, but cannot open a window.
WINDOW_LIBRARIES = (
    "libx11-xcb1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xfixes0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
)
# Debian 13 and Ubuntu 24.04 renamed what depends on the size of time_t.
NAMES_SINCE_64_BIT_TIME = {"libglib2.0-0": "libglib2.0-0t64"}

# Wanted on Windows only, so that pip names it nowhere else.
PINNED_FOR_OTHER_SYSTEMS = ("colorama",)


class CannotGoOn(Exception):
    """The person at the keyboard has to do something first; the text says what."""


def main(arguments: list[str]) -> int:
    """Run one command, set up first where that is needed, and return its exit code."""
    if not arguments or arguments[0] in ("help", "-h", "--help"):
        print(usage())
        return 0 if arguments else CANNOT_GO_ON
    if arguments[0] not in COMMANDS:
        return say(f'There is no command "{arguments[0]}".\n{usage()}')
    try:
        require_supported_python(sys.version_info[:2], arguments)
        return COMMANDS[arguments[0]][0](arguments[1:])
    except CannotGoOn as problem:
        return say(str(problem))
    except KeyboardInterrupt:
        return say("Stopped.", 130)


def usage() -> str:
    """The commands, one a line."""
    lines = [f"  {name:<11} {summary}" for name, (_, summary) in COMMANDS.items()]
    return "\n".join(["Usage: python3 dev.py COMMAND [ARGUMENTS]", "", *lines])


def say(text: str, code: int = CANNOT_GO_ON) -> int:
    """Tell the person, beside the output of the program that runs, and return the exit code."""
    print(text, file=sys.stderr, flush=True)
    return code


# The commands


def demo(arguments: list[str]) -> int:
    """Show the main job on the sample course."""
    set_up()
    return hand_over(["-m", "exportmanager.demo", *arguments])


def run(arguments: list[str]) -> int:
    """Run the program, in the folder one is in: paths on the command line mean what they say."""
    set_up()
    return hand_over(["-m", "exportmanager", *arguments])


def test(arguments: list[str]) -> int:
    """Run the tests without a screen; all of them three at a time: two processors wait a fifth of the time else."""
    set_up()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.chdir(ROOT)
    return hand_over(["-m", "pytest", *(arguments or ["--numprocesses", "3"])])


def check(arguments: list[str]) -> int:
    """Run every checker, also after one of them complained."""
    set_up()
    python = str(venv_python())
    checkers = (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"])
    codes = [subprocess.call([python, "-m", *checker, *arguments], cwd=ROOT) for checker in checkers]
    return max(abs(code) for code in codes)


def bench(arguments: list[str]) -> int:
    """Run the benchmarks."""
    set_up()
    os.chdir(ROOT)
    return hand_over(["-m", "benchmarks", *arguments])


def screenshots(arguments: list[str]) -> int:
    """Make a picture of every page and dialog."""
    set_up()
    os.chdir(ROOT)
    return hand_over([str(Path("tests") / "screenshots.py"), *arguments])


def pin(arguments: list[str]) -> int:
    """Write constraints.txt anew, from an empty environment: there no old pin stands in the way of a new range."""
    if sys.version_info[:2] != OLDEST_PYTHON:
        raise CannotGoOn(f"Run pin with Python {dotted(OLDEST_PYTHON)}: what runs there runs on the newer ones too.")
    require_venv_module()
    with tempfile.TemporaryDirectory() as folder:
        make_venv(Path(folder))
        write_constraints(newest_versions(python_in(Path(folder))))
    return say("constraints.txt is written. Now run the tests with every supported Python.", 0)


COMMANDS = {
    "demo": (demo, "show the main job on the sample course (--no-window: only in the terminal)"),
    "test": (test, "run the tests; arguments go to pytest"),
    "run": (run, "run the program; arguments go to it"),
    "check": (check, "ruff and mypy"),
    "bench": (bench, "run the benchmarks, all or those named"),
    "screenshots": (screenshots, "make a picture of every page, in the folder screenshots"),
    "pin": (pin, "write constraints.txt anew, with the newest versions that pyproject.toml allows"),
}


def hand_over(arguments: list[str]) -> int:
    """Become the project's Python (so that signals reach it), or on Windows, which cannot, wait for it."""
    command = [str(venv_python()), *arguments]
    if os.name == "posix":
        os.execv(command[0], command)
    child = subprocess.Popen(command)
    while True:
        # Ctrl-C reaches the child as well: it cleans up, and its exit code tells how that went.
        with contextlib.suppress(KeyboardInterrupt):
            return child.wait()


# Which Python


def require_supported_python(version: tuple[int, ...], arguments: Sequence[str]) -> None:
    """Refuse a Python that the packages are not made for, and name one on this machine that is right."""
    if OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        return
    supported = f"{dotted(OLDEST_PYTHON)} to {dotted(NEWEST_PYTHON)}"
    command = supported_interpreter()
    advice = (
        'run "{} dev.py {}"'.format(command, " ".join(arguments))
        if command
        else "install one of them, for example from https://www.python.org/downloads/, and use that"
    )
    raise CannotGoOn(f"Export Manager needs Python {supported}, and this is {dotted(version)}: {advice}.")


def supported_interpreter() -> str | None:
    """A command on this machine that starts a supported Python, or None."""
    for minor in range(NEWEST_PYTHON[1], OLDEST_PYTHON[1] - 1, -1):
        command = ["py", f"-3.{minor}"] if os.name == "nt" else [f"python3.{minor}"]
        # Started, not only looked for: a version switcher puts names on the PATH that refuse to run.
        if shutil.which(command[0]) and succeeds([*command, "-c", ""]):
            return " ".join(command)
    return None


def require_venv_module() -> None:
    """Refuse a Python that cannot make environments: some systems package that part separately."""
    if not can_make_venvs():
        raise CannotGoOn(
            "This Python lacks the modules venv and ensurepip: install them (Debian and Ubuntu: "
            f'"sudo apt-get install {debian_venv_package()}"; elsewhere take Python from python.org) '
            "and run the same again."
        )


def can_make_venvs() -> bool:
    """Whether the standard library here is whole."""
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def lacks_debian_venv() -> bool:
    """Whether this Python is one of Debian's, without the package that completes it."""
    return sys.base_prefix == "/usr" and not can_make_venvs()


def debian_venv_package() -> str:
    """The package that completes this Python on Debian: a second Python beside the system's own has its own."""
    is_system_python = os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3")
    return "python3-venv" if is_system_python else f"python{dotted(sys.version_info[:2])}-venv"


def dotted(version: Iterable[int]) -> str:
    """(3, 11) as people write it."""
    return ".".join(str(part) for part in version)


# Setting up


def set_up() -> None:
    """Bring .venv to what the project asks for, or find in a moment that it is there."""
    if is_set_up(read_stamp()):
        return
    with one_at_a_time():
        stamp = read_stamp()
        if not is_set_up(stamp):
            try:
                set_up_anew(stamp)
            except OSError as error:
                raise CannotGoOn(f"Setting up did not work: {error}.") from error


def set_up_anew(stamp: dict[str, object]) -> None:
    """Do every step. The stamp goes first and comes last: a set-up cut short is seen as none."""
    window_libraries = install_system_packages()
    require_venv_module()
    with contextlib.suppress(FileNotFoundError):
        STAMP.unlink()
    if is_same_venv(stamp):
        say("Bringing the packages in .venv up to date.")
    else:
        say("Setting up the project in .venv; this takes a minute or two, once.")
        make_venv(VENV)
    install_packages()
    STAMP.write_text(json.dumps({**wanted_stamp(), "window libraries": window_libraries}, indent=1))
    say("The set-up is complete.")


def read_stamp() -> dict[str, object]:
    """What the last complete set-up said about itself; nothing after one that was cut short."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def wanted_stamp() -> dict[str, object]:
    """What a set-up has to say to be the right one. An environment cannot be moved, so the folder belongs to it."""
    packages = hashlib.sha256(PYPROJECT.read_bytes() + b"\0" + CONSTRAINTS.read_bytes()).hexdigest()
    return {"python": platform.python_version(), "folder": str(ROOT), "packages": packages}


def is_set_up(stamp: dict[str, object]) -> bool:
    """Whether nothing is left to do. Libraries for a window that were left out are wanted once there is a screen."""
    is_current = all(stamp.get(key) == value for key, value in wanted_stamp().items())
    return is_current and venv_python().exists() and (bool(stamp.get("window libraries")) or not has_screen())


def is_same_venv(stamp: dict[str, object]) -> bool:
    """Whether the environment can stay, and only its packages change."""
    wanted = wanted_stamp()
    return all(stamp.get(key) == wanted[key] for key in ("python", "folder")) and venv_python().exists()


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let a second set-up (an editor's beside a terminal's) wait for the first, which it would tear apart."""
    try:
        lock = (ROOT / ".venv.lock").open("w")
    except OSError as error:
        raise CannotGoOn(f"The project's folder has to be writable for the set-up: {error}.") from error
    with lock:
        if sys.platform == "win32":
            import msvcrt

            while True:
                # Gives up after ten seconds.
                with contextlib.suppress(OSError):
                    msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_venv(folder: Path) -> None:
    """Make an empty environment with pip, in place of whatever is there."""
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(folder)], stdout=sys.stderr):
        raise CannotGoOn(
            f"Python could not make an environment in {folder} (see above): remove that folder and run the same again."
        )


def install_packages() -> None:
    """Install the pinned packages and the project itself, editable."""
    # First, and without isolation then: what builds the project is pinned like everything else.
    pip_install("hatchling")
    pip_install("--no-build-isolation", "--editable", ".[dev]")
    make_path_file_relative()


def pip_install(*arguments: str) -> None:
    """Install into .venv at the versions of constraints.txt."""
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    command = [str(venv_python()), "-m", "pip", "--disable-pip-version-check", "install", *quiet]
    if subprocess.call([*command, "--constraint", CONSTRAINTS.name, *arguments], cwd=ROOT, stdout=sys.stderr):
        raise CannotGoOn("pip could not install the packages, for the reason above: mend that and run the same again.")


def make_path_file_relative() -> None:
    """Let .venv find the project by a path in plain ASCII.

    Before 3.13 Python reads path files in the system's own encoding, which on Windows is not UTF-8: a folder such as
    "C:/Users/Иван" in one can stop every later start of this environment.
    """
    site_packages = "Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"
    for path_file in VENV.glob(f"{site_packages}/_exportmanager.pth"):
        path_file.write_text(Path(os.path.relpath(ROOT, path_file.parent)).as_posix() + "\n")


def venv_python() -> Path:
    """The project's own interpreter."""
    return python_in(VENV)


def python_in(venv: Path) -> Path:
    """Where an environment keeps its interpreter."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


# System packages, on Debian and its relatives


def install_system_packages() -> bool:
    """Install what is missing of the system's packages, or tell how; return whether a window can open."""
    if not is_debian():
        return True
    installed = installed_packages()
    needed = missing_packages(QT_LIBRARIES, installed) + ([debian_venv_package()] if lacks_debian_venv() else [])
    for_window = missing_packages(WINDOW_LIBRARIES, installed)
    if not needed + for_window or apt_install(needed + for_window):
        return True
    command = apt_command_line(needed + for_window)
    if needed or has_screen():
        raise CannotGoOn(f"System packages are missing. Run this, and then the same again:\n  {command}")
    say(f"Before a window can open here, run:\n  {command}")
    return False


def is_debian() -> bool:
    """Whether system packages are Debian's, also on Ubuntu, Mint and the like."""
    return Path("/etc/debian_version").exists() and bool(shutil.which("dpkg-query") and shutil.which("apt-get"))


def has_screen() -> bool:
    """Whether a window would have a place to open on Linux."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def installed_packages() -> set[str]:
    """The installed ones of the packages that matter here, and of those whose names tell releases apart."""
    names = [*QT_LIBRARIES, *WINDOW_LIBRARIES, "*t64"]
    command = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package}\n", *names]
    # It exits with 1 where it does not know one of the names.
    answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    rows = (line.split() for line in answer.stdout.splitlines())
    return {row[1] for row in rows if row[0] == "installed"}


def missing_packages(names: Iterable[str], installed: set[str]) -> list[str]:
    """Which of the packages to install, by the names that this release has for them."""
    has_new_names = any(name.endswith("t64") for name in installed)
    return [
        NAMES_SINCE_64_BIT_TIME.get(name, name) if has_new_names else name
        for name in names
        if not installed & {name, NAMES_SINCE_64_BIT_TIME.get(name, name)}
    ]


def apt_install(names: Sequence[str]) -> bool:
    """Install packages if that is allowed without asking anybody; return whether they are there now."""
    administrator = administrator_prefix()
    if administrator is None:
        return False
    say("Installing system packages: {}".format(" ".join(names)))
    settings = ["DEBIAN_FRONTEND=noninteractive", "DEBCONF_NOWARNINGS=yes"]
    # Waits for an automatic update that may be running on a machine just started.
    apt = [*administrator, "env", *settings, "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    subprocess.call([*apt, "update"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    install = [*apt, "install", "--yes", "--no-install-recommends", *names]
    return subprocess.call(install, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) == 0


def administrator_prefix() -> list[str] | None:
    """What to write before a command for it to run as root, or None where that needs a password."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and succeeds(["sudo", "-n", "true"]) else None


def apt_command_line(names: Sequence[str]) -> str:
    """The command for a person to run."""
    return "sudo apt-get update && sudo apt-get install --no-install-recommends {}".format(" ".join(names))


def succeeds(command: Sequence[str]) -> bool:
    """Whether a command, run silently, exits with 0."""
    quiet = subprocess.DEVNULL
    return subprocess.call(command, stdin=quiet, stdout=quiet, stderr=quiet) == 0


# Pinning


def newest_versions(python: Path) -> list[str]:
    """What pip would install now if there were no constraints, as "name==version"."""
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.check_call([*pip, "hatchling"])
    resolve = ["--dry-run", "--ignore-installed", "--no-build-isolation", "--report", "-", "--editable", ".[dev]"]
    report = subprocess.run([*pip, *resolve, *PINNED_FOR_OTHER_SYSTEMS], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    packages = [entry["metadata"] for entry in json.loads(report.stdout.decode())["install"]]
    pins = {"{name}=={version}".format(**package) for package in packages if package["name"] != "exportmanager"}
    return sorted(pins, key=lambda line: line.split("==")[0].casefold())


def write_constraints(pins: Sequence[str]) -> None:
    """Replace the versions, keep the comments above them."""
    comments = [line for line in CONSTRAINTS.read_text().splitlines() if line.startswith("#")]
    CONSTRAINTS.write_bytes("\n".join([*comments, *pins, ""]).encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
