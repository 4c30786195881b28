"""What the label of an encoding means in practice: the superset that its users really write."""

import codecs
import re

MULTI_BYTE = ("gb18030", "big5hkscs", "cp949", "cp932", "euc_jp")
"""The codecs of Chinese, Korean and Japanese documents that are not UTF-8."""
GUESSES = (
    *("gb18030", "big5", "big5hkscs", "euc-kr", "cp949", "shift_jis", "cp932", "euc-jp", "utf-8"),
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("cp874", "koi8-r", "koi8-u", "iso8859-2", "iso8859-5", "iso8859-7"),
)
"""What the detector may choose from, in its own names: what feeds are written in."""

_SUPERSETS = {
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "gb18030": ("gb18030",),
    "big5": ("big5hkscs", "cp950"),
    "big5hkscs": ("big5hkscs", "cp950"),
    "cp950": ("big5hkscs", "cp950"),
    "euc_kr": ("cp949",),
    "cp949": ("cp949",),
    "johab": ("johab",),
    "shift_jis": ("cp932", "shift_jis_2004"),
    "shift_jis_2004": ("cp932", "shift_jis_2004"),
    "cp932": ("cp932", "shift_jis_2004"),
    "euc_jp": ("euc_jp", "euc_jis_2004"),
    "euc_jis_2004": ("euc_jp", "euc_jis_2004"),
    "iso2022_jp": ("iso2022_jp", "iso2022_jp_2004", "iso2022_jp_ext"),
    "iso2022_kr": ("iso2022_kr",),
    "hz": ("hz",),
    "utf-8": ("utf-8",),
    "iso8859-1": ("cp1252",),
    "iso8859-9": ("cp1254",),
    "iso8859-11": ("cp874",),
    "tis-620": ("cp874",),
}
_SEVEN_BIT = frozenset({"iso2022_jp", "iso2022_kr", "hz"})
_SINGLE_BYTE = re.compile(r"cp125\d|cp874|cp866|iso8859-\d+|koi8-[rut]|mac-\w+")
_OTHER_NAMES = {
    other: name
    for name, others in {
        "gbk": "gb_2312 gb_2312-80 csgb2312 windows-936",
        "big5": "cn-big5 big5-eten windows-950",
        "cp949": "windows-949 cseuckr csksc56011987 iso-ir-149 ks_c_5601-1989 ksc_5601",
        "cp932": "windows-31j ms-cp932",
        "euc_jp": "cseucpkdfmtjapanese",
        "cp874": "windows-874 dos-874 iso885911",
        "iso8859-1": "iso88591",
        "iso8859-7": "sun_eu_greek",
        "iso8859-8": "iso-8859-8-i csiso88598i visual logical",
        "iso8859-15": "csisolatin9",
        "cp1251": "win-1251",
        "cp866": "dos-866",
        "koi8-r": "koi koi8",
        "koi8-u": "koi8-ru",
        "mac-roman": "mac csmacintosh",
        "mac-cyrillic": "mac-ukrainian",
        "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8",
    }.items()
    for other in others.split()
}
"""What Python does not know: names of WHATWG Encoding, section 4.2, and of feeds. An `x-` before them is dropped."""


def meant_codecs(label: str) -> tuple[str, ...]:
    """Return Python's codecs for a label, best first; none for a label that says nothing or that no text has.

    After WHATWG Encoding, section 4.2; ETEN, HKSCS and NEC characters by measured feeds. `us-ascii` says nothing:
    it is put where nobody thought of an encoding.
    """
    name = _python_name(label)
    if name in _SUPERSETS:
        return _SUPERSETS[name]
    return (name,) if _SINGLE_BYTE.fullmatch(name) else ()


def ordered_codecs(name: str) -> tuple[str, ...]:
    """Return Python's codecs for the encoding that a user names: also one that no label means, such as utf-16."""
    codec = _python_name(name)
    return meant_codecs(name) or ((codec,) if codec else ())


def is_guessed(codec: str) -> bool:
    """Say whether the detector knows a codec, so that its silence about it means something."""
    return codec in _GUESSED


def is_seven_bit(label: str) -> bool:
    """Say whether the label's encoding writes everything in ASCII bytes, so that it is valid UTF-8 too."""
    return _python_name(label) in _SEVEN_BIT


def label_weight(label: str) -> int:
    """Order labels: 0 for those that few bytes fit, 2 for iso-8859-1, which servers add unasked and all bytes fit."""
    codecs_meant = meant_codecs(label)
    if codecs_meant == ("cp1252",):
        return 2
    return 1 if codecs_meant and _SINGLE_BYTE.fullmatch(codecs_meant[0]) else 0


def _python_name(label: str) -> str:
    plain = re.sub(r"^(?:x-)+", "", label.strip().lower())
    try:
        return codecs.lookup(_OTHER_NAMES.get(plain, plain)).name
    except (LookupError, ValueError):
        return ""


_GUESSED = frozenset(meant_codecs(guess)[0] for guess in GUESSES)
