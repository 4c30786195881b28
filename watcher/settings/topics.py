"""topics.toml: what we look for, and the words that the rules lean on."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from watcher.errors import ConfigError
from watcher.settings.base import Strict, explain_error, load_text, load_toml, parse_toml
from watcher.settings.languages import known_languages
from watcher.settings.load import TOPICS_FILE
from watcher.text.fold import fold, search_form, search_forms
from watcher.values import Kind

_LETTER = re.compile("[0-9A-Za-zぁ-ゖァ-ヺ一-鿿가-힣]")
"""What folding leaves as a letter; of other texts it is found out."""

_PARTS = "\uffff"
"""Stands between texts that are looked at together; no character, so in no text."""

Needs = Literal["nothing", "city", "abroad", "two_cities", "two_acting", "two_in_title", "abroad_in_title"]
Side = Literal["before", "after", "near"]


def one_or_many(value: object) -> object:
    """Let a single text stand where a list may stand."""
    return (value,) if isinstance(value, str) else value


def some_words(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse an empty list and texts of which nothing is left to look for."""
    if not texts:
        raise ValueError("is empty; write at least one text, or remove the entry")
    for text in texts:
        if not text.strip():
            raise ValueError("holds an empty text; write a word or remove it")
        if not _LETTER.search(text) and not any(map(str.isalnum, fold(text))):
            raise ValueError(f"holds '{text}', of which folding leaves no letter; write a word")
    return texts


def some_guards(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse an empty guard: it would forbid every place."""
    if not all(fold(text) for text in texts):
        raise ValueError("holds an empty guard, which would forbid every place; write a text or remove it")
    return texts


Texts = Annotated[tuple[str, ...], BeforeValidator(one_or_many), AfterValidator(some_words)]
Guards = Annotated[tuple[str, ...], BeforeValidator(one_or_many), AfterValidator(some_guards)]
Languages = Annotated[str, AfterValidator(known_languages)]
Points = Annotated[float, Field(allow_inf_nan=False)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]


class Wording(Strict):
    """Hold texts that mean one thing, and what must not stand right before or after them."""

    text: Texts
    lang: Languages = ""
    not_after: Guards = ()
    not_before: Guards = ()
    source: str = ""

    @property
    def label(self) -> str:
        """Return the text that names the wording."""
        return self.text[0]


class Phrase(Wording):
    """Hold one `[[topic.phrase]]`: a wording with its weight, what it needs beside it, and its kind.

    `needs`, in the same sentence, beside it or in the title: `city` = a city is named; `abroad` = a city and
    another country are named and a cue shows that a city acts; `two_cities` = so it is with two cities;
    `two_acting` = each of the two acts somewhere; `two_in_title` = the two stand in one title with
    the phrase, and none is a capital that does not act; no cue is needed then. `abroad_in_title` = so stands a city
    with another country, or one that lies abroad for a page in Chinese, Japanese or Korean.
    """

    weight: Points = 0
    needs: Needs = "nothing"
    kind: Kind | None = None
    veto: bool = False


class Topic(Strict):
    """Hold one `[[topic]]`: from `match` points on an entry is captured, from `near` on it is a near miss."""

    id: Slug
    name: str = ""
    match: Points = Field(default=3, gt=0)
    near: Points = Field(default=2, gt=0)
    all: bool = False
    phrases: tuple[Phrase, ...] = Field(default=(), alias="phrase")


class Cue(Wording):
    """Hold one `[[cue]]`: words that show a city acting as one, and the side on which its name stands.

    `city`: `before` (Taipei Mayor, 市長), `after` (mayor of) or `near` (both cities). `names`: whether a name
    that cities.csv does not know counts as a city beside it. `acts`: false for words that introduce a city
    ("delegation from") without showing that it acts: it may be a capital that stands for its government.
    `own`: the words mean the writer's own city ("our city", 我市), whatever it is called.
    """

    city: Side
    names: bool = False
    acts: bool = True
    own: bool = False


class Country(Wording):
    """Hold one `[[country]]`: how it is named; `with` lists codes that count as the same country.

    The id `*` means "abroad, wherever". A country may stand in several tables, so that some names have guards.
    """

    id: str = Field(pattern=r"^([A-Z]{2}|\*)$")
    same: tuple[str, ...] = Field(default=(), alias="with")


class Cooperation(Strict):
    """Hold one `[[field]]`: a field of cooperation and its words."""

    id: Slug
    text: Texts


class Names(Strict):
    """Hold `[names]`: how names of cities are told from other words.

    `never`: words that are no name; `endings`: words that are none alone (City, District); `ends` and `before`:
    characters and words after which a Chinese or Japanese name begins; `titles`: characters after a name that show
    the city acting (台北市, 서울시); `towns`: what ends the name of a town beside its country (普拉托市, ユーレカ市);
    `no_town_after` and `no_town_before`: characters beside 市 that make it something else (股市, 市中心); `provinces`:
    what ends the name of a part of a country; `datelines`: what follows a dateline;
    `capitals`: ids of cities that mostly stand for their governments in a title ("Beijing, Washington sign a pact").
    """

    never: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    ends: str = ""
    before: tuple[str, ...] = ()
    towns: str = ""
    no_town_after: str = ""
    no_town_before: str = ""
    provinces: str = ""
    titles: str = ""
    datelines: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()


class Topics(Strict):
    """Hold topics.toml."""

    topics: tuple[Topic, ...] = Field(default=(), alias="topic")
    cues: tuple[Cue, ...] = Field(default=(), alias="cue")
    countries: tuple[Country, ...] = Field(default=(), alias="country")
    fields: tuple[Cooperation, ...] = Field(default=(), alias="field")
    names: Names = Names()


def topic_ids(folder: Path) -> set[str]:
    """Return the ids of the topics; whether the rest of the file is right is for others to say."""
    topics = load_toml(folder / TOPICS_FILE).get("topic", [])
    return {str(topic.get("id")) for topic in topics if isinstance(topic, dict)}


def load_topics(folder: Path) -> Topics:
    """Read topics.toml; every mistake is a `ConfigError` that names the place and the cure."""
    path = folder / TOPICS_FILE
    text = load_text(path)
    data = parse_toml(path, text)
    try:
        topics = Topics.model_validate(data)
    except ValidationError as error:
        raise explain_error(path, error, Topics, data, text) from error
    for complaint in _complaints(topics):
        raise ConfigError(f"{path}: {complaint}")
    return topics


def _complaints(topics: Topics) -> Iterator[str]:
    """Say what contradicts itself, the first thing first."""
    if not topics.topics:
        yield "there is no [[topic]]; add one, or copy the packaged file with `city-watcher init`."
    yield from _double_ids("topic", [topic.id for topic in topics.topics])
    yield from _double_ids("field", [field.id for field in topics.fields])
    for cue in topics.cues:
        yield from (f'cue "{cue.label}": {problem}' for problem in (*_cue_problems(cue), *_wording_problems(cue)))
    for country in topics.countries:
        yield from (f'country "{country.id}": {problem}' for problem in _wording_problems(country))
    for field in topics.fields:
        yield from (f"field \"{field.id}\": 'text' {problem}" for problem in _written_twice(field.text))
    for topic in topics.topics:
        yield from (f'topic "{topic.id}": {problem}' for problem in _topic_problems(topic))


def _double_ids(what: str, ids: list[str]) -> Iterator[str]:
    doubles = sorted({one for one in ids if ids.count(one) > 1})
    yield from (f"two of [[{what}]] have the id '{one}'; give each an id of its own." for one in doubles)


def _topic_problems(topic: Topic) -> Iterator[str]:
    if topic.near > topic.match:
        yield f"'near' is {topic.near:g} and 'match' only {topic.match:g}; near must not be above match."
    if topic.all and topic.phrases:
        yield "'all = true' captures everything, so its phrases would do nothing; remove them, or 'all'."
    if not topic.all and not topic.phrases:
        yield "there is no [[topic.phrase]]; add one, or write 'all = true'."
    seen: dict[tuple[str, Needs], tuple[str, str]] = {}
    forms = iter(search_forms([text for phrase in topic.phrases for text in phrase.text]))
    for number, phrase in enumerate(topic.phrases, start=1):
        place = f'phrase {number} "{phrase.label}"'
        keys = [(key, phrase.needs) for key in islice(forms, len(phrase.text))]
        doubles = (
            _say_double(text, key[0], *seen[key]) for text, key in zip(phrase.text, keys, strict=True) if key in seen
        )
        for problem in (*_phrase_problems(phrase), *doubles):
            yield f"{place}: {problem}"
        seen |= {key: (place, text) for text, key in zip(phrase.text, keys, strict=True)}


def _phrase_problems(phrase: Phrase) -> Iterator[str]:
    if phrase.veto and (phrase.weight or phrase.kind):
        yield "'veto' rejects an entry outright, so weight and kind do nothing; remove them, or the veto."
    if not phrase.weight and not phrase.veto and not phrase.kind:
        yield "it has neither a weight nor a kind nor a veto, so it does nothing; give it one of them."
    yield from _wording_problems(phrase)


def _say_double(text: str, key: str, place: str, other: str) -> str:
    """Tell of a text that stands before with the same need; with another need it may stand again."""
    return f"'{text}' is already there as {place}, \"{other}\" (both fold to '{key}'); remove one."


def _cue_problems(cue: Cue) -> Iterator[str]:
    if cue.names and cue.city == "near":
        yield "'names' asks on which side the name stands, and 'near' says none; write before or after, or remove it."


def _wording_problems(wording: Wording) -> Iterator[str]:
    """Find what stands twice, and guards that forbid what the same entry looks for or can never hold."""
    for key in ("text", "not_after", "not_before"):
        yield from (f"'{key}' {problem}" for problem in _written_twice(getattr(wording, key)))
    if not wording.not_before and not wording.not_after:
        return
    wanted = set(search_forms(wording.text))
    for guard in wording.not_before:
        yield from _guard_problems(guard, wanted, [(text, guard) for text in wording.text])
    for guard in wording.not_after:
        yield from _guard_problems(guard, wanted, [(guard, text) for text in wording.text])


def _written_twice(texts: Sequence[str]) -> Iterator[str]:
    """Find texts that differ in case, width or hyphens only: people read 兩市 and 両市 as two, so both may stand."""
    keys = unicodedata.normalize("NFKC", _PARTS.join(texts)).casefold().replace("-", " ").split(_PARTS)
    if len(set(keys)) == len(keys):
        return
    seen: dict[str, str] = {}
    for key, text in zip(keys, texts, strict=True):
        if key in seen:
            yield f"holds '{text}' and '{seen[key]}', which are the same to the judge; remove one."
        seen[key] = text


def _guard_problems(guard: str, wanted: set[str], sides: list[tuple[str, str]]) -> Iterator[str]:
    """`sides` are the guard and each text, in the order in which they would stand."""
    part = search_form(guard).strip()
    likely = sides if any(part in text for text in wanted) else []
    for both in sorted(wanted.intersection(search_forms([before + after for before, after in likely]))):
        yield f"'{both}' is looked for and forbidden by a guard; remove the text or the guard."
    if all(_is_letter(before[-1]) and _is_letter(after[0]) for before, after in sides):
        one, other = sides[0]
        yield (
            f"the guard '{guard}' can never hold, for no text is found inside the word '{one}{other}'; "
            "write the blank that parts them, or remove the guard."
        )


def _is_letter(character: str) -> bool:
    """Tell whether a character grows together with its like into words: Latin, Cyrillic ..."""
    return character.isalnum() and character < "\u1100"
