"""Language tags of feeds as the few that matter to us."""

import re

_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z0-9_-]+))?", re.IGNORECASE)
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo", "cht"})
_SIMPLIFIED = frozenset({"hans", "cn", "sg", "my", "chs"})
_NO_LANGUAGE = frozenset({"mul", "und", "zxx", "mis"})
_REPAIRS = {"jp": "ja", "kr": "ko", "cn": "zh-Hans", "gb": "en", "eng": "en", "zho": "zh", "jpn": "ja", "kor": "ko"}
"""Country codes that feeds write for languages, and three letters where two exist (BCP 47, section 2.2.1)."""


def clean_language(raw: str) -> str:
    """Return `zh-Hant`, `zh-Hans` or a bare language such as `en`, `ko`, `ja`; empty for what names no language."""
    found = _TAG.fullmatch(raw.strip())
    if found is None:
        return ""
    language = _REPAIRS.get(found[1].lower(), found[1].lower())
    if language in _NO_LANGUAGE:
        return ""
    return _chinese(found[2] or "") if language == "zh" else language


def _chinese(rest: str) -> str:
    """Read the script of Chinese, as said or as the region writes."""
    parts = re.split("[-_]", rest.lower())
    for part in parts:
        if part in _TRADITIONAL:
            return "zh-Hant"
        if part in _SIMPLIFIED:
            return "zh-Hans"
    return "zh"
