"""Which languages the fixed words of a digest come in."""

from watcher.compose.chinese import Chinese
from watcher.compose.words import ENGLISH, Words

LANGUAGES: dict[str, Words] = {words.tag: words for words in (ENGLISH, Chinese())}


def words_of(language: str) -> Words:
    """Return the words of a language, such as `zh-Hant`; those of an unknown one are English."""
    return LANGUAGES.get(language, ENGLISH)
