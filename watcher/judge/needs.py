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
    """Hold the mentions and the countries near a sentence, and who acts there."""

    def __init__(self, sentence: int, cast: Cast) -> None:
        near = {0, sentence - 1, sentence, sentence + 1}
        self.mentions = [mention for mention in cast.mentions if mention.sentence in near]
        self.acting = [mention for mention in self.mentions if mention.city in cast.acting]
        self.titled = [one for one in self.mentions if one.sentence == 0 and one.city not in cast.capitals]
        abroad = [abroad for abroad in cast.countries if abroad.sentence in near]
        self.countries = {one.country for one in abroad}
        self.whole = {one.country for one in abroad if not one.part}
        self.company = not near.isdisjoint(cast.company)
        self.own = not near.isdisjoint(cast.own)


def _missing(needs: Needs, around: _Surroundings) -> str:
    if not around.mentions:
        return "no city is named near it"
    if needs == "city":
        return _is_domestic(around)
    if needs == "two_in_title":
        return "" if two_countries(around.titled) else "no two cities of different countries stand in the title"
    if not around.company:
        return "nothing near it shows a city acting (mayor, council, both cities ...)"
    if needs == "abroad":
        return _lacks_abroad(around)
    if needs == "two_acting":
        return "" if _are_two(around.acting, around) else "no two cities of different countries act near it"
    return "" if _are_two(around.mentions, around) else "no two cities of different countries are near it"


def two_countries(mentions: Iterable[Mention]) -> bool:
    """Tell whether the cities lie in two countries; the Taiwan Strait counts as a border."""
    return len({mention.country for mention in mentions if mention.country}) > 1


def _is_domestic(around: _Surroundings) -> str:
    homes = {mention.country for mention in around.mentions}
    several = len({mention.city for mention in around.mentions}) > 1
    if several and len(homes) == 1 and "" not in homes and not around.countries - homes:
        return f"all its cities are in one country ({homes.pop()})"
    return ""


def _are_two(mentions: list[Mention], around: _Surroundings) -> bool:
    """Tell whether there are two cities of different countries.

    The page may not tell the country of a name, or mean the writer's own city: such a city lies abroad from the
    others where a country is named, for at home one does not name it; provinces must be of another country.
    """
    if two_countries(mentions) or (mentions and around.own and around.countries):
        return True
    homes = {mention.country for mention in mentions}
    several = "" in homes and len({mention.city for mention in mentions}) > 1
    return several and bool(around.whole or around.countries - homes)


def _lacks_abroad(around: _Surroundings) -> str:
    homes = {mention.country for mention in around.mentions}
    if _are_two(around.mentions, around) or around.countries - homes:
        return ""
    return "no other country is named near it"
