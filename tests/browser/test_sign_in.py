"""Signing in and out where the page has a password."""

import pytest

from browser.conftest import PASSWORD


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def stranger(request, open_tab, guarded):
    """Somebody who comes to the rules and is asked for the password."""
    return open_tab("/rules", base=guarded, java_script_enabled=request.param)


def sign_in(tab, password):
    tab.get_by_label("Password").fill(password)
    tab.get_by_role("button", name="Sign in").click()


def test_who_knows_the_password_comes_to_where_they_wanted_to_go_and_may_leave_again(stranger, guarded):
    assert stranger.get_by_role("heading").all_inner_texts() == ["Sign in"]
    assert stranger.get_by_role("navigation").count() == 0
    sign_in(stranger, PASSWORD)
    assert stranger.url == f"{guarded}/rules"
    stranger.get_by_role("button", name="Sign out").click()
    assert stranger.url == f"{guarded}/sign-in"
    stranger.goto("/rules")
    assert stranger.get_by_role("heading").all_inner_texts() == ["Sign in"]


def test_a_wrong_password_is_told_where_a_screen_reader_says_it_at_once(stranger):
    sign_in(stranger, "a harbour by day")
    assert stranger.get_by_role("alert").inner_text() == "That is not the password."
    assert stranger.get_by_label("Password").get_attribute("aria-describedby") == "problem"
    sign_in(stranger, PASSWORD)
    assert stranger.url.endswith("/rules")


def test_the_password_is_typed_at_once_and_enter_sends_it(open_tab, guarded):
    tab = open_tab("/", base=guarded)
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{guarded}/")
    assert tab.get_by_role("button", name="Sign out").is_visible()


def test_the_cookie_of_a_session_is_out_of_reach_for_scripts_and_other_sites(open_tab, guarded):
    tab = open_tab("/", base=guarded)
    sign_in(tab, PASSWORD)
    tab.wait_for_url(f"{guarded}/")
    [cookie] = tab.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
