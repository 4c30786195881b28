"""Tell whether a phrase has beside it what it needs: in its own sentence, beside it, or in the title."""

from collections.abc import Callable, Iterable
from functools import cache

from watcher.judge.cities import Cast, Mention
from watcher.settings.topics import Needs


def find_lacks(cast: Cast) -> Callable[[Needs, int], str]:
    """Return a function that says what a phrase in a sentence lacks; empty when it has what it needs."""
    surroundings = cache(lambda sentence: _Surroundings(sentence, cast))
    return cache(lambda needs, sentence: "" if needs == "nothing" else _missing(needs, surroundings(sentence)))


class _Surroundings:
    """Hold the mentions and the countries near a sentence, and whether a city acts there."""

    def __init__(self, sentence: int, cast: Cast) -> None:
        near = {0, sentence - 1, sentence, sentence + 1}
        self.mentions = [mention for mention in cast.mentions if mention.sentence in near]
        self.countries = {abroad.country for abroad in cast.countries if abroad.sentence in near}
        self.company = not near.isdisjoint(cast.company)


def _missing(needs: Needs, around: _Surroundings) -> str:
    if not around.mentions:
        return "no city is named near it"
    if needs == "city":
        return _is_domestic(around.mentions, around.countries)
    if not around.company:
        return "nothing near it shows a city acting (mayor, council, both cities ...)"
    lacks = _lacks_other if needs == "two_cities" else _lacks_abroad
    return lacks(around.mentions, around.countries)


def two_countries(mentions: Iterable[Mention]) -> bool:
    """Tell whether the cities lie in two countries; the Taiwan Strait counts as a border."""
    return len({mention.country for mention in mentions if mention.country}) > 1


def _is_domestic(mentions: list[Mention], countries: set[str]) -> str:
    homes = {mention.country for mention in mentions}
    several = len({mention.city for mention in mentions}) > 1
    if several and len(homes) == 1 and "" not in homes and not countries - homes:
        return f"all its cities are in one country ({homes.pop()})"
    return ""


def _lacks_other(mentions: list[Mention], countries: set[str]) -> str:
    if two_countries(mentions):
        return ""
    unknown = any(not mention.country for mention in mentions)
    if unknown and len({mention.city for mention in mentions}) > 1 and countries:
        return ""
    return "no two cities of different countries are near it"


def _lacks_abroad(mentions: list[Mention], countries: set[str]) -> str:
    if not _lacks_other(mentions, countries):
        return ""
    homes = {mention.country for mention in mentions}
    if countries - homes:
        return ""
    return "no other country is named near it"
