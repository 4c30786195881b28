"""The forms in which a date names its day. None of them guesses."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from watcher.read.months import month_number, thai_month
from watcher.read.zones import country_of, is_zone

FIRST_YEAR, LAST_YEAR = 1970, 2100
"""Years outside are wrong readings or empty values (`0001-01-01`), not news."""
ROC_YEAR_ZERO = 1911
"""Year 1 of the Republic of China is 1912."""
BUDDHIST_YEARS = 543
"""2569 of the Thai calendar is 2026."""
ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
"""Japanese eras, and the year before their first."""
PIVOT = 50
"""Two-digit years below are of this century (RFC 5322, section 4.3)."""

_HAN = {sign: str(number) for number, sign in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
    "廿": "20",
    "卅": "30",
}
_HAN_UNITS = {"百": 100, "十": 10}
_LEADS = 3
_LEAD = re.compile(r"^(?:[^\W\d_]+(?:-[^\W\d_]+)?|[\u0e00-\u0e7f]+)[\s.,:]*")
_SPANS = re.compile(
    r"(?:week|until|till|before|after|through|bis|vor|nach|hasta|antes|fino|entro|até|до|после)\b|截止|截至"
)
"""Words before a day that is another one than that of publication."""
_WEEKDAY = re.compile(
    r"[\s,]*(?:\([月火水木金土日월화수목금토일一二三四五六]\)"
    r"|[월화수목금토일]요일|(?:星期|礼拜|禮拜|周|週)[一二三四五六日天]|[月火水木金土日]曜日?)"
)
_REMARK = re.compile(r"[\s,]*\(([^()\d]{1,12})\)")
"""A word in brackets behind a day, which is its weekday unless it names a zone."""
_MONTH = r"(?P<month>\d{1,2}[月월]|[^\W\d_]+)\.?"
_ORDINAL = r"(?:st|nd|rd|th|er|o(?=\s)|°|\.)?"
_OF = r"(?:del?\s|of\s)?"
_MONTH_FIRST = frozenset({"US"})
_DAY_FIRST_COUNTRIES = "AT AU BE BR CH CL CZ DE DK ES FI FR GB GR HK IE IL IN IT MO MX MY NO NL NZ PL PT RU SG TH TR UA"
_DAY_FIRST = frozenset(_DAY_FIRST_COUNTRIES.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Hold a day that exists, the name of the form it was written in, and what stood behind it."""

    year: int
    month: int
    day: int
    how: str
    rest: str = ""


Parts = tuple[int, int, int]
"""Year, month, day."""


def possible_days(text: str, region: str) -> Iterator[Day]:
    """Read the day at the beginning of a text in lower case, or behind one or two words (`mon,` `published:`)."""
    for _ in range(_LEADS):
        if _SPANS.match(text):
            return
        for how, pattern, read in _FORMS:
            found = pattern.match(text)
            parts = read(found, region) if found else None
            if found and parts and _exists(parts):
                year, month, day = parts
                rest = found.groupdict().get("rest") or _drop_weekday(text[found.end() :])
                yield Day(year=year, month=month, day=day, how=how, rest=rest)
        text, dropped = _LEAD.subn("", text, count=1)
        if not dropped:
            return


def _drop_weekday(rest: str) -> str:
    remark = _REMARK.match(rest)
    behind = rest[remark.end() :] if remark and not is_zone(remark[1]) else rest
    return _WEEKDAY.sub("", behind, count=1)


def _exists(parts: Parts) -> bool:
    try:
        return FIRST_YEAR <= date(*parts).year <= LAST_YEAR
    except ValueError:
        return False


def _numbers(found: re.Match[str], region: str) -> Parts:
    return int(found["year"]), int(found["month"]), int(found["day"])


def _roc(found: re.Match[str], region: str) -> Parts:
    return ROC_YEAR_ZERO + int(found["year"] or found["bare"]), int(found["month"]), int(found["day"])


def _roc_compact(found: re.Match[str], region: str) -> Parts | None:
    """Read 1150928, which is a date in Taiwan only."""
    return _roc(found, region) if country_of(region) == "TW" else None


def _era(found: re.Match[str], region: str) -> Parts:
    year = 1 if found["year"] == "元" else int(found["year"])
    return ERAS[found["era"]] + year, int(found["month"]), int(found["day"])


def _thai(found: re.Match[str], region: str) -> Parts | None:
    month, year = thai_month(found["month"]), int(found["year"])
    return (_common_year(year), month, int(found["day"])) if month else None


def _common_year(year: int) -> int:
    return year - BUDDHIST_YEARS if year > LAST_YEAR else year


def _han(found: re.Match[str], region: str) -> Parts:
    year = int("".join(_HAN[sign] for sign in found["digits"])) if found["digits"] else ROC_YEAR_ZERO
    return year + _han_number(found["year"] or ""), _han_number(found["month"]), _han_number(found["day"])


def _han_number(signs: str) -> int:
    """Return the number that 一百一十五 or 廿八 writes; 0 for no sign."""
    total = digit = 0
    for sign in signs:
        if unit := _HAN_UNITS.get(sign):
            total, digit = total + max(digit, 1) * unit, 0
        else:
            total, digit = total + digit, int(_HAN[sign])
    return total + digit


def _named(found: re.Match[str], region: str) -> Parts | None:
    name = found["month"]
    month = int(name[:-1]) if name[0].isdigit() else month_number(name, country_of(region))
    return (_full_year(found["year"]), month, int(found["day"])) if month else None


def _full_year(year: str) -> int:
    if len(year) > 2:
        return int(year)
    return int(year) + (2000 if int(year) < PIVOT else 1900)


def _year_last(found: re.Match[str], region: str) -> Parts | None:
    """Read 28/09/2026 and 09/28/2026. When both numbers may be months, the region decides or nobody.

    Two digits are a year behind dots only, where days come first: 28.09.26.
    """
    first, second, year = int(found["first"]), int(found["second"]), _full_year(found["year"])
    country = country_of(region)
    if len(found["year"]) == 2 and (found["sep"] != "." or country not in _DAY_FIRST):
        return None
    year = _common_year(year) if country == "TH" else year
    if first > 12 or found["sep"] == "." or (country in _DAY_FIRST and second <= 12):
        return year, second, first
    if second > 12 or country in _MONTH_FIRST:
        return year, first, second
    return (year, first, first) if first == second else None


_FORMS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str], str], Parts | None]], ...] = (
    ("iso 8601", re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)"), _numbers),
    (
        "iso 8601, compact",
        re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?=$|[t\s]|\d{4}(?:\d\d)?(?!\d))"),
        _numbers,
    ),
    (
        "rfc 822",
        re.compile(
            rf"(?P<day>\d{{1,2}}){_ORDINAL}[\s/-]?{_OF}{_MONTH},?[\s/-]?{_OF}(?P<year>\d{{4}}|\d\d)"
            r"(?:\s?г(?:ода)?\.?)?(?![\d:])"
        ),
        _named,
    ),
    (
        "asctime",
        re.compile(
            rf"{_MONTH}\s(?P<day>\d{{1,2}})\s(?P<rest>\d{{1,2}}:\d\d(?::\d\d)?(?:\s[a-z+\d:-]{{1,10}})?)\s(?P<year>\d{{4}})$"
        ),
        _named,
    ),
    (
        "date(1)",
        re.compile(
            rf"(?P<day>\d{{1,2}})\s{_MONTH}\s(?P<rest>\d{{1,2}}:\d\d(?::\d\d)?(?:\s[a-z+\d:-]{{1,10}})?)\s(?P<year>\d{{4}})$"
        ),
        _named,
    ),
    ("year month day", re.compile(rf"(?P<year>\d{{4}})[\s/-]{_MONTH},?[\s/-](?P<day>\d{{1,2}})(?!\d)"), _named),
    (
        "month day year",
        re.compile(rf"{_MONTH}[\s-]?(?P<day>\d{{1,2}}){_ORDINAL},?[\s-](?P<year>\d{{4}})(?![\d:])"),
        _named,
    ),
    (
        "年月日",
        re.compile(
            r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})(?:\s?[日号號일]|(?!\d))"
        ),
        _numbers,
    ),
    (
        "era",
        re.compile(
            r"(?P<era>令和|平成|昭和|[rhs](?=\d))\s?(?P<year>元|\d{1,2})\s?[-/.年]\s?(?P<month>\d{1,2})\s?[-/.月]\s?(?P<day>\d{1,2})"
            r"(?:\s?日|(?!\d))"
        ),
        _era,
    ),
    (
        "年月日, in words",
        re.compile(
            r"(?:(?P<digits>[〇零○一二三四五六七八九]{4})|(?:中[華华])?民[國国](?P<year>[一二三四五六七八九十百]{1,6}))年"
            r"(?P<month>[一二三四五六七八九十]{1,3})月(?P<day>[一二三四五六七八九十廿卅]{1,3})[日号號]"
        ),
        _han,
    ),
    (
        "thai",
        re.compile(r"(?P<day>\d{1,2})\s?(?P<month>[\u0e00-\u0e7f.]+?)\s?(?:พ\.ศ\.\s?)?(?P<year>\d{4})(?!\d)"),
        _thai,
    ),
    (
        "roc",
        re.compile(
            r"(?:(?:中[華华])?民[國国]\s?(?P<year>\d{1,3})|(?P<bare>1\d\d))\s?[-/.年]\s?(?P<month>\d{1,2})"
            r"\s?[-/.月]\s?(?P<day>\d{1,2})(?:\s?日|(?!\d))"
        ),
        _roc,
    ),
    ("roc, compact", re.compile(r"(?P<year>)(?P<bare>1\d\d)(?P<month>\d\d)(?P<day>\d\d)(?=$|\s)"), _roc_compact),
    ("slashes", re.compile(r"(?P<year>\d{4})/\s?(?P<month>\d{1,2})/\s?(?P<day>\d{1,2})(?!\d)"), _numbers),
    ("dots", re.compile(r"(?P<year>\d{4})\.\s?(?P<month>\d{1,2})\.\s?(?P<day>\d{1,2})\.?(?!\d)"), _numbers),
    (
        "year last",
        re.compile(r"(?P<first>\d{1,2})(?P<sep>[-/.])\s?(?P<second>\d{1,2})(?P=sep)\s?(?P<year>\d{4}|\d\d)(?![\d:])"),
        _year_last,
    ),
)
