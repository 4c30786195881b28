"""Who asks again for what has not changed is told so, and no work is done for it."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import Client, Response
from sqlalchemy.event import listen
from storing import LEASE, NOW, delivery_row, digest_row, id_of, keep, new_item, visit_record
from web_site import HOUR

from storage.store import Store

pytest_plugins = ("web_site",)

ANSWERS = ("/", "/api/items?q=大邱", "/api/stories", "/api/pairs", "/api/feeds", "/api/digests", "/api/openapi.json",
           "/items.atom?q=forum", "/items.json", "/items.csv", "/items.jsonl", "/static/style.css")  # fmt: skip
OF_ITEMS = tuple(one for one in ANSWERS if "items" in one or "pairs" in one or "stories" in one)


def again(client: Client, address: str, answer: Response) -> Response:
    return client.get(address, headers={"If-None-Match": answer.headers["etag"]})


def test_every_answer_is_not_given_twice_while_nothing_changes(page):
    page.client.get("/")
    for address in ANSWERS:
        first = page.client.get(address)
        assert first.status_code == 200, address
        second = again(page.client, address, first)
        assert (second.status_code, second.content) == (304, b""), address
        assert second.headers["etag"] == first.headers["etag"]


def test_a_list_of_tags_and_a_star_are_understood(page):
    tag = page.client.get("/api/items").headers["etag"]
    for said, status in ((f'"x", {tag[2:]}', 304), ("*", 304), ('"x"', 200), (f"x{tag}", 200), ("", 200)):
        assert page.client.get("/api/items", headers={"If-None-Match": said}).status_code == status, said


def test_who_knows_only_the_moment_of_the_last_change_is_answered_by_it(page):
    page.clock.now = page.desk.store.changes.mark().at + timedelta(seconds=1)
    assert "last-modified" not in page.client.get("/api/items").headers
    page.clock.forward(seconds=2)
    moment = page.client.get("/api/items").headers["last-modified"]
    assert page.client.get("/api/items", headers={"If-Modified-Since": moment}).status_code == 304
    page.desk.store.labels.mark([page.ids["prague"]], "irrelevant", NOW)
    page.clock.forward(seconds=9)
    assert page.client.get("/api/items", headers={"If-Modified-Since": moment}).status_code == 200


def test_nothing_but_the_marks_is_looked_up_for_what_is_the_same(page):
    first, asked = {one: page.client.get(one) for one in OF_ITEMS}, list[str]()
    engine = page.desk.store.database._engine
    listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    assert {again(page.client, one, answer).status_code for one, answer in first.items()} == {304}
    looked_up = [statement for statement in asked if statement != "BEGIN"]
    assert len(looked_up) == len(OF_ITEMS)
    assert all("FROM facts" in statement for statement in looked_up)


CHANGES = {
    "a label": lambda page: page.desk.store.labels.mark([page.ids["prague"]], "irrelevant", NOW),
    "a story": lambda page: page.desk.store.stories.split([page.ids["daegu-visit-ko"]]),
    "a joined story": lambda page: page.desk.store.stories.join(page.ids["prague"], page.ids["daegu-visit"], "text"),
    "an item": lambda page: keep(page.desk.store, new_item("cna:new")),
    "a purge": lambda page: page.desk.store.keeping.purge(NOW + HOUR, NOW + HOUR),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_an_item_changes_every_answer_that_tells_of_items(page, change):
    first = {one: page.client.get(one) for one in (*OF_ITEMS, "/")}
    change(page)
    assert {again(page.client, one, answer).status_code for one, answer in first.items()} == {200}


def test_a_feed_that_is_visited_changes_what_tells_of_feeds_and_not_of_items(page):
    feeds, items = page.client.get("/api/feeds"), page.client.get("/items.atom")
    page.desk.store.feeds.hasten(NOW)
    [row] = page.desk.store.feeds.claim(NOW, LEASE, 1)
    page.desk.store.feeds.record(visit_record(feed_id=row.id, at=NOW))
    assert again(page.client, "/api/feeds", feeds).status_code == 200
    assert again(page.client, "/items.atom", items).status_code == 304


def test_a_digest_changes_what_tells_of_digests(page):
    first = page.client.get("/api/digests")
    page.desk.store.digests.open(digest_row("2026-03-09"), [], [delivery_row()])
    assert again(page.client, "/api/digests", first).status_code == 200


def test_a_page_that_tells_the_time_grows_old_with_its_minute(page):
    page.client.get("/")
    first = {one: page.client.get(one) for one in ("/", "/items.atom")}
    page.clock.forward(minutes=1)
    assert [again(page.client, one, answer).status_code for one, answer in first.items()] == [200, 304]


def test_another_session_is_given_its_own_form_and_another_start_its_own_answer(make_page):
    page, other = make_page(), make_page()
    form = f"/items/{page.ids['prague']}"
    page.client.get(form)
    first = page.client.get(form)
    page.client.cookies.clear()
    assert again(page.client, form, first).status_code == 200
    assert again(other.client, "/api/items", page.client.get("/api/items")).status_code == 200


def test_head_tells_of_an_answer_without_giving_it(page):
    for address in ANSWERS:
        whole, head = page.client.get(address), page.client.head(address)
        assert (head.status_code, head.content) == (200, b""), address
        assert head.headers["content-type"] == whole.headers["content-type"]
        assert head.headers["etag"] == whole.headers["etag"] or address == "/"
    assert page.client.head("/api/items/9999").status_code == 404


def test_a_mistake_has_no_validators(page):
    answer = page.client.get("/api/items?q=foo:bar")
    assert answer.status_code == 400
    assert "etag" not in answer.headers


STORAGE = Path(__file__).parent.parent / "storage"
WRITE_NO_ITEM = {"facts.py", "check.py", "upgrade.py", "database.py", "deliveries.py", "digests.py"}


def test_whoever_writes_items_marks_that_they_changed():
    forgotten = [
        (path.name, function.name)
        for path in sorted(STORAGE.glob("*.py"))
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef) and ".writing()" in ast.unparse(function)
        if path.name not in WRITE_NO_ITEM and "mark_changed(" not in ast.unparse(function)
    ]
    feeds = {("feeds.py", one) for one in ("enrol", "claim", "hasten", "call", "release", "give_back")}
    assert set(forgotten) == {("keeping.py", "_optimize"), *feeds}


def test_the_mark_stands_until_an_item_changes_on_either_database(store: Store):
    keep(store, new_item("cna:1"))
    before = store.changes.mark()
    store.facts.note("heartbeat", "", NOW)
    store.feeds.hasten(NOW)
    assert store.changes.mark() == before
    store.labels.mark([id_of(store, "cna:1")], "irrelevant", NOW)
    after = store.changes.mark()
    assert after.value != before.value
    assert after.at > before.at
