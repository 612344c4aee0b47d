"""Times, durations and numbers in every form that files hold them: read as they were meant, or refused with words."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exportmanager.formats.moments import DayOrder, Moments, seconds_of
from exportmanager.formats.numbers import boolean_of, is_nothing, number_of, percent_of, ratio_of, whole_of

BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 3, 2, 14, 5, tzinfo=BERLIN)
AT_UTC = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
DAY = datetime(2026, 3, 2, tzinfo=BERLIN)

FORMS: list[tuple[str, datetime]] = [
    ("2026-03-02T14:05:00", AT),
    ("2026-03-02 14:05", AT),
    ("2026-03-02T14:05:00Z", AT_UTC),
    ("2026-03-02T14:05:00.000Z", AT_UTC),
    ("2026-03-02T14:05:00+01:00", AT),
    ("2026-03-02T14:05:00.25+0100", AT.replace(microsecond=250_000)),
    ("2026-03-02 14:05:00 UTC", AT_UTC),
    ("2026-03-02 14:05:00 GMT", AT_UTC),
    ("2026-03-02 14:05:00 +0000 UTC", AT_UTC),
    ("2026-03-02 14:05:00 +01:00", AT),
    ("20260302T140500Z", AT_UTC),
    ("2026-03-02", DAY),
    ("2026/3/2 14:05", AT),
    ("03/02/2026 2:05 PM", AT),
    ("3/2/2026 2:05 pm", AT),
    ("3/2/2026, 2:05:00\u202fPM", AT),
    ("03/02/2026 02:05 p.m.", AT),
    ("3/2/26 14:05", AT),
    ("03/02/2026", DAY),
    ("3/2/2026 12:05 AM", DAY.replace(minute=5)),
    ("3/2/2026 12:05 PM", DAY.replace(hour=12, minute=5)),
    ("2.3.2026 14:05", AT),
    ("02.03.2026", DAY),
    ("Mar 2, 2026, 2:05 PM", AT),
    ("March 2, 2026 at 2:05 PM", AT),
    ("Sept. 2nd 2026", DAY.replace(month=9)),
    ("2 March 2026 14:05", AT),
    ("2-Mar-2026 14:05", AT),
    ("Mon, 02 Mar 2026 14:05:00 GMT", AT_UTC),
    ("Mon Mar 02 2026 14:05:00 GMT+0100 (Central European Standard Time)", AT),
    ("Monday, March 2, 2026 2:05 PM", AT),
    ("1772460300", AT_UTC),
    ("1772460300000", AT_UTC),
    ("1772460300.5", AT_UTC.replace(microsecond=500_000)),
    ("  2026-03-02   14:05  ", AT),
]


@pytest.mark.parametrize(("text", "moment"), FORMS, ids=[text for text, _ in FORMS])
def test_a_time_is_read_in_every_usual_form(text: str, moment: datetime) -> None:
    moments = Moments(BERLIN)
    for _ in range(2):  # the second time by what was remembered of the first
        found = moments.read(text)
        assert found == moment
        assert found.tzinfo is not None


REFUSED = [
    "",
    "soon",
    "2026",
    "12345",
    "2026-02-30",
    "2/30/2026",
    "13/13/2026",
    "3/2/2026 25:00",
    "3/2/2026 0:05 PM",
    "3/2/2026 14:05 PM",
    "3/2/2026 14:05 EST",
    "3/2/2026 14:05:00 x",
    "Marvel 2, 2026",
    "Ma 2, 2026",
    "3/2-2026",
    "2026-03-02T14:05:00+99:00",
    "1899-12-31",
    "2200-01-01",
    "1/1/2200",
    "9999999999999",
    "3/2/2026 2:05 PM 3/3/2026 2:05 PM",
    "٣/٢/٢٠٢٦",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_time_is_refused_with_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a time|calendar"):
        Moments(BERLIN).read(text)


def test_a_time_never_depends_on_what_was_read_before_it() -> None:
    texts = [text for text, _ in FORMS]
    texts += [text.replace("2026", "2027") for text in texts] + [text.replace(" ", "\u202f") for text in texts]
    moments = Moments(BERLIN)
    alone = [read_or_none(Moments(BERLIN), text) for text in texts]
    for _ in range(2):
        assert [read_or_none(moments, text) for text in texts] == alone
        assert [read_or_none(moments, text) for text in reversed(texts)] == alone[::-1]


def read_or_none(moments: Moments, text: str) -> datetime | None:
    try:
        return moments.read(text)
    except ValueError:
        return None


def test_of_an_hour_that_the_clock_shows_twice_the_first_is_meant() -> None:
    assert Moments(BERLIN).read("10/25/2026 2:30 AM").astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert Moments(BERLIN).read("2026-10-25 02:30").astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_in_an_hour_that_the_clock_leaves_out_it_was_not_set_yet() -> None:
    assert Moments(BERLIN).read("3/29/2026 2:30 AM").astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_summer_and_winter_have_their_own_distance_from_utc() -> None:
    moments = Moments(ZoneInfo("America/New_York"))
    hours = [moments.read(text).utcoffset() for text in ("1/15/2026 9:00 AM", "7/15/2026 9:00 AM")]
    assert hours == [timedelta(hours=-5), timedelta(hours=-4)]


@given(st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1)).map(lambda at: at.replace(microsecond=0)))
def test_any_time_comes_back_from_every_form(at: datetime) -> None:
    moments = Moments(BERLIN)
    expected = at.replace(tzinfo=BERLIN)
    hour, half = at.hour % 12 or 12, "AM" if at.hour < 12 else "PM"
    us = f"{at.month}/{at.day}/{at.year} {hour}:{at.minute:02}:{at.second:02} {half}"
    german = f"{at.day:02}.{at.month:02}.{at.year} {at.hour:02}:{at.minute:02}:{at.second:02}"
    assert moments.read(us) == moments.read(german) == moments.read(at.isoformat(" ")) == expected
    day_first = f"{at.day}/{at.month}/{at.year} {at.hour}:{at.minute:02}:{at.second:02}"
    assert Moments(BERLIN, is_day_first=True).read(day_first) == expected


@given(st.text(alphabet="0123456789/:-. TZapm,MarOctUTC+", max_size=30))
def test_rubbish_is_a_time_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert Moments(BERLIN).read(text).tzinfo


@pytest.mark.parametrize("text", ["mon" * 30_000, "1/" * 30_000, " " * 90_000 + "x", "1:" * 30_000, "Mar 2, " * 9_000])
def test_long_rubbish_takes_no_time(text: str) -> None:
    started = time.process_time()
    for read in (Moments(BERLIN).read, Moments(BERLIN).read_all, seconds_of, number_of, percent_of):
        with contextlib.suppress(ValueError):
            read(text)
    assert time.process_time() - started < 2


# several in a cell


LISTS = [
    "2026-03-02 14:05:00, 2026-04-01 09:00:00",
    "2026-04-01T09:00:00; 2026-03-02T14:05:00",
    "Mar 2, 2026, 2:05 PM, Apr 1, 2026, 9:00 AM",
    "3/2/2026 2:05 PM\n4/1/2026 9:00 AM\n",
    "3/2/2026 2:05 PM | 4/1/2026 9:00 AM",
    "3/2/2026 2:05 PM and 4/1/2026 9:00 AM",
]


@pytest.mark.parametrize("text", LISTS)
def test_every_time_in_a_cell_is_found(text: str) -> None:
    assert sorted(Moments(BERLIN).read_all(text)) == [AT, datetime(2026, 4, 1, 9, tzinfo=BERLIN)]


@pytest.mark.parametrize(("text", "moment"), FORMS, ids=[text for text, _ in FORMS])
def test_a_single_time_is_a_list_of_one(text: str, moment: datetime) -> None:
    assert Moments(BERLIN).read_all(text) == [moment]


@pytest.mark.parametrize("text", ["3/2/2026 or so", "3/2/2026, never", "", "2026-03-02 14:05 EST"])
def test_a_list_with_anything_else_in_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        Moments(BERLIN).read_all(text)


# JSON


@pytest.mark.parametrize(
    "value",
    [1772460300, 1772460300.0, 1772460300000, {"seconds": 1772460300}, {"_seconds": 1772460300}, "2026-03-02T14:05Z"],
    ids=str,
)
def test_a_time_in_json_is_read_in_every_form_of_the_platform(value: Any) -> None:
    assert Moments(BERLIN).of_json(value) == AT_UTC


@pytest.mark.parametrize("value", [None, True, [], {}, {"seconds": "soon"}, 1e300, -1e18, "soon"], ids=str)
def test_json_that_is_no_time_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"is not a time|calendar"):
        Moments(BERLIN).of_json(value)


# day and month


def order_of(*texts: str) -> tuple[bool, list[str]]:
    order = DayOrder()
    for text in texts:
        order.look(text)
    return order.is_day_first, order.findings


def test_one_date_that_can_only_be_read_one_way_decides_for_all() -> None:
    assert order_of("03/02/2026 14:05", "25/02/2026 14:05") == (True, [])
    assert order_of("03/02/2026", "02/25/2026", "2026-13-13", "soon", "") == (False, [])
    assert order_of("3-2-2026", "25-2-2026") == (True, [])


def test_where_nothing_tells_the_month_comes_first_and_that_is_told() -> None:
    is_day_first, findings = order_of("03/03/2026", "03/02/2026 1:00 PM", "04/05/2026")
    assert not is_day_first
    assert findings == [
        "Nothing tells whether a date such as 03/02/2026 begins with the month or the day; the month was taken."
    ]


def test_dates_that_read_the_same_both_ways_need_no_decision() -> None:
    assert order_of("3/3/2026", "4/4/2026 1:00 PM") == (False, [])


def test_dates_of_both_orders_are_told_and_each_is_read_in_the_only_way_that_there_is() -> None:
    is_day_first, findings = order_of("25/02/2026", "02/25/2026", "03/02/2026")
    assert not is_day_first
    assert findings == [
        "Some dates begin with the day, others with the month; where both fit, the month was read first."
    ]
    assert Moments(BERLIN).read("25/02/2026") == Moments(BERLIN).read("02/25/2026")
    assert order_of("25/02/2026", "02/25/2026") == (False, []), "none of them fits both"


def test_other_forms_have_no_order_to_find_out() -> None:
    assert order_of("2026-03-02", "2.3.2026", "1772460300", "Mar 2, 2026") == (False, [])


# durations


DURATIONS = [
    ("5940", 5940),
    ("5940.4", 5940),
    ("0", 0),
    ("1:39:00", 5940),
    ("100:00:05", 360_005),
    ("1 h 39 min", 5940),
    ("1h 39m 5s", 5945),
    ("99 min", 5940),
    ("1.65 hours", 5940),
    ("2 hours, 5 minutes", 7500),
    ("1 d 2 h", 93_600),
    ("39 s", 39),
    ("45 sec.", 45),
]


@pytest.mark.parametrize(("text", "seconds"), DURATIONS, ids=[text for text, _ in DURATIONS])
def test_a_duration_is_read_in_seconds(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "1:39", "-5", "long", "5 apples", "1:70:00", "1.2.3 h", "99999999999", "h", "1e5"]
)
def test_what_is_no_duration_or_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        seconds_of(text)


# numbers


NUMBERS = [
    ("12.5", False, 12.5),
    ("-3", False, -3),
    ("\N{MINUS SIGN}3", False, -3),
    (" 85% ", False, 85),
    ("85 %", False, 85),
    ("12,5", True, 12.5),
    ("12,5", False, 12.5),
    ("1,234", False, 1234),
    ("1,234", True, 1.234),
    ("1,234,567.5", False, 1_234_567.5),
    ("1.234,5", True, 1234.5),
    ("12.5", True, 12.5),
    (".5", False, 0.5),
    ("1e3", False, 1000),
]


@pytest.mark.parametrize(("text", "comma", "number"), NUMBERS, ids=str)
def test_a_number_is_read_as_its_table_writes_them(text: str, comma: bool, number: float) -> None:
    assert number_of(text, comma) == number


@pytest.mark.parametrize(
    "text", ["", "ten", "1.2.3", "1,23,456.7", "1 2", "inf", "nan", "1e99", "1e16", "٣", "0x1", "1_000"]
)
@pytest.mark.parametrize("convert", [number_of, whole_of, percent_of], ids=lambda convert: convert.__name__)
def test_what_is_no_number_is_refused(convert: Callable[[str], float], text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        convert(text)


def test_shares_and_grades_are_read_in_percent() -> None:
    assert ratio_of("8/10") == ratio_of("8 of 10") == ratio_of("8 out of 10") == (8, 10)
    assert ratio_of("7,5/10", True) == (7.5, 10)
    assert percent_of("8/10") == percent_of("80%") == percent_of("80") == 80
    for text in ("8", "8-Oct", "8/0", "/", "8/10/2026"):
        with pytest.raises(ValueError, match=r"."):
            (percent_of if text == "8/0" else ratio_of)(text)


def test_whole_numbers_have_no_parts() -> None:
    assert whole_of("5.0") == whole_of("5") == 5
    assert whole_of("1,200") == 1200
    with pytest.raises(ValueError, match="whole"):
        whole_of("5.5")


def test_yes_and_no_are_read_in_any_case() -> None:
    assert [boolean_of(text) for text in ("TRUE", "true ", "Yes", "1")] == [True] * 4
    assert [boolean_of(text) for text in ("FALSE", "False", "no", "0")] == [False] * 4
    with pytest.raises(ValueError, match="true or false"):
        boolean_of("maybe")


def test_some_words_say_that_there_is_nothing_to_say() -> None:
    assert all(is_nothing(text) for text in ("", " ", "-", "—", "N/A", "null", "undefined", "None"))
    assert not any(is_nothing(text) for text in ("0", "no", "x"))


def test_an_offset_may_be_negative() -> None:
    assert Moments(BERLIN).read("Mar 2, 2026 09:05 GMT-0500").utcoffset() == timezone(timedelta(hours=-5)).utcoffset(
        None
    )
