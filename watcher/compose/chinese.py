"""All fixed words of a digest in Traditional Chinese, as newsrooms in Taipei write it."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from watcher.compose.clean import clean_line, clean_title
from watcher.compose.groups import EARLIER, OTHER, Story
from watcher.compose.sentences import Mood, Said, count_states, fit_subject, judge_mood, largest_groups
from watcher.compose.words import Words
from watcher.editions import BY_HAND, Edition, FeedHealth, News
from watcher.settings.ties import Tie
from watcher.values import Kind, Reason

MOST_NAMED = 4
"""More phrases or cities than this are left to `topics explain`."""

_NEEDED = re.compile(r"([0-9.]+) (?:that )?(?:is|are) needed\.$")
"""The points that a sentence of the judge ends with."""
_WEEKDAYS = "一二三四五六日"
_KINDS = {
    Kind.FORUM: "論壇",
    Kind.AGREEMENT: "協議",
    Kind.MOU: "合作備忘錄",
    Kind.VISIT: "訪問",
    Kind.ANNIVERSARY: "週年",
    Kind.REAFFIRMATION: "續約",
    Kind.TERMINATION: "終止",
    Kind.PROGRAMME: "計畫",
    Kind.OTHER: "",
}
_STATES = {
    "failing": "讀取失敗",
    "blocked": "遭阻擋",
    "refused": "遭拒絕",
    "gone": "已不存在",
    "ended": "已停止供稿",
    "empty": "沒有內容",
    "stale": "內容陳舊",
    "gap": "可能漏接",
    "drift": "來源有變",
    "quiet": "久無更新",
    "moved": "網址已搬遷",
    "new": "尚未讀取",
}
_RELATIONS = {
    "sister cities": "姊妹市",
    "twin cities": "姊妹市",
    "friendship cities": "友好城市",
    "partner cities": "夥伴城市",
    "friendship agreement": "友好協議",
    "friendship charter": "友好憲章",
    "memorandum": "合作備忘錄",
    "city forum": "城市論壇",
    "no longer sister cities": "已終止姊妹市關係",
}


class Chinese(Words):
    """Say everything that a digest says by itself, in Traditional Chinese."""

    tag = "zh-Hant"
    about = "有關："
    also_about = "另涉及："
    also_new = "其他新消息"
    bare_note = "本則無法完整顯示。"
    known = "既有關係："
    leave = ("如欲退訂或有其他意見，請來信 ", "。")
    leave_by_answer = "如欲退訂或有其他意見，請直接回覆本信。"
    near = "差一點入選"
    near_note = "未達入選標準但相當接近，不會長期保存。"
    names_mark = "、"
    no_link_note = "來源未提供網址。"
    pair_mark = "～"
    see_also = "延伸閱讀："
    sources = "消息來源"
    why_label = "入選理由："

    def heading(self, place: str, names: Mapping[str, str]) -> str:
        """Name a group; `names` are what cities are called, by id."""
        return {OTHER: "其他", EARLIER: "後續報導"}.get(place) or self.place(place, names)

    def kind(self, kind: Kind) -> str:
        """Name a kind; `other` has no name."""
        return _KINDS[kind]

    def day(self, day: str) -> str:
        """Name an ISO day: 2026年5月14日 星期四."""
        return f"{self.short_day(day)} 星期{_WEEKDAYS[date.fromisoformat(day).weekday()]}"

    def short_day(self, day: str) -> str:
        """Name an ISO day: 2026年5月14日."""
        then = date.fromisoformat(day)
        return f"{then.year}年{then.month}月{then.day}日"

    def time(self, at: datetime, zone: str, year: int) -> str:
        """Name an instant on the clock of `zone`: 5月14日（四）09:30."""
        local = at.astimezone(ZoneInfo(zone))
        named = "" if local.year == year else f"{local.year}年"
        return f"{named}{local.month}月{local.day}日（{_WEEKDAYS[local.weekday()]}）{local:%H:%M}"

    def seen(self, time: str) -> str:
        """Say that a time is that of the first sight."""
        return f"{time} 首次見到"

    def future(self, day: str) -> str:
        """Say that a day had not come when its item was captured."""
        return f"所載日期尚未到來：{day}"

    def stories(self, count: int) -> str:
        """Count the stories of a group."""
        return f"{count:,} 起"

    def more(self, count: int, what: str) -> str:
        """Say how many titles, near misses, feeds, or items of a story the HTML part leaves out."""
        things = {"titles": "則消息", "near": "則差一點入選的消息", "feeds": "個有狀況的來源"}
        return f"……另有 {count:,} {things.get(what, '則同一事件的報導')}，完整清單見本信純文字版。"

    def and_more(self, count: int) -> str:
        """Count the names that an enumeration leaves to the text part; end the sentence."""
        return f"等，另有 {count:,} 個詳見本信純文字版。" if count else "。"

    def made_for(self, title: str, is_mailed: bool) -> str:
        """Say why the reader has this in hand."""
        if is_mailed:
            return f"本信由 City Exchange Watcher 寄出，因為這個信箱在「{title}」訂閱名單上。"
        return f"本摘要由 City Exchange Watcher 為「{title}」訂閱名單製作。"

    def why(self, item: News, names: Mapping[str, str]) -> Said:
        """Say why an item counted, from its reasons; without any, in the words that are stored."""
        if item.why == BY_HAND:
            return Said(text="由人工選入。")
        found = dict.fromkeys(_written(item, reason) for reason in item.reasons if reason.weight > 0)
        if not found:
            return Said(english=item.why)
        phrases = "、".join(f"「{text}」" for text in list(found)[:MOST_NAMED])
        cities = "、".join(self.place(city, names) for city in item.cities[:MOST_NAMED])
        asked = _NEEDED.search(item.why)
        needed = f"（門檻 {asked[1]} 分）" if asked else ""
        rest = f"等 {len(found)} 個詞語" if len(found) > MOST_NAMED else ""
        return Said(text=f"出現{phrases}{rest}{f'，提及{cities}' if cities else ''}，共 {item.score:g} 分{needed}。")

    def tie(self, tie: Tie) -> Said:
        """Say how two cities are tied: 姊妹市，2010年11月4日起。來源：city.example."""
        relation = _RELATIONS.get(tie.relation)
        since = f"，{_partial_date(tie.since)}起" if tie.since else ""
        note = f" ({tie.note})" if tie.note else ""
        if relation is None:
            return Said(english=tie.brief)
        return Said(text=f"{relation}{since}。來源：", english=tie.publisher + note)

    def first_news(self, pair: str, span: str) -> str:
        """Say that a pair was not mentioned in a span of time."""
        return f"{span}，首度出現{pair or '這組城市'}的消息"

    def in_months(self, months: int) -> str:
        """Name a span of so many months."""
        return f"{months:,} 個月來"

    def since_watching(self, day: str) -> str:
        """Name the span since we watch, from an ISO day on."""
        return f"自 {self.short_day(day)} 開始觀察以來"

    def state(self, state: str) -> str:
        """Name the state of a feed that is not well."""
        return _STATES.get(state, state)

    def as_before(self, state: str) -> str:
        """Introduce the feeds that were in a state already in an earlier digest."""
        return f"{'' if state == 'new' else '持續'}{self.state(state)}："

    def subject(self, edition: Edition, first_title: str) -> str:
        """Return date, count and the first story's title in one line."""
        start = f"{clean_title(edition.title, 60)}，{self.short_day(edition.day)}"
        if not edition.news:
            return f"{start}：{_EMPTY_SUBJECTS[judge_mood(edition)]}"
        return fit_subject(f"{start}：{len(edition.news):,} 則｜{first_title}")

    def lead(self, edition: Edition, groups: Mapping[str, Sequence[Story]]) -> str:
        """Say what the day brought; with few feeds read, say that too."""
        mood = judge_mood(edition)
        if not edition.news:
            return _EMPTY_LEADS[mood].format(edition=edition)
        return self._tell_news(edition, groups) + _CAUTIONS.get(mood, "").format(edition=edition)

    def _tell_news(self, edition: Edition, groups: Mapping[str, Sequence[Story]]) -> str:
        items, stories = len(edition.news), sum(map(len, groups.values()))
        counted = f"新消息 {items:,} 則" + (f"，共 {stories:,} 起事件" if stories < items else "")
        named, rest = largest_groups(groups)
        if not named:
            return f"{counted}。"
        places = [self.place(place, edition.names) for place in named]
        if any(count > 1 for count in named.values()):
            places = [f"{place} {count:,} 起" for place, count in zip(places, named.values(), strict=True)]
        return f"{counted}：{'、'.join(places)}{f'，另有 {rest:,} 起' if rest else ''}。"

    def covers(self, edition: Edition) -> str:
        """Say from when to when the digest tells, and whose clock it uses."""
        year = int(edition.day[:4])
        since = self.time(edition.covers_from_at, edition.zone, year)
        until = self.time(edition.opened_at, edition.zone, year)
        return f"涵蓋 {since} 至 {until} 間發現的消息，時間均為 {clean_line(edition.zone)} 時區。"

    def backfilled(self, count: int) -> str:
        """Say how many old items were stored without being told."""
        return f"另有 {count:,} 則舊消息首次收錄；舊聞只計數，不逐則列出，可用 `city-watcher items list` 查看。"

    def feeds(self, total: int, unwell: Sequence[FeedHealth]) -> str:
        """Say how many of the feeds are well, and how the others are."""
        if not total:
            return "尚未讀取任何來源。"
        if not unwell:
            return f"{total:,} 個來源全部正常。"
        others = (f"{self.state(state)} {count:,} 個" for state, count in count_states(unwell, _STATES).items())
        return f"{total:,} 個來源中，{total - len(unwell):,} 個正常，{'、'.join(others)}。"


_EMPTY_SUBJECTS = {
    Mood.WELL: "今日無新消息",
    Mood.WEAK: "未見新消息，但多數來源讀取失敗",
    Mood.BROKEN: "所有來源均讀取失敗",
    Mood.BARE: "尚未讀取任何來源",
}
_LOOK = "原因見文末「消息來源」，或執行 `city-watcher status`。"
_FEW = "{edition.feeds_total:,} 個來源中，僅 {edition.feeds_read:,} 個讀取成功"
_EMPTY_LEADS = {
    Mood.WELL: "今日平靜：{edition.feeds_total:,} 個來源中讀取了 {edition.feeds_read:,} 個，"
    "沒有與您所選主題相關的新消息。",
    Mood.WEAK: f"未見新消息，但{_FEW}，可能有所遺漏。{_LOOK}",
    Mood.BROKEN: f"系統狀況異常：{{edition.feeds_total:,}} 個來源全部讀取失敗，本信無法反映當日消息。{_LOOK}",
    Mood.BARE: "尚未讀取任何來源：`city-watcher poll` 立即讀取，`city-watcher feeds add` 新增來源。",
}
_CAUTIONS = {
    Mood.WEAK: f"{_FEW}，可能有所遺漏。{_LOOK}",
    Mood.BROKEN: f"目前所有來源均讀取失敗，可能有所遺漏。{_LOOK}",
}


def _written(item: News, reason: Reason) -> str:
    """Return a phrase as the item writes it, where its text is at hand."""
    text = {"title": item.title, "summary": item.summary}.get(reason.field, "")
    return clean_line(text[reason.start : reason.end]) or reason.phrase


def _partial_date(text: str) -> str:
    """Name 2010, 2010-11 or 2010-11-04."""
    return "".join(f"{int(part)}{unit}" for part, unit in zip(text.split("-"), "年月日", strict=False))
