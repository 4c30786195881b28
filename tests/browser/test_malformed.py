"""Whatever is asked of whatever route, in whatever form: an answer below 500, which says what is wrong."""

import re
from urllib.parse import quote

import httpx
import pytest
from fastapi.routing import APIRoute

from watcher.web import signin
from watcher.web.app import OUTLETS, PAGES

NASTY = (
    "", "0", "-1", "7", "99999999999999999999", "1e9", "NaN", "None", "true", "a" * 5_000, "%00", "%ff%fe", "%E2%80%AE", "\ud83d",
    "../../etc/passwd", "..%2f..%2f", "<script>", "'; DROP TABLE items; --", '"', "((((((((((", "NOT NOT NOT", "pair:", "a~b~c",
    "~", "taipei~taipei", "kind:nothing", "on:2026-13-45", "before:9999999", "is:", ":::", "*", "-", "\u202e", "\u0000",
    "1.2.3", "9.99999999999999999999.1", "2026-02-30", "０", "台北～大邱", "%", "{{7*7}}", "a\r\nSet-Cookie: b=c",
)  # fmt: skip
BODIES = (
    (b"", ""),
    (b"\x00\xff", "application/x-www-form-urlencoded"),
    (b"token=%ff&label=%00", "application/x-www-form-urlencoded"),
    (b"=&=&" * 2_000, "application/x-www-form-urlencoded"),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"broken", "multipart/form-data"),
    (b"{", "application/json"),
    (b"text", "nonsense/\xff"),
)


ROUTES = [route for one in (signin, *PAGES, *OUTLETS) for route in one.router.routes if isinstance(route, APIRoute)]
ASKED = [route for route in ROUTES if "GET" in route.methods]
SENT = [route for route in ROUTES if "POST" in route.methods]


def write(text):
    """Write something into an address; what has escapes already keeps them."""
    return text if text.startswith("%") else quote(text.encode("utf-8", "surrogatepass"))


def places_of(route, text):
    """Return the address of a route with a text in every place of its path."""
    return re.sub(r"\{.*?\}", lambda _: write(text), route.path)


@pytest.fixture(scope="module")
def client(address):
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.mark.parametrize("route", ASKED, ids=lambda route: route.path)
def test_an_address_that_makes_no_sense_is_refused_in_words_and_breaks_nothing(client, route):
    names = [one.alias for one in route.dependant.query_params]
    plain = places_of(route, "7")
    paths = {places_of(route, text) for text in NASTY}
    paths |= {f"{plain}?{name}={write(text)}" for text in NASTY for name in names}
    statuses = {path: client.get(path).status_code for path in paths}
    assert {path: status for path, status in statuses.items() if not 200 <= status < 500} == {}


@pytest.mark.parametrize("route", SENT, ids=lambda route: route.path)
def test_a_form_that_makes_no_sense_is_refused_in_words_and_breaks_nothing(client, route):
    token = client.get("/sign-in").text.partition('name="token" value="')[2].partition('"')[0]
    names = ("label", "title", "text", "password", "back")
    forms = ["&".join([f"token={token}", *(f"{name}={write(text)}" for name in names)]).encode() for text in NASTY]
    bodies = [*BODIES, *((form, "application/x-www-form-urlencoded") for form in forms)]
    for text in (*NASTY[:12], "7777"):
        path = places_of(route, text)
        for body, said in bodies if text == "7777" else bodies[:2]:
            answer = client.post(path, content=body, headers={"Content-Type": said.encode("latin-1")})
            assert 200 <= answer.status_code < 500, (path, body, said)
