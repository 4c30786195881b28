"""Rules: how a text would be judged, as an addition, and what is looked for."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from watcher.judge import SORTS, Explanation, Row
from watcher.judge.page import FIELDS, READ_CHARACTERS
from watcher.values import Entry, Judgement
from watcher.web.highlight import Piece, cut_pieces
from watcher.web.site import Here, Site
from watcher.web.templating import show

router = APIRouter(include_in_schema=False)

LONGEST = 20_000
"""Bytes of a title and a text together."""
TOO_LONG = f"This is longer than {LONGEST // 1000} kB; leave out the end, for news says early what it is about."
NEEDS = {
    "nothing": "nothing",
    "city": "a city",
    "abroad": "a city and another country",
    "two_cities": "two cities of different countries",
    "two_acting": "two cities of different countries that act",
    "two_in_title": "two cities of different countries in the title",
    "abroad_in_title": "a city and another country in the title",
}
"""What a phrase needs beside it, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Hold an invented report that a visitor can try; `verdict` is what becomes of it."""

    language: str
    verdict: str
    title: str
    text: str = ""

    @property
    def address(self) -> str:
        """Return the address at which it is judged."""
        return f"/rules?{urlencode({'title': self.title, 'text': self.text})}"


EXAMPLES = (
    Example(
        language="en",
        verdict="matched",
        title="Mayor of Daegu visits Taipei to renew sister city agreement",
        text="The two cities have been sister cities since 2010. Both councils will exchange students in autumn.",
    ),
    Example(language="zh-Hant", verdict="matched", title="臺北市與大邱市慶祝締結姊妹市，簽署交流備忘錄"),
    Example(language="ja", verdict="matched", title="福岡市と釜山市、姉妹都市提携の記念式典を開催"),
    Example(language="ko", verdict="matched", title="대구시장, 자매도시 타이베이시 방문해 협약 체결"),
    Example(
        language="en",
        verdict="near",
        title="Daegu mayor speaks of the weather in Japan",
        text="He also spoke about the price of tea.",
    ),
    Example(
        language="en",
        verdict="rejected",
        title="Shanghai Stock Exchange falls as Taipei rises",
        text="Traders in both cities spoke of a quiet day.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Hold a judgement as the page shows it: what counts and what not, each field in pieces, the sorts that occur."""

    judgement: Judgement
    counted: list[Row]
    refused: list[Row]
    fields: dict[str, list[Piece]]
    sorts: list[str]
    is_cut: bool


@router.get("/rules")
def ask(request: Request, site: Here, title: str = "", text: str = "") -> Response:
    """Show the rules, and how a text is judged that stands in the address."""
    return _show(request, site, title, text)


@router.post("/rules")
def judge(
    request: Request, site: Here, title: Annotated[str, Form()] = "", text: Annotated[str, Form()] = ""
) -> Response:
    """Judge a text that was pasted. Nothing is stored, so the form needs no token."""
    return _show(request, site, title, text.replace("\r\n", "\n"))


def tell_text(explanation: Explanation, entry: Entry) -> Told:
    """Prepare a judgement for the page."""
    texts = {field: getattr(entry, field) for field in FIELDS if getattr(entry, field)}
    pieces = {field: cut_pieces(text, explanation.places(field)) for field, text in texts.items()}
    seen = {piece.sort for field in pieces.values() for piece in field}
    return Told(
        judgement=explanation.judgement,
        counted=[row for row in explanation.rows if row.counted],
        refused=[row for row in explanation.rows if not row.counted],
        fields=pieces,
        sorts=[sort for sort in SORTS if sort in seen],
        is_cut=any(len(text) > READ_CHARACTERS for text in texts.values()),
    )


def _show(request: Request, site: Site, title: str, text: str) -> Response:
    is_long = len(title.encode()) + len(text.encode()) > LONGEST
    entry = Entry(title=title.strip(), text=text.strip())
    is_asked = bool(entry.title or entry.text) and not is_long
    return show(
        request,
        "rules.html",
        status=400 if is_long else 200,
        area="/rules",
        title=title,
        text=text,
        problem=TOO_LONG if is_long else "",
        told=tell_text(site.judge.explain(entry), entry) if is_asked else None,
        read_characters=READ_CHARACTERS,
        needs=NEEDS,
        examples=EXAMPLES,
        topics=site.judge.topics,
        names=site.desk.city_names.get("en", {}),
    )
