"""The rules of a course: how many months its exports hold, and whether old access events go from the library."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from exportmanager.core.course_settings import MOST_MONTHS, CourseSettings
from exportmanager.core.old_access import NOTICE
from exportmanager.core.options import Field, FieldKind
from exportmanager.ui.course_choices import CourseChoices
from exportmanager.ui.kit import Text, column, labelled, named, row
from exportmanager.ui.option_inputs import Number
from exportmanager.ui.words import counted, tr

_MONTHS = Field(
    name="retention_months",
    title="Months kept",
    help="",
    kind=FieldKind.NUMBER,
    default=CourseSettings().retention_months,
    minimum=0,
    maximum=MOST_MONTHS,
    unit="months",
    zero="without limit",
)


class CourseRules(QWidget):
    """Shows the rules of the course in view, and changes them."""

    def __init__(self, choices: CourseChoices) -> None:
        super().__init__()
        self._choices = choices
        self.months = Number(_MONTHS)
        self.months.setKeyboardTracking(False)  # "12" is not first a rule of one month
        self.covers = Text(colour="muted")
        self.remove = QCheckBox(tr("&Remove older access events from the library"))
        self.keep = QCheckBox(tr("&Keep everything"))
        self.effect = Text(colour="muted")
        label = labelled(tr("&Months of access and assessment data in exports:"), self.months)
        for switch in (self.remove, self.keep):
            named(switch, switch.text().replace("&", ""))
        label.setWordWrap(True)
        months = row(self.months)
        months.addStretch(1)
        heading = Text(tr("Rules of this course"), size="heading")
        self.setLayout(column(heading, label, months, self.covers, self.remove, self.keep, self.effect))
        self.months.changed.connect(self._set_months)
        self.remove.clicked.connect(self._set_remove)
        self.keep.clicked.connect(self._set_keep)
        choices.changed.connect(self._show)

    def _show(self) -> None:
        settings = self._choices.settings
        self.months.blockSignals(True)  # it is only shown
        self.months.set_value(settings.retention_months or 0)
        self.months.blockSignals(False)
        self.remove.setChecked(settings.remove_old_access)
        self.remove.setEnabled(not settings.keep_everything)
        self.keep.setChecked(settings.keep_everything)
        self.covers.setText(_covers(settings.retention_months))
        self.effect.setText(_effect(settings))
        self.months.setAccessibleDescription(self.covers.text())
        for switch in (self.remove, self.keep):
            switch.setAccessibleDescription(self.effect.text())

    def _set_months(self) -> None:
        self._choices.choose(retention_months=self.months.value() or None)

    def _set_remove(self, is_chosen: bool) -> None:
        self._choices.choose(remove_old_access=is_chosen)

    def _set_keep(self, is_chosen: bool) -> None:
        self._choices.choose(keep_everything=is_chosen)


def _covers(months: int | None) -> str:
    if months is None:
        return tr("Exports hold all that the library has, unless another period is chosen.")
    return counted(
        months,
        "Exports hold the last month before the data were taken, unless another period is chosen.",
        "Exports hold the last %Ln months before the data were taken, unless another period is chosen.",
    )


def _effect(settings: CourseSettings) -> str:
    if settings.keep_everything:
        return tr("Nothing of this course is removed from the library by itself.")
    if not settings.remove_old_access:
        return tr("Nothing is removed. Access events hold the addresses of the computers that students used.")
    if settings.retention_months is None:
        return tr("Nothing is removed: there is no limit.")
    return counted(
        settings.retention_months,
        "Access events of more than a month ago are removed for good, {days} days after you were told.",
        "Access events of more than %Ln months ago are removed for good, {days} days after you were told.",
    ).format(days=NOTICE.days)
