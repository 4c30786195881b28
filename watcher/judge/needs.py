"""Tell whether a phrase has beside it what it needs: in its own sentence, beside it, or in the title."""

from collections.abc import Iterable
from itertools import chain

from watcher.judge.cast import Cast, Party
from watcher.judge.lands import ABROAD


class Lacks(dict[tuple[str, int], str]):
    """Map a need and a sentence to what a phrase lacks there, empty when it lacks nothing; filled as phrases ask."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._surroundings: dict[int, _Surroundings] = {}

    def __missing__(self, key: tuple[str, int]) -> str:
        """Find out what a phrase with this need lacks in this sentence."""
        needs, sentence = key
        lack = self[key] = "" if needs == "nothing" else _missing(needs, self._around(sentence))
        return lack

    def _around(self, sentence: int) -> "_Surroundings":
        if sentence not in self._surroundings:
            self._surroundings[sentence] = _Surroundings(sentence, self._cast)
        return self._surroundings[sentence]


class _Surroundings:
    """Hold the cities and the countries near a sentence, and who acts there."""

    __slots__ = ("cast", "company", "countries", "homes", "own", "parties", "towns", "whole")

    def __init__(self, sentence: int, cast: Cast) -> None:
        near = {0, sentence - 1, sentence, sentence + 1}
        self.cast = cast
        self.parties = set(chain.from_iterable([cast.parties[one] for one in near if one in cast.parties]))
        self.homes = {home for _, home in self.parties}
        abroad = [abroad for abroad in cast.countries if abroad.sentence in near]
        self.countries = {one.country for one in abroad}
        self.whole = {one.country for one in abroad if not one.part}
        self.towns = {one.country for one in abroad if one.town and one.country != ABROAD}
        self.company = not near.isdisjoint(cast.company)
        self.own = not near.isdisjoint(cast.own)

    @property
    def acting(self) -> set[Party]:
        """Return those of the cities that act somewhere."""
        return {party for party in self.parties if party[0] in self.cast.acting}


def _missing(needs: str, around: _Surroundings) -> str:
    if not around.parties:
        return "no city is named near it"
    if needs == "city":
        return _is_domestic(around)
    if needs == "two_in_title":
        return "" if _are_abroad(around.cast.titled) else "no two cities of different countries stand in the title"
    if needs == "abroad_in_title":
        return _lacks_abroad_in_title(around.cast)
    if not around.company:
        return "nothing near it shows a city acting (mayor, council, both cities ...)"
    if needs == "abroad":
        return _lacks_abroad(around)
    if needs == "two_acting":
        return "" if _are_two(around.acting, around) else "no two cities of different countries act near it"
    return "" if _are_two(around.parties, around) else "no two cities of different countries are near it"


def _lacks_abroad_in_title(cast: Cast) -> str:
    homes = {home for _, home in cast.titled if home}
    named = {abroad.country for abroad in cast.countries if not abroad.sentence}
    if len(homes) > 1 or (cast.titled and named - homes) or (cast.home and homes - cast.home):
        return ""
    return "no city and no other country stand in the title"


def _are_abroad(parties: Iterable[Party]) -> bool:
    """Tell whether the cities lie in two countries; the Taiwan Strait counts as a border."""
    return len({home for _, home in parties if home}) > 1


def _is_domestic(around: _Surroundings) -> str:
    homes = around.homes
    if len(homes) == 1 and "" not in homes and len(around.parties) > 1 and not around.countries - homes:
        return f"all its cities are in one country ({next(iter(homes))})"
    return ""


def _are_two(parties: set[Party], around: _Surroundings) -> bool:
    """Tell whether there are two cities of different countries.

    The page may not tell the country of a name, or mean the writer's own city: such a city lies abroad from the
    others where a country is named, for at home one does not name it; provinces must be of another country. A town
    of another country may stand without a name: "the Japanese town".
    """
    homes = {home for _, home in parties}
    known = homes - {""}
    if known and around.towns - known:
        return True
    if len(homes) > 1 + ("" in homes) or (parties and around.own and around.countries):
        return True
    several = "" in homes and len({city for city, _ in parties}) > 1
    return several and bool(around.whole or around.countries - homes)


def _lacks_abroad(around: _Surroundings) -> str:
    if _are_two(around.parties, around) or around.countries - around.homes:
        return ""
    return "no other country is named near it"
