"""Languages: tags of feeds as the few that matter to us, and what a text is written in."""

import re

from watcher.text.fold import HAN, HANGUL, KANA, fold

_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z0-9_-]+))?", re.IGNORECASE)
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo", "cht"})
_SIMPLIFIED = frozenset({"hans", "cn", "sg", "my", "chs"})
_NO_LANGUAGE = frozenset({"mul", "und", "zxx", "mis"})
_REPAIRS = {"jp": "ja", "kr": "ko", "cn": "zh-Hans", "gb": "en", "eng": "en", "zho": "zh", "jpn": "ja", "kor": "ko"}
"""Country codes that feeds write for languages, and three letters where two exist (BCP 47, section 2.2.1)."""

SAMPLE_CHARACTERS = 4_000
_CJK = re.compile(f"[{HAN}{KANA}{HANGUL}]")
_LETTER = re.compile(r"[^\W\d_]")
_KANA = re.compile(f"[{KANA}]")
_HANGUL = re.compile(f"[{HANGUL}]")
_CJK_SHARE = 0.25
"""Share of the letters; a name in brackets is less, and a text in Han characters with names in Latin letters more."""
_KANA_SHARE = 0.1
_HANGUL_SHARE = 0.3
_TRADITIONAL_SHARE = 0.1
"""Share of the Han characters that folding changes: 26 % or more in 26 Traditional texts, 0 in 15 Simplified ones."""
_ENGLISH = frozenset({"the", "and", "to", "for", "with", "that", "from", "by", "its", "their", "has", "have", "said"})
_ENGLISH_SHARE = 0.06
"""Share of the words: 10 % or more in 77 English texts, under 2 % in 138 of six other languages."""


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


def detect_language(text: str) -> str:
    """Return the language that a text is written in, of those that we can tell: ko, ja, zh-Hant, zh-Hans, en.

    Empty for every other one.
    """
    sample = text[:SAMPLE_CHARACTERS]
    written = _CJK.findall(sample)
    if len(written) > _CJK_SHARE * len(_LETTER.findall(sample)):
        return _detect_cjk(written)
    words = [word.strip(".,;:\"'()") for word in sample.casefold().split()]
    known = sum(word in _ENGLISH for word in words)
    return "en" if known > _ENGLISH_SHARE * len(words) else ""


def _detect_cjk(written: list[str]) -> str:
    joined = "".join(written)
    if len(_HANGUL.findall(joined)) > _HANGUL_SHARE * len(written):
        return "ko"
    if len(_KANA.findall(joined)) > _KANA_SHARE * len(written):
        return "ja"
    traditional = sum(fold(character) != character for character in written)
    return "zh-Hant" if traditional > _TRADITIONAL_SHARE * len(written) else "zh-Hans"
