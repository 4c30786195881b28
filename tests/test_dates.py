from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.read.dates import UNREAD, read_date

SEPTEMBER_28 = datetime(2026, 9, 28, 2, 0, tzinfo=UTC)
"""10:00 in Taipei, 11:00 in Seoul."""


@pytest.mark.parametrize(
    "raw",
    [
        "Mon, 28 Sep 2026 10:00:00 +0800",
        "Mon,28 Sep 2026 10:00:00+0800",
        "28 Sep 2026 10:00 +08:00",
        "Mon, 28 September 26 10:00:00 +0800",
        "Mon, 28 Sep 2026 02:00:00 GMT",
        "Mon, 28 Sep 2026 02:00:00 Etc/GMT",
        "Mon, 28 Sep 2026 02:00:00 Z",
        "Mon, 28 Sep 2026 02:00:00 -0000",
        "28-Sep-2026 02:00:00 UTC",
        "Mon, 28 Sep 2026 11:00:00 KST",
        "Mon, 28 Sep 2026 11:00:00 JST",
        "Mon, 28 Sep 2026 10:00:00 HKT",
        "Mon, 28 Sep 2026 10:00:00 SGT",
        "Mon, 28 Sep 2026 04:00:00 CEST",
        "Sun, 27 Sep 2026 22:00:00 EDT",
        "Sun, 27 Sep 2026 10:00 PM EDT",
        "Mon, 28 Sep 2026 10:00:00 GMT+8",
        "Mon, 28 Sep 2026 10:00:00 UTC+08:00",
        "Mon, 28 Sep 2026 10:00:00 +0800 (CST)",
        "Mon Sep 28 2026 10:00:00 GMT+0800 (台北標準時間)",
        "2026-09-28T10:00:00+08:00",
        "2026-09-28T10:00:00.000+0800",
        "2026-09-28T02:00:00Z",
        "2026-09-28T10:00+08:00",
        "2026-09-28 10:00:00 +0800 CST",
        "2026-09-28T10:00:00+08:00[Asia/Taipei]",
        "2026-09-28 10:00 Asia/Taipei",
        "20260928T020000Z",
        "20260928T100000+0800",
        "1790560800",
        "1790560800000",
        "Mon Sep 28 02:00:00 UTC 2026",
        "28 九月 2026 10:00:00 +0800",
        "Seg, 28 Set 2026 10:00:00 +0800",
        "lun. 28 sept. 2026 10h00 +0800",
        "２０２６年９月２８日　１０：００ +0800",
    ],
)
def test_a_date_with_a_zone_is_one_instant(raw: str) -> None:
    assert read_date(raw, zone="Pacific/Kiritimati", region="US").at == SEPTEMBER_28


@pytest.mark.parametrize(
    "raw",
    [
        "2026-09-28 10:00:00",
        "2026-09-28T10:00",
        "2026/09/28 10:00",
        "2026/9/28 10:00:00",
        "2026.09.28 10:00",
        "2026. 9. 28. 오전 10:00",
        "2026.9.28.(월) 10:00",
        "2026年9月28日 10:00",
        "2026年9月28日(月) 午前10時00分",
        "2026年09月28日 星期一 上午10:00",
        "2026년 9월 28일 월요일 오전 10시 0분",
        "115-09-28 10:00:00",
        "115/09/28 10:00",
        "民國115年9月28日 10:00",
        "中華民國 115 年 9 月 28 日 上午10時",
        "20260928100000",
        "202609281000",
        "20260928 10:00:00",
        "28 Sep 2026 10:00",
        "28.09.2026, 10:00 Uhr",
        "28/09/2026 10:00",
        "September 28, 2026 10:00 AM",
        "Monday, September 28, 2026 at 10:00 am",
        "28 de septiembre de 2026 10:00",
        "28 сентября 2026 г. 10:00",
        "Mon Sep 28 10:00:00 2026",
        "Published: 2026-09-28 10:00",
    ],
)
def test_a_time_without_a_zone_is_that_of_the_feed(raw: str) -> None:
    moment = read_date(raw, zone="Asia/Taipei")
    assert moment.at == SEPTEMBER_28
    assert moment.how.endswith("feed's zone")


@pytest.mark.parametrize(
    "raw",
    [
        "2026-09-28",
        "20260928",
        "2026/09/28",
        "2026/9/28",
        "2026.09.28",
        "2026. 9. 28.",
        "2026年9月28日",
        "2026年9月28號",
        "2026년 9월 28일",
        "115-09-28",
        "115.9.28",
        "民國115年9月28日",
        "民国 115.09.28",
        "Mon, 28 Sep 2026",
        "28 Sep 2026",
        "28 九月 2026",
        "Sept. 28, 2026",
        "28.9.2026",
        "28 settembre 2026",
    ],
)
def test_a_day_is_the_beginning_of_that_day_in_the_feeds_zone(raw: str) -> None:
    moment = read_date(raw, zone="Asia/Seoul")
    assert moment.at == datetime(2026, 9, 27, 15, 0, tzinfo=UTC)
    assert moment.how.endswith("day")


@pytest.mark.parametrize(
    ("region", "zone", "hour"),
    [
        ("CN", "UTC", 2),
        ("TW", "UTC", 2),
        ("TW-NAN", "UTC", 2),
        ("HK", "UTC", 2),
        ("", "Asia/Shanghai", 2),
        ("", "Asia/Taipei", 2),
        ("US", "UTC", 16),
        ("US", "Asia/Taipei", 16),
        ("", "UTC", 16),
    ],
)
def test_cst_is_chinese_or_american_by_region_or_zone(region: str, zone: str, hour: int) -> None:
    assert read_date("28 Sep 2026 10:00 CST", zone=zone, region=region).at == datetime(2026, 9, 28, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "yesterday",
        "3 hours ago",
        "2026",
        "2026-09",
        "September 2026",
        "2026年9月",
        "28 Sep",
        "28 Sep 10:30",
        "10:00",
        "2026-02-30",
        "2026-13-01",
        "31 Nov 2026",
        "0001-01-01T00:00:00",
        "2569-09-28",
        "99-09-28",
        "26-09-28",
        "03/04/2026",
        "2026-271",
        "2026-09-28 25:00",
        "2026-09-28 10:61",
        "2026-09-28 10:00 XYZ",
        "2026-09-28 10:00 +99:00",
        "2026-09-28 until 2026-10-02",
        "12 May 2026 - 14 May 2026",
        "123456789012345678901234567890",
        "x" * 10_000,
        "1" * 10_000,
    ],
)
def test_what_is_not_certain_stays_unread(raw: str) -> None:
    moment = read_date(raw, zone="Asia/Taipei")
    assert moment.at is None
    assert moment.how == UNREAD


def test_no_date_is_not_an_unread_one() -> None:
    assert read_date("", zone="UTC").how == ""
    assert read_date(" \u200f ", zone="UTC").how == ""


def test_numbers_that_may_both_be_months_are_read_by_region_only() -> None:
    assert read_date("03/04/2026", region="US").at == datetime(2026, 3, 4, tzinfo=UTC)
    assert read_date("03/04/2026", region="GB").at == datetime(2026, 4, 3, tzinfo=UTC)
    assert read_date("28/09/2026", region="US").at == datetime(2026, 9, 28, tzinfo=UTC)


def test_noon_midnight_and_the_ends_of_days_are_read_right() -> None:
    assert read_date("2026-09-28 12:00 AM").at == datetime(2026, 9, 28, tzinfo=UTC)
    assert read_date("2026-09-28 오후 12:30").at == datetime(2026, 9, 28, 12, 30, tzinfo=UTC)
    assert read_date("2026-09-28 24:00").at == datetime(2026, 9, 29, tzinfo=UTC)
    assert read_date("2016-12-31T23:59:60Z").at == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_summer_time_of_the_feeds_zone_counts() -> None:
    assert read_date("2026-07-01 12:00", zone="Europe/Berlin").at == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert read_date("2026-01-01 12:00", zone="Europe/Berlin").at == datetime(2026, 1, 1, 11, tzinfo=UTC)


@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("0123456789-/.: TZ+年月日년월일民國APMJuneSep,"), st.characters()),
        max_size=40,
    )
)
def test_no_text_raises_and_a_read_date_is_aware_and_sane(raw: str) -> None:
    moment = read_date(raw, zone="Asia/Taipei", region="TW")
    if moment.at is not None:
        assert moment.at.tzinfo is UTC
        assert 1969 <= moment.at.year <= 2101


@given(
    st.datetimes(min_value=datetime.fromisoformat("1971-01-01"), max_value=datetime.fromisoformat("2099-01-01")),
    st.integers(min_value=-14, max_value=14),
)
def test_every_iso_instant_is_read_exactly(local: datetime, hours: int) -> None:
    raw = f"{local.isoformat()}{hours:+03d}:00"
    at = read_date(raw).at
    assert at is not None
    assert abs((at - datetime.fromisoformat(raw)).total_seconds()) < 1


def test_a_region_that_is_no_country_means_no_country() -> None:
    """The first two letters of INT name India."""
    assert read_date("03/04/2026", region="INT").how == UNREAD
    assert read_date("28 Sep 2026 10:00 CST", zone="Asia/Taipei", region="INT").at == SEPTEMBER_28
    assert read_date("28 Sep 2026 10:00 CST", zone="UTC", region="TW-TPE").at == SEPTEMBER_28
