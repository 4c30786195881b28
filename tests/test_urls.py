from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.urls import LONGEST_CANONICAL, LONGEST_LINK, canonical_url, clean_link, host_of

BASE = "https://city.example/news/list.html"
ODD = st.text(
    alphabet=st.one_of(st.sampled_from("htps:/?#&=%@[].-_~!0123456789aAfFuUmMgGle \\\t"), st.characters()), max_size=80
)
ADDRESSES = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "HTTPS", "https", "ftp", ""]),
    st.sampled_from(
        [
            "City.Example",
            "u:p@city.example:443",
            "www.google.com/url?url=",
            "cdn.ampproject.org/c/s/",
            "amp.amp.tw/amp/",
            "[::1]:80",
            "新聞.tw",
            "a b",
        ]
    ),
    ODD,
    ODD,
)


@pytest.mark.parametrize(
    ("raw", "link"),
    [
        ("https://city.example/a?b=1&c=%E5%B8%82#d", "https://city.example/a?b=1&c=%E5%B8%82#d"),
        ("/press/7", "https://city.example/press/7"),
        ("item.html", "https://city.example/news/item.html"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("  https://city.example/\n a\tb  ", "https://city.example/%20ab"),
        ("https://city.example/新聞/市長", "https://city.example/新聞/市長"),
        ('https://city.example/a"b<c>', "https://city.example/a%22b%3Cc%3E"),
        ("https://mayor:secret@city.example/a", "https://city.example/a"),
        ("https://city.example/\u202egnp.exe", "https://city.example/gnp.exe"),
    ],
)
def test_a_link_becomes_absolute_and_keeps_its_form(raw: str, link: str) -> None:
    assert clean_link(raw, BASE) == link


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://city.example/a",
        "mailto:mayor@city.example",
        "http://",
        "http:///a",
        "http://[::1",
        "http://city.example:99999/",
        "http://good.example\\@evil.example/",
        "http://a b.example/",
        "https://city.example/" + "a" * LONGEST_LINK,
    ],
)
def test_what_is_no_web_address_is_empty(raw: str) -> None:
    link = clean_link(raw, BASE)
    assert link == "" or link.startswith("http://evil.example")


def test_a_relative_link_without_a_base_is_empty() -> None:
    assert clean_link("/press/7") == ""


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://City.Example:443/Press", "https://city.example/Press"),
        ("http://city.example:80", "http://city.example/"),
        ("http://city.example:8080/", "http://city.example:8080/"),
        ("https://city.example./a/", "https://city.example/a"),
        ("https://city.example/a?utm_source=x&id=7&fbclid=y&UTM_Medium=z", "https://city.example/a?id=7"),
        ("https://city.example/a?gclid=1", "https://city.example/a"),
        ("https://city.example/a?utm%5Fsource=x", "https://city.example/a"),
        ("https://city.example/a?b=2&a=1", "https://city.example/a?b=2&a=1"),
        ("https://city.example/a#comments", "https://city.example/a"),
        ("https://city.example/#!/news/7", "https://city.example/#!/news/7"),
        ("https://city.example/2026/04#000525", "https://city.example/2026/04#000525"),
        ("https://city.example/%7emayor/%e5%b8%82", "https://city.example/~mayor/%E5%B8%82"),
        ("https://city.example/%%37%65", "https://city.example/%257e"),
        ("https://\u00af.example/", "https://\u00af.example/"),
        ("https://city.example/市", "https://city.example/%E5%B8%82"),
        ("https://臺北.example/", "https://xn--djrz40i.example/"),
        ("https://www.google.com/url?rct=j&url=https://city.example/a%3Fb%3D1&ct=ga", "https://city.example/a?b=1"),
        ("https://google.co.jp/url?q=https%3A%2F%2Fcity.example%2Fa", "https://city.example/a"),
        ("https://www.google.com/url?url=javascript:alert(1)", "https://www.google.com/url?url=javascript:alert(1)"),
        ("https://notgoogle.com/url?url=https://city.example/", "https://notgoogle.com/url?url=https://city.example/"),
        ("https://city.example/a/amp", "https://city.example/a"),
        ("https://city.example/a/amp/", "https://city.example/a"),
        ("https://city.example/a/amp/amp", "https://city.example/a"),
        ("https://city.example/amp/a", "https://city.example/a"),
        ("https://city.example/a.amp.html", "https://city.example/a.html"),
        ("https://city.example/a.amp", "https://city.example/a"),
        ("https://city.example/amp", "https://city.example/amp"),
        ("https://city.example/camp", "https://city.example/camp"),
        ("https://city.example/ampere/a", "https://city.example/ampere/a"),
        ("https://amp.city.example/a", "https://city.example/a"),
        ("https://amp.example/a", "https://amp.example/a"),
        ("https://city.example/a?amp=1", "https://city.example/a"),
        ("https://city.example/a?amp&id=7", "https://city.example/a?id=7"),
        ("https://city.example/a?outputType=amp", "https://city.example/a"),
        ("https://city.example/a?amp=5", "https://city.example/a?amp=5"),
        ("https://city-example.cdn.ampproject.org/c/s/city.example/a/amp/?utm_source=x", "https://city.example/a"),
        ("https://cdn.ampproject.org/v/s/city.example/a?id=7", "https://city.example/a?id=7"),
        ("https://cdn.ampproject.org/c/city.example/a", "http://city.example/a"),
        ("https://www.google.com/amp/s/city.example/a", "https://city.example/a"),
        ("https://www.google.com/url?url=https://cdn.ampproject.org/c/s/city.example/a", "https://city.example/a"),
        ("https://news.google.com/rss/articles/CBMiX2h0?oc=5", "https://news.google.com/rss/articles/CBMiX2h0?oc=5"),
        ("ftp://city.example/", ""),
        ("https://city.example/?q=" + "a" * LONGEST_CANONICAL, ""),
    ],
)
def test_one_page_has_one_address(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@given(st.one_of(ODD, ADDRESSES))
def test_the_canonical_address_is_its_own(url: str) -> None:
    assert canonical_url(canonical_url(url)) == canonical_url(url)


@given(st.one_of(ODD, ADDRESSES), st.one_of(ODD, ADDRESSES))
def test_a_clean_link_is_its_own_and_always_of_the_web(raw: str, base: str) -> None:
    link = clean_link(raw, base)
    assert clean_link(link) == link
    assert not link or link.startswith(("http://", "https://"))
    assert "@" not in link.split("/")[2] if link else True
    assert all(category(character) not in ("Cc", "Cs", "Zs", "Zl", "Zp") for character in link)


@given(st.one_of(ODD, ADDRESSES))
def test_a_host_is_lower_case_or_empty(url: str) -> None:
    assert host_of(url) == host_of(url).lower()


def test_a_host_has_no_port_and_no_user() -> None:
    assert host_of("https://u:p@City.Example:8443/x") == "city.example"
    assert host_of("http://[::1]:80/") == "::1"
    assert host_of("nonsense") == ""
