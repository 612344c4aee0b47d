"""Makes a picture of every page and dialog of the window, from the sample course, in light and dark and many sizes."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "screenshots"
_AT_ONCE = 2
_TITLE_BAR = 30


@dataclass(frozen=True, slots=True)
class Look:
    """How the window looks in a set of pictures."""

    scheme: str
    width: int
    height: int
    scale: float = 1.0
    is_pseudo: bool = False

    @property
    def name(self) -> str:
        """What the files of the set end in."""
        scale = f"@{self.scale:g}" if self.scale != 1 else ""
        return f"{'pseudo-' * self.is_pseudo}{self.scheme}-{self.width}x{self.height}{scale}"


LOOKS = (
    Look("light", 1280, 800),
    Look("dark", 1280, 800),
    Look("light", 1920, 1080),
    Look("dark", 1920, 1080),
    Look("light", 1024, 640),
    Look("light", 1024, 640, scale=2),
    Look("light", 1024, 640, is_pseudo=True),
    Look("light", 1280, 800, is_pseudo=True),
)


def main(arguments: Sequence[str]) -> int:
    """Make the pictures that are asked for, each set in a process of its own; 0 if all of them came."""
    parser = argparse.ArgumentParser(prog="dev.py screenshots", description=__doc__)
    names = [look.name for look in LOOKS]
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"which: {', '.join(names)}; all if none is named")
    parser.add_argument("--folder", type=Path, default=PICTURES, help="where to (default: screenshots)")
    parser.add_argument("--only", help="only places whose name begins with this", default="")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    told = parser.parse_args(arguments)
    if unknown := set(told.sets) - set(names):
        parser.error(f"there is no set called {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    looks = [look for look in LOOKS if not told.sets or look.name in told.sets]
    told.folder.mkdir(exist_ok=True, parents=True)
    if told.here:
        make_set(looks[0], told.folder, told.only)
        return 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        codes = list(pool.map(lambda look: _in_child(look, told.folder, told.only), looks))
    print(f"{len(list(told.folder.glob('*.png')))} pictures are in {told.folder}.")
    return max(codes)


def _in_child(look: Look, folder: Path, only: str) -> int:
    """Make a set in a process of its own, whose home is a folder to throw away, always the same one."""
    home = Path(tempfile.gettempdir()) / f"exportmanager-{look.name}" / "teacher"
    shutil.rmtree(home.parent, ignore_errors=True)
    (home / "Downloads").mkdir(parents=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "LC_", "QT_"))}
    environment |= {"HOME": str(home), "USERPROFILE": str(home), "LANG": "C.UTF-8", "TZ": "UTC"}
    environment |= {"QT_QPA_PLATFORM": _platform(look, home.parent), "QT_SCALE_FACTOR": f"{look.scale:g}"}
    line = [sys.executable, __file__, look.name, "--folder", str(folder.absolute()), "--only", only, "--here"]
    try:
        return subprocess.run(line, cwd=ROOT, env=environment, check=False).returncode
    finally:
        shutil.rmtree(home.parent, ignore_errors=True)


def _platform(look: Look, folder: Path) -> str:
    """A screen that is not there, and that the window fills: dialogs and menus have to do with it."""
    size = {"width": round(look.width * look.scale), "height": round(look.height * look.scale)}
    screen = {"name": "screen", "x": 0, "y": 0, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1, **size}
    file = folder / "screen.json"
    file.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    return f"offscreen:configfile={file}"


# In the child


def make_set(look: Look, folder: Path, only: str) -> None:
    """Go to each place and make its picture."""
    from pseudo import PseudoTranslator
    from PySide6.QtCore import QLocale, qInstallMessageHandler
    from PySide6.QtGui import QFontDatabase

    from exportmanager.app import make_qt
    from exportmanager.ui.theme import Theme

    qInstallMessageHandler(_say_what_matters)
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    qt = make_qt([])
    assert QFontDatabase.families(), "text needs a font: install one (Debian: fonts-dejavu-core)"
    translator = PseudoTranslator()
    if look.is_pseudo:
        qt.installTranslator(translator)
    theme = Theme()
    theme.choose(look.scheme)
    for name, picture in _pictures(look, theme):
        if name.startswith(only):
            file = folder / f"{name}-{look.name}.png"
            assert picture.save(str(file)), file
            print(file.name, flush=True)


def _say_what_matters(_: object, __: object, message: str) -> None:
    """What Qt says, but for what a screen that is not there cannot do."""
    if not message.startswith(("This plugin does not support", "OpenType support missing")):
        print(message, file=sys.stderr)


def _pictures(look: Look, theme: Any) -> Iterator[tuple[str, Any]]:
    """Each place with its picture: the window with what is in front of it."""
    import touring

    from exportmanager.program import Program

    size = (look.width, look.height)
    home = Path.home()
    empty = Program(home / "empty", touring.Hands())
    with closing(empty), touring.opened_window(empty, theme, size) as window:
        yield "welcome", picture_of(window)
    clock = touring.Hands()
    with closing(Program(home / "library", clock)) as program:
        course = touring.sample_in(program)
        with touring.opened_window(program, theme, size) as window:
            yield "shelf-empty", picture_of(window)
        touring.a_week_of_exports(program, clock, course)
        with touring.opened_window(program, theme, size) as window:
            for place in touring.places(window):
                yield place.name, picture_of(window, place.widget)
            yield from _states(window, course)
    with closing(Program(home / "many", touring.Hands())) as program:
        touring.many_courses(program, 100)
        with touring.opened_window(program, theme, size) as window:
            yield "many-courses", picture_of(window)
            window.courses.search.setText("nothing is called so")
            touring.settled(window)
            yield "many-courses-none-fits", picture_of(window)


def _states(window: Any, course: Any) -> Iterator[tuple[str, Any]]:
    """What comes and goes: a running export, bars, menus, a search."""
    import touring

    with touring.running(window, course):
        window.page.show_tab(touring.EXPORT)
        yield "running", picture_of(window)
        window._ask_whether_to_stop()
        touring.settled(window)
        yield "closing-while-running", picture_of(window, window._box)
        window._box.close()
    touring.say_everything(window)
    touring.settled(window)
    yield "notices", picture_of(window)
    for bar in window.notices.bars:
        bar.dismiss()
    touring.settled(window)
    for name, menu in touring.menus(window):
        yield name, picture_of(window, menu)
        menu.close()
    window.page.show_tab(touring.STUDENTS)
    window.page.students.search.setText("nobody is called so")
    touring.settled(window)
    yield "students-none-fits", picture_of(window)


def picture_of(window: Any, front: Any = None) -> Any:
    """The window as the teacher sees it, with the dialog or menu in front of it."""
    from PySide6.QtCore import QPoint, QRect, Qt
    from PySide6.QtGui import QPainter, QPalette

    picture = window.grab()
    if front is None or front is window:
        return picture
    grabbed = front.grab()
    width, height = front.width(), front.height()
    is_menu = front.inherits("QMenu")
    bar = 0 if is_menu else _TITLE_BAR
    place = window.mapFromGlobal(front.pos()) if is_menu else None
    corner = place or QPoint((window.width() - width) // 2, max(bar, (window.height() - height) // 2))
    frame = QRect(corner.x(), corner.y() - bar, width, height + bar)
    painter = QPainter(picture)
    palette = front.palette()
    painter.fillRect(frame.adjusted(-1, -1, 1, 1), palette.color(QPalette.ColorRole.Mid))
    painter.fillRect(frame, palette.color(QPalette.ColorRole.Midlight))
    painter.setPen(palette.color(QPalette.ColorRole.WindowText))
    strip = QRect(frame.x() + 8, frame.y(), width - 16, bar)
    painter.drawText(strip, Qt.AlignmentFlag.AlignCenter, front.windowTitle())
    painter.drawPixmap(corner, grabbed)
    painter.end()
    return picture


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
