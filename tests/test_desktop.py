"""The desktop around the window: the right file is shown whatever its name, notifications lead back, Qt is logged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from PySide6.QtCore import (
    QCoreApplication,
    QLoggingCategory,
    QObject,
    QUrl,
    Signal,
    Slot,
    qCWarning,
    qDebug,
    qInstallMessageHandler,
    qWarning,
)
from PySide6.QtGui import QDesktopServices, QIcon, QPixmap
from pytestqt.qtbot import QtBot

from exportmanager import log
from exportmanager.ui import desktop
from exportmanager.ui.desktop import (
    Notifier,
    explorer_arguments,
    file_manager_commands,
    log_qt_messages,
    open_file,
    show_in_folder,
    without_markup,
)

NAMES = [
    "plain.zip",
    "two words.zip",
    "100 % of #1?.zip",
    "%41%2F.zip",
    "a, b; c & d.zip",
    'it\'s [1] {x} $HOME `x` "q".zip',
    "-rf.zip",
    "Größe 数 😀.zip",
    "~tilde\\back.zip",
]
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="this is Linux's way")

SERVICE = """
import sys
from PySide6.QtCore import ClassInfo, QCoreApplication, QObject, Slot
from PySide6.QtDBus import QDBusConnection
@ClassInfo({"D-Bus Interface": "org.freedesktop.FileManager1"})
class FileManager(QObject):
    @Slot("QStringList", str)
    def ShowItems(self, uris, startup):
        print(*uris, sep="\\n", flush=True)
app, manager, bus = QCoreApplication(), FileManager(), QDBusConnection.sessionBus()
assert bus.registerObject("/org/freedesktop/FileManager1", manager, QDBusConnection.RegisterOption.ExportAllSlots)
assert bus.registerService("org.freedesktop.FileManager1")
print("ready", flush=True)
app.exec()
"""


class Opened(QObject):
    """Stands in for the system's programs: notes what it is to open."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.urls.append(url)

    @property
    def paths(self) -> list[Path]:
        return [Path(url.toLocalFile()) for url in self.urls]


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Opened]:
    opened = Opened()
    QDesktopServices.setUrlHandler("file", opened, "open")  # type: ignore[arg-type] # Qt's stubs say bytes, which it refuses
    yield opened
    QDesktopServices.unsetUrlHandler("file")


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A session bus of the test's own."""
    if not shutil.which("dbus-daemon"):
        pytest.skip("there is no D-Bus here")
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", daemon.stdout.readline().strip())
        yield
        daemon.kill()


@pytest.fixture
def file_manager(bus: None) -> Iterator[subprocess.Popen[str]]:
    """A file manager that prints what it is to show."""
    with subprocess.Popen([sys.executable, "-c", SERVICE], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def shown_by(file_manager: subprocess.Popen[str]) -> Path:
    assert file_manager.stdout is not None
    address = urlparse(file_manager.stdout.readline().strip())
    assert (address.scheme, address.netloc, address.query, address.fragment) == ("file", "", "", "")
    return Path(unquote(address.path))


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def no_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the only one where programs are looked for."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "bin"


def is_over() -> bool:
    app = QCoreApplication.instance()
    assert app is not None
    return not app.findChildren(desktop._FileManager)


@pytest.mark.parametrize("name", NAMES)
def test_the_commands_hold_nothing_but_plain_characters_of_a_name(name: str) -> None:
    path = Path("/home/some one") / name
    gdbus, dbus_send = file_manager_commands(path)
    assert gdbus[-2].startswith("['file:///home/some%20one/")
    assert dbus_send[-2].startswith("array:string:file:///home/some%20one/")
    for element in (gdbus[-2][2:-2], dbus_send[-2].removeprefix("array:string:")):
        assert element.isascii()
        assert not set(element) & set(" ,'\"\\[]{}#?$`;&")
        assert unquote(urlparse(element).path) == str(path)


def test_the_commands_name_the_file_managers_interface() -> None:
    gdbus, dbus_send = (" ".join(command) for command in file_manager_commands(Path("/a.zip")))
    assert gdbus == (
        "gdbus call --session --timeout 15 --dest org.freedesktop.FileManager1 --object-path "
        "/org/freedesktop/FileManager1 --method org.freedesktop.FileManager1.ShowItems ['file:///a.zip'] "
    )
    assert dbus_send == (
        "dbus-send --session --print-reply --reply-timeout=15000 --dest=org.freedesktop.FileManager1 "
        "/org/freedesktop/FileManager1 org.freedesktop.FileManager1.ShowItems array:string:file:///a.zip string:"
    )


def test_explorer_gets_the_path_in_quotes_whatever_it_holds() -> None:
    assert explorer_arguments(Path("a b, c.zip")) == '/select,"a b, c.zip"'


@on_linux
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["gdbus", "dbus-send"])
def test_a_real_bus_hands_the_file_manager_the_very_file(
    qtbot: QtBot,
    opened: Opened,
    file_manager: subprocess.Popen[str],
    no_programs: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    name: str,
) -> None:
    real = shutil.which(way, path=os.defpath)
    if real is None:
        pytest.skip(f"{way} is not installed")
    program(no_programs, way, f'exec {real} "$@"')
    show_in_folder(Path("/home/some one") / name)
    qtbot.waitUntil(is_over, timeout=20_000)
    assert shown_by(file_manager) == Path("/home/some one") / name
    assert opened.urls == []


@on_linux
def test_where_no_file_manager_is_on_the_bus_the_folder_is_opened(
    qtbot: QtBot, opened: Opened, bus: None, tmp_path: Path
) -> None:
    show_in_folder(tmp_path / "a, b #1.zip")
    qtbot.waitUntil(is_over, timeout=20_000)
    assert opened.paths == [tmp_path]


@on_linux
def test_where_there_is_no_bus_and_no_program_the_folder_is_opened(
    qtbot: QtBot, opened: Opened, no_programs: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "100 % of #1"
    show_in_folder(folder / "a.zip")
    qtbot.waitUntil(is_over, timeout=20_000)
    assert opened.paths == [folder]


@on_linux
def test_a_program_that_dies_leaves_it_to_the_next(
    qtbot: QtBot, opened: Opened, no_programs: Path, tmp_path: Path
) -> None:
    program(no_programs, "gdbus", "kill -9 $$")
    program(no_programs, "dbus-send", f'echo "$@" > "{tmp_path}/asked"')
    show_in_folder(Path("/a.zip"))
    qtbot.waitUntil(is_over, timeout=20_000)
    assert "array:string:file:///a.zip" in (tmp_path / "asked").read_text()
    assert opened.urls == []


@on_linux
def test_the_window_does_not_wait_for_a_file_manager_that_starts_slowly(
    qtbot: QtBot, opened: Opened, no_programs: Path, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "go on")
    program(no_programs, "gdbus", f'read line < "{tmp_path}/go on"')
    show_in_folder(Path("/a.zip"))
    assert not is_over()
    (tmp_path / "go on").write_text("\n")
    qtbot.waitUntil(is_over, timeout=20_000)
    assert opened.urls == []


@pytest.mark.parametrize("name", [name for name in NAMES if os.name != "nt" or not set(name) & set('?"\\')])
def test_the_very_file_is_opened(opened: Opened, tmp_path: Path, name: str) -> None:
    assert open_file(tmp_path / name)
    assert opened.paths == [tmp_path / name]


@on_linux
def test_a_file_whose_name_is_no_text_is_opened_all_the_same(opened: Opened, tmp_path: Path) -> None:
    assert open_file(Path(os.fsdecode(b"/tmp/\xff, 1.zip")))
    assert [bytes(url.toEncoded().data()) for url in opened.urls] == [b"file:///tmp/%FF%2C%201.zip"]


def test_a_relative_path_is_opened_as_the_file_that_it_means(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_file(Path("a.zip"))
    assert opened.paths == [tmp_path / "a.zip"]


@pytest.mark.qt_log_ignore("This plugin does not support QPlatformServices")
def test_a_system_without_a_program_for_a_file_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    assert not open_file(tmp_path / "a.zip")


# Notifications


class Tray(QObject):
    """Stands in for a desktop's tray, which tests have none of."""

    messageClicked = Signal()
    there = True
    shown: list[tuple[str, str]] = []
    visible = False

    isSystemTrayAvailable = supportsMessages = staticmethod(lambda: Tray.there)

    def __init__(self, icon: QIcon, parent: QObject) -> None:
        super().__init__(parent)
        assert not icon.isNull()

    def show(self) -> None:
        Tray.visible = True

    def hide(self) -> None:
        Tray.visible = False

    def showMessage(self, title: str, text: str, icon: QIcon, milliseconds: int) -> None:
        assert Tray.visible
        Tray.shown.append((title, text))


@pytest.fixture
def tray(monkeypatch: pytest.MonkeyPatch) -> type[Tray]:
    monkeypatch.setattr(desktop, "QSystemTrayIcon", Tray)
    Tray.there, Tray.visible, Tray.shown = True, False, []
    return Tray


@pytest.fixture
def notifier(qtbot: QtBot) -> Notifier:
    picture = QPixmap(16, 16)
    picture.fill()
    return Notifier(QIcon(picture))


def test_without_a_tray_nothing_is_notified_and_qt_does_not_complain(notifier: Notifier) -> None:
    assert not notifier.notify("Export finished", "Coursework data - CS101", None)
    notifier.withdraw()


def test_a_tray_that_comes_later_is_used(tray: type[Tray], notifier: Notifier) -> None:
    tray.there = False
    assert not notifier.notify("first", "nobody sees it", None)
    tray.there = True
    assert notifier.notify("second", "somebody does", None)
    assert tray.shown == [("second", "somebody does")]


def test_a_click_gives_back_the_path_and_the_icon_goes(
    qtbot: QtBot, tray: type[Tray], notifier: Notifier, tmp_path: Path
) -> None:
    notifier.notify("one", "a", tmp_path / "a")
    notifier.notify("two", "b", tmp_path / "b")
    assert tray.visible
    (icon,) = notifier.findChildren(Tray)
    with qtbot.waitSignal(notifier.clicked, timeout=5_000) as clicked:
        icon.messageClicked.emit()
    assert clicked.args == [tmp_path / "b"]
    assert not tray.visible


def test_the_icon_goes_when_the_notification_has_been_seen(
    qtbot: QtBot, tray: type[Tray], notifier: Notifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    notifier._end.setInterval(20)
    notifier.notify("one", "a", None)
    assert tray.visible
    qtbot.waitUntil(lambda: not tray.visible, timeout=5_000)


def test_what_a_title_holds_is_not_taken_for_markup(tray: type[Tray], notifier: Notifier) -> None:
    notifier.notify("Export finished", 'C & <a href="https://example.org">C++</a>', None)
    assert tray.shown == [("Export finished", 'C & ‹a href="https://example.org"›C++‹/a›')]
    assert without_markup("plain, 1 ‰ & more") == "plain, 1 ‰ & more"


# Qt's own messages


def test_qts_messages_are_logged_without_what_they_say(qtbot: QtBot, tmp_path: Path) -> None:
    before = qInstallMessageHandler(None)
    try:
        log.open_log(tmp_path)
        log_qt_messages()
        qWarning("cannot read /home/Sample Student-One/report")
        qDebug("of no interest")
        fonts = QLoggingCategory("qt.qpa.fonts")  # type: ignore[arg-type]
        qCWarning(fonts, "no font for Sample Student-One")  # type: ignore[arg-type]
    finally:
        qInstallMessageHandler(before)
        log.close_log()
    lines = (tmp_path / log.FILE_NAME).read_text().splitlines()
    assert [line.partition(" ")[2] for line in lines] == [
        "info qt message grave=warning category=default",
        "info qt message grave=warning category=qt.qpa.fonts",
    ]
