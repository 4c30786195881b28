"""How names of cities look that cities.csv does not know: patterns made of the characters in `[names]`."""

import re
from dataclasses import dataclass

from watcher.judge.book import Names
from watcher.text.fold import HAN

LONGEST_HAN = 8
LONGEST_KANA = 12
LONGEST_HANGUL = 9
"""Characters that a name has at most."""

_KANA_REST = f"[ァ-ヺー]{{1,{LONGEST_KANA - 1}}}(?:・[ァ-ヺー]{{2,}})?(?![ァ-ヺー・])"
_KANA_NAME = f"[ァ-ヺ](?<![ァ-ヺー・].){_KANA_REST}"
"""What stands before is asked behind the first character: a search for a character is fast, one for a place is not."""
_HANGUL_NAME = f"[가-힣]{{2,{LONGEST_HANGUL}}}?(?<!도)(?=시(?:[^가-힣]|[와의는가에로청장]))"
"""A word with 시; 도시 is the word for city, so a name does not end with 도."""


@dataclass(frozen=True, slots=True)
class NamePatterns:
    """Hold the patterns, all for folded text.

    `start`: after which a name begins in a run of Han; `before`: a name that ends where a cue begins;
    `country`: a name right after its country, the name as group 1, 2 or 3; `town`: a name in katakana and its 市 or 町,
    but not before 市長 and 市人民委員会, where it may be that of a person;
    `county`: a name in Han behind its county (X県Y市); `title`: what shows, behind a name, that the city acts.
    """

    start: re.Pattern[str]
    before: re.Pattern[str]
    country: re.Pattern[str]
    town: re.Pattern[str]
    county: re.Pattern[str]
    title: re.Pattern[str]


def compile_patterns(names: Names) -> NamePatterns:
    """Make the patterns of `[names]`; what is left empty there finds nothing."""
    ends = _one_of(names.ends)
    words = "|".join(map(re.escape, names.before))
    town = f"(?<!{_one_of(names.no_town_after)})(?={_one_of(names.towns)}(?!{_one_of(names.no_town_before)}))"
    han = f"(?:(?!{ends})[{HAN}]){{2,{LONGEST_HAN}}}?{town}"
    return NamePatterns(
        start=re.compile(f"{ends}|{words}" if words else ends),
        before=re.compile(f"({_KANA_NAME}|[{HAN}ヶ]{{2,{LONGEST_HAN}}}|(?<![가-힣])[가-힣]{{2,{LONGEST_HANGUL}}})$"),
        country=re.compile(
            f"国?[・ ]?(?:[{HAN}]{{1,4}}[省州县道府])?({han})|・([ァ-ヺ]{_KANA_REST})| (?:[가-힣]+ )?({_HANGUL_NAME})"
        ),
        town=re.compile(f"({_KANA_NAME}){town}(?!市[长人])"),
        county=re.compile(f"([{HAN}](?<=[县省].)[{HAN}]{{1,3}})(?=市)"),
        title=re.compile(f"{_one_of(names.titles)}(?!{_one_of(names.no_town_before)})"),
    )


def _one_of(characters: str) -> str:
    return f"[{re.escape(characters)}]" if characters else "(?!)"
