"""The pages of digests: who gets which when, what was sent, and what the next one would say."""

from dataclasses import replace
from datetime import time

import pytest
from lxml.html import document_fromstring
from sqlalchemy import update

from storage.rows import DELIVERIES
from watcher.settings.subscription import SubscriptionSettings
from watcher.web.digests import tell_schedule

pytest_plugins = ("web_site",)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "every day at 07:00, UTC"),
        ({"weekdays": ("monday",), "zone": "Asia/Taipei"}, "Mondays at 07:00, Asia/Taipei"),
        ({"weekdays": ("fri", "mon", "wed"), "at": time(18, 5)}, "Mondays, Wednesdays and Fridays at 18:05, UTC"),
    ],
)
def test_a_schedule_is_told_in_words(said, told):
    assert tell_schedule(SubscriptionSettings(**said)) == told


def test_subscriptions_are_listed_with_their_next_opening_and_no_reader(page):
    told = page.get("/digests")
    [first, second] = told.xpath("//table[contains(@class, 'lists')]/tbody/tr")
    assert first.xpath("string(th)").split()[:2] == ["City", "exchange"]
    assert [row.xpath("string(td[2])") for row in (first, second)] == ["now, when the service runs", "2026-03-01 18:00"]
    assert second.xpath("th/span/@lang") == ["zh-Hant"]
    assert "secret-reader" not in page.client.get("/digests").text
    assert first.xpath("td/a/@href") == ["/digests/next/daily"]


def test_readers_are_counted(make_page):
    desk = make_page().desk
    smtp = desk.settings.smtp.model_copy(update={"host": "mail.city-desk.example"})
    told = make_page(desk=replace(desk, settings=desk.settings.model_copy(update={"smtp": smtp}))).get("/digests")
    assert told.xpath("//table[contains(@class, 'lists')]/tbody/tr/td[3]/text()") == [
        "1 by mail",
        "written to a folder",
    ]


def test_digests_are_listed_with_their_deliveries_counted_by_state(page, monkeypatch):
    told = page.get("/digests")
    rows = told.xpath("//table[contains(@class, 'digests')]/tbody/tr")
    assert [row.xpath("td/a/@href")[0] for row in rows] == ["/digests/2", "/digests/1"]
    assert {row.xpath("string(td[4])").strip() for row in rows} == {"1 sent"}
    monkeypatch.setattr("watcher.web.digests.SHOWN", 1)
    [first] = page.get("/digests").xpath("//a[@rel='next']/@href")
    assert page.get(first).xpath("//table[contains(@class, 'digests')]//a/@href") == ["/digests/1"]
    assert "No digest is older" in page.text("/digests?before=1")


def test_a_mail_that_did_not_arrive_is_told_with_its_problem_and_no_reader(page):
    with page.desk.store.database.writing() as connection:
        problem = "a.reader@city-desk.example: mailbox unknown (550)"
        connection.execute(update(DELIVERIES).values(state="failed", problem=problem, due_at=None))
    told = page.text("/digests/1")
    assert "1 failed, not tried again: a recipient: mailbox unknown (550)" in told
    assert "`city-watcher digest resend 1`" in told
    assert "a.reader" not in page.client.get("/digests/1").text


def test_a_digest_is_shown_as_it_was_mailed_in_a_frame_that_can_do_nothing(page):
    told = page.get("/digests/1")
    row = page.desk.store.digests.find_by_id(1)
    assert told.xpath("string(//h1)") == row.subject
    assert told.xpath("string(//pre)").strip() == row.text.strip()
    [frame] = told.xpath("//iframe")
    assert "allow-scripts" not in frame.get("sandbox")
    assert "allow-same-origin" not in frame.get("sandbox")
    answer = page.client.get(frame.get("src"))
    policy = answer.headers["content-security-policy"]
    assert {"default-src 'none'", "frame-ancestors 'self'", "form-action 'none'"} <= set(policy.split("; "))
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert answer.text == row.html.replace("<head>", '<head><base target="_blank">', 1)
    assert "frame-src 'self'" in page.client.get("/digests/1").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.client.get("/digests/1").headers["content-security-policy"]


def test_the_next_digest_is_previewed_and_nothing_is_written(page):
    before = [one.id for one in page.desk.store.digests.list_all(9)]
    told = page.get("/digests/next/daily")
    assert "opens now, when the service runs (every day at 07:00, UTC)" in told.xpath("string(//main)")
    [frame] = told.xpath("//iframe/@src")
    mail = document_fromstring(page.client.get(frame).text)
    assert "Mayor of Daegu visits sister city Taipei" in mail.xpath("string()")
    assert not mail.xpath("//script | //img | //*[@onerror]")
    assert [one.id for one in page.desk.store.digests.list_all(9)] == before
    assert not told.xpath("//p[@class='answer']")


def test_a_digest_without_news_is_told_not_to_be_sent(make_page):
    desk = make_page().desk
    quiet = SubscriptionSettings(id="quiet", cities=("bonn",))
    page = make_page(desk=replace(desk, settings=desk.settings.model_copy(update={"subscriptions": (quiet,)})))
    assert "such a digest is not sent" in page.text("/digests/next/quiet")


@pytest.mark.parametrize(
    "path", ["/digests/99", "/digests/99/mail", "/digests/next/nobody", "/digests/next/nobody/mail"]
)
def test_what_is_no_digest_is_said(page, path):
    assert "the page Digests lists those there are" in page.text(path, 404)


@pytest.mark.parametrize(
    "path", ["/digests/0", "/digests/-1", "/digests/99999999999", "/digests/x", "/digests?before=y"]
)
def test_what_is_no_number_is_refused(page, path):
    assert page.client.get(path).status_code == 422
