"""Tell whether a phrase has beside it what it needs: in its own sentence, beside it, or in the title."""

from collections.abc import Iterable

from watcher.judge.cities import Cast, Mention
from watcher.settings.topics import Needs


def missing(needs: Needs, sentence: int, cast: Cast) -> str:
    """Say what a phrase in a sentence lacks; empty when it has what it needs."""
    if needs == "nothing":
        return ""
    mentions = [mention for mention in cast.mentions if _is_near(sentence, mention.sentence)]
    countries = {abroad.country for abroad in cast.countries if _is_near(sentence, abroad.sentence)}
    if not mentions:
        return "no city is named near it"
    if needs == "city":
        return _is_domestic(mentions, countries)
    if not any(_is_near(sentence, one) for one in cast.company):
        return "nothing near it shows a city acting (mayor, council, both cities ...)"
    return _lacks_other(mentions, countries) if needs == "two_cities" else _lacks_abroad(mentions, countries)


def two_countries(mentions: Iterable[Mention]) -> bool:
    """Tell whether the cities lie in two countries; the Taiwan Strait counts as a border."""
    return len({mention.country for mention in mentions if mention.country}) > 1


def _is_near(sentence: int, other: int) -> bool:
    return other == 0 or abs(other - sentence) <= 1


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
