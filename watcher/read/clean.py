"""Make a document's text fit for an XML parser."""

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));|&#[xX]?[0-9a-fA-F]{9,};?")
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_HAZARDS = re.compile(
    r"</?(?:(?:georss|gml|geo|itunes|media|psc):[\w.-]+|(?:dc:creator|author|managingEditor|webMaster)\b)[^<>]*>",
    re.IGNORECASE,
)


def drop_forbidden(text: str) -> str:
    """Drop the characters, and the references to characters, that XML 1.0 (section 2.2) forbids."""
    return _REFERENCE.sub(_keep_reference, _FORBIDDEN.sub("", text))


def drop_hazards(text: str) -> str:
    """Drop what has hung or crashed parsers and is never read: DOCTYPE, the tags of places, media and authors.

    What stood between the tags stays; a parser takes it for loose text of the entry, which nobody reads.
    """
    return _HAZARDS.sub("", drop_doctype(text))


def drop_doctype(text: str) -> str:
    """Drop the DOCTYPE with the entities that it declares."""
    return _DOCTYPE.sub("", text, count=1)


def _keep_reference(reference: re.Match[str]) -> str:
    hexadecimal, decimal = reference[1], reference[2]
    if not hexadecimal and not decimal:
        return ""
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return reference[0] if _is_allowed(code) else ""


def _is_allowed(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
