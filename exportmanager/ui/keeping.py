"""What is archived, deleted, put back, restored and erased: joins those who do it with the rest of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from exportmanager.core.archive import ArchiveRecord
from exportmanager.ui.archive_actions import ArchiveActions
from exportmanager.ui.delete_actions import DeleteActions
from exportmanager.ui.restore_actions import RestoreActions

if TYPE_CHECKING:
    from exportmanager.ui.window import MainWindow


class Keeping(QObject):
    """Belongs to a window whose page and list of courses are there already."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.archives = ArchiveActions(window.desk, window.notices, window)
        self.deleting = DeleteActions(window.desk, window.notices, window)
        self.restoring = RestoreActions(window.desk, window.notices, window)
        self._window, self._page = window, window.page
        header = window.page.header
        header.asked_archive.connect(self.archives.archive)
        header.asked_certificate.connect(self.archives.show_certificate)
        header.asked_delete.connect(self.deleting.delete)
        window.courses.asked_archive.connect(self.archives.archive)
        window.courses.asked_certificate.connect(self.archives.show_certificate)
        window.courses.asked_delete.connect(self.deleting.delete)
        self.archives.asked_inside.connect(self._look_inside)
        self.archives.asked_delete.connect(self.deleting.delete)
        self.deleting.asked_archive.connect(self.archives.archive)
        self.deleting.asked_certificate.connect(self.archives.show_certificate)
        self.deleting.came_back.connect(window.courses.select)
        self.archives.asked_restore.connect(self.restoring.restore_one)
        self.restoring.came_in.connect(window.courses.select)

    def _look_inside(self, archive: ArchiveRecord) -> None:
        self._window.reviewing.open_path(archive.path)

    def erase(self, _: bool = False) -> None:
        """Ask which student of the course is to be erased, first the one whose page is open."""
        if (sight := self._page.sight) is not None:
            self.restoring.erase(sight.overview.info.id, sight.overview.students, self._page.open_student)
