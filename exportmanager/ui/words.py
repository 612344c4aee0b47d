"""Words on screen: translation, numbers, sizes, dates and times as the teacher's language writes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale

from exportmanager.core.ledger import Job, JobState
from exportmanager.core.report import Report
from exportmanager.core.retention import GRACE, Due

CONTEXT = "ExportManager"


def use_system_language() -> None:
    """Write numbers and dates as the system does; where it names no language ("C"), in English."""
    if QLocale.system().language() == QLocale.Language.C:
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))


def tr(text: str, /, **parts: object) -> str:
    """`text` in the teacher's language, with `{parts}` filled in afterwards."""
    translated = QCoreApplication.translate(CONTEXT, text)
    return translated.format(**parts) if parts else translated


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun: `one` is the English singular ("1 gap"), `many` the plural with its place ("%Ln gaps").

    Translators translate `many` into every plural form of their language.
    """
    translated = QCoreApplication.translate(CONTEXT, many, None, number)
    is_english = translated == many.replace("%Ln", QLocale().toString(number))
    return tr(one) if number == 1 and is_english else translated


def number(value: float | None, decimals: int = 0) -> str:
    """A number as the teacher's language writes it; "" for None."""
    if value is None:
        return ""
    if isinstance(value, int) or (decimals == 0 and float(value).is_integer()):
        return QLocale().toString(int(value))
    return QLocale().toString(float(value), "f", decimals)


def size(number_of_bytes: int) -> str:
    """A number of bytes: "84 MB" (SI units, as disks and e-mail programs count)."""
    if number_of_bytes == 1:
        return tr("1 byte")
    precision = 0 if number_of_bytes < 10_000 or number_of_bytes >= 100_000_000 else 1
    return QLocale().formattedDataSize(number_of_bytes, precision, QLocale.DataSizeFormat.DataSizeSIFormat)


def day(value: date | None) -> str:
    """A day, short; "" for None."""
    if value is None:
        return ""
    return QLocale().toString(QDate(value.year, value.month, value.day), QLocale.FormatType.ShortFormat)


def moment(value: datetime | None) -> str:
    """A moment on this computer's clock, short; "" for None."""
    if value is None:
        return ""
    return QLocale().toString(_local(value), QLocale.FormatType.ShortFormat)


def exact_moment(value: datetime | None) -> str:
    """The same with seconds and time zone, for tooltips."""
    if value is None:
        return ""
    local = value.astimezone()
    return f"{QLocale().toString(_local(value), 'dddd, d MMMM yyyy, HH:mm:ss')} {local.tzname()}"


def _local(value: datetime) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(round(value.timestamp() * 1000))


def ago(value: datetime, now: datetime) -> str:
    """How long ago a day was, roughly: "today", "yesterday", else the day."""
    days = (now.astimezone().date() - value.astimezone().date()).days
    clock = QLocale().toString(_local(value).time(), QLocale.FormatType.ShortFormat)
    if days == 0:
        return tr("today, {time}", time=clock)
    if days == 1:
        return tr("yesterday, {time}", time=clock)
    return day(value.astimezone().date())


def span(time: timedelta) -> str:
    """A length of time: days, hours, minutes or seconds, the largest that says enough ("47 hours", not "1 day")."""
    seconds = max(0, round(time.total_seconds()))
    if seconds >= 2 * 86_400:
        return counted(round(seconds / 86_400), "1 day", "%Ln days")
    if seconds >= 2 * 3_600:
        return counted(round(seconds / 3_600), "1 hour", "%Ln hours")
    if seconds >= 90:
        return counted(round(seconds / 60), "1 minute", "%Ln minutes")
    return counted(seconds, "1 second", "%Ln seconds")


def until(job: Job, janitor_says: Due, now: datetime) -> str:
    """When a file leaves the shelf."""
    if janitor_says is Due.KEPT:
        return tr("kept until you remove it")
    if janitor_says is Due.LAST_COPY:
        return tr("kept: its course has left the library")
    if janitor_says is Due.GOES:
        return tr("removed within the hour")
    if janitor_says is Due.OVERDUE:
        return tr("overdue, removed after {moment}", moment=moment((job.overdue_seen_at or now) + GRACE))
    assert job.expires_at is not None, "it is kept otherwise"
    return tr("removed in {time}", time=span(job.expires_at - now))


STATES: dict[JobState, str] = {
    JobState.CREATED: "Waiting to begin",
    JobState.EXPORTING: "Exporting",
    JobState.SEALED: "Finishing",
    JobState.EXPORTED: "On the shelf",
    JobState.EXPIRED: "Expired and removed",
    JobState.REMOVED: "Removed",
    JobState.FAILED: "Did not work",
    JobState.CANCELLED: "Stopped",
    JobState.INTERRUPTED: "Interrupted",
    JobState.MISSING: "File is missing",
}
"""Each state of a job in the teacher's words, to be translated."""


def state(of: JobState) -> str:
    """A state in words."""
    return tr(STATES[of])


def gaps(report: Report | None) -> str:
    """ "2 gaps"; "" where there are none."""
    count = len(report.unchosen_gaps) if report else 0
    return counted(count, "1 gap", "%Ln gaps") if count else ""


def holds(report: Report | None) -> str:
    """What an export holds against what it should: "22 of 24 students", or "complete: 24 of 24 students"."""
    if report is None or not report.counts:
        return ""
    first = report.counts[0]
    parts = {"done": number(first.done), "expected": number(first.expected), "things": tr(first.thing)}
    if first.done == first.expected and not report.unchosen_gaps:
        return tr("complete: {done} of {expected} {things}", **parts)
    return tr("{done} of {expected} {things}", **parts)
