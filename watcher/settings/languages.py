"""Tags of languages, and the languages that have a two-letter code, so that a country's code is not taken for one."""

import re

_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta
te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""

TWO_LETTERS = frozenset(_CODES.split())
"""ISO 639-1."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{3})?(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-(\d[a-z0-9]{3}|[a-z0-9]{5,8}))*", re.I)


def language_tag(tag: str) -> str:
    """Accept the shape of a language tag: language, script, region, variants (BCP 47, section 2.1), or nothing."""
    if tag and not _LANGUAGE.fullmatch(tag):
        raise ValueError("is not a language tag; write one such as 'en', 'zh-Hant' or 'zh-TW'")
    return tag


def known_languages(tags: str) -> str:
    """Accept language tags with blanks between them (`en`, `zh-Hant`, `de fr es`), or nothing."""
    for tag in tags.split():
        language_tag(tag)
        code = tag.partition("-")[0].lower()
        if len(code) == 2 and code not in TWO_LETTERS:
            raise ValueError(f"names '{tag}', which is no language; write 'en', 'ja', 'ko', 'zh', or several: 'de fr'")
    return tags
