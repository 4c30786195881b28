"""The page's safety: what its answers forbid, who may sign in, which requests are refused."""

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection

import pytest
from httpx import Client
from web_site import HOST, InProcess, Page

from storage.errors import StorageError
from watcher.web import make_app
from watcher.web.bounds import LARGEST_FORM, LONGEST_QUERY, TOO_LARGE, TOO_LONG
from watcher.web.password import hash_password, is_password
from watcher.web.server import bind, serving
from watcher.web.tries import MOST_WRONG, TooManyTries, Tries

pytest_plugins = ("web_site",)

PASSWORD = "a harbour at night"


@pytest.fixture(scope="module")
def kept() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def locked(make_page, kept) -> Page:
    return make_page(password=kept)


def sign_in(page: Page, password: str = PASSWORD, **fields: str):
    token = page.client.get("/sign-in").text.split('name="token" value="')[1].partition('"')[0]
    return page.client.post("/sign-in", data={"token": token, "password": password} | fields)


def test_every_answer_forbids_scripts_frames_and_other_hosts(page):
    for path in ("/", "/items", "/static/style.css", "/nowhere", "/sign-in", f"/?{'x' * LONGEST_QUERY}"):
        headers = page.client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "script-src" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"


def test_nothing_is_shown_before_somebody_signed_in_and_the_query_is_kept(locked):
    answer = locked.client.get("/items?q=%E5%8F%B0%E5%8C%97+kind:visit")
    assert (answer.status_code, answer.text) == (303, "")
    asking = locked.client.get(answer.headers["location"])
    assert "/items" not in asking.text.replace("back", "").partition("<main")[0]
    back = locked.get(answer.headers["location"]).xpath("string(//input[@name='back']/@value)")
    assert back == "/items?q=%E5%8F%B0%E5%8C%97+kind:visit"
    assert sign_in(locked, back=back).headers["location"] == back
    assert locked.client.get(back).status_code == 200


def test_a_wrong_password_is_told_and_lets_nobody_in(locked):
    answer = sign_in(locked, "guess")
    assert (answer.status_code, "That is not the password." in answer.text) == (403, True)
    assert locked.client.get("/items").status_code == 303
    assert locked.client.post("/items/1/mark", data={"label": "relevant"}).status_code in (303, 403)


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", ""])
def test_signing_in_never_leads_to_another_site(locked, back):
    assert sign_in(locked, back=back).headers["location"] == "/"


def test_after_ten_wrong_passwords_everybody_waits_a_minute(locked, kept):
    tries, clock = Tries(locked.clock), locked.clock
    cheap = hash_password(PASSWORD).replace("scrypt$32768", "scrypt$2")
    assert [tries.test("guess", cheap) for _ in range(MOST_WRONG)] == [False] * MOST_WRONG
    with pytest.raises(TooManyTries):
        tries.test(PASSWORD, kept)
    clock.forward(seconds=61)
    assert tries.test(PASSWORD, kept)


def test_too_many_tries_are_told_to_people_and_to_programs(locked):
    locked.client._transport._transport.app.state.tries = tries = Tries(locked.clock)
    tries._wrong.extend([locked.clock()] * MOST_WRONG)
    answer = sign_in(locked)
    assert (answer.status_code, "wait a minute" in answer.text) == (429, True)
    basic = {"Authorization": f"Basic {b64encode(f'me:{PASSWORD}'.encode()).decode()}"}
    assert locked.client.get("/api/items", headers=basic).status_code == 429
    locked.clock.forward(minutes=2)
    assert sign_in(locked).status_code == 303


def test_passwords_are_tried_one_at_a_time(locked):
    cheap = hash_password(PASSWORD).replace("scrypt$32768", "scrypt$2")
    tries = Tries(locked.clock)

    def guess(_: int) -> bool | None:
        try:
            return tries.test("guess", cheap)
        except TooManyTries:
            return None

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(guess, range(40)))
    assert results.count(False) == MOST_WRONG


def test_a_new_password_ends_every_session_and_a_new_start_ends_none(locked, make_page):
    sign_in(locked)
    assert locked.client.get("/items").status_code == 200
    for password, status in ((locked.site.password, 200), (hash_password("another"), 303)):
        later = Client(transport=InProcess(make_app(replace(locked.site, password=password))), base_url=HOST)
        later.cookies.update(locked.client.cookies)
        assert later.get("/items").status_code == status


def test_signing_out_ends_the_session(locked):
    sign_in(locked)
    assert "Sign out" in locked.client.get("/items").text
    assert locked.post("/sign-out").status_code == 303
    assert locked.client.get("/items").status_code == 303


def test_where_there_is_no_password_nobody_is_asked_for_one(page):
    assert page.client.get("/sign-in").headers["location"] == "/"
    assert page.post("/sign-in", password="x").headers["location"] == "/"
    assert "Sign out" not in page.client.get("/").text


@pytest.mark.parametrize(
    "name", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "[::2]", "x" * 999]
)
def test_a_foreign_name_that_leads_here_is_refused_with_the_cure(page, name):
    answer = page.client.get("/", headers={"Host": name})
    assert answer.status_code == 421
    assert "open it at 127.0.0.1 or localhost or [::1], or set [web] password in watcher.toml" in answer.text
    assert answer.text.count("\n") == 1


@pytest.mark.parametrize("name", ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "localhost."])
def test_our_own_names_are_answered_on_every_port(page, name):
    assert page.client.get("/static/icon.svg", headers={"Host": name}).status_code == 200


def test_behind_a_password_every_name_is_answered(locked):
    assert locked.client.get("/sign-in", headers={"Host": "watcher.city-desk.example"}).status_code == 200


def test_head_tells_what_get_would_without_its_body(page):
    for path in ("/", "/items?q=taipei", f"/items/{page.ids['near']}", "/static/style.css", "/nowhere"):
        head, full = page.client.head(path), page.client.get(path)
        assert (head.status_code, head.content) == (full.status_code, b""), path
        assert head.headers["content-type"] == full.headers["content-type"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/items/../../etc/passwd", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/%2e%2e/app.py", 404),
        ("GET", "/static/%00", 404),
        ("GET", "/%ff%fe", 404),
        ("GET", "/items?q=%ff%fe%00%ed%a0%80", 400),
        ("GET", "/items?q=a&q=b&more=%00", 400),
        ("GET", "/?subscription=%00", 400),
        ("POST", "/", 405),
        ("DELETE", "/items", 405),
        ("PROPFIND", "/items", 405),
        ("TRACE", "/", 405),
    ],
)
def test_a_malformed_request_is_refused_in_a_sentence(page, method, path, status):
    answer = page.client.request(method, path)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"token=x", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"token=%ed%a0%80&label=%00", "application/x-www-form-urlencoded"),
        (b"", "text/plain"),
    ],
)
def test_a_malformed_form_is_refused(page, body, kind):
    page.get("/")
    answer = page.client.post(f"/items/{page.ids['near']}/mark", content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 403, 422)


def test_what_is_too_long_is_refused_before_it_is_read(page):
    answer = page.client.get(f"/items?q={'x' * LONGEST_QUERY}")
    assert (answer.status_code, answer.text) == (414, TOO_LONG)
    answer = page.client.post("/items/1/mark", content=b"x" * (LARGEST_FORM + 1))
    assert (answer.status_code, answer.text) == (413, TOO_LARGE)


def test_a_form_that_hides_its_length_is_refused_too(page):
    with closing(bind("127.0.0.1", 0)) as bound, serving(make_app(page.site), bound):
        asking = HTTPConnection("127.0.0.1", bound.getsockname()[1], timeout=30)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        asking.request("POST", "/items/1/mark", (b"x" * 200_000 for _ in range(6)), form, encode_chunked=True)
        answer = asking.getresponse()
        assert (answer.status, TOO_LARGE in answer.read().decode()) == (413, True)
        asking.close()


def test_a_database_that_is_away_is_told(page):
    class Away:
        def __getattr__(self, name: str):
            raise StorageError("The database does not answer; start it again.")

    away = replace(page.site, desk=replace(page.desk, store=Away()))
    client = Client(transport=InProcess(make_app(away)), base_url=HOST)
    for path in ("/", "/items", "/items/1"):
        answer = client.get(path)
        assert (answer.status_code, "The database does not answer; start it again." in answer.text) == (503, True)


def test_a_fault_of_ours_says_nothing_of_us(page):
    broken = replace(page.site, desk=replace(page.desk, settings=None))
    transport = InProcess(make_app(broken))
    transport._transport.raise_app_exceptions = False
    answer = Client(transport=transport, base_url=HOST).get("/")
    assert (answer.status_code, answer.text[:21]) == (500, "This page has a fault")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_password_is_kept_as_a_salted_hash(kept):
    assert PASSWORD not in kept
    assert kept != hash_password(PASSWORD)
    assert is_password(PASSWORD, kept)
    assert not is_password(PASSWORD + " ", kept)


def test_the_cookie_of_a_session_is_kept_from_scripts_and_other_sites(locked):
    cookie = sign_in(locked).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
