"""Who is on a page: its cities, where each is named, and which of them act."""

from dataclasses import dataclass

from watcher.judge.lands import Abroad


@dataclass(slots=True)
class Mention:
    """Hold one place where a city is named. `acts`: a municipal cue stands beside it."""

    city: str
    name: str
    country: str
    start: int
    end: int
    sentence: int
    acts: bool = False
    ambiguous: bool = False
    written: str = ""


Party = tuple[str, str]
"""A city and its country, which is empty where the page does not tell it."""


class Cast:
    """Hold who is on the page: cities, countries, and the sentences in which a city acts, and the writer's own city.

    `parties` are the cities named in each sentence, `acting` those that act somewhere; `names` gives for each its
    name as a reader knows it, in the order of the text, `places` its sentences, `homes` its countries: none where the
    page does not tell it.
    `capitals` may stand for the governments of their countries. `home` are the countries that write as the page does,
    none for letters of many countries.
    """

    def __init__(
        self,
        mentions: list[Mention],
        countries: tuple[Abroad, ...],
        company: set[int],
        own: set[int],
        capitals: frozenset[str],
        home: frozenset[str] = frozenset(),
    ) -> None:
        self.mentions, self.countries, self.company, self.own = mentions, countries, company, own
        self.capitals, self.home = capitals, home
        self.parties: dict[int, set[Party]] = {}
        self.names: dict[str, str] = {}
        self.homes: dict[str, set[str]] = {}
        self.places: dict[str, set[int]] = {}
        self.acting: set[str] = set()
        for mention in mentions:
            self._add(mention)

    @property
    def titled(self) -> list[Party]:
        """Return the cities in the title, but for capitals that do not act."""
        return [party for party in self.parties.get(0, ()) if party[0] not in self.capitals or party[0] in self.acting]

    def _add(self, mention: Mention) -> None:
        city, country = mention.city, mention.country
        self.names[city] = mention.name
        self.places.setdefault(city, set()).add(mention.sentence)
        self.parties.setdefault(mention.sentence, set()).add((city, country))
        homes = self.homes.setdefault(city, set())
        if country:
            homes.add(country)
        if mention.acts:
            self.acting.add(city)
