"""Judging whole: reports by several writers who did not know the rules, all of them invented.

`reports.jsonl` was read while the rules were written, each report after it had been measured once. Nobody who wrote
rules has read `reports_closed.jsonl`: what it gives is what unknown news gives. The floors are a little below what was
measured: who falls below them made the rules worse.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from watcher.cli.score import read_labelled
from watcher.judging import load_judge
from watcher.measure import Verdicted, count_matched, count_rates
from watcher.settings.load import packaged_config

HERE = Path(__file__).parent
JUDGE = load_judge(packaged_config())


def judge_all(name: str) -> list[Verdicted]:
    labelled, problems = read_labelled(HERE / name)
    assert not problems
    return [Verdicted(labelled=one, judgement=JUDGE.judge(one.entry)) for one in labelled]


@pytest.mark.parametrize(
    ("name", "least_f1", "most_alarms"), [("reports.jsonl", 0.94, 0.025), ("reports_closed.jsonl", 0.9, 0.04)]
)
def test_most_reports_are_judged_as_an_editor_would(name: str, least_f1: float, most_alarms: float) -> None:
    verdicts = judge_all(name)
    f1 = count_rates(one for one in verdicts if not one.labelled.borderline).f1
    assert f1 is not None
    assert f1 >= least_f1
    matched, negatives = count_matched(verdicts, relevant=False, hard=True)
    assert matched <= most_alarms * negatives


def languages(verdicts: Sequence[Verdicted]) -> set[tuple[str, bool]]:
    return {(one.labelled.language, one.labelled.relevant) for one in verdicts}


def test_every_language_has_reports_of_both_labels() -> None:
    wanted = {(language, label) for language in ("en", "zh-Hant", "zh-Hans", "ja", "ko") for label in (True, False)}
    assert languages(judge_all("reports_closed.jsonl")) >= wanted
