"""Tell which cities a page names, which of them act as cities, and which countries stand beside them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from watcher.judge.book import City, Cue
from watcher.judge.cast import Cast, Mention
from watcher.judge.find import Finds, Hit
from watcher.judge.lands import ABROAD, BREAK, CHINESE, Abroad, Lands, homes_of, name_countries
from watcher.judge.names import Name, unknown_names
from watcher.judge.page import Page
from watcher.judge.rule import EDGES, LETTER
from watcher.judge.rules import Rules
from watcher.text.fold import ANY_HAN

REACH_LETTERS = 25
REACH_CJK = 12
"""How far a cue may stand from a city's name, in characters: "Taipei's newly elected mayor"."""

SHORTEST_NAME = 3
"""Han characters that are hardly ever a word of Chinese: 波特蘭, 與那國."""

JOINED = 5
"""How far two cities may stand apart that share a cue, in characters: "and", 與, ・."""

DATELINE_REACH = 60
"""A dateline stands at the very beginning of a text."""

_LINK = re.compile(
    r" (?:and|with|to|in|y|e|et|und|con|mit|avec|com|à|en|a) "
    r"|, | ?[-–&/] ?|[・·~与和とや및]|(?<=[가-힣])[과와]? "
)
"""What may stand between two cities that are named together; in Korean a hyphen is a blank: 통영-다마노."""

_DASH = re.compile(r"[^\n]{0,30}?(?: -|--| —| –|\()")
_PARTICLE = re.compile("[ではがをにへもらた]|(?:에서|에|은|는|이|가|을|를|서|한|된|의) ")
"""Parts a name from a cue in Japanese and Korean: ウィーンの楽団を市役所で."""

_PROVINCES = "县省"
"""After a city's name: the prefecture or province of that name."""
_KANA_OR_HANGUL = re.compile("[ァ-ヺ가-힣]")
"""Whoever has a title (ロンモント市, 사바델시) and is not in cities.csv lies abroad: it holds the cities at home."""

_FOREIGN = ("市政厅", "市杜马", "市人民委员会")
"""Chinese newsrooms call only the halls and councils of cities abroad so: 隆德市政廳."""

_GIVEN_NAME = re.compile(r" [A-ZÀ-Þ][\w.'’-]* ")
_NEXT_NAME = re.compile(r" [A-ZÀ-Þ]\w")
_DATE = re.compile(r"[\d月日年 .,]*")


def cast_page(rules: Rules, finds: Finds, page: Page, speaking: frozenset[int]) -> Cast:
    """Read the cast of a page; `speaking` are the sentences whose phrases speak of cities themselves."""
    countries = name_countries(rules, finds.countries, page)
    hits = [hit for hit in finds.cities if not (hit.sentence and _in_dateline(hit, page, rules.datelines))]
    cues = _by_sentence(finds.cues)
    known = [
        _mention(hit, rules, cues.get(hit.sentence, ()), hits, page)
        for hit in _choose(hits, countries, page)
        if hit.sentence not in cues or not _is_surname(hit, cues[hit.sentence], page)
    ]
    provinces = [mention for mention in known if page.text[mention.end] in _PROVINCES]
    if provinces:
        countries += [_as_country(mention) for mention in provinces if page.text[mention.end] == _PROVINCES[0]]
        known = _without_provinces(known, {mention.city for mention in provinces}, rules, page)
    lands = Lands(tuple(countries), finds.cities, page)
    staged = any(cue.owner.acts for cue in finds.cues)
    kept = _in_company(known, lands, speaking, staged=staged)
    unknown = [_unknown(name, rules, lands, page) for name in unknown_names(rules, finds, page)]
    kept += _at_home([one for one in unknown if not _is_known(one, finds.cities)], kept, rules)
    mentions = sorted(kept, key=lambda mention: mention.start)
    company = {cue.sentence for cue in finds.cues if cue.owner.acts}
    company |= {mention.sentence for mention in mentions if mention.acts}
    own = {cue.sentence for cue in finds.cues if cue.owner.own}
    return Cast(mentions, lands.countries, company.union(speaking), own, rules.capitals, homes_of(page))


def _by_sentence(cues: Iterable[Hit[Cue]]) -> dict[int, list[Hit[Cue]]]:
    """Return the cues on one side of whose words the name of a city that acts may stand."""
    found: dict[int, list[Hit[Cue]]] = {}
    for cue in cues:
        if cue.owner.acts and cue.owner.city != "near":
            found.setdefault(cue.sentence, []).append(cue)
    return found


def _mention(hit: Hit[City], rules: Rules, cues: Iterable[Hit[Cue]], cities: list[Hit[City]], page: Page) -> Mention:
    city = hit.owner
    country = rules.homes.get(city.country, city.country)
    acts = _acts(hit, rules, cues, cities, page)
    written = page.text[hit.start : hit.end]
    return Mention(city.id, city.name, country, hit.start, hit.end, hit.sentence, acts, hit.ambiguous, written)


def _unknown(name: Name, rules: Rules, lands: Lands, page: Page) -> Mention:
    titled = bool(rules.names.title.match(page.text, name.end))
    foreign = (titled and _KANA_OR_HANGUL.match(page.text, name.start)) or page.text.startswith(_FOREIGN, name.end)
    abroad = ABROAD if foreign else ""
    country = lands.country_of(name.start, name.end) or abroad
    sentence = page.sentence_at(name.start)
    acts = name.acts or titled
    written = page.text[name.start : name.end]
    return Mention(name.written, name.written, country, name.start, name.end, sentence, acts, written=written)


def _at_home(names: list[Mention], known: list[Mention], rules: Rules) -> Iterator[Mention]:
    """Give every mention of a name the country that stands beside one of them; else it lies abroad if one does.

    A name that cities.csv knows only with its title is that city: 김제 is 김제시.
    """
    whole = _whole_names(names)
    names = [replace(name, city=whole[name.city], name=whole[name.city]) for name in names]
    told = sorted((name for name in names if name.country), key=lambda name: (name.country != ABROAD, -name.start))
    homes = {name.city: name.country for name in told}
    cities = {mention.written: mention for mention in known}
    for name in names:
        titled = next((cities[name.written + title] for title in rules.titles if name.written + title in cities), None)
        if titled:
            yield replace(name, city=titled.city, name=titled.name, country=titled.country)
        else:
            yield replace(name, country=homes.get(name.city, ""))


def _whole_names(names: list[Mention]) -> dict[str, str]:
    """Return the whole name for each: where "Yuba City" is read in the place of "Yuba", they are one city."""
    longest: dict[int, str] = {}
    for name in sorted(names, key=lambda name: len(name.city)):
        longest[name.start] = name.city
    return {name.city: max((longest[one.start] for one in names if one.city == name.city), key=len) for name in names}


def _without_provinces(known: list[Mention], provinces: set[str], rules: Rules, page: Page) -> list[Mention]:
    """Leave out prefectures that have the name of a city, unless one is all that its country sends to meet a city."""
    cities = [mention for mention in known if mention.city not in provinces or _has_title(mention, rules, page)]
    acting = {mention.country for mention in cities if mention.acts}
    homes = {mention.country for mention in cities}
    return [mention for mention in known if mention in cities or (acting and mention.country not in homes)]


def _is_surname(hit: Hit[City], cues: Iterable[Hit[Cue]], page: Page) -> bool:
    """Tell whether a name is that of a mayor: "Mayor London Breed", "Mayor Arnel Baguio"."""
    if EDGES[page.text[hit.start]] != LETTER:
        return False
    mayors = (cue for cue in cues if cue.owner.city == "before" and 0 < hit.start - cue.end <= REACH_LETTERS)
    return any(
        (hit.start == cue.end + 1 and _NEXT_NAME.match(page.capitals, hit.end))
        or _GIVEN_NAME.fullmatch(page.capitals, cue.end, hit.start)
        for cue in mayors
    )


def _has_title(place: Mention | Hit[City], rules: Rules, page: Page) -> bool:
    """Tell whether a name ends with a title or has one behind it: 台北市, 서울시."""
    text, end, title = page.text, place.end, rules.names.title
    if text[end - 1] in rules.titles and title.match(text, end - 1):
        return True
    return text[end] in rules.titles and bool(title.match(text, end))


def _is_known(mention: Mention, hits: Iterable[Hit[City]]) -> bool:
    """Tell whether the name is that of a city of cities.csv, whether it counts there or not."""
    return any(mention.start < hit.end and hit.start < mention.end for hit in hits)


def _choose(hits: list[Hit[City]], countries: Iterable[Abroad], page: Page) -> list[Hit[City]]:
    """Of the cities that share a name in one place, take the one whose country is named, else one sure of its name.

    Of several that are sure the one whose script is written: 안양 is Anyang in Korea. Where two names may both be
    those of namesakes at home, they are: Córdoba and Granada lie in Spain. Else one with company.
    """
    if len({hit.start for hit in hits}) == len(hits):
        return hits
    named = {abroad.country for abroad in countries}
    spans: dict[tuple[int, int], list[Hit[City]]] = {}
    for hit in hits:
        spans.setdefault((hit.start, hit.end), []).append(hit)
    homes = homes_of(page) | {one[0].owner.country for one in spans.values() if len(one) == 1}
    shared = _shared_countries(spans.values(), page)
    return [min(same, key=lambda hit: _rank_namesake(hit, named, shared, homes)) for same in spans.values()]


def _rank_namesake(hit: Hit[City], named: set[str], shared: set[str], homes: frozenset[str]) -> tuple[bool, ...]:
    country = hit.owner.country
    return country not in named, country not in shared, hit.ambiguous, country not in homes


def _shared_countries(spans: Iterable[list[Hit[City]]], page: Page) -> set[str]:
    """Return the countries in which each of two names that several cities share could lie."""
    names: dict[str, set[str]] = {}
    for same in spans:
        for hit in same if len(same) > 1 else []:
            names.setdefault(hit.owner.country, set()).add(page.text[hit.start : hit.end])
    return {country for country, told in names.items() if len(told) > 1}


def _as_country(county: Mention) -> Abroad:
    """X県 is no city, but tells in which country it lies, and Y市 behind it."""
    return Abroad(county.country, county.sentence, county.start, county.end, part=True)


def _in_dateline(hit: Hit[City], page: Page, words: tuple[str, ...]) -> bool:
    """Tell whether the name only says where the report was written: "TAIPEI, Aug. 3 --", 台北3日電."""
    start = page.text.rfind("\n", max(0, hit.start - DATELINE_REACH - 1), hit.start) + 1
    if start == 0 and hit.start > DATELINE_REACH:
        return False
    if start == hit.start and page.capitals[hit.start : hit.end].isupper() and _DASH.match(page.capitals, hit.end):
        return True
    return page.text.startswith(words, _DATE.match(page.text, hit.end).end())  # type: ignore[union-attr]  # it matches nothing, too


def _acts(hit: Hit[City], rules: Rules, cues: Iterable[Hit[Cue]], cities: list[Hit[City]], page: Page) -> bool:
    """Tell whether the name has a title (台北市), or a cue beside it (台北市長, mayor of Taipei)."""
    return _has_title(hit, rules, page) or any(_stands_beside(hit, cue, cities, page) for cue in cues)


def _stands_beside(hit: Hit[City], cue: Hit[Cue], cities: list[Hit[City]], page: Page) -> bool:
    """Tell whether a cue reaches a name on the right side; 台北市 and 市長 may share a character."""
    first: Hit[City] | Hit[Cue] = hit if cue.owner.city == "before" else cue
    second: Hit[City] | Hit[Cue] = cue if first is hit else hit
    if second.start < first.start:
        return False
    reach = REACH_LETTERS if EDGES[page.text[cue.start]] == LETTER else REACH_CJK
    gap = page.text[first.end : second.start]
    near = second.start - first.end <= reach and not BREAK.search(gap) and not _PARTICLE.search(gap)
    return near and not any(_stands_between(city, first.end, second.start, hit) for city in cities)


def _stands_between(city: Hit[City], start: int, end: int, hit: Hit[City]) -> bool:
    """Tell whether another city is nearer to the cue, and not joined to the name: "Seoul and Osaka mayors"."""
    if not start <= city.start < city.end <= end:
        return False
    return max(city.start - hit.end, hit.start - city.end) > JOINED


def _in_company(mentions: list[Mention], lands: Lands, speaking: frozenset[int], *, staged: bool) -> list[Mention]:
    """Leave out ambiguous names that nothing confirms: a cue, their country, or a page that speaks of ties.

    On a page where a city acts (`staged`) a name in the title counts, too, and one whose country is named anywhere.
    So does a name that is linked to a city sure of its name: "Adelaide, Christchurch renew pact".
    Han names need more than such a page: there most are surnames (松本, 山口). A city abroad joined to it confirms any,
    and one in the same title any but a name of two Han characters on a Chinese page: there it is a word (高山, 合作).
    """
    page = lands.page
    sure = {mention.city for mention in mentions if mention.acts or not mention.ambiguous}
    if all(mention.city in sure for mention in mentions):
        return mentions
    named = {abroad.country for abroad in lands.countries}
    linked = list(_linked(mentions, sure, page))
    titled = {mention.country for mention in mentions if mention.city in sure and not mention.sentence}
    titled |= {abroad.country for abroad in lands.countries if not abroad.sentence}

    def is_confirmed(mention: Mention) -> bool:
        if mention in linked or lands.country_of(mention.start, mention.end) == mention.country:
            return True
        if not mention.sentence and titled - {mention.country} and not _is_word(mention, page):
            return True
        likely = speaking or (staged and (mention.sentence == 0 or mention.country in named))
        return bool(likely) and not ANY_HAN.match(page.text[mention.start])

    return [mention for mention in mentions if mention.city in sure or is_confirmed(mention)]


def _is_word(mention: Mention, page: Page) -> bool:
    """Tell whether an ambiguous name is rather a word: one of two Han characters on a Chinese page."""
    return len(mention.written) < SHORTEST_NAME and homes_of(page) == CHINESE


def _linked(mentions: list[Mention], sure: set[str], page: Page) -> Iterator[Mention]:
    """Return the mentions that stand right beside one of a city sure of its name; in Han, of a city abroad.

    In a Chinese title nothing may part them: 基隆宮古島牽手. In Japanese and Korean ones two confirm each
    other: 黒石と永川.
    """
    for one, other in pairwise(sorted(mentions, key=lambda mention: mention.start)):
        joined = _LINK.fullmatch(page.text, one.end, other.start) or (one.end == other.start and not one.sentence)
        both = not one.sentence and not _is_word(one, page) and homes_of(page)
        if joined and (both or not sure.isdisjoint((one.city, other.city))):
            yield from (one, other) if one.country != other.country or not ANY_HAN.match(page.text[one.start]) else ()
