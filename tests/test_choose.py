"""What a subscription gets of the news."""

from datetime import UTC, datetime

import pytest

from watcher.choose import is_for
from watcher.editions import News
from watcher.settings.subscription import SubscriptionSettings
from watcher.values import Reason

NEWS = News(
    id=1,
    story_id=1,
    title="Taipei and Daegu plan a joint flower market",
    url="https://news.example/1",
    source="Harbour Courier",
    language="en",
    captured_at=datetime(2026, 3, 1, tzinfo=UTC),
    score=4.0,
    pairs=("daegu~taipei",),
    cities=("daegu", "taipei"),
    topics=("city-exchange",),
)


@pytest.mark.parametrize(
    ("wishes", "gets"),
    [
        ({}, True),
        ({"topics": ["city-exchange"]}, True),
        ({"topics": ["harbours", "city-exchange"]}, True),
        ({"topics": ["harbours"]}, False),
        ({"pairs": ["taipei~daegu"]}, True),
        ({"pairs": ["prague~taipei"]}, False),
        ({"cities": ["daegu"]}, True),
        ({"cities": ["prague"]}, False),
        ({"pairs": ["prague~taipei"], "cities": ["daegu"]}, True),
        ({"cities": ["daegu"], "topics": ["harbours"]}, False),
        ({"languages": ["en-GB"]}, True),
        ({"languages": ["ko", "en"]}, True),
        ({"languages": ["ko"]}, False),
        ({"minimum_score": 4}, True),
        ({"minimum_score": 4.5}, False),
    ],
)
def test_every_list_asks_for_one_of_its_own_and_an_empty_one_for_nothing(wishes, gets):
    assert is_for(SubscriptionSettings(**wishes), NEWS) is gets


@pytest.mark.parametrize(
    ("spoken", "wanted", "gets"),
    [
        ("zh-Hant", "zh", True),
        ("zh", "zh-Hant", True),
        ("zh-TW", "zh-Hant", True),
        ("zh-Hans", "zh-Hant", False),
        ("", "en", False),
        ("e", "en", False),
    ],
)
def test_chinese_is_told_apart_by_its_script_where_one_is_said(spoken, wanted, gets):
    item = News(id=1, story_id=1, title="t", url="", source="", language=spoken, captured_at=NEWS.captured_at)
    assert is_for(SubscriptionSettings(languages=[wanted]), item) is gets


def test_a_near_miss_is_of_the_topics_that_its_reasons_are_of():
    reason = Reason(topic="harbours", phrase="port", field="title", start=0, end=4, weight=2)
    near = News(id=1, story_id=1, title="t", url="", source="", captured_at=NEWS.captured_at, reasons=(reason,))
    assert is_for(SubscriptionSettings(topics=["harbours"]), near)
    assert not is_for(SubscriptionSettings(topics=["city-exchange"]), near)
