"""The pages of feeds: how they are at a glance, all that is known of one, and a visit at once."""

import pytest

from watcher.heartbeat import HEARTBEAT, STOPPED

pytest_plugins = ("web_site",)


def rows_of(told):
    return {row.xpath("string(th)"): row for row in told.xpath("//tbody/tr")}


def test_the_feeds_that_are_not_well_come_first_with_what_ails_them(page):
    told = page.get("/feeds")
    ranks = [one.split()[1] for one in told.xpath("//tbody//span[contains(@class, 'state')]/@class")]
    assert ranks == sorted(ranks, key=("sick", "strange", "new", "well").index)
    assert {"sick", "strange", "new", "well"} == set(ranks)
    rows = rows_of(told)
    assert set(rows) == set(page.desk.feed_names().values())
    assert "(403)" in rows["Blocked Courier"].xpath("string(td[1])")
    assert rows["Empty Post"].xpath("string(td[1])").startswith("empty it holds no entries")
    assert rows["島嶼日報"].xpath("th/a/@lang") == ["zh-Hant"]
    assert not told.xpath("//script | //*[@style]")


def test_a_state_and_a_part_of_a_name_choose_feeds(page):
    told = page.get("/feeds")
    for link in told.xpath("//ul[@class='choices']//a")[1:]:
        word, number = link.text.rsplit(" ", 1)
        states = page.get(link.get("href")).xpath("//tbody//span[contains(@class, 'state')]/text()")
        assert states == [word] * int(number)
    assert list(rows_of(page.get("/feeds?q=GAZETTE"))) == ["Failing Gazette"]
    assert list(rows_of(page.get("/feeds?q=island.example"))) == ["島嶼日報"]
    assert "No feed is like that." in page.text("/feeds?state=well&q=%00%3Cscript%3E")


def test_a_feed_is_told_in_sentences_with_visits_chart_and_items(page):
    told = page.get("/feeds/harbour")
    sentences = told.xpath("//ul[@class='sentences']/li/text()")
    assert sentences[0] == "It is well."
    assert any("Its address is https://harbour.example/rss." in one for one in sentences)
    visits = page.desk.store.feeds.last_visits("harbour", 30)
    cells = [row.xpath("td[2]")[0].text for row in told.xpath("//details//tbody/tr")]
    assert cells == [str(visit.entries) for visit in visits]
    [chart] = told.xpath("//section//svg")
    assert chart.get("role") == "img"
    assert chart.get("aria-label").startswith(f"Entries at each of the last {len(visits)} visits: ")
    newest = visits[0]
    assert f"{newest.visited_at:%Y-%m-%d %H:%M}: {newest.entries} entries" in chart.xpath("rect/title/text()")
    assert f"/items/{page.ids['daegu-visit']}" in told.xpath("//ul[@class='rows']//a/@href")
    assert told.xpath("//a[text()='All of its items']/@href") == ["/items?q=feed%3Aharbour"]


def test_a_feed_that_fails_shows_its_problem_and_one_that_is_new_has_nothing_to_tell(page):
    assert "the server answered 502" in page.text("/feeds/failing")
    assert page.get("/feeds/failing").xpath("//details/@open")
    assert "never read" in page.text("/feeds/new")
    assert "Nothing was captured from it yet." in page.text("/feeds/new")
    assert "There is no such feed" in page.text("/feeds/nowhere", 404)


@pytest.mark.parametrize(
    ("beat", "said"),
    [
        (None, "The service is not running"),
        (STOPPED, "The service is not running"),
        ("", "It is visited in a few seconds"),
    ],
)
def test_visit_now_makes_the_feed_due_and_says_what_comes_of_it(page, beat, said):
    if beat is not None:
        page.desk.store.facts.note(HEARTBEAT, beat, page.clock())
    [form] = page.get("/feeds/harbour").xpath("//form[@action='/feeds/harbour/visit']")
    assert form.get("method") == "post"
    page.clock.forward(minutes=1)
    answer = page.post("/feeds/harbour/visit")
    assert (answer.status_code, answer.headers["location"]) == (303, "/feeds/harbour?asked=1")
    assert page.desk.store.feeds.find("harbour").due_at == page.clock()
    told = page.get("/feeds/harbour?asked=1")
    assert said in told.xpath("string(//*[@role='status'])")


def test_no_visit_is_asked_for_without_a_form_of_ours_or_of_a_feed_that_is_none(page):
    before = page.desk.store.feeds.find("harbour").due_at
    assert page.client.post("/feeds/harbour/visit", data={"token": "x"}).status_code == 403
    assert page.client.get("/feeds/harbour/visit").status_code == 405
    assert page.desk.store.feeds.find("harbour").due_at == before
    assert page.post("/feeds/nowhere/visit").status_code == 404
    page.desk.store.feeds.enrol([], page.clock())
    assert page.post("/feeds/harbour/visit").status_code == 400
