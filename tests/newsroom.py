"""Invented news for whole newspapers: headlines in eight languages, planted relevant ones among them, as feeds.

The soak and the benchmarks share it. What is planted must be captured, whatever else the rules learn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from random import Random

CITIES = {
    "en": ("Taipei", "Prague", "Busan", "Fukuoka", "Berlin", "Seattle", "Hamburg", "Daegu"),
    "zh-Hant": ("台北", "布拉格", "釜山", "福岡", "柏林", "西雅圖", "漢堡", "大邱"),
    "zh-Hans": ("台北", "布拉格", "釜山", "福冈", "柏林", "西雅图", "汉堡", "大邱"),
    "ja": ("台北", "プラハ", "釜山", "福岡", "ベルリン", "シアトル", "ハンブルク", "大邱"),
    "ko": ("타이베이", "프라하", "부산", "후쿠오카", "베를린", "시애틀", "함부르크", "대구"),
    "de": ("Taipeh", "Prag", "Busan", "Fukuoka", "Berlin", "Seattle", "Hamburg", "Daegu"),
    "fr": ("Taipei", "Prague", "Busan", "Fukuoka", "Berlin", "Seattle", "Hambourg", "Daegu"),
    "es": ("Taipéi", "Praga", "Busan", "Fukuoka", "Berlín", "Seattle", "Hamburgo", "Daegu"),
}
HOMES = ("TW", "CZ", "KR", "JP", "DE", "US", "DE", "KR")
"""The country of each city: a pair is of two countries."""

PLANTED = {
    "en": ("{a} and {b} renew their sister city agreement", "Sister cities: mayor of {a} leads delegation to {b}"),
    "zh-Hant": ("{a}市與{b}市慶祝締結姊妹市週年", "{a}市長率團訪問姊妹市{b}市"),
    "zh-Hans": ("{a}市与{b}市签署友好城市协议", "{a}市长率团访问姐妹城市{b}市"),
    "ja": ("{a}市と{b}市、姉妹都市提携の記念式典", "{a}市長、姉妹都市の{b}市を訪問"),
    "ko": ("{a}시·{b}시, 자매도시 결연 기념행사", "{a}시장, 자매도시 {b}시 방문"),
    "de": ("{a} und {b} feiern Städtepartnerschaft", "Städtepartnerschaft: Delegation aus {a} besucht {b}"),
    "fr": ("{a} et {b} fêtent leur jumelage", "Jumelage : la maire de {a} reçoit son homologue de {b}"),
    "es": ("Las ciudades hermanas {a} y {b} firman un acuerdo", "{a} y {b} celebran su hermanamiento"),
}
USUAL = {
    "en": ("The bakery on Anchor Street closes", "Buses to run later in summer", "A quiet week for the river ferries"),
    "zh-Hant": ("老街麵包店歇業", "夏季公車延長行駛", "河岸步道完成整修"),
    "zh-Hans": ("老街面包店停业", "夏季公交延长运营", "河岸步道完成整修"),
    "ja": ("老舗のパン屋が閉店", "夏の夜バスを増便", "川沿いの遊歩道を改修"),
    "ko": ("골목 빵집 문 닫아", "여름철 버스 연장 운행", "강변 산책로 새 단장"),
    "de": ("Die Bäckerei am Anker schließt", "Busse fahren im Sommer länger", "Ruhige Woche für die Fähren"),
    "fr": ("La boulangerie du quai ferme", "Les bus rouleront plus tard", "Semaine calme pour les bacs"),
    "es": ("Cierra la panadería del muelle", "Los autobuses pasarán más tarde", "Semana tranquila en el río"),
}
PADDING = {
    "en": "The council of the quarter met on Monday and talked about lamps, benches and the price of flour.",
    "zh-Hant": "里民大會週一舉行，討論路燈、長椅與麵粉價格，並決定下個月再議。",
    "zh-Hans": "居民大会周一举行，讨论路灯、长椅与面粉价格，并决定下个月再议。",
    "ja": "町内会は月曜日に集まり、街灯とベンチと小麦粉の値段について話し合った。",
    "ko": "주민 모임은 월요일에 열려 가로등과 긴 의자, 밀가루 값을 이야기했다.",
    "de": "Der Ortsbeirat sprach am Montag über Laternen, Bänke und den Preis von Mehl.",
    "fr": "Le conseil de quartier a parlé lundi des lampes, des bancs et du prix de la farine.",
    "es": "El consejo del barrio habló el lunes de farolas, de bancos y del precio de la harina.",
}
LANGUAGES = tuple(PADDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One entry as a feed tells it at one moment."""

    id: str
    url: str
    title: str
    summary: str
    published_at: datetime


def invent_title(random: Random, language: str, number: int, *, relevant: bool) -> str:
    """Make up a headline; its number makes it unlike all others."""
    headlines = PLANTED if relevant else USUAL
    first = random.randrange(len(HOMES))
    second = random.choice([place for place in range(len(HOMES)) if HOMES[place] != HOMES[first]])
    names = CITIES[language]
    return f"{random.choice(headlines[language]).format(a=names[first], b=names[second])} ({number})"


def invent_summary(language: str, size: int) -> str:
    """Make up HTML of about `size` bytes that tells nothing."""
    sentence = f"<p>{PADDING[language]}</p>\n"
    return sentence * max(1, size // len(sentence.encode()))


def render(form: str, name: str, language: str, articles: Sequence[Article]) -> str:
    """Write a document: `form` is rss, atom or rdf."""
    return {"rss": _rss, "atom": _atom, "rdf": _rdf}[form](escape(name), language, articles)


def _rss(name: str, language: str, articles: Sequence[Article]) -> str:
    items = "".join(
        f"<item><title>{escape(one.title)}</title><link>{one.url}</link>"
        + (f'<guid isPermaLink="false">{one.id}</guid>' if one.id else "")
        + f"<pubDate>{format_datetime(one.published_at)}</pubDate>"
        f"<description>{escape(one.summary)}</description></item>\n"
        for one in articles
    )
    head = f"<title>{name}</title><link>https://news.example/</link><language>{language}</language>"
    return f'<rss version="2.0"><channel>{head}\n{items}</channel></rss>'


def _atom(name: str, language: str, articles: Sequence[Article]) -> str:
    entries = "".join(
        f'<entry><title>{escape(one.title)}</title><link href="{one.url}"/><id>{one.id}</id>'
        f"<updated>{one.published_at.isoformat()}</updated>"
        f'<summary type="html">{escape(one.summary)}</summary></entry>\n'
        for one in articles
    )
    head = f"<title>{name}</title><id>urn:paper:{name}</id>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">{head}\n{entries}</feed>'


def _rdf(name: str, language: str, articles: Sequence[Article]) -> str:
    items = "".join(
        f'<item rdf:about="{one.id}"><title>{escape(one.title)}</title><link>{one.url}</link>'
        f"<dc:date>{one.published_at.isoformat()}</dc:date>"
        f"<description>{escape(one.summary)}</description></item>\n"
        for one in articles
    )
    names = 'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    head = f"<channel><title>{name}</title><dc:language>{language}</dc:language></channel>\n"
    return f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {names}>{head}{items}</rdf:RDF>'
