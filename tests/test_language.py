"""Languages of texts, told by their script and their small words."""

import pytest

from watcher.read.language import detect_language

HANT = "臺北與釜山兩市市長簽署友好城市備忘錄，約定擴大文化與觀光交流，並將於明年舉辦聯合燈會。"
HANS = "上海与釜山两市市长签署友好城市备忘录，约定扩大文化与旅游交流，并将于明年举办联合灯会。"
ENGLISH = "The mayors of Busan and Kaohsiung opened a forum on harbours, and promised to meet again in the spring."


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", ENGLISH),
        ("en", f"{ENGLISH} (高雄市, 釜山市)"),
        ("zh-Hant", HANT),
        ("zh-Hans", HANS),
        ("zh-Hans", f"APEC论坛: {HANS}"),
        ("zh-Hant", f"台灣の夜：{HANT}"),
        ("ja", "釜山市と高雄市の市長は港湾フォーラムを開き、来春また会うことを約束した。"),
        ("ko", "부산시와 가오슝시 시장이 항만 포럼(港灣 論壇)을 열고 내년 봄 다시 만나기로 했다."),
        ("", "Die Bürgermeister von Bremen und Izmir haben in Bremen ein Forum zum Hafen eröffnet."),
        ("", "Les maires de Lyon et de Turin ont ouvert un forum sur les ports de la région."),
        ("", "De burgemeesters van Gent en Utrecht waren in Gent bij de opening of kwamen later."),
        ("", ""),
        ("", "2026 ... 12:30"),
    ],
)
def test_a_text_shows_its_language(language, text):
    assert detect_language(text) == language


def test_only_the_beginning_is_looked_at():
    assert detect_language(f"{ENGLISH * 100}{HANT * 1000}") == "en"
