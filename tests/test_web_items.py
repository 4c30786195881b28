"""Items: searched, filtered and paged on the page; one item with all that is known of it, and what people say of it."""

from urllib.parse import quote

import pytest
from web_site import NOW, Page, entry, new_items

from watcher.searching import search_items

pytest_plugins = ("web_site",)


def titles(page: Page, path: str) -> list[str]:
    return [found.text_content() for found in page.get(path).xpath("//ol[@class='items']//h3/a")]


def follow(page: Page, path: str, label: str) -> str:
    """Return where a link leads whose text begins so."""
    [link] = [link for link in page.get(path).xpath("//a") if link.text_content().strip().startswith(label)]
    return str(link.get("href"))


@pytest.mark.parametrize("query", ["", "論壇", "서울 OR 대구", "is:near", "is:seed", "taipei -kind:visit", "lang:zh"])
def test_a_search_finds_the_same_as_the_command_in_the_same_order(page, query):
    found = search_items(page.site.interpreter, query, 200)
    assert titles(page, f"/items?q={quote(query)}") == [full.item.title for full in found.items]


def test_the_count_and_what_an_item_is_are_told(page):
    count = len(search_items(page.site.interpreter, "kind:visit", 99).items)
    assert f"{count} items found" in page.text("/items?q=kind:visit")
    assert "near miss" in page.text("/items?q=is:near")
    assert "marked irrelevant" in page.text("/items")
    assert "irrelevant · " in page.text("/items?q=is:irrelevant")
    assert "Nothing is found" in page.text("/items?q=zeppelin")


def test_pages_go_on_behind_their_last_item_and_lose_none(page):
    new_items(page, [entry(f"bulk-{n}", f"Taipei and Daegu sign a sister city agreement {n}") for n in range(60)])
    path, seen = "/items?q=agreement", list[str]()
    while path:
        seen += titles(page, path)
        [path] = (page.get(path).xpath("string(//a[@rel='next']/@href)"),)
    assert len(seen) == len(set(seen)) == search_items(page.site.interpreter, "agreement", 1).count > 60


def test_filters_are_links_that_rewrite_the_query(page):
    path = follow(page, "/items?q=taipei", "Visit")
    assert page.get(path).xpath("//input[@id='q']/@value") == ["taipei kind:visit"]
    assert page.get(path).xpath("//dl//a[@aria-current]/text()") == ["Visit"]
    assert page.get(follow(page, path, "kind: visit")).xpath("//input[@id='q']/@value") == ["taipei"]


@pytest.mark.parametrize(
    ("query", "sentence", "place"),
    [
        ("台北 kind:forums", "did you mean forum?", "forums"),
        ("(taipei", "is never closed", "("),
        ("city:Atlantis99", "no city is called", "Atlantis99"),
        ("<script>alert(1)</script> is:odd", "cannot stand behind is:", "odd"),
        ("x" * 600, "500 characters at the most", "x" * 100),
    ],
)
def test_a_mistake_in_a_query_is_told_with_its_place(page, query, sentence, place):
    said = page.get(f"/items?q={quote(query)}", 400)
    assert sentence in said.xpath("string(//*[@role='alert'])")
    assert said.xpath("string(//mark)") == place
    assert said.xpath("//input[@id='q']/@value") == [query]


def test_what_leads_to_no_page_is_told(page):
    assert "begin again" in page.text("/items?more=1.2", 400)
    assert "begin again" in page.text("/items?more=1.9.99999999999999999999999", 400)


def test_the_language_of_queries_is_one_click_away_and_its_examples_work(page):
    path = follow(page, "/items", "All that can be asked")
    for address in page.get(path).xpath("//kbd/../@href"):
        assert page.client.get(address).status_code == 200, address


def test_an_item_shows_all_that_is_known_of_it(page):
    said = page.text(f"/items/{page.ids['daegu-visit']}")
    for part in (
        "Harbour Times",
        "2026-03-01 08:00",
        "read it at news.example",
        page.desk.store.items.find(page.ids["daegu-visit"]).item.why,
        "Daegu ~ Taipei",
        "sister cities since 4 Nov 2010",
        "Mayors of Taipei and South Korea’s Daegu Sign",
        "島嶼日報",
        "the same pair at the same time",
        "(rfc2822)",
    ):
        assert part in said
    assert "First news Kaohsiung ~ Kumamoto, since watching began" in page.text(f"/items/{page.ids['kumamoto']}")


def test_every_reason_is_marked_and_the_weights_add_up_to_the_score(page):
    for name in (
        "daegu-visit",
        "daegu-visit-zh",
        "forum-zh-cn",
        "kumamoto",
        "daegu-visit-ko",
        "hostile",
        "rtl",
        "near",
    ):
        document, row = page.get(f"/items/{page.ids[name]}"), page.desk.store.items.find(page.ids[name]).item
        marked = ["".join(one.itertext()) for one in document.xpath("//mark[@class='counts']")]
        for reason in row.reasons:
            written = getattr(row, reason["field"])[reason["start"] : reason["end"]]
            assert any(written in one for one in marked), (name, written, marked)
        assert float(document.xpath("string((//table)[1]//tr[last()]/td[4])")) == row.score


def test_an_edited_headline_keeps_its_first_one_and_marks_no_wrong_place(page):
    score = page.desk.store.items.find(page.ids["daegu-visit"]).item.score
    edited = entry("daegu-visit", "Updated today: the harbour market", "Flowers by the quay, and nothing else to tell.")
    new_items(page, [edited])
    document = page.get(f"/items/{page.ids['daegu-visit']}")
    assert "First headline: Mayor of Daegu visits sister city Taipei" in document.xpath("string(//main)")
    assert not document.xpath("//mark[@class='counts']")
    assert "judged by an earlier wording" in document.xpath("string(//main)")
    assert float(document.xpath("string((//table)[1]//tr[last()]/td[4])")) == score


def test_an_item_is_marked_and_the_mark_is_taken_off(page):
    item = page.ids["near"]
    answer = page.post(f"/items/{item}/mark", label="relevant")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/items/{item}?done=relevant")
    assert "Marked relevant" in page.text(answer.headers["location"])
    row = page.desk.store.items.find(item).item
    assert (row.label, row.captured_at, bool(row.story_id)) == ("relevant", NOW, True)
    page.post(f"/items/{item}/mark", label="irrelevant")
    assert "Near" not in str(titles(page, "/items"))
    page.post(f"/items/{item}/mark", label="")
    row = page.desk.store.items.find(item).item
    assert (row.label, row.captured_at) == ("", None)


def test_what_cannot_be_marked_is_told(page):
    [seed] = search_items(page.site.interpreter, "is:seed kind:reaffirmation", 1).items
    assert page.post(f"/items/{seed.item.id}/mark", label="irrelevant").status_code == 400
    assert not page.get(f"/items/{seed.item.id}").xpath("//form")
    assert page.post(f"/items/{page.ids['near']}/mark", label="nonsense").status_code == 400
    assert page.post("/items/99999/mark", label="relevant").status_code == 404


def test_a_get_changes_nothing_and_neither_does_a_form_of_another_site(page):
    item = page.ids["near"]
    assert page.client.get(f"/items/{item}/mark").status_code == 405
    page.get("/")
    assert page.client.post(f"/items/{item}/mark", data={"label": "relevant", "token": "x"}).status_code == 403
    assert page.client.post(f"/items/{item}/mark", data={"label": "relevant"}).status_code == 403
    assert page.desk.store.items.find(item).item.label == ""


def test_an_item_is_split_from_its_story(page):
    item = page.ids["daegu-visit-ko"]
    assert "The same story elsewhere" in page.text(f"/items/{item}")
    said = page.text(page.post(f"/items/{item}/split").headers["location"])
    assert "a story of its own now" in said
    assert "The same story elsewhere" not in said
    assert page.post(f"/items/{page.ids['near']}/split").status_code == 400


@pytest.mark.parametrize("number", ["99999", "0", "-1", "x", "9" * 30, "9" * 5000, "1.5", "%00", "١٢"])
def test_what_is_no_item_is_not_found(page, number):
    assert page.client.get(f"/items/{number}").status_code == 404
