"""What people do on the page, with scripts and without: it has none of its own."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def visit(request, open_tab):
    """Open a page in a browser that runs scripts, or in one that does not."""
    return lambda path="/": open_tab(path, java_script_enabled=request.param)


def ask(tab, query):
    """Write a query into the field of the search and press Enter."""
    tab.get_by_role("searchbox").fill(query)
    with tab.expect_navigation():
        tab.keyboard.press("Enter")


def found(tab):
    """Return the headlines that are listed."""
    return tab.locator("ol.items h3").all_inner_texts()


def test_a_search_from_the_menu_finds_the_other_writing_too(visit):
    tab = visit()
    tab.get_by_role("link", name="Items", exact=True).click()
    ask(tab, "双城论坛")
    assert sorted(found(tab)) == ["上海与台北双城论坛下月举行", "上海台北雙城論壇下月登場"]
    assert tab.get_by_role("searchbox").input_value() == "双城论坛"
    expect(tab.get_by_role("status")).to_have_text("2 items found")


def test_a_filter_narrows_a_search_and_is_taken_out_again(visit):
    tab = visit("/items")
    everything = found(tab)
    tab.get_by_role("link", name=re.compile("^agreement|^mou", re.IGNORECASE)).first.click()
    assert 0 < len(found(tab)) < len(everything)
    tab.get_by_role("list", name="Filters that are set").get_by_role("link").click()
    assert found(tab) == everything


def test_a_query_that_is_wrong_shows_its_place_and_can_be_mended(visit):
    tab = visit("/items")
    ask(tab, "taipei kind:forums")
    expect(tab.get_by_role("alert")).to_contain_text("did you mean forum?")
    assert tab.locator("mark.wrong").inner_text() == "forums"
    ask(tab, "kind:forum")
    assert found(tab)


def test_an_item_is_marked_irrelevant_and_the_mark_is_taken_off(visit):
    tab = visit("/items")
    ask(tab, "熊本")
    [title] = found(tab)
    tab.get_by_role("link", name=title).click()
    tab.get_by_role("button", name="Irrelevant").click()
    expect(tab.get_by_role("status")).to_be_visible()
    expect(tab.locator("form.actions")).to_contain_text("Somebody marked it irrelevant.")
    item = tab.url
    tab.goto("/items?q=熊本")
    assert found(tab) == []
    tab.goto(item)
    tab.get_by_role("button", name="Take the mark off").click()
    tab.goto("/items?q=熊本")
    assert found(tab) == [title]


def test_an_item_shows_its_reasons_in_the_text_and_as_a_sum(visit):
    tab = visit("/items?q=flower")
    tab.locator("ol.items a").first.click()
    assert "sister city" in " ".join(tab.locator(".reading mark, h1 mark").all_inner_texts()).lower()
    weights = tab.locator("table.addition").first.locator("td.number:nth-of-type(3)").all_inner_texts()
    sums = tab.locator("table.addition").first.locator("td.number:nth-of-type(4)").all_inner_texts()
    assert sum(float(one) for one in weights if one.startswith(("+", "-"))) == float(sums[-1])


def test_the_timeline_of_a_pair_is_found_by_any_of_its_names_and_narrowed_to_its_forums(visit):
    tab = visit("/pairs")
    tab.get_by_label("Two cities").fill("台北～上海")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text(re.compile("Shanghai.*Taipei"))
    assert tab.locator("svg[role=img]").count() == 1
    everything = tab.locator("ol.timeline > li").count()
    tab.get_by_role("list", name="Sorts of events").get_by_role("link", name="forums").click()
    kinds = tab.locator("ol.timeline .kind").all_inner_texts()
    assert set(kinds) == {"forum"}
    assert len(kinds) <= everything


def test_the_numbers_of_a_chart_stand_beneath_it_and_lead_to_their_items(visit):
    tab = visit("/pairs/daegu~taipei")
    tab.get_by_text("The numbers").click()
    row = tab.locator("table.numbers tbody tr").first
    number = int(row.locator("td").inner_text())
    row.get_by_role("link").click()
    assert len(found(tab)) == number


def test_a_pasted_text_is_judged_as_an_addition(visit):
    tab = visit("/rules")
    tab.get_by_label("Headline").fill("Daegu and Taipei renew their sister city agreement")
    tab.get_by_role("button", name="Judge it").click()
    expect(tab.locator("strong.state")).to_have_text("matched")
    assert tab.locator("p.title mark").count() >= 2


def test_a_feed_is_visited_now_and_the_page_says_so(visit):
    tab = visit("/feeds")
    tab.get_by_role("link", name="Quiet Observer").click()
    tab.get_by_role("button", name="Visit now").click()
    expect(tab.get_by_role("status")).to_be_visible()
    assert tab.get_by_role("heading", level=1).inner_text() == "Quiet Observer"
