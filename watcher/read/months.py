"""The names of months in the languages of the feeds."""

import unicodedata

_NAMES = (
    "january february march april may june july august september october november december",
    "januar februar maerz april mai juni juli august september oktober november dezember",
    "jaenner feber mrz april mai juni juli august september oktober november dezember",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
)
SHORTEST = 3
"""Letters of an abbreviation."""


def month_number(name: str) -> int | None:
    """Return 1 to 12 for the name of a month or its beginning (`Sept.`, `févr.`, `九月`), None for other words."""
    return _MONTHS.get(_plain(name))


def _plain(name: str) -> str:
    """Return a name without accents, dots and case."""
    spread = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter)).strip(".")


def _learn_months() -> dict[str, int]:
    """Map every whole name, and every beginning that means one month only, to its number."""
    found: dict[str, set[int]] = {}
    for names in _NAMES:
        for number, name in enumerate(names.split(), start=1):
            plain = _plain(name)
            for length in range(min(SHORTEST, len(plain)), len(plain) + 1):
                found.setdefault(plain[:length], set()).add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


_MONTHS = _learn_months()
