"""The zone at the end of a date: offsets, names, and names that mean different things in different places."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_OFFSET = re.compile(
    r"(?:gmt|utc|ut)?\s?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?::?00)?(?:\s[a-z]{2,5})?"
)
_REMARK = re.compile(r"\s*[(\[][^()\[\]]{0,60}[)\]]$")
_PLACE = re.compile(r"[a-z_]+(?:/[a-z0-9_+-]+){1,2}")
_LONGEST = timedelta(hours=15)

_HOURS: dict[str, float] = {
    **dict.fromkeys(("z", "utc", "gmt", "ut", "uct", "wet", "etc/utc", "etc/gmt"), 0),
    **dict.fromkeys(("cet", "met", "mez", "west", "wat"), 1),
    **dict.fromkeys(("cest", "mest", "mesz", "eet", "cat", "sast"), 2),
    **dict.fromkeys(("eest", "msk", "мск", "trt", "eat"), 3),
    **dict.fromkeys(("gst",), 4),
    **dict.fromkeys(("pkt",), 5),
    **dict.fromkeys(("ict", "wib"), 7),
    **dict.fromkeys(("hkt", "sgt", "myt", "pht", "phst", "awst", "wita"), 8),
    **dict.fromkeys(("jst", "kst", "wit"), 9),
    **dict.fromkeys(("aest",), 10),
    **dict.fromkeys(("aedt",), 11),
    **dict.fromkeys(("nzst",), 12),
    **dict.fromkeys(("nzdt",), 13),
    **dict.fromkeys(("brt", "art", "adt", "clst"), -3),
    **dict.fromkeys(("clt",), -4),
    **dict.fromkeys(("cdt", "pet", "cot"), -5),
    **dict.fromkeys(("mdt",), -6),
    **dict.fromkeys(("mst", "pdt"), -7),
    **dict.fromkeys(("akdt",), -8),
    **dict.fromkeys(("akst",), -9),
    **dict.fromkeys(("hst",), -10),
    "acst": 9.5,
    "acdt": 10.5,
    "npt": 5.75,
}
_NAMED = {
    **dict.fromkeys(("北京时间", "北京時間", "台北時間", "臺北時間", "香港時間", "香港时间", "beijing time"), 8),
    **dict.fromkeys(("日本時間", "한국시간", "한국 시간"), 9),
}
"""Zones by the words of their own countries, which may stand before the day."""
_AMERICAN = {"et": "america/new_york", "ct": "america/chicago", "mt": "america/denver", "pt": "america/los_angeles"}
_ZONE_FIRST = re.compile(rf"({'|'.join(_NAMED)})[\s,:]*(.+)")
_CHINESE = ("CN", "TW", "HK", "MO", "SG")
_BY_REGION: dict[str, tuple[float, dict[str, float]]] = {
    "cst": (-6, {**dict.fromkeys(_CHINESE, 8), "CU": -5}),
    "ist": (5.5, {"IE": 1, "IL": 2}),
    "bst": (1, {"BD": 6}),
    "est": (-5, {"AU": 10}),
    "edt": (-4, {"AU": 11}),
    "pst": (-8, {"PH": 8}),
    "ast": (-4, dict.fromkeys(("SA", "KW", "QA", "BH", "IQ", "YE", "AE"), 3)),
}
"""Where nothing is known of the region, CST is that of RFC 822, section 5."""
_REGION_OF_ZONE = {
    "Asia/Shanghai": "CN",
    "Asia/Chongqing": "CN",
    "Asia/Urumqi": "CN",
    "Asia/Harbin": "CN",
    "PRC": "CN",
    "Asia/Taipei": "TW",
    "ROC": "TW",
    "Asia/Hong_Kong": "HK",
    "Hongkong": "HK",
    "Asia/Macau": "MO",
    "Asia/Singapore": "SG",
    "Asia/Dhaka": "BD",
    "Asia/Jerusalem": "IL",
    "Europe/Dublin": "IE",
    "America/Havana": "CU",
    "Asia/Riyadh": "SA",
}


def read_zone(text: str, *, zone: str, region: str) -> tzinfo | None:
    """Return the zone that a date names, in lower case and maybe with a remark in brackets; None when unknown.

    `zone` is the feed's, an IANA name, and stands where the date names none. `region` (`TW`, `US-NY`) decides what
    CST, IST, BST, AST, EST, EDT and PST mean; without one the feed's zone does.
    """
    plain = _REMARK.sub("", text.strip()).strip() or text.strip().strip("()[]")
    if not plain:
        return ZoneInfo(zone)
    if plain in _HOURS:
        return _hours(_HOURS[plain])
    if plain in _NAMED:
        return _hours(_NAMED[plain])
    if offset := _OFFSET.fullmatch(plain):
        return _fixed(offset)
    if plain in _BY_REGION:
        usual, elsewhere = _BY_REGION[plain]
        return _hours(elsewhere.get(country_of(region) or _REGION_OF_ZONE.get(zone, ""), usual))
    return _place(_AMERICAN.get(plain, plain))


def is_zone(text: str) -> bool:
    """Say whether a word in lower case is the name of a zone."""
    return text in _HOURS or text in _NAMED or text in _BY_REGION or text in _AMERICAN


def zone_last(text: str) -> str:
    """Put a zone that stands before its day behind it: 北京时间2026年9月28日10:00."""
    return _ZONE_FIRST.sub(r"\2 \1", text, count=1) if _ZONE_FIRST.match(text) else text


def country_of(region: str) -> str:
    """Return the two letters of a region's country; none for `INT` and the like, whose first two name another one."""
    country = region.partition("-")[0].upper()
    return country if len(country) == 2 else ""


def _fixed(offset: re.Match[str]) -> tzinfo | None:
    length = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
    if length >= _LONGEST:
        return None
    return timezone(-length if offset["sign"] == "-" else length)


def _hours(hours: float) -> tzinfo:
    return timezone(timedelta(hours=hours)) if hours else UTC


def _place(text: str) -> tzinfo | None:
    if not _PLACE.fullmatch(text):
        return None
    try:
        return ZoneInfo("/".join(part.title() for part in text.split("/")))
    except (KeyError, ValueError, OSError):
        return None
