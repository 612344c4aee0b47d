"""Opens the real window in a process of its own, works in it, and prints as JSON how it answered meanwhile."""

from __future__ import annotations

import time

_BEGAN = time.monotonic()

import json  # noqa: E402 - what is imported after it, is measured
import sys  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402


@contextmanager
def _app(library: Path) -> Iterator[Any]:
    """The program as `exportmanager.app.run` starts it, with its loop not yet running."""
    from exportmanager import app as parts

    parts.favour_the_window()
    qt = parts.make_qt([])
    app = parts.App(qt, library)
    try:
        yield app
    finally:
        app.close()


@contextmanager
def _window(library: Path) -> Iterator[Any]:
    """The window on a library, once it stands still: the course that was last open is shown."""
    from benchmarks.watching import for_milliseconds, until

    with _app(library) as app:
        app.start()
        until(lambda: app.window is not None and app.window.page.sight is not None)
        until(lambda: not app.desk.background.is_busy)
        for_milliseconds(500)
        yield app.window
        broken = [bar.details for bar in app.window.notices.bars if "went wrong" in bar.text]
        assert not broken, broken[0]
        app.window.stop_and_close()
        until(lambda: not app.window.isVisible())


# From the start to the first picture with something in it


def first_paint(library: str, started: str) -> dict[str, Any]:
    """Seconds since `started` (of `time.monotonic`, in the process that started this one) at each step."""
    marks = {"Python runs": _BEGAN - float(started)}

    def mark(name: str) -> None:
        marks[name] = time.monotonic() - float(started)

    import PySide6.QtWidgets  # noqa: F401

    mark("Qt is imported")
    import exportmanager.app  # noqa: F401

    mark("the program is imported")
    from benchmarks.painting import Painted
    from benchmarks.watching import until

    with _app(Path(library)) as app:
        mark("Qt is up")
        app.start()
        mark("the window's parts are imported")
        until(lambda: app.window is not None)
        mark("library open, window built")
        painted = Painted(app.window, mark)
        until(painted.is_done)
    return {"marks": marks}


# How long the loop stays away while there is work


def busy(library: str, course: str, exports: str) -> dict[str, Any]:
    """Watch an idle window, an import of `course`, the window finding its feet after it, and some exports of it."""
    from benchmarks.watching import for_milliseconds, gaps_into, until

    found: dict[str, dict[str, float]] = {}
    took: dict[str, float] = {}
    with _window(Path(library)) as window:
        desk = window.desk
        with gaps_into(found, "idle"):
            for_milliseconds(3_000)
        ended: list[Any] = []
        desk.tasks.ended.connect(lambda task, outcome: ended.append(outcome))
        desk.queue.ended.connect(lambda job, outcome: ended.append(outcome))
        began = time.perf_counter()
        with gaps_into(found, "import"):
            desk.bring_in("folder", course, "Importing")
            until(lambda: ended)
        took["import"] = time.perf_counter() - began
        came = ended.pop()
        assert came.is_done, came
        with gaps_into(found, "after import"):
            window.courses.select(came.value.course_id)
            for_milliseconds(1_500)
        began = time.perf_counter()
        with gaps_into(found, "export"):
            for _ in range(int(exports)):
                _ask_for_export(window, came.value.course_id)
                until(lambda: ended)
                assert ended.pop().is_done
                for_milliseconds(400)
        took["export"] = time.perf_counter() - began
    return {"gaps": found, "seconds": took}


def table(library: str, kind: str) -> dict[str, Any]:
    """Watch the window while a table of the only course goes out."""
    from benchmarks.watching import gaps_into, until

    found: dict[str, dict[str, float]] = {}
    with _window(Path(library)) as window:
        ended: list[Any] = []
        window.desk.queue.ended.connect(lambda job, outcome: ended.append(outcome))
        (course,) = window.desk.program.library.course_ids()
        with gaps_into(found, kind):
            _ask_for_export(window, course, kind)
            until(lambda: ended)
        assert ended.pop().is_done
    return {"gaps": found}


def _ask_for_export(window: Any, course: str, kind_id: str = "coursework") -> None:
    from exportmanager.core.course import CourseId
    from exportmanager.core.run import ExportRequest

    kind = window.desk.program.kinds[kind_id]
    window.desk.queue.submit(ExportRequest(kind.id, CourseId(course), kind.Options()))


# Ten thousand rows


def rows(library: str) -> dict[str, Any]:
    """Scroll, sort and filter the students, and the visits of one of them."""
    from benchmarks.rows import students_and_visits

    with _window(Path(library)) as window:
        return students_and_visits(window)


# Signals


def signals(library: str, jobs: str, each: str) -> dict[str, Any]:
    """Run `jobs` exports that report `each` times as fast as they can: how many reports came, in order."""
    from benchmarks.counting import count_signals

    with _window(Path(library)) as window:
        return count_signals(window, int(jobs), int(each))


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "first-paint": first_paint,
    "busy": busy,
    "table": table,
    "rows": rows,
    "signals": signals,
}


def main() -> None:
    task, *arguments = sys.argv[1:]
    print(json.dumps(TASKS[task](*arguments)), flush=True)


if __name__ == "__main__":
    main()
