"""Choose what a subscription gets of the news. Pure."""

from collections.abc import Collection

from watcher.editions import News
from watcher.read.language import clean_language
from watcher.settings.subscription import SubscriptionSettings


def is_for(subscription: SubscriptionSettings, item: News) -> bool:
    """Say whether the subscription gets an item: of its topics, about its places, in its languages, with the points.

    A list that is empty asks for nothing. Pairs and cities are places together: one of either is enough.
    """
    return (
        item.score >= subscription.minimum_score
        and _holds_any(subscription.topics, _topics_of(item))
        and _holds_any((*subscription.pairs, *subscription.cities), (*item.pairs, *item.cities))
        and (not subscription.languages or any(_is_in(item.language, one) for one in subscription.languages))
    )


def _holds_any(wanted: Collection[str], found: Collection[str]) -> bool:
    return not wanted or not set(wanted).isdisjoint(found)


def _topics_of(item: News) -> set[str]:
    """Return the topics that it matched; a near miss has those of its reasons."""
    return set(item.topics) or {reason.topic for reason in item.reasons}


def _is_in(language: str, wanted: str) -> bool:
    """Say whether a text is in a wanted language; Chinese without a script may be in either one."""
    spoken, asked = clean_language(language).split("-"), clean_language(wanted).split("-")
    return all(one == other for one, other in zip(spoken, asked, strict=False))
