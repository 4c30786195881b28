"""The demo: one feed becomes one mail, exactly as announced."""

import email
import email.policy
import sqlite3

import pytest

from watcher.cli import main
from watcher.demo.samples import load_samples, render_rss


@pytest.fixture
def home(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--home", str(tmp_path)])
    assert ended.value.code == 0, capsys.readouterr()
    return tmp_path


def test_the_demo_leaves_seeds_items_and_one_mail(home, capsys):
    with sqlite3.connect(home / "watcher.db") as database:
        rows = database.execute("SELECT is_seed, pairs, kind, title FROM captured_items").fetchall()
    database.close()
    assert [row[0] for row in rows] == [1, 1, 1] + [0] * 10
    assert {row[1:3] for row in rows if row[0]} == {("shanghai~taipei", "forum"), ("daegu~taipei", "reaffirmation")}
    mail = email.message_from_bytes((home / "digest.eml").read_bytes(), policy=email.policy.default)
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    html = (home / "digest.html").read_text("utf-8")
    text = mail.get_body(("plain",)).get_content()
    for is_seed, _, _, title in rows:
        assert (title in text) is not bool(is_seed)
    assert "雙城論壇登場" in html


def test_the_demo_can_be_repeated(home):
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--home", str(home)])
    assert ended.value.code == 0


def test_the_demo_never_replaces_a_database_that_is_not_its_own(tmp_path, capsys):
    main_ends(["--database", f"sqlite:///{tmp_path}/watcher.db", "db", "upgrade"], 0)
    main_ends(["demo", "--home", str(tmp_path)], 2)
    assert "is not a demo's database; choose another folder with --home" in capsys.readouterr().err


def main_ends(words, code):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == code


def test_samples_are_marked_as_samples_and_lead_nowhere(clock):
    for sample in load_samples():
        assert "sample" in sample.name or "樣本" in sample.name or "견본" in sample.name
        assert sample.site.endswith(".example")
        assert render_rss(sample, clock()).startswith(b"<?xml")
