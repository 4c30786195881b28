"""The names of months in the languages of the feeds."""

import unicodedata

_NAMES = (
    "january february march april may june july august september october november december",
    "januar februar maerz april mai juni juli august september oktober november dezember",
    "janner feber marz april mai juni juli august september oktober november dezember",
    "jaenner feber mrz april mai juni juli august september oktober november dezember",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januari februari mrt april mei juni juli augustus setiembre oktober november december",
    "januar februar marts april maj juni juli august september oktober november december",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia",
    "ledna unora brezna dubna kvetna cervna cervence srpna zari rijna listopadu prosince",
    "ocak subat mart nisan mayıs haziran temmuz agustos eylul ekim kasım aralık",
    "januari februari maret april mei juni juli agustus september oktober november desember",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
)
_THAI = (
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
    "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.",
)
"""Their marks tell them apart, so they are not compared without."""
_CROATIAN = "sijecnja veljace ozujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca"
"""Some mean another month than in the languages around: listopada is November in Polish, and October here."""
SHORTEST = 3
"""Letters of an abbreviation."""


def month_number(name: str, country: str = "") -> int | None:
    """Return 1 to 12 for the name of a month or its beginning (`Sept.`, `févr.`, `九月`), None for other words."""
    plain = _plain(name)
    return (_MONTHS_OF[country].get(plain) if country in _MONTHS_OF else None) or _MONTHS.get(plain)


def thai_month(name: str) -> int | None:
    """Return 1 to 12 for a whole Thai name or its abbreviation with dots, None for other words."""
    return next((names.split().index(name) + 1 for names in _THAI if name in names.split()), None)


def _plain(name: str) -> str:
    """Return a name without accents, dots and case."""
    spread = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter)).strip(".")


def _learn_months(languages: tuple[str, ...]) -> dict[str, int]:
    """Map every whole name, and every beginning that means one month only, to its number."""
    found: dict[str, set[int]] = {}
    for names in languages:
        for number, name in enumerate(names.split(), start=1):
            plain = _plain(name)
            for length in range(min(SHORTEST, len(plain)), len(plain) + 1):
                found.setdefault(plain[:length], set()).add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


_MONTHS = _learn_months(_NAMES)
_MONTHS_OF = dict.fromkeys(("HR", "BA"), _learn_months((_CROATIAN, _CROATIAN.replace("listopada", "listopad"))))
