"""dev.py: the set-up on a fresh machine, and what it says where it cannot go on."""

import ast
import importlib.util
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import dev

ROOT = Path(dev.__file__).parent

needs_shell = pytest.mark.skipif(os.name == "nt", reason="the stand-in for an interpreter is a shell script")


class Project:
    """A copy of dev.py in a folder of its own, with stand-ins for programs that note how they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls_file = folder / "calls.txt"
        self.programs = folder / "programs"
        folder.mkdir()
        for name in ("dev.py", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, folder)
        self.dev = load(folder / "dev.py")

    def make_stand_in(self, exit_code: int = 0, path: Path | None = None) -> None:
        python = path or self.dev.venv_python()
        python.parent.mkdir(parents=True, exist_ok=True)
        note = f"""echo "${{0##*/}}" "$@" >> '{self.calls_file}'"""
        python.write_text(f"#!/bin/sh\n{note}\nexit {exit_code}\n", encoding="utf-8")
        python.chmod(0o755)

    def write_stamp(self, **changes: object) -> None:
        self.dev.STAMP.parent.mkdir(exist_ok=True)
        self.dev.STAMP.write_text(json.dumps({**self.dev.wanted_stamp(), "window libraries": True, **changes}))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(self.folder / "dev.py"), *arguments],
            # With nothing but stand-ins: whatever dev.py would install in the system, it cannot.
            env={**os.environ, "PATH": str(self.programs)},
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        return self.calls_file.read_text().splitlines() if self.calls_file.exists() else []


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev_of_a_project", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "Курсы и données")


def assert_one_sentence(text: str) -> None:
    assert text.count("\n") <= 1, text
    assert re.fullmatch(r"\w.+[^.]\.", text.strip()), text


# Which Python


def test_an_old_python_can_read_dev_py_and_needs_no_package_for_it() -> None:
    tree = ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        name.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    imported |= {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14), (4, 0)])
def test_a_python_that_is_too_old_or_too_new_is_refused_in_one_sentence(version: tuple[int, int]) -> None:
    with pytest.raises(dev.CannotGoOn) as problem:
        dev.require_supported_python(version, ["test"])
    text = str(problem.value)
    assert_one_sentence(text)
    assert f"Python 3.11 to 3.13, and this is {dev.dotted(version)}" in text


def test_an_interpreter_that_would_do_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "supported_interpreter", lambda: "python3.12")
    with pytest.raises(dev.CannotGoOn, match=r'run "python3\.12 dev\.py demo --no-window"'):
        dev.require_supported_python((3, 9), ["demo", "--no-window"])


def test_the_wrong_python_ends_with_2_and_touches_nothing(project: Project) -> None:
    script = project.folder / "dev.py"
    script.write_text(script.read_text(encoding="utf-8").replace("(3, 11)", "(3, 98)"), encoding="utf-8")
    ended = project.run("test")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert_one_sentence(ended.stderr)
    assert not (project.folder / ".venv").exists()


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_refused_with_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    with pytest.raises(dev.CannotGoOn, match=r"apt-get install python3-venv") as problem:
        dev.require_venv_module()
    assert_one_sentence(str(problem.value))


# Setting up


@needs_shell
def test_a_second_run_goes_straight_to_work(project: Project) -> None:
    project.make_stand_in()
    for name in ("dpkg-query", "apt-get"):
        project.make_stand_in(path=project.programs / name)
    project.write_stamp()
    ended = project.run("test", "tests/test_x.py", "-k", "name")
    assert project.calls() == ["python -m pytest tests/test_x.py -k name"]
    assert (ended.returncode, ended.stderr) == (0, "")


@needs_shell
def test_the_exit_code_is_that_of_the_program(project: Project) -> None:
    project.make_stand_in(exit_code=5)
    project.write_stamp()
    assert project.run("demo").returncode == 5


@needs_shell
def test_changed_requirements_are_installed_into_the_same_environment(project: Project) -> None:
    project.make_stand_in()
    project.write_stamp(packages="those of last week")
    ended = project.run("test")
    pip_calls = [call for call in project.calls() if " -m pip " in call]
    assert len(pip_calls) == 2
    assert all("--constraint constraints.txt" in call for call in pip_calls)
    assert project.calls()[-1] == "python -m pytest --numprocesses 3"
    assert ended.returncode == 0
    assert project.dev.is_set_up(project.dev.read_stamp())


@needs_shell
def test_a_set_up_that_fails_says_so_and_does_not_count(project: Project) -> None:
    project.make_stand_in(exit_code=1)
    project.write_stamp(packages="those of last week")
    ended = project.run("test")
    assert ended.returncode == 2
    assert_one_sentence(ended.stderr.splitlines()[-1])
    assert project.dev.read_stamp() == {}


def no_stamp(project: Project) -> None:
    project.dev.STAMP.unlink()


def half_a_stamp(project: Project) -> None:
    project.dev.STAMP.write_text('{"python": "3.')


def another_python(project: Project) -> None:
    project.write_stamp(python="3.11.0")


def another_folder(project: Project) -> None:
    project.write_stamp(folder="/where/it/was/before")


def no_interpreter(project: Project) -> None:
    project.dev.venv_python().unlink()


@pytest.mark.parametrize("damage", [no_stamp, half_a_stamp, another_python, another_folder, no_interpreter])
def test_an_environment_that_is_broken_or_was_moved_is_made_anew(
    project: Project, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Project], None]
) -> None:
    steps: list[str] = []

    def make_venv(folder: Path) -> None:
        steps.append("venv")
        project.make_stand_in()

    monkeypatch.setattr(project.dev, "install_system_packages", lambda: True)
    monkeypatch.setattr(project.dev, "make_venv", make_venv)
    monkeypatch.setattr(project.dev, "install_packages", lambda: steps.append("packages"))
    project.make_stand_in()
    project.write_stamp()
    project.dev.set_up()
    assert steps == []
    damage(project)
    project.dev.set_up()
    project.dev.set_up()
    assert steps == ["venv", "packages"]


# System packages


@pytest.mark.parametrize(
    ("installed", "missing"),
    [
        ({"libgl1"}, ["libglib2.0-0"]),
        ({"libgl1", "libssl3t64"}, ["libglib2.0-0t64"]),
        ({"libgl1", "libssl3t64", "libglib2.0-0t64"}, []),
        ({"libgl1", "libglib2.0-0"}, []),
        ({"libglib2.0-0"}, ["libgl1"]),
    ],
)
def test_a_package_has_the_name_of_the_release(installed: set[str], missing: list[str]) -> None:
    assert dev.missing_packages(["libgl1", "libglib2.0-0"], installed) == missing


@pytest.fixture
def bare_debian(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Debian without any of the libraries, and a person who may not install them."""
    for name, value in {"is_debian": True, "installed_packages": set(), "administrator_prefix": None}.items():
        monkeypatch.setattr(dev, name, lambda value=value: value)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.mark.usefixtures("bare_debian")
def test_without_the_right_to_install_the_exact_command_is_printed() -> None:
    with pytest.raises(dev.CannotGoOn) as problem:
        dev.install_system_packages()
    command = str(problem.value).splitlines()[-1].strip()
    assert command.startswith("sudo apt-get update && sudo apt-get install ")
    assert command.endswith(" ".join([*dev.QT_LIBRARIES, *dev.WINDOW_LIBRARIES]))


@pytest.mark.usefixtures("bare_debian")
def test_libraries_for_a_window_can_wait_where_there_is_no_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "installed_packages", lambda: set(dev.QT_LIBRARIES))
    assert dev.install_system_packages() is False
    assert "libxcb-cursor0" in capsys.readouterr().err
    monkeypatch.setenv("DISPLAY", ":0")
    with pytest.raises(dev.CannotGoOn):
        dev.install_system_packages()


@needs_shell
def test_with_the_right_to_install_apt_is_asked_without_questions(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.make_stand_in(path=project.programs / "apt-get")
    monkeypatch.setenv("PATH", str(project.programs), prepend=os.pathsep)
    monkeypatch.setattr(dev, "administrator_prefix", list)
    assert dev.apt_install(["libgl1", "libegl1"])
    update, install = project.calls()
    assert update.endswith("update")
    assert install.endswith("install --yes --no-install-recommends libgl1 libegl1")


# Versions


def pinned_names() -> set[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if not line.startswith("#")]
    assert all(str(pin.specifier).startswith("==") for pin in pins)
    return {canonicalize_name(pin.name) for pin in pins}


def needed_names(environment: dict[str, str]) -> set[str]:
    """Every package that the project needs on some machine, as far as packages installed here can tell."""
    needed: set[str] = set()
    waiting = [Requirement("exportmanager[dev]")]
    while waiting:
        requirement = waiting.pop()
        for text in requirements_of(requirement.name):
            dependency = Requirement(text)
            if is_wanted(dependency, requirement.extras, environment) and dependency.name not in needed:
                needed.add(dependency.name)
                waiting.append(dependency)
    return {canonicalize_name(name) for name in needed}


def requirements_of(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:  # wanted on another system only
        return []


def is_wanted(dependency: Requirement, extras: Iterable[str], environment: dict[str, str]) -> bool:
    marker = dependency.marker
    return marker is None or any(marker.evaluate({**environment, "extra": extra}) for extra in ["", *extras])


SYSTEMS = [("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt")]


@pytest.mark.parametrize(("python", "system"), list(itertools.product(["3.11", "3.12", "3.13"], SYSTEMS)))
def test_every_package_is_pinned_for_every_system(python: str, system: tuple[str, str, str]) -> None:
    environment = dict(zip(("sys_platform", "platform_system", "os_name"), system, strict=True))
    environment |= {"python_version": python, "python_full_version": f"{python}.0"}
    missing = needed_names(environment) - pinned_names()
    assert not missing


def test_no_file_names_a_place_that_packages_come_from() -> None:
    git = shutil.which("git")
    if not git or not (ROOT / ".git").exists():
        pytest.skip("git, or a checkout made by it, is not there to list the files")
    listed = subprocess.check_output([git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT)
    # Put together here, or this file would name them.
    places = [name.encode() for name in (f"pypi{'.'}org", f"python{'hosted'}", f"--{'index'}-url", f"--{'find'}-links")]
    files = [ROOT / os.fsdecode(name) for name in listed.split(b"\0") if name]
    assert files
    naming = [file for file in files if file.is_file() and any(place in file.read_bytes() for place in places)]
    assert naming == []
