"""A week of twenty feeds with different habits: visited by the rules and records of the service."""

from random import Random

import pytest
from month.habits import invent_sources
from month.life import live
from month.report import DEAD, sum_up

pytestmark = pytest.mark.xdist_group("month")  # one process lives the week
DAYS = 7


@pytest.fixture(scope="module")
def week():
    random = Random(7)
    watched, looks = live(invent_sources(random, 20, DAYS), DAYS, random)
    return {line.habit: line for line in sum_up(watched, DAYS)}, looks


def test_nothing_leaves_a_feed_unseen_that_was_there_for_long_enough(week):
    lines, _ = week
    assert {habit: line.missed for habit, line in lines.items() if line.missed and habit not in DEAD} == {}
    assert sum(line.shown for line in lines.values()) > 2_000


def test_no_feed_is_asked_more_often_than_it_allows_and_a_slow_one_much_less(week):
    lines, _ = week
    assert max(line.most for line in lines.values()) <= DAYS * 24 / 0.9
    assert lines["slow"].requests / lines["slow"].feeds < DAYS * 24 / 5


def test_a_feed_that_keeps_us_out_costs_almost_nothing(week):
    lines, _ = week
    assert lines["blocked"].most <= 1.5 * DAYS


def test_looks_over_http_bring_what_the_simulated_ones_do(week):
    _, looks = week
    assert looks.number > 0
    assert looks.different == 0
