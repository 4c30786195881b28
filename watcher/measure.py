"""Measure the judge on labelled items: precision, recall and F1, each with the interval that chance leaves open."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from watcher.settings.cities import City
from watcher.text.fold import search_form
from watcher.values import Entry, Judgement, Kind, Verdict

RESAMPLES = 1000
COVERED = 0.95

ALIKE: Mapping[Kind, frozenset[str]] = {
    Kind.MOU: frozenset({"mou", "agreement"}),
    Kind.AGREEMENT: frozenset({"agreement", "mou"}),
    Kind.REAFFIRMATION: frozenset({"reaffirmation", "agreement", "mou", "anniversary"}),
    Kind.TERMINATION: frozenset({"termination", "other"}),
}
"""What a label may say where the judge says the finer word; every other kind is itself only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Hold an entry and what a person says of it; `pair` are names of two cities, None and empty say nothing."""

    id: str
    entry: Entry
    relevant: bool
    language: str = ""
    hard: bool | None = None
    borderline: bool = False
    pair: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicted:
    """Hold a labelled entry and what the judge says of it."""

    labelled: Labelled
    judgement: Judgement

    @property
    def is_matched(self) -> bool:
        """Tell whether the judge would capture it."""
        return self.judgement.verdict is Verdict.MATCHED

    @property
    def wrong(self) -> str:
        """Name the mistake: fp where it matches and should not, fn where it should, else nothing."""
        if self.is_matched is self.labelled.relevant:
            return ""
        return "fp" if self.is_matched else "fn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Count right and wrong: found, false alarms, missed, and rightly left. What divides by nothing is None."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0

    @property
    def items(self) -> int:
        """Return how many items were counted."""
        return self.tp + self.fp + self.fn + self.tn

    @property
    def precision(self) -> float | None:
        """Return the share of the relevant among what matched."""
        return _share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float | None:
        """Return the share of what matched among the relevant."""
        return _share(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float | None:
        """Return the harmonic mean of precision and recall."""
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)


Interval = tuple[float, float]
Draw = Callable[[Sequence[int], int], Iterable[int]]
"""Draw so many of the numbers 0, 1, 2 ... by chance, each as often as its weight says."""
NAMES = ("precision", "recall", "f1")


def count_rates(verdicts: Iterable[Verdicted]) -> Rates:
    """Count right and wrong verdicts."""
    counted = Counter((one.labelled.relevant, one.is_matched) for one in verdicts)
    return Rates(tp=counted[True, True], fp=counted[False, True], fn=counted[True, False], tn=counted[False, False])


def group_verdicts(verdicts: Sequence[Verdicted]) -> dict[str, list[Verdicted]]:
    """Return all verdicts, those without borderline items where there are some, and those of each language."""
    groups = {"all": list(verdicts)}
    if any(one.labelled.borderline for one in verdicts):
        groups["without borderline"] = [one for one in verdicts if not one.labelled.borderline]
    for language in sorted({one.labelled.language for one in verdicts}):
        groups[language or "no language"] = [one for one in verdicts if one.labelled.language == language]
    return groups


def bootstrap(rates: Rates, draw: Draw) -> dict[str, Interval | None]:
    """Return the 95 % interval of precision, recall and F1: the percentiles of 1,000 resamples of the items."""
    weights = (rates.tp, rates.fp, rates.fn, rates.tn)
    if not rates.items:
        return dict.fromkeys(NAMES)
    drawn = [Counter(draw(weights, rates.items)) for _ in range(RESAMPLES)]
    samples = [Rates(tp=one[0], fp=one[1], fn=one[2], tn=one[3]) for one in drawn]
    return {name: _middle([value for one in samples if (value := getattr(one, name)) is not None]) for name in NAMES}


def count_matched(verdicts: Iterable[Verdicted], *, relevant: bool, hard: bool) -> tuple[int, int]:
    """Return how many of the hard (or plain) items with a label matched, and how many there are."""
    chosen = [one for one in verdicts if one.labelled.relevant is relevant and one.labelled.hard is hard]
    return sum(one.is_matched for one in chosen), len(chosen)


def count_kinds(verdicts: Iterable[Verdicted]) -> tuple[int, int]:
    """Return how many of the found items have the kind of their label, and how many labels name one."""
    chosen = [one for one in verdicts if one.labelled.relevant and one.is_matched and one.labelled.kind]
    right = (one.labelled.kind in ALIKE.get(one.judgement.kind, (one.judgement.kind,)) for one in chosen)
    return sum(right), len(chosen)


def count_pairs(verdicts: Iterable[Verdicted], cities: Iterable[City]) -> tuple[int, int]:
    """Return how many of the found items have exactly the pair of their label, and how many labels name one."""
    ids = _ids_by_name(cities)
    chosen = [one for one in verdicts if one.labelled.relevant and one.is_matched and len(one.labelled.pair) == 2]
    return sum(_has_pair(one, ids) for one in chosen), len(chosen)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _middle(values: list[float]) -> Interval | None:
    """Return the least and the greatest of the middle 95 % of values."""
    if not values:
        return None
    values.sort()
    cut = round(len(values) * (1 - COVERED) / 2)
    return values[cut], values[len(values) - 1 - cut]


def _ids_by_name(cities: Iterable[City]) -> dict[str, set[str]]:
    """Return the cities that bear a name; those that share one are all meant by it."""
    ids: dict[str, set[str]] = {}
    for city in cities:
        for name in (city.id, city.name, *city.forms):
            ids.setdefault(_name_key(name), set()).add(city.id)
    return ids


def _has_pair(verdict: Verdicted, ids: Mapping[str, set[str]]) -> bool:
    """Tell whether the judge names the label's two cities, in any order, and no others."""
    if len(verdict.judgement.pairs) != 1:
        return False
    first, second = (ids.get(key := _name_key(name), {key}) for name in verdict.labelled.pair)
    one, other = (_known(city, ids) for city in verdict.judgement.pairs[0].split("~"))
    return bool((one & first and other & second) or (one & second and other & first))


def _known(city: str, ids: Mapping[str, set[str]]) -> set[str]:
    """Return an answered id as it is, or the key of a name that was kept as written."""
    key = _name_key(city)
    return ids.get(key, {key})


def _name_key(name: str) -> str:
    return search_form(name).strip().removesuffix(" city")
