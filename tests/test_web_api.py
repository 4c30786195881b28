"""The API and the outlets: their shapes, what they hide, what they say of mistakes, and what hostile items become."""

import csv
import io
import json
import shlex
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import feedparser
import jsonschema
import pytest
from conftest import Clock
from finding import fill, name_all_cities
from httpx import Client
from lxml import etree
from storing import delivery_row, digest_row, keep, new_item, open_store
from web_site import HOST, HOUR, NOW, InProcess, Page

from storage.store import Store
from watcher.desk import Desk
from watcher.export import COLUMNS
from watcher.settings.feeds import FeedSettings
from watcher.settings.watcher import WatcherSettings
from watcher.web import Site, make_app
from watcher.web.password import hash_password

pytest_plugins = ("web_site",)

ATOM = "{http://www.w3.org/2005/Atom}"
SECRET = "sesame-7781"
HOSTILE = (
    "=cmd|'/c calc'!A1",
    "<script>alert(1)</script> ]]> <!-- & &#0; \x00\x01\x08\x0b\x1f\x7f\x85\ufffe\uffff",
    "a\u202egnp.exe\u2066 line\nbreak\r\n\u2028",
    "javascript:alert(1) 大邱 \U0001f6a2 \ud83d",
    "@SUM(1+1)\t+1 -1",
)


PASSWORD = "prüfung 大邱"
KEPT = hash_password(PASSWORD)


@pytest.fixture
def client(page: Page) -> Client:
    return page.client


@pytest.fixture
def store(page: Page) -> Store:
    return page.desk.store


def fetch(client: Client, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.text)
    return answer.json()


def addresses(client: Client) -> dict[str, str]:
    """Return for each path of the OpenAPI document an address that is there."""
    return {
        "/api/items": "/api/items?q=is:seed OR 大邱&limit=3",
        "/api/items/{id}": f"/api/items/{fetch(client, '/api/items?q=pair:daegu~taipei')['items'][0]['id']}",
        "/api/stories": "/api/stories?limit=2",
        "/api/stories/{id}": f"/api/stories/{fetch(client, '/api/stories')['stories'][0]['id']}",
        "/api/pairs": "/api/pairs?limit=2",
        "/api/pairs/{name}": "/api/pairs/大邱~Taipei?limit=1",
        "/api/feeds": "/api/feeds?limit=1",
        "/api/feeds/{id}": "/api/feeds/failing",
        "/api/digests": "/api/digests",
        "/api/digests/{id}": "/api/digests/1",
        "/items.atom": "/items.atom?q=大邱",
        "/items.json": "/items.json?q=大邱",
        "/items.csv": "/items.csv?q=大邱&bom=1",
        "/items.jsonl": "/items.jsonl?q=大邱",
    }


def test_every_answer_has_the_shape_that_the_document_gives_it(client):
    document = fetch(client, "/api/openapi.json")
    shapes = document["components"]["schemas"]
    there = addresses(client)
    assert there.keys() == document["paths"].keys()
    for path, address in there.items():
        [(sort, said)] = document["paths"][path]["get"]["responses"]["200"]["content"].items()
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.text)
        assert answer.headers["content-type"].partition(";")[0] == sort
        if path.startswith("/api"):
            jsonschema.validate(answer.json(), said["schema"] | {"components": document["components"]})
            assert answer.json().keys() == shapes[said["schema"]["$ref"].rpartition("/")[2]]["properties"].keys()


def test_what_a_parameter_means_is_said_and_lengths_of_time_say_their_unit(client):
    document = fetch(client, "/api/openapi.json")
    for path, said in document["paths"].items():
        assert said["get"]["description"]
        assert all(one["description"] for one in said["get"].get("parameters", ())), path
    for name, shape in document["components"]["schemas"].items():
        for field, said in shape.get("properties", {}).items():
            assert not field.endswith("_seconds") or "in seconds" in said["description"], (name, field)


def test_nothing_private_is_told(page):
    desk, address = page.desk, f"https://desk:{SECRET}@failing.example/rss"
    feed = desk.feeds["failing"].model_copy(update={"url": address})
    desk.store.feeds.enrol([("failing", address)], NOW)
    desk.store.feeds.claim(NOW, HOUR, 9)
    desk.store.digests.open(digest_row(), [], [delivery_row()])
    site = replace(page.site, desk=replace(desk, feeds={**desk.feeds, "failing": feed}))
    client = Client(transport=InProcess(make_app(site)), base_url=HOST)
    for address in ("/api/openapi.json", "/api/feeds", *addresses(client).values()):
        said = client.get(address).text
        for secret in (SECRET, "secret-reader", "lin@", "recipient", "claimed_by", "etag", "body_hash"):
            assert secret not in said, (secret, address)


def test_pages_hold_every_item_once_while_new_ones_arrive(client, store):
    standing = {one["id"] for one in fetch(client, "/api/items?limit=200")["items"]}
    seen, address, arrived = list[int](), "/api/items?limit=3", 0
    while address:
        page = fetch(client, address)
        seen += [one["id"] for one in page["items"]]
        address, arrived = page["next"], arrived + 1
        keep(store, new_item(f"cna:new-{arrived}", published_at=NOW, first_seen_at=NOW))
    assert len(seen) == len(set(seen))
    assert standing <= set(seen)
    assert arrived > 3


@pytest.mark.parametrize(
    ("path", "name", "key"),
    [
        ("stories", "stories", "id"),
        ("pairs", "pairs", "pair"),
        ("feeds", "feeds", "id"),
        ("digests", "digests", "id"),
        ("pairs/daegu~taipei", "events", "id"),
    ],
)
def test_a_list_is_the_same_in_pages_of_one(client, path, name, key):
    whole = [one[key] for one in fetch(client, f"/api/{path}?limit=200")[name]]
    seen, address = [], f"/api/{path}?limit=1"
    while address:
        page = fetch(client, address)
        seen += [one[key] for one in page[name]]
        address = page["next"]
    assert seen == whole
    assert len(whole) > 1


def test_a_mistake_in_a_query_names_its_place(client):
    for outlet in ("/api/items", "/items.atom", "/items.json", "/items.csv", "/items.jsonl"):
        answer = client.get(outlet, params={"q": "forum foo:bar"})
        assert (answer.status_code, answer.json()["start"], answer.json()["end"]) == (400, 6, 9), outlet
        assert "there is no field 'foo'" in answer.json()["problem"]


def test_what_is_not_there_is_told_with_the_way_to_what_is(client):
    for address in ("items/999999", "stories/999999", "digests/7", "feeds/nobody", "nothing/here"):
        answer = client.get(f"/api/{address}")
        assert answer.status_code == 404
        assert answer.json()["problem"].endswith(".")
    assert client.get("/api/pairs/nowhere~taipei").status_code == 400


def test_one_can_only_read(client):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = client.request(method, "/api/items")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_no_page_of_another_site_may_read_an_answer(client):
    answer = client.get("/api/items", headers={"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in answer.headers


BAD = ("", "-1", "\x00~b", "é\ud800", "../x", "((", "a" * 5000, "1.2.3")
OF_THE_DATABASE = ("\x00~b", "é\ud800", "2147483647")
"""What one database might choke on, and another not."""


@pytest.fixture
def any_client(judge, fresh_url) -> Iterator[Client]:
    """A client over the items of the search, on either database."""
    names, feeds = name_all_cities(), {"cna": FeedSettings(id="cna", url="https://cna.example/rss")}
    with open_store(fresh_url) as store:
        fill(store)
        store.digests.open(digest_row(), [], [])
        desk = Desk(store=store, settings=WatcherSettings(), feeds=feeds, clock=Clock(NOW))
        site = Site(desk=desk, judge=judge, city_names=lambda: names)
        yield Client(transport=InProcess(make_app(site)), base_url=HOST)


def malformed(path: str, names: list[str], bad: str) -> Iterator[str]:
    """Yield addresses of a path in which one part after the other is bad."""
    written = quote(bad.encode("utf-8", "surrogatepass"), safe="")
    if "{" in path:
        yield path.replace("{id}", written).replace("{name}", written)
    for name in names:
        yield f"{path.replace('{id}', '1').replace('{name}', 'daegu~taipei')}?{name}={written}"


def test_malformed_requests_are_refused_and_break_nothing(any_client, request):
    asked, bad_words = 0, OF_THE_DATABASE if "postgres" in request.node.name else BAD
    for path, said in fetch(any_client, "/api/openapi.json")["paths"].items():
        names = [one["name"] for one in said["get"].get("parameters", ()) if one["in"] == "query"]
        for address in (address for bad in bad_words for address in malformed(path, names, bad)):
            answer, asked = any_client.get(address), asked + 1
            assert answer.status_code < 500, (address, answer.text)
            assert answer.status_code < 400 or answer.json()["problem"], address
    assert asked > 70


def test_a_mistake_with_fields_of_nothing_known_is_explained_on_either_database(any_client):
    for field in ("feed", "topic", "field", "city", "pair"):
        answer = any_client.get("/api/items", params={"q": f'{field}:"a\x00~b"'})
        assert answer.status_code == 400, answer.text


@pytest.fixture
def hostile(page: Page) -> Client:
    """A client where some items are hostile, found by `hostile`."""
    texts = ({"title": text, "summary": f"{text} summary", "why": text, "url": text} for text in HOSTILE)
    usual = {"language": 'en" x="', "published_at": NOW, "folded": "hostile"}
    keep(page.desk.store, *(new_item(f"cna:h{number}", **usual, **one) for number, one in enumerate(texts)))
    return page.client


def test_hostile_items_stand_in_an_atom_feed_as_two_readers_read_it(hostile):
    body = hostile.get("/items.atom?q=hostile").content
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False))
    entries = root.findall(f"{ATOM}entry")
    parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False)
    assert not parsed.bozo
    assert [one.title for one in parsed.entries] == [one.findtext(f"{ATOM}title") for one in entries]
    assert len(entries) == len(HOSTILE)
    assert any("<script>" in one.findtext(f"{ATOM}title") for one in entries)
    for one in entries:
        assert one.find(f"{ATOM}link").get("href").startswith(f"{HOST}/items/")
        assert "\u202e" not in one.findtext(f"{ATOM}summary")


def test_an_atom_feed_holds_what_the_standard_asks_for(client):
    body = client.get("/items.atom?q=pair:daegu~taipei").content
    root = etree.fromstring(body)
    for one in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1
    assert root.find(f"{ATOM}link[@rel='self']").get("href") == f"{HOST}/items.atom?q=pair:daegu~taipei"
    first = root.find(f"{ATOM}entry")
    assert first.findtext(f"{ATOM}id").startswith("urn:uuid:")
    assert {one.get("term") for one in first.findall(f"{ATOM}category")} > {"daegu~taipei"}
    assert first.findtext(f"{ATOM}author/{ATOM}name") in {"Harbour Times", "島嶼日報", "골짜기일보"}


def test_an_item_keeps_its_id_from_feed_to_feed(client):
    everything, some = (fetch(client, f"/items.json?q={query}")["items"] for query in ("", "pair:daegu~taipei"))
    ids = {one["url"]: one["id"] for one in everything}
    assert all(ids[one["url"]] == one["id"] for one in some)
    assert len(set(ids.values())) == len(everything)


def test_a_feed_holds_the_newest_fifty(client, store):
    keep(store, *(new_item(f"cna:n{number}", published_at=NOW, folded="many") for number in range(60)))
    assert len(fetch(client, "/items.json?q=many")["items"]) == 50


def test_a_json_feed_holds_what_its_version_asks_for(hostile):
    feed = fetch(hostile, "/items.json?q=hostile")
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    for one in feed["items"]:
        assert {"id", "url", "content_text", "date_modified", "authors", "tags"} <= one.keys()
        assert "language" not in one


def test_csv_opens_inert_and_json_lines_hold_the_same(hostile):
    answer = hostile.get("/items.csv?q=hostile&bom=1")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"] == 'attachment; filename="items-2026-03-01.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    lines = [json.loads(line) for line in hostile.get("/items.jsonl?q=hostile").text.rstrip().split("\n")]
    assert [row["id"] for row in rows] == [str(line["id"]) for line in lines]
    assert len(rows) == len(HOSTILE)
    assert not any(cell[:1] in "=+-@\t\r" for row in rows for cell in row.values() if cell)
    assert list(rows[0]) == list(COLUMNS)


def test_a_program_says_the_password_by_http_basic(make_page):
    client = make_page(password=KEPT).client
    for address in ("/api/items", "/api/openapi.json", "/api/nothing", "/items.atom", "/items.csv"):
        refused = client.get(address)
        assert refused.status_code == 401, address
        assert refused.headers["www-authenticate"].startswith("Basic ")
        assert refused.json()["problem"].startswith("This page has a password")
        assert client.get(address, headers=said(f"anybody:{PASSWORD}")).status_code in (200, 404)
    for wrong in (said("anybody:wrong"), said(PASSWORD), {"Authorization": "Basic ?"}):
        assert client.get("/api/items", headers=wrong).status_code == 401


def said(words: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(words.encode()).decode()}"}


def test_who_signed_in_reads_the_api_too(make_page):
    page = make_page(password=KEPT)
    page.post("/sign-in", password=PASSWORD)
    assert page.client.get("/api/items").status_code == 200


EXAMPLES = [
    line.strip()
    for line in Path(__file__).parents[1].joinpath("docs", "page.md").read_text("utf-8").splitlines()
    if line.startswith("    curl ")
]


@pytest.mark.parametrize("line", EXAMPLES)
def test_the_examples_of_the_documentation_work_as_they_stand(page, line):
    [address] = [word for word in shlex.split(line) if word.startswith("http")]
    answer = page.client.get(address)
    assert answer.status_code == 200, answer.text
    assert "--output" in line or len(answer.content) > 200


def test_the_page_of_a_search_names_its_feeds(page):
    for link in page.get("/items?q=大邱 -kind:mou").xpath(
        "//link[@rel='alternate']/@href | //p/a[starts-with(@href, '/items.')]/@href"
    ):
        assert page.client.get(link).status_code == 200
    assert page.get("/items?q=大邱").xpath("//link[@rel='alternate']/@type") == [
        "application/atom+xml",
        "application/feed+json",
    ]
