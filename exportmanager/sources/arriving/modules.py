"""The modules of a course while more of it comes in: those it has, and those that new assignments bring along."""

from __future__ import annotations

from exportmanager.core.course import Module, ModuleId
from exportmanager.core.names import folded
from exportmanager.core.source import CourseWriter, KnownCourse
from exportmanager.sources.arriving.titles import NO_MODULE, Titled
from exportmanager.sources.arriving.words import new_id, same


class Modules:
    """Gives each new one to `writer` when an assignment needs it."""

    def __init__(self, known: KnownCourse | None, writer: CourseWriter) -> None:
        self._writer = writer
        modules = known.modules if known else ()
        self._ids = [module.id for module in modules]
        self._by_title = {same(module.title): module.id for module in modules}
        self._only = self._ids[0] if len(self._ids) == 1 else None
        self._listed: dict[tuple[str, str], ModuleId] = {}

    def of(self, titled: Titled) -> ModuleId:
        """The module that a new assignment belongs to: as its list or folder says, else the one for all."""
        if titled.listed:
            return self._of_list(titled.listed.module, titled.module)
        title = titled.module or NO_MODULE
        return self._by_title.get(same(title)) or (self._only if not titled.module else None) or self._new(title)

    def _of_list(self, listed: str, title: str) -> ModuleId:
        """In one list two modules may have the same title, and are two."""
        if (listed, title) not in self._listed:
            known = self._by_title.get(same(title))
            is_another = known in self._listed.values()
            self._listed[listed, title] = self._new(title, listed) if known is None or is_another else known
        return self._listed[listed, title]

    def _new(self, title: str, listed: str = "") -> ModuleId:
        taken = {folded(module) for module in self._ids}
        made = ModuleId(
            listed if listed and folded(listed) not in taken else new_id(title, taken.__contains__, "module")
        )
        self._writer.module(Module(made, title, len(self._ids)))
        self._ids.append(made)
        self._by_title.setdefault(same(title), made)
        return made
