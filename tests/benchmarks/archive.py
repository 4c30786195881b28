"""An archive of invented items, as large as many years make it, for the benchmark of the search."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy import Connection, insert

from storage.database import Database
from storage.derived import create_derived, drop_derived
from storage.rows import FACETS, ITEMS
from storage.tables import ItemRow
from watcher.text.tokens import index_text

BATCH = 5_000
LAST = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPACING = timedelta(minutes=7)
CITIES = (
    "taipei",
    "daegu",
    "shanghai",
    "seoul",
    "osaka",
    "prague",
    "busan",
    "ostrava",
    "ulsan",
    "kobe",
    "bonn",
    "lyon",
)
KINDS = ("visit", "forum", "agreement", "mou", "anniversary", "programme", "other", "termination")
WEIGHTS = (40, 15, 12, 12, 10, 6, 4.5, 0.5)
OLD_WORD, RARE_WORD = "pandemic", "kumquat"
"""One stands in every item of the first third and in no other, one in every fifty thousandth."""

TEMPLATES = {
    "en": "{one} and {two} {did} a {what} in their {where}",
    "zh-Hant": "{one}與{two}{did}{what}，在{where}舉行",
    "zh-Hans": "{one}与{two}{did}{what}，在{where}举行",
    "ja": "{one}と{two}が{where}で{what}を{did}",
    "ko": "{one}와 {two} {where}에서 {what} {did}",
}
WORDS = {
    "en": (
        "Taipei Daegu Shanghai Seoul Osaka Prague Busan Ostrava Ulsan Kobe Bonn Lyon",
        "signed opened planned renewed praised discussed postponed reviewed",
        "agreement forum partnership festival exchange marathon exhibition memorandum programme market",
        "harbour town-hall museum library stadium park campus theatre market-square archive",
    ),
    "zh-Hant": (
        "台北 大邱 上海 首爾 大阪 布拉格 釜山 俄斯特拉發 蔚山 神戶 波恩 里昂",
        "簽署 舉辦 籌備 續簽 討論 延後 檢討 宣布",
        "協議書 雙城論壇 姊妹市協定 燈會 交流活動 馬拉松 特展 備忘錄 計畫 市集",
        "港口 市政府 博物館 圖書館 體育場 公園 校園 劇院 市民廣場 檔案館",
    ),
    "zh-Hans": (
        "台北 大邱 上海 首尔 大阪 布拉格 釜山 俄斯特拉发 蔚山 神户 波恩 里昂",
        "签署 举办 筹备 续签 讨论 延后 检讨 宣布",
        "协议书 双城论坛 友好城市协定 灯会 交流活动 马拉松 特展 备忘录 计划 市集",
        "港口 市政府 博物馆 图书馆 体育场 公园 校园 剧院 市民广场 档案馆",
    ),
    "ja": (
        "台北 大邱 上海 ソウル 大阪 プラハ 釜山 オストラバ 蔚山 神戸 ボン リヨン",
        "締結 開催 計画 更新 協議 延期 検討 発表",
        "協定書 都市フォーラム 姉妹都市提携 灯籠祭り 交流行事 マラソン 特別展 覚書 事業 市場",
        "港 市役所 博物館 図書館 競技場 公園 大学 劇場 市民広場 公文書館",
    ),
    "ko": (
        "타이베이 대구 상하이 서울 오사카 프라하 부산 오스트라바 울산 고베 본 리옹",
        "체결 개최 준비 갱신 논의 연기 검토 발표",
        "협약서 도시포럼 자매도시 등불축제 교류행사 마라톤 특별전 양해각서 사업 장터",
        "항구 시청 박물관 도서관 경기장 공원 대학교 극장 시민광장 기록관",
    ),
}


class Pen:
    """Write invented sentences and their search words; some words are common, most are not."""

    def __init__(self, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        self.pools = {language: [self._sentence(language) for _ in range(3_000)] for language in TEMPLATES}

    def _sentence(self, language: str) -> tuple[str, str]:
        people, did, what, where = (words.split() for words in WORDS[language])
        one, two = self.dice.choices(people, [1 / place for place in range(1, 13)], k=2)
        said = TEMPLATES[language].format(
            one=one, two=two, did=self.dice.choice(did), what=self.dice.choice(what), where=self.dice.choice(where)
        )
        said += f" {self.dice.randrange(9_999)}."
        return said, index_text(said)

    def items(self, captured: int, aside: int) -> Iterator[dict[str, Any]]:
        """Yield the columns of items, the oldest first, with `facets` beside them."""
        total = captured + aside
        begin = LAST - total * SPACING
        for number in range(total):
            yield self._item(number, total, begin + number * SPACING, is_captured=self.dice.random() * total < captured)

    def _item(self, number: int, total: int, at: datetime, *, is_captured: bool) -> dict[str, Any]:
        dice = self.dice
        language = dice.choice(tuple(TEMPLATES))
        said = dice.choices(self.pools[language], k=dice.randint(3, 6))
        extra = [OLD_WORD] * (number < total / 3) + [RARE_WORD] * (number % 50_000 == 7)
        near = not is_captured and dice.random() < 0.1
        pair = "~".join(sorted(dice.sample(CITIES, 2)))
        return ItemRow.model_construct(
            id=number + 1,
            key=f"feed-{number % 150}:{number:024x}",
            feed_id=f"feed-{number % 150}",
            url=f"https://news.example/{number}",
            canonical_url=f"https://news.example/{number}",
            title=said[0][0],
            first_title=said[0][0],
            summary=" ".join([one for one, _ in said[1:]] + extra),
            language=language,
            published_at=None if number % 20 == 0 else at - timedelta(minutes=dice.randrange(600)),
            first_seen_at=at,
            captured_at=at if is_captured else None,
            verdict="matched" if is_captured else "near" if near else "rejected",
            score=5.0,
            kind=dice.choices(KINDS, WEIGHTS)[0],
            why="'sister city' in the title",
            story_id=number + 1 if is_captured else None,
            folded=" ".join([folded for _, folded in said] + extra),
        ).model_dump() | {
            "facets": [("pair", pair), *(("city", one) for one in pair.split("~")), ("topic", "city-exchange")]
            if is_captured
            else []
        }


def fill(database: Database, captured: int, aside: int) -> None:
    """Write the archive into an upgraded database, and make what is derived."""
    items = Pen().items(captured, aside)
    with database.writing() as connection:
        drop_derived(connection)
        while batch := list(islice(items, BATCH)):
            _write(connection, batch)
        create_derived(connection)


def settle(url: str) -> None:
    """Let PostgreSQL count and note what everybody may see, as it does by itself soon after many inserts."""
    if url.startswith("postgresql:"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


def _write(connection: Connection, batch: list[dict[str, Any]]) -> None:
    facets = [
        {"name": name, "value": value, "item_id": row["id"]} for row in batch for name, value in row.pop("facets")
    ]
    connection.execute(insert(ITEMS), batch)
    if facets:
        connection.execute(insert(FACETS), facets)
