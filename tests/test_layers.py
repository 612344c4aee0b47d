"""Holds the layers of docs/architecture.md against every import in the package: what may use what."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "exportmanager"
MIDDLE = ("library", "sources", "exports", "shelf")
LEFT_OF_JOBS = (
    "core", "formats", *MIDDLE, "archive", "review", "archives", "arrivals", "deleting", "erasing", "user_config",
    "program", "resources_dir",
)  # fmt: skip

LAYERS: dict[str, tuple[str, ...]] = {
    "core": (),
    "formats": ("core",),
    "library": ("core", "formats"),
    "sources": ("core", "formats"),
    "exports": ("core", "formats"),
    "shelf": ("core", "formats"),
    "archive": ("core", "formats", *MIDDLE),
    "review": ("core", "formats", "library", "exports", "shelf", "archive", "resources_dir"),
    "archives": ("core", "formats", *MIDDLE, "archive"),
    "resources_dir": (),
    "user_config": ("core", "formats"),
    "arrivals": ("core", "formats", "library", "sources"),
    "deleting": ("core", "formats", "library", "shelf", "archive"),
    "erasing": ("core", "formats", "library", "shelf", "archive", "archives"),
    "program": (
        "core",
        "formats",
        *MIDDLE,
        "archive",
        "archives",
        "arrivals",
        "deleting",
        "erasing",
        "user_config",
    ),
    "log": ("core",),
    "jobs": (*LEFT_OF_JOBS, "log"),
    "cli": (*LEFT_OF_JOBS, "log"),
    "api": LEFT_OF_JOBS,
    "ui": (*LEFT_OF_JOBS, "log", "jobs"),
    "screen": (),
    "app": (*LEFT_OF_JOBS, "log", "jobs", "ui", "cli", "api"),
    "demo": (*LEFT_OF_JOBS, "jobs", "ui", "app", "cli", "screen"),
    "__main__": (*LEFT_OF_JOBS, "jobs", "ui", "app", "cli", "demo", "screen"),
}
"""Each part of the package, and the other parts that it may import."""

LIBRARIES: dict[str, tuple[str, ...]] = {
    "core": ("pydantic",),
    "formats": (
        "pydantic", "deflate", "isal", "zstandard", "reportlab", "pypdf", "markdown_it", "mdit_py_plugins", "pygments",
        "nh3", "charset_normalizer", "PIL",
        "ziamath", "bidi", "uharfbuzz", "lxml", "bagit",
    ),
    "library": ("pydantic", "sqlalchemy", "alembic"),
    "sources": ("pydantic", "httpx", "dulwich", "urllib3", "keyring"),
    "exports": ("pydantic",),
    "shelf": (),
    "archive": ("pydantic", "pyzipper", "reportlab"),
    "review": ("pydantic", "Cryptodome"),
    "archives": (),
    "deleting": (),
    "erasing": (),
    "arrivals": (),
    "resources_dir": (),
    "user_config": ("platformdirs",),
    "program": ("platformdirs",),
    "log": (),
    "jobs": ("PySide6.QtCore", "shiboken6"),
    "cli": ("click",),
    "api": ("pydantic", "starlette", "uvicorn"),
    "ui": (
        "PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets", "PySide6.QtPdf", "PySide6.QtPdfWidgets",
        "PySide6.QtSvg", "PySide6.QtNetwork", "shiboken6",
    ),
    "app": ("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets"),
    "screen": (),
    "demo": (),
    "__main__": (),
}  # fmt: skip
"""Each part, and what it may import from elsewhere besides Python's standard library."""


def imported(source: str) -> Iterator[tuple[int, str]]:
    """Every import in `source`, also inside functions: its line and the dotted name of what it imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute here"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def trouble(part: str, name: str) -> str:
    """Why `part` may not import `name`; "" if it may."""
    top, _, rest = name.partition(".")
    if top == "exportmanager":
        other = rest.partition(".")[0]
        if other in {part, "__version__", ""} or other in LAYERS[part]:
            return ""
        return f"{part} may not use {other}"
    if top in sys.stdlib_module_names or any(f"{name}.".startswith(f"{known}.") for known in LIBRARIES[part]):
        return ""
    return f"{part} may not use {name}"


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_what_lies_left_of_it(path: Path) -> None:
    found = [
        f"{path.relative_to(PACKAGE.parent)}:{line}: {why}"
        for line, name in imported(path.read_text(encoding="utf-8"))
        if (why := trouble(part_of(path), name))
    ]
    assert found == []


def test_every_part_of_the_package_has_its_place_in_the_table() -> None:
    assert {part_of(path) for path in MODULES} <= LAYERS.keys()
    assert LAYERS.keys() == LIBRARIES.keys()


def test_the_table_has_no_circle() -> None:
    done: set[str] = set()
    while ready := {part for part, left in LAYERS.items() if part not in done and done.issuperset(left)}:
        done |= ready
    assert done == LAYERS.keys()


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("core", "def f():\n    import exportmanager.formats.zips"),
        ("core", "from exportmanager.library.library import Library"),
        ("exports", "from exportmanager.library import tables"),
        ("exports", "if True:\n    from exportmanager import library"),
        ("shelf", "import exportmanager.sources.folder as folder"),
        ("core", "import sqlalchemy"),
        ("shelf", "from sqlalchemy.exc import DatabaseError"),
        ("program", "from click import echo"),
        ("formats", "import PySide6"),
        ("jobs", "from PySide6 import QtWidgets"),
    ],
)
def test_an_import_that_points_right_is_found(part: str, source: str) -> None:
    assert [why for _, name in imported(source) if (why := trouble(part, name))]
