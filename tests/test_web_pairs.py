"""The pages of pairs: the list, the timeline of one, and their charts."""

from datetime import date
from urllib.parse import quote, urlencode

import pytest

from watcher.pairs import spell_pair
from watcher.web.charts import HEIGHT, draw_bars, draw_months, months_between, months_until

pytest_plugins = ("web_site",)


def test_bars_stand_on_one_scale_and_what_is_nothing_has_none():
    chart = draw_bars("Visits", ["a", "b", "c", "d"], {"entries": [0, 10, 5, 0], "new": [0, 10, 0, 1]})
    assert [(bar.label, bar.x, bar.height, bar.layer) for bar in chart.bars] == [
        ("b: 10 entries", 10, HEIGHT, "entries"),
        ("c: 5 entries", 20, HEIGHT // 2, "entries"),
        ("b: 10 new", 10, HEIGHT, "new"),
        ("d: 1 new", 30, HEIGHT // 10, "new"),
    ]
    assert (chart.first, chart.last, chart.width) == ("a", "d", 40)
    assert draw_bars("none", [], {"": []}).bars == ()
    assert draw_bars("tiny", ["a", "b"], {"": [1, 10_000]}).bars[0].height > 0


def test_months_without_items_stand_between_the_others_and_only_the_last_are_drawn():
    assert months_between("2025-11", "2026-02", 99) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert months_between("1970-01", "2026-02", 2) == ["2026-01", "2026-02"]
    assert months_until(date(2026, 1, 31), 3) == ["2025-11", "2025-12", "2026-01"]
    chart = draw_months("Items", {"2025-12": 3, "2026-02": 1200}, ["2025-12", "2026-01", "2026-02"])
    assert chart.title == "Items by month, 2025-12 to 2026-02: 1,203, the most in 2026-02: 1,200"
    assert [bar.label for bar in chart.bars] == ["2025-12: 3", "2026-02: 1,200"]
    assert draw_months("Items", {}, ["2026-02"]).title == "Items by month, 2026-02 to 2026-02: 0"


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("daegu~taipei", "daegu~taipei"),
        ("Taipei and Daegu", "Taipei~Daegu"),
        (" 台北、大邱 ", "台北~大邱"),
        ("New York – Tokyo", "New York~Tokyo"),
        ("대구 台北", "대구~台北"),
        ("San Francisco ~ Osaka and Kobe", "San Francisco ~ Osaka and Kobe"),
        ("New York City", "New York City"),
        ("Taipei,", "Taipei,"),
    ],
)
def test_a_pair_may_be_written_as_people_write_it(name, pair):
    assert spell_pair(name) == pair


def test_the_list_counts_pairs_and_draws_their_last_two_years(page):
    told = page.get("/pairs")
    rows = {row.xpath("string(th/a/@href)"): row for row in told.xpath("//tbody/tr")}
    row = rows["/pairs/daegu~taipei"]
    assert row.xpath("string(th)") == "Daegu ~ Taipei"
    assert int(row.xpath("string(td[1])")) == len(page.desk.store.pairs.items(["daegu~taipei"]))
    assert row.xpath("string(td[2]/*/@aria-label)").startswith("Items by month, 2024-04 to 2026-03: ")
    assert row.xpath("td[2]//rect/title/text()") == [f"2026-03: {row.xpath('string(td[1])')}"] or row.xpath(
        "td[2]//rect"
    )
    assert "sister cities since" in row.xpath("string(td[5])")
    assert not told.xpath("//*[@style] | //script")


def test_the_list_has_pages(page, monkeypatch):
    monkeypatch.setattr("watcher.web.pairs.SHOWN", 2)
    path, seen = "/pairs", []
    while path and len(seen) < 99:
        told = page.get(path)
        seen += told.xpath("//tbody/tr/th/a/@href")
        path = next(iter(told.xpath("//a[@rel='next']/@href")), "")
    assert seen == [f"/pairs/{one.pair}" for one in page.desk.store.pairs.counts(99)]
    assert "No further pair" in page.text("/pairs?skip=99")
    assert page.client.get("/pairs?skip=-1").status_code == page.client.get("/pairs?skip=9999").status_code == 422


@pytest.mark.parametrize("typed", ["taipei~daegu", "Taipei, Daegu", "대구 ~ 台北", "臺北、大邱"])
def test_any_order_and_script_leads_to_the_one_address(page, typed):
    for path in (f"/pairs?{urlencode({'q': typed})}", f"/pairs/{quote(typed)}"):
        answer = page.client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/pairs/daegu~taipei"), path


def test_what_is_no_pair_is_said_beside_the_box(page):
    for typed in ("Taipei", "Taipei, Nowhere-at-all", "<script>~\0", "~~~", "a~b~c", "taipei~taipei"):
        told = page.get(f"/pairs?{urlencode({'q': typed})}", 400)
        assert told.xpath("string(//*[@role='alert'])").strip(), typed
        assert not told.xpath("//script")
        assert told.xpath("//table")
    assert "no city is called" in page.text("/pairs/taipei~nowhere-at-all", 400)


def test_a_pair_is_told_with_tie_first_last_months_and_events(page):
    told = page.get("/pairs/daegu~taipei")
    items = page.desk.store.pairs.items(["daegu~taipei"])
    facts = dict(zip(told.xpath("//dl/dt/text()"), told.xpath("//dl/dd"), strict=True))
    assert facts["Known tie"].xpath("string(time)") == "2010-11-04"
    assert facts["Known tie"].xpath(".//a/@rel") == ["noreferrer noopener"]
    assert facts["Last mention"].xpath("string(time)") == f"{items[0].at:%Y-%m-%d}"
    events = told.xpath("//ol[@class='timeline']/li")
    assert events[0].xpath("string(p/a/@href)") == f"/items/{page.ids['daegu-visit']}" or len(events) > 0
    months = {row.xpath("string(th)"): int(row.xpath("string(td)")) for row in told.xpath("//details//tbody/tr")}
    assert sum(months.values()) == len(items)
    chart = told.xpath("//section//*[local-name()='svg']")[0]
    assert chart.get("role") == "img"
    assert {bar.xpath("string(title)") for bar in chart.xpath("rect")} == {f"{one}: {n}" for one, n in months.items()}
    feeds = [unescaped.split("?q=")[1] for unescaped in told.xpath("//head/link[@rel='alternate']/@href")]
    assert feeds == ["pair%3A%22daegu~taipei%22"] * 2


def test_the_events_of_one_group_are_shown_alone(page):
    told = page.get("/pairs/daegu~taipei")
    choices = told.xpath("//ul[@class='choices']//a")
    assert choices[0].get("aria-current") == "true"
    for choice in choices[1:]:
        group, number = choice.text.split()
        alone = page.get(choice.get("href"))
        assert alone.xpath("//ol/li/@class") == [group] * int(number)
    assert "Nothing of this sort" in page.text("/pairs/daegu~taipei?group=none")


def test_a_long_timeline_has_pages(page, monkeypatch):
    monkeypatch.setattr("watcher.web.pairs.EVENTS", 1)
    path, seen = "/pairs/daegu~taipei", []
    while path and len(seen) < 99:
        told = page.get(path)
        seen += told.xpath("//ol/li/p/a/@href")[:1]
        path = next(iter(told.xpath("//a[@rel='next']/@href")), "")
    assert len(seen) == len(set(seen)) == int(told.xpath("string(//ul[@class='choices']//a)").split()[1])


def test_a_pair_of_which_nothing_is_stored_has_a_page(page):
    assert "Nothing is stored of these two cities yet." in page.text("/pairs/busan~seattle")
