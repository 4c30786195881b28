"""The forms in which feeds write their dates: at least three strings of each, and all name one instant."""

from datetime import UTC, datetime

import pytest

from watcher.read.dates import UNREAD, mark_future, read_date

SEPTEMBER_28 = datetime(2026, 9, 28, 2, 0, tzinfo=UTC)
"""10:00 in Taipei, Shanghai and Hong Kong, 11:00 in Seoul and Tokyo, 04:00 in Berlin, 05:00 in Moscow."""
FORMS = {
    "rfc 822": """
        Mon, 28 Sep 2026 10:00:00 +0800 | 28 Sep 2026 10:00 +0800 | Mon, 28 Sep 26 02:00 GMT | Mon,28 Sep 2026 02:00:00Z
        | 28 Sep 2026 02:00:00 UT | Mon, 28 Sep 2026 02:00:00 -0000""",
    "rfc 850": "Monday, 28-Sep-26 02:00:00 GMT | Mon, 28-Sep-2026 02:00:00 GMT | 28-Sep-26 02:00:00 UTC",
    "asctime": "Mon Sep 28 10:00:00 2026 | Mon Sep 28 02:00:00 UTC 2026 | Mon Sep 28 10:00:00 +0800 2026",
    "date(1)": "Mon 28 Sep 02:00:00 UTC 2026 | Mon 28 Sep 11:00:00 JST 2026 | Mon 28 Sep 2026 10:00:00 AM HKT",
    "javascript": """
        Mon Sep 28 2026 10:00:00 GMT+0800 (Taipei Standard Time) | Mon Sep 28 2026 10:00:00 GMT+0800 (中国标准时间)
        | Mon Sep 28 2026 02:00:00 GMT+0000""",
    "iso with a zone": """
        2026-09-28T10:00:00+08:00 | 2026-09-28T02:00:00Z | 2026-09-28T10:00:00+0800 | 2026-09-28t02:00:00z
        | 2026-09-28T10:00+08 | 2026-09-28T02Z""",
    "iso with a fraction": """
        2026-09-28T10:00:00.123+08:00 | 2026-09-28T10:00:00,123+08:00 | 2026-09-28T02:00:00.123456789Z
        | 2026-09-28 02:00:00.000000 +0000 UTC""",
    "iso with a blank": "2026-09-28 10:00:00 +0800 | 2026-09-28 02:00:00 UTC | 2026-09-28 10:00:00 +08:00 | 2026-9-28 2:00 Z",
    "iso, compact": "20260928T020000Z | 20260928T100000+0800 | 20260928T1000+08 | 20260928T02:00:00Z",
    "a place": """
        2026-09-28 10:00 Asia/Taipei | 2026-09-28T10:00:00+08:00[Asia/Taipei] | 28 Sep 2026 10:00:00 Asia/Shanghai
        | 2026-09-27T22:00:00 America/New_York""",
    "epoch seconds": "1790560800 | 1790560800.5 | 1790560800.000",
    "epoch milliseconds": "1790560800000 | 1790560800999 | /Date(1790560800000)/ | /Date(1790560800000+0800)/",
    "east asian zones": """
        Mon, 28 Sep 2026 11:00:00 KST | Mon, 28 Sep 2026 11:00:00 JST | Mon, 28 Sep 2026 10:00:00 HKT
        | Mon, 28 Sep 2026 10:00:00 SGT | Mon, 28 Sep 2026 09:00:00 ICT | 2026-09-28 10:00 北京时间 | 北京时间2026年9月28日10:00""",
    "western zones": """
        Mon, 28 Sep 2026 04:00:00 CEST | Mon, 28 Sep 2026 03:00:00 CET | Mon, 28 Sep 2026 05:00:00 MSK
        | Sun, 27 Sep 2026 22:00:00 EDT | Sep 27, 2026, 10:00 p.m. ET | Sun, 27 Sep 2026 19:00:00 PDT""",
    "an offset in words": """
        28 Sep 2026 10:00 GMT+8 | 28 Sep 2026 10:00 UTC+08:00 | 2026-09-28 10:00 (GMT+8)
        | 28 Sep 2026 10:00 +0800 (CST)""",
    "day month year, german": """
        Mo, 28 Sep 2026 04:00:00 +0200 | Montag, 28. September 2026, 04:00 Uhr CEST | Mo., 28. Sept. 2026 4:00 MESZ""",
    "day month year, dutch": """
        maandag 28 september 2026 om 04:00 uur CEST | ma, 28 sep 2026 04:00:00 +0200 | 28 sept. 2026 04:00 +0200""",
    "day month year, french": """
        lundi 28 septembre 2026 à 04h00 CEST | lun., 28 sept. 2026 04:00:00 +0200 | lundi 28 septembre 2026 - 04:00 CEST""",
    "day month year, spanish": """
        lunes, 28 de septiembre de 2026 04:00 CEST | lun, 28 sep 2026 04:00:00 +0200 | 28 de setiembre del 2026, 4:00 CEST""",
    "day month year, italian": """
        lunedì 28 settembre 2026, ore 04:00 CEST | lun, 28 set 2026 04:00:00 +0200 | 28 settembre 2026 alle 04:00 CEST""",
    "day month year, portuguese": """
        Seg, 28 Set 2026 10:00:00 +0800 | segunda-feira, 28 de setembro de 2026 às 02:00 UTC | 28/set/2026 02h00 UTC""",
    "day month year, russian": """
        понедельник, 28 сентября 2026 г., 05:00 MSK | Пн, 28 сен 2026 05:00:00 +0300 | 28 сентября 2026 года в 05:00 MSK
        | 28 сентября 2026, 05:00 (мск)""",
    "day month year, east asian": """
        星期一, 28 九月 2026 10:00:00 +0800 | 月, 28 9月 2026 10:00:00 +0800 | 월, 28 9월 2026 11:00:00 +0900""",
    "month day year": """
        September 28, 2026 02:00 UTC | Sept. 28th, 2026 at 2:00am UTC | Monday, September 28, 2026, 10:00 AM HKT
        | 2026 Sep 28 02:00 UTC | 2026-Sep-28 02:00 UTC""",
    "the time first": "10:00, 28 Sep 2026 | 10:00:00 28 Sep 2026 | 10:00 AM, September 28, 2026 | 10:00 28.09.2026",
    "slashes": "2026/09/28 10:00 | 2026/9/28 10:00:00 | 2026/09/28 (一) 10:00 | 2026/09/28（月）10:00",
    "dots": "2026.09.28 10:00 | 2026. 9. 28. 10:00 | 2026.9.28.(월) 10:00",
    "chinese": """
        2026年9月28日 10:00 | 2026年09月28日10时00分 | 2026年9月28日星期一 10:00:00 | 2026年9月28號 10時
        | 发布时间：2026年9月28日 10:00""",
    "japanese": "2026年9月28日(月) 10時00分 | 2026年09月28日10時00分 | 2026年9月28日 月曜日 10:00",
    "korean": """
        2026년 9월 28일 10:00 | 2026년9월28일 10시 0분 | 2026년 9월 28일 (월) 10시 | 입력 : 2026-09-28 10:00:00
        | 승인 2026.09.28 10:00""",
    "halves of the day, chinese": """
        2026年9月28日 上午10:00 | 2026/9/28 上午 10:00:00 | 2026年9月28日上午10時00分 | 2026-09-28 早上10:00""",
    "halves of the day, japanese and korean": """
        2026年9月28日 午前10時00分 | 2026. 9. 28. 오전 10:00 | 2026년 9월 28일 오전 10시""",
    "halves of the day, western": "9/28/2026 10:00:00 AM | 28/09/2026 10:00 a. m. | 2026-09-28 10AM | 28 Sep 2026 10:00 a.m.",
    "roc": """
        115-09-28 10:00 | 115/9/28 10:00:00 | 民國115年9月28日 10:00 | 中華民國 115 年 09 月 28 日 上午10時 | 115.09.28 10:00
        | 公告日期：115-09-28 10:00""",
    "eras": "令和8年9月28日 10:00 | R8.9.28 10:00 | 令和８年９月２８日　１０時００分 | R8/9/28 10:00",
    "thai": "28 กันยายน 2569 10:00 | 28 ก.ย. 2569 10:00 | วันจันทร์ที่ 28 กันยายน พ.ศ. 2569 10:00 | 28 ก.ย. 2026 10:00",
    "full width": "２０２６年９月２８日　１０：００ | ２０２６／０９／２８ １０：００ | ２０２６－０９－２８　１０：００",
    "day first": "28/09/2026 10:00 | 28.09.2026, 10:00 | 28-09-2026 10:00 | 28.9.2026 10.00",
    "twelve and fourteen digits": "202609281000 | 20260928100000 | 20260928 10:00:00 | 20260928 1000",
    "without a zone": "2026-09-28 10:00:00 | 2026-09-28T10:00 | 28 Sep 2026 10:00",
}
STRINGS = [(form, raw.strip()) for form, line in FORMS.items() for raw in line.split("|")]


def test_there_are_thirty_forms_of_three_strings_and_more():
    assert len(FORMS) >= 30
    assert [form for form, line in FORMS.items() if line.count("|") < 2] == []


@pytest.mark.parametrize(("form", "raw"), STRINGS)
def test_every_form_names_its_instant(form, raw):
    moment = read_date(raw, zone="Asia/Taipei")
    assert moment.at is not None, moment
    assert moment.at.replace(microsecond=0, second=0) == SEPTEMBER_28


DAYS = """
    2026年9月28日 | 115-09-28 | 民國115年9月28日 | 民國一百一十五年九月二十八日 | 二〇二六年九月二十八日 | 二零二六年九月廿八日
    | 令和8年9月28日 | R8.9.28 | 28 กันยายน 2569 | 2026-09-28 | 20260928 | Sept. 28, 2026 | 28th September 2026
    | the 28th of September 2026 | 28º de septiembre de 2026 | 28° settembre 2026 | 二○二六年九月二十八日
    | 28 września 2026 | 28 eylül 2026 | 28 september 2026 | 28 سبتمبر 2026 | 28 září 2026"""


@pytest.mark.parametrize("raw", DAYS.split("|"))
def test_a_day_alone_is_the_beginning_of_that_day(raw):
    moment = read_date(raw, zone="Asia/Taipei")
    assert moment.at == datetime(2026, 9, 27, 16, tzinfo=UTC), moment
    assert moment.how.endswith("day")


@pytest.mark.parametrize(
    ("raw", "region", "at"),
    [
        ("Mon, 28 Sep 2026 10:00:00 CST", "TW", "2026-09-28T02:00"),
        ("Mon, 28 Sep 2026 10:00:00 CST", "CN", "2026-09-28T02:00"),
        ("Mon, 28 Sep 2026 10:00:00 CST", "MX", "2026-09-28T16:00"),
        ("Mon, 28 Sep 2026 10:00:00 IST", "IN", "2026-09-28T04:30"),
        ("Mon, 28 Sep 2026 10:00:00 IST", "IE", "2026-09-28T09:00"),
        ("Mon, 28 Sep 2026 10:00:00 IST", "IL", "2026-09-28T08:00"),
        ("Mon, 28 Sep 2026 10:00:00 BST", "GB", "2026-09-28T09:00"),
        ("Mon, 28 Sep 2026 10:00:00 BST", "BD", "2026-09-28T04:00"),
        ("Mon, 28 Sep 2026 10:00:00 EST", "US", "2026-09-28T15:00"),
        ("Mon, 28 Sep 2026 10:00:00 EST", "AU", "2026-09-28T00:00"),
        ("Mon, 28 Sep 2026 10:00:00 PST", "PH", "2026-09-28T02:00"),
        ("09/28/2026 10:00 PM", "US-NY", "2026-09-28T22:00"),
        ("03/04/2026 12:30 AM", "US", "2026-03-04T00:30"),
        ("03/04/2026 12:30 PM", "GB", "2026-04-03T12:30"),
        ("1150928", "TW", "2026-09-28T00:00"),
        ("28.09.26, 10:00 Uhr", "DE", "2026-09-28T10:00"),
        ("28.9.26", "CH", "2026-09-28T00:00"),
        ("28. listopada 2026", "HR", "2026-10-28T00:00"),
        ("28. lip 2026", "HR", "2026-06-28T00:00"),
        ("28 Nov 2026", "HR", "2026-11-28T00:00"),
        ("28 listopada 2026", "PL", "2026-11-28T00:00"),
        ("3. Jänner 2026, 8 Uhr", "AT", "2026-01-03T08:00"),
        ("Sep 28, 2026 10:00 AM (CST)", "TW", "2026-09-28T02:00"),
        ("2026-09-28 11:00 (JST)", "JP", "2026-09-28T02:00"),
        ("2026年9月28日 11:00 (KST)", "KR", "2026-09-28T02:00"),
        ("2026.9.28 11:00 (月)", "JP", "2026-09-28T11:00"),
        ("28/09/2569", "TH", "2026-09-28T00:00"),
    ],
)
def test_what_depends_on_the_region_is_read_by_it(raw, region, at):
    assert read_date(raw, region=region).at == datetime.fromisoformat(f"{at}+00:00")


@pytest.mark.parametrize(
    ("time", "hour", "minute"),
    [
        ("12:00 AM", 0, 0),
        ("12:30 pm", 12, 30),
        ("0:30 PM", 12, 30),
        ("11:59 p.m.", 23, 59),
        ("13:30 PM", 13, 30),
        ("凌晨1:30", 1, 30),
        ("凌晨12:30", 0, 30),
        ("清晨6:30", 6, 30),
        ("中午12:30", 12, 30),
        ("中午1:30", 13, 30),
        ("中午11:30", 11, 30),
        ("下午 12:30:00", 12, 30),
        ("傍晚6:30", 18, 30),
        ("晚上8:30", 20, 30),
        ("晚間11時30分", 23, 30),
        ("午後0時30分", 12, 30),
        ("午後3時30分", 15, 30),
        ("午前0時", 0, 0),
        ("오후 3시 30분", 15, 30),
        ("새벽 1시", 1, 0),
        ("낮 12시", 12, 0),
        ("밤 9시", 21, 0),
    ],
)
def test_halves_of_the_day_are_understood(time, hour, minute):
    assert read_date(f"2026-09-28 {time}").at == datetime(2026, 9, 28, hour, minute, tzinfo=UTC)


UNCERTAIN = """
    2 hours ago | 3小时前 | 2小時前 | 3時間前 | 3시간 전 | 방금 전 | 刚刚 | 昨天 10:00 | 今天 | gestern | now | 09-28 10:00
    | 9月28日 | 9월 28일 10:00 | 2026-W40-1 | 2026W401 | 2026-271 | 2026271 | 28/09/26 | 3/4/26 | 03/04/2026 | 1150928
    | 28/09/2569 | 2569-09-28 | 2026-02-29 | 2026-00-10 | 2026-10-00 | 2026年13月1日 | 令和8年2月30日 | 28 Foo 2026
    | 0000-00-00 00:00:00 | 28 Sep 69 10:00 GMT | 2026-09-28T24:00:01Z | 2026-09-28T10:00:00 08:00 | 2026-09-28-10-08
    | 2026-09-28/2026-09-30 | 28-30 September 2026 | 10:00 2026-09-28 10:30 | Mon, 28 Sep 2026 10:00:00 A
    | Mon, 28 Sep 2026 10:00:00 +2500 | 晚上12:30 | 2026年9月28日 晚上12:30 | 2026년 9월 28일 밤 12시 | 1790560800123456
    | 第28期 2026 | Week of Sept. 28, 2026 | until 28 September 2026 | bis 28. September 2026 | 截止日期：2026-09-28
    | 2026-09-28T10:00:00Z+08:00 | 2026-09-28 (JST) 10:00 | 2026-09-28 10:00 (日本標準時) | 28.09.26 | 28.09.26 10:00
    | 28 cerv 2026 | 10/11/12 | 2026年十二月三十一日"""


@pytest.mark.parametrize("raw", UNCERTAIN.split("|"))
def test_what_is_not_certain_is_refused(raw):
    assert read_date(raw, zone="Asia/Taipei").how == UNREAD


def test_a_date_that_has_not_come_is_marked():
    assert mark_future("rfc 822", SEPTEMBER_28, SEPTEMBER_28.replace(day=27)) == "rfc 822, in the future"
    assert mark_future("rfc 822", SEPTEMBER_28, SEPTEMBER_28) == "rfc 822"
    assert mark_future(UNREAD, None, SEPTEMBER_28) == UNREAD
