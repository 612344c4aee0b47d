"""The menus of the window, and with them its shortcuts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from exportmanager.ui import theme
from exportmanager.ui.about import About
from exportmanager.ui.desktop import open_file
from exportmanager.ui.settings_dialog import SettingsDialog
from exportmanager.ui.words import tr

if TYPE_CHECKING:
    from exportmanager.ui.window import MainWindow

_SCHEMES = {"system": "As the system", "light": "Light", "dark": "Dark"}


class Menus(QObject):
    """Fills the menu bar of a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._file()
        self._course()
        self._view()
        self._help()

    def _menu(self, title: str) -> QMenu:
        return self._window.menuBar().addMenu(title)

    def _add(
        self,
        menu: QMenu,
        text: str,
        done: Callable[..., object],
        keys: str | QKeySequence.StandardKey = "",
        icon: str = "",
    ) -> QAction:
        action = menu.addAction(text)
        action.triggered.connect(done)
        action.setStatusTip(text.replace("&", ""))
        if keys:
            action.setShortcut(QKeySequence(keys))
        if icon:
            action.setIcon(theme.icon(icon))
        return action

    def _file(self) -> None:
        menu = self._menu(tr("&File"))
        self._add(menu, tr("&Add course..."), self._window.importing.add, QKeySequence.StandardKey.New, "add")
        self._add(menu, tr("Add a course &folder..."), self._window.importing.ask, "Ctrl+O", "folder")
        self._add(menu, tr("Add the &sample course"), self._window.importing.bring_in_sample)
        menu.addSeparator()
        self._review(menu)
        menu.addSeparator()
        self._archives(menu)
        menu.addSeparator()
        settings = self._add(menu, tr("Se&ttings..."), self.settings, "Ctrl+,", "settings")
        settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        menu.addSeparator()
        leave = self._add(menu, tr("&Close"), self._window.close, QKeySequence.StandardKey.Quit)
        leave.setMenuRole(QAction.MenuRole.QuitRole)

    def _archives(self, menu: QMenu) -> None:
        keeping = self._window.keeping
        several = keeping.archives.archive_several
        self._add(menu, tr("Archi&ve several courses..."), several, "", "archive")
        self._add(menu, tr("A&rchives..."), keeping.archives.show_list, "Ctrl+Shift+A")
        self._add(menu, tr("Verif&y an archive..."), keeping.archives.verify_file, "", "verify")
        self._add(menu, tr("Restor&e an archive..."), keeping.restoring.restore, "", "undo")
        self._add(menu, tr("Tras&h..."), keeping.deleting.show_trash, "", "remove")

    def _review(self, menu: QMenu) -> None:
        reviewing = self._window.reviewing
        self._add(menu, tr("&Open workspace..."), reviewing.choose_file, "Ctrl+Shift+O", "open")
        self._add(menu, tr("Open workspace fol&der..."), reviewing.choose_folder)
        self._add(menu, tr("&Projects..."), reviewing.show_projects, "Ctrl+Shift+P")

    def _course(self) -> None:
        menu = self._menu(tr("&Course"))
        page = self._window.page
        self._add(menu, tr("&Export..."), page.export_selection, "Ctrl+E", "export")
        self._add(menu, tr("Add &more to this course..."), page.header.ask_for_more, "Ctrl+Shift+N", "add")
        self._add(menu, tr("Import &blueprints..."), page.import_blueprints, "Ctrl+Shift+B", "add")
        self._add(menu, tr("&Last import..."), page.header.show_last_import, "", "info")
        menu.addSeparator()
        self._add(menu, tr("&Archive course..."), page.header.ask_to_archive, "", "archive")
        self._add(menu, tr("Cer&tificate..."), page.header.ask_for_certificate, "", "verify")
        self._add(menu, tr("Erase a st&udent..."), self._window.keeping.erase)
        self._add(menu, tr("&Delete course..."), page.header.ask_to_delete, "", "remove")
        menu.addSeparator()
        find = self._window.reviewing.find_in_course
        self._add(menu, tr("Find in &workspaces..."), find, "Ctrl+Shift+W", "search")
        self._add(menu, tr("&Search"), self._window.focus_search, QKeySequence.StandardKey.Find, "search")
        self._add(menu, tr("Search &courses"), self._window.courses.focus_search, "Ctrl+Shift+F")
        menu.addSeparator()
        for number in range(page.tabs.count()):
            self._add(menu, page.tabs.tabText(number), partial(self._show_tab, number), f"Ctrl+{number + 1}")

    def _show_tab(self, number: int, _: bool = False) -> None:
        self._window.page.show_tab(number)

    def _view(self) -> None:
        menu = self._menu(tr("&View"))
        self._add(menu, tr("&Read again"), self._window.desk.tidy, QKeySequence.StandardKey.Refresh, "again")
        self._add(menu, tr("Go to the &shelf"), self._window.shelf.setFocus, "Ctrl+J")
        menu.addSeparator()
        group = QActionGroup(menu)
        self._schemes = {
            scheme: self._add(menu, tr(text), partial(self._choose, scheme)) for scheme, text in _SCHEMES.items()
        }
        for action in self._schemes.values():
            action.setCheckable(True)
            group.addAction(action)
        self._window.theme.changed.connect(self._mark_scheme)
        self._mark_scheme()

    def _mark_scheme(self) -> None:
        self._schemes[self._window.theme.wanted].setChecked(True)

    def _choose(self, scheme: str, _: bool = False) -> None:
        self._window.theme.choose(scheme)
        program = self._window.desk.program
        change = partial(program.change_settings, "window", {"appearance": scheme})
        self._window.desk.background.ask(self, change, self._done)

    def _done(self, _: object) -> None:
        """The window looks like it already."""

    def settings(self) -> None:
        """Open the settings."""
        dialog = SettingsDialog(self._window.desk, self._window.theme, self._window)
        dialog.asked_to_move_shelf.connect(self._window.shelf_moving.start)
        dialog.open()

    def _help(self) -> None:
        menu = self._menu(tr("&Help"))
        self._add(menu, tr("Open the &log"), self._open_log)
        about = self._add(menu, tr("&About Export Manager"), self._about, "", "info")
        about.setMenuRole(QAction.MenuRole.AboutRole)

    def _open_log(self) -> None:
        open_file(self._window.desk.program.library.folder / "logs")

    def _about(self) -> None:
        About(self._window.desk.program, self._window).open()
