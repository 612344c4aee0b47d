"""The wheel: whole, and a program that runs from it alone, in an environment and a folder of its own."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # Without isolation: it is built with what is installed, and nothing is fetched.
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT], folder)
    (built,) = folder.glob("*.whl")
    return built


@dataclass(frozen=True)
class Installed:
    """The program, installed from its wheel, run in an empty folder."""

    programs: Path
    folder: Path

    def python(self, code: str) -> str:
        return run([self.programs / "python", "-c", code], self.folder).strip()

    def exportmanager(self, *arguments: str | Path, code: int = 0) -> str:
        program = self.programs / "exportmanager"
        return run([program, "--library", self.folder / "library", *arguments], self.folder, code)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    venv = tmp_path_factory.mktemp("installed") / "venv"
    folder = tmp_path_factory.mktemp("elsewhere")
    run([sys.executable, "-m", "venv", "--without-pip", venv], folder)
    programs = venv / ("Scripts" if os.name == "nt" else "bin")
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", programs / "python"]
    run([*pip, "install", "--disable-pip-version-check", "--quiet", "--no-deps", "--no-index", wheel], folder)
    site_packages = run([programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder)
    # The libraries are those of this environment; path files in there, and so the checkout, are not followed.
    (Path(site_packages.strip()) / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return Installed(programs, folder)


def run(command: list[str | Path], folder: Path, code: int = 0) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == code, f"{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def test_resources_icons_and_migrations_are_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    course = {path.relative_to(ROOT).as_posix() for path in (ROOT / "resources").rglob("*") if path.is_file()}
    left_out = ("make_sample_course", "__pycache__")
    expected = {f"exportmanager/{name}" for name in course if not any(part in name for part in left_out)}
    migrations = ROOT / "exportmanager" / "library" / "migrations"
    expected |= {path.relative_to(ROOT).as_posix() for path in migrations.rglob("*.py")}
    expected |= {path.relative_to(ROOT).as_posix() for path in (ROOT / "exportmanager" / "ui").rglob("*.svg")}
    reader = ROOT / "exportmanager" / "archive" / "reader"
    expected |= {path.relative_to(ROOT).as_posix() for path in reader.iterdir() if path.suffix in {".css", ".js"}}
    assert expected - names == set()
    assert any(name.startswith("exportmanager/resources/sample_course/") for name in names)
    assert any(name.startswith("exportmanager/library/migrations/versions/") for name in names)
    assert "exportmanager/ui/icons/app.svg" in names
    assert "exportmanager/archive/reader/style.css" in names


def test_nothing_but_the_program_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"exportmanager", "exportmanager-0.1.0.dist-info"}
    assert not [name for name in names if "make_sample_course" in name or "__pycache__" in name]


def test_the_program_runs_from_the_wheel_alone(installed: Installed) -> None:
    place = installed.python("import exportmanager; print(exportmanager.__file__)")
    assert Path(place).is_relative_to(installed.programs.parent)
    assert "0.1.0" in installed.exportmanager("--version")
    kinds = json.loads(installed.exportmanager("kinds", "--json"))
    assert all(kind["id"] for kind in kinds)
    assert kinds


def test_the_sample_course_can_be_imported_from_the_wheel(installed: Installed) -> None:
    course = installed.python("from exportmanager.resources_dir import sample_course; print(sample_course())")
    assert Path(course).is_relative_to(installed.programs.parent)
    installed.exportmanager("import", "folder", course, code=4)  # the sample course has gaps, for show
    assert len(json.loads(installed.exportmanager("courses", "--json"))) == 1
    installed.exportmanager("export", "coursework", "CS101", code=4)
    assert json.loads(installed.exportmanager("shelf", "verify", "--json"))[0]["verdict"] == "whole"
