"""Runs benchmarks by name, or all: `python -m benchmarks [NAME...] [--quick]`. Exit code 1 when a target is missed."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import benchmarks
from benchmarks.measure import Settings, print_table


def found() -> dict[str, ModuleType]:
    """The benchmarks: the modules here that have a title. One that cannot be called as its module has a name."""
    names = [info.name for info in pkgutil.iter_modules(benchmarks.__path__) if info.name != "__main__"]
    modules = {name: importlib.import_module(f"benchmarks.{name}") for name in sorted(names)}
    return {getattr(module, "NAME", name): module for name, module in modules.items() if hasattr(module, "TITLE")}


def _arguments(names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Measures this program against others.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(names)}; all if none is named")
    parser.add_argument("--folder", type=Path, help="where to work: a folder on the disk to measure, not one in memory")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (default: 5)")
    parser.add_argument("--quick", action="store_true", help="a course a tenth of the size: to see that it works")
    parser.add_argument("--true-size", action="store_true", help="the tenfold course with files of full size, 1.7 GB")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(names):
        parser.error(f"there is no benchmark called {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    return arguments


def main() -> int:
    """Run them; 0 if every target was reached."""
    modules = found()
    arguments = _arguments(list(modules))
    settings = Settings(Path(), max(1, arguments.rounds), arguments.quick, arguments.true_size)
    missed = 0
    for name in arguments.names or modules:
        with tempfile.TemporaryDirectory(prefix="bench-", dir=arguments.folder) as folder:
            print(f"{modules[name].TITLE}\n")
            rows = modules[name].run(replace(settings, folder=Path(folder)))
        print_table(rows)
        missed += sum(row.is_missed for row in rows)
    print(f"\n{missed} missed." if missed else "\nEvery target is reached.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
