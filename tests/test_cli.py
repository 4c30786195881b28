"""The command line, as a person and as a program meet it."""

import io
import json
import re
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from conftest import answer, rss

from storage.store import Store
from watcher.cli import COMMANDS, main
from watcher.cli.place import wall_clock
from watcher.demo.sink import Sink, open_sink
from watcher.desk import open_store
from watcher.heartbeat import HEARTBEAT, STOPPED

FORUM = ("f1", "Shanghai-Taipei City Forum opens", "The mayors of Shanghai and Taipei signed two MOUs.")
SHARES = ("s1", "Shanghai Stock Exchange ends higher", "Shares rose by one percent.")

NEAR = "Mayor of Taipei speaks of Prague"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder to work in, as a new user has."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CITY_WATCHER_FETCH__ALLOW_PRIVATE", "127.0.0.1")
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def cw(home, say):
    """Run a command; return what it printed. `code` is the exit code that it must end with."""

    return lambda *words, code=0: "".join(say(*words, code=code)[: 1 + bool(code)])


@pytest.fixture
def watched(home, cw, site):
    """A configuration of one feed."""
    site.pages["/a"] = rss(FORUM, SHARES, published=wall_clock())
    cw("init")
    (home / "config" / "feeds.toml").write_text(f'[[feed]]\nid = "a"\nname = "Bay News"\nurl = "{site.url("/a")}"\n')
    return home


def write_more(home, text):
    with (home / "config" / "feeds.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def test_help_names_every_command(cw):
    said = cw("--help")
    for name in COMMANDS:
        assert f"│ {name} " in said


def test_init_writes_the_files_and_never_overwrites(home, cw):
    assert cw("init", "--contact", "desk@city-desk.example").count("written") == 5
    assert 'contact = "desk@city-desk.example"' in (home / "config" / "watcher.toml").read_text("utf-8")
    (home / "config" / "feeds.toml").write_text("# mine\n")
    assert cw("init", "--contact", "other@city-desk.example").count("kept") == 5
    assert (home / "config" / "feeds.toml").read_text("utf-8") == "# mine\n"


def test_who_wants_only_feeds_of_their_own_starts_without_ours(home, cw, site):
    said = cw("init", "--no-feeds")
    assert "feeds add URL` for each of your feeds, then `" in said
    text = (home / "config" / "feeds.toml").read_text("utf-8")
    assert text.startswith("# Where we look")
    assert all(line.startswith("#") for line in text.splitlines())
    assert "No feed is enabled" in cw("poll")
    site.pages["/a"] = rss(FORUM, published=wall_clock())
    cw("feeds", "add", site.url("/a"))
    assert json.loads(cw("poll", "--json"))["captured"] == 1
    assert "feeds.toml was there already: its feeds stay." in cw("init", "--no-feeds")
    assert site.url("/a") in (home / "config" / "feeds.toml").read_text("utf-8")


def test_a_day_from_import_to_digest(watched, cw, site):
    site.pages["/b"] = rss(("k1", "Taipei and Daegu renew sister city agreement"), published=wall_clock())
    (watched / "mine.txt").write_text(f"{site.url('/b')} Hill Post\n")
    assert "added hill-post" in cw("feeds", "import", "mine.txt")
    said = cw("feeds", "import", "mine.txt")
    assert "0 feeds added to" in said
    assert "config/feeds.toml, 1 known already" in said
    tally = json.loads(cw("poll", "--json"))
    assert {name: tally[name] for name in ("feeds", "read", "entries", "new_entries", "captured")} == {
        "feeds": 2,
        "read": 2,
        "entries": 3,
        "new_entries": 3,
        "captured": 2,
    }
    assert set(tally) == {
        *("feeds", "unchanged", "read", "failed", "entries", "new_entries", "captured", "near", "seconds")
    }
    assert "No feed is due" in cw("poll")
    assert json.loads(cw("poll", "--all", "--json"))["unchanged"] == 2
    items = json.loads(cw("items", "list", "--json"))
    assert {item["title"] for item in items if item["feed"]} == {
        FORUM[1],
        "Taipei and Daegu renew sister city agreement",
    }
    number = next(item["id"] for item in items if item["title"] == FORUM[1])
    shown = cw("items", "show", str(number))
    assert FORUM[1] in shown
    assert "shanghai~taipei" in shown
    assert "points" in shown
    preview = cw("digest", "preview")
    assert preview.startswith("Subject: City exchange")
    assert FORUM[1] in preview
    assert "1 sent" in cw("digest", "send")
    assert "stands already" in cw("digest", "send")
    [digest] = json.loads(cw("digest", "list", "--json"))
    assert (digest["items"], digest["deliveries"]) == (2, "1 sent")
    assert sorted(path.suffix for path in (watched / "var" / "digests").iterdir()) == [".eml", ".html"]


def test_a_digest_is_mailed_to_one_address_without_a_trace_or_the_reason_is_said(watched, cw, monkeypatch):
    cw("poll")
    assert "name its `host` under [smtp]" in cw("digest", "send", "--to", "me@desk.example", code=1)
    assert "--to: 'me' is not a mail address" in cw("digest", "send", "--to", "me", code=2)
    assert "--to: '' is not a mail address" in cw("digest", "send", "--to", "", code=2)
    with open_sink() as sink:
        for name, value in {"HOST": sink.host, "PORT": str(sink.port), "SECURITY": "none"}.items():
            monkeypatch.setenv(f"CITY_WATCHER_SMTP__{name}", value)
        said = cw("digest", "send", "--to", "me@desk.example")
    assert "daily: digest of " in said
    assert "as it stands now (1 item) mailed to me@desk.example; nothing is noted, its readers get theirs." in said
    assert [mail.count(b"To: me@desk.example") for mail in sink.mails] == [1]
    assert json.loads(cw("digest", "list", "--json")) == []
    said = cw("digest", "send", "--to", "me@desk.example", code=1)
    assert "cannot be reached" in said
    assert said.endswith("(This was the one try; nothing was noted.)\n")


def test_a_digest_is_shown_as_it_was_frozen(watched, cw):
    cw("poll")
    cw("digest", "send")
    [listed] = json.loads(cw("digest", "list", "--json"))
    said = cw("digest", "show", "1", "--html", "digest.html")
    assert said.startswith(f"Subject: {listed['subject']}\n\n")
    assert FORUM[1] in said
    shown = json.loads(cw("digest", "show", "1", "--json"))
    assert (shown["html"], shown["deliveries"]) == ((watched / "digest.html").read_text("utf-8"), {"sent": 1})
    assert set(shown) == {
        *("id", "subscription", "day", "covers_from_at", "opened_at", "subject", "text", "html", "deliveries")
    }
    assert "there is no digest 2; `city-watcher digest list`" in cw("digest", "show", "2", code=2)


def test_status_says_what_is_and_what_is_next(watched, cw):
    cw("poll")
    said = cw("status")
    assert "not running" in said
    assert "1 of 1 read" in said
    assert "1 captured in 1 story, 3 seeds" in said
    assert "no mail server in watcher.toml" in said
    assert json.loads(cw("status", "--json"))["feeds_read"] == 1


def test_seeds_are_not_counted_as_captured(home, cw):
    cw("init", "--no-feeds")
    cw("poll")
    assert "items     0 captured in 0 stories, 3 seeds, 0 near" in cw("status")
    lines = cw("db", "stats").splitlines()
    assert "seeds\t\t3" in lines
    assert not [line for line in lines if line.startswith(("verdicts", "captured"))]


def test_status_says_whether_there_is_a_password_and_never_which(watched, cw, monkeypatch):
    cw("db", "upgrade")
    assert "\nmail" not in cw("status")
    monkeypatch.setenv("CITY_WATCHER_SMTP__HOST", "mail.desk.example")
    assert "mail      mail.desk.example:587 (security starttls), no login\n" in cw("status")
    monkeypatch.setenv("CITY_WATCHER_SMTP__USERNAME", "watcher")
    lack = "login watcher, but no password: set CITY_WATCHER_SMTP__PASSWORD or a secret file\n"
    assert lack in cw("status")
    (watched / "secrets").mkdir()
    monkeypatch.setenv("CITY_WATCHER_SECRETS", "secrets")
    assert lack in cw("status")
    (watched / "secrets" / "CITY_WATCHER_SMTP__PASSWORD").write_text("hunter2\n")
    assert "mail      mail.desk.example:587 (security starttls), login watcher, password given\n" in cw("status")
    assert json.loads(cw("status", "--json"))["mail"].endswith("login watcher, password given")
    assert "hunter2" not in cw("status") + cw("status", "--json")
    monkeypatch.delenv("CITY_WATCHER_SMTP__USERNAME")
    assert "no login, though a password is given: set username\n" in cw("status")


def test_status_shows_a_few_of_many_problems(watched, cw, site):
    (watched / "config" / "feeds.toml").write_text(
        "".join(f'[[feed]]\nid = "gone-{number}"\nurl = "{site.url(f"/gone-{number}")}"\n' for number in range(6))
    )
    cw("poll", code=1)
    lines = cw("status").splitlines()
    assert sum(": gone: " in line for line in lines) == 5
    assert "          and 1 more; `city-watcher feeds list` shows all" in lines
    assert len(json.loads(cw("status", "--json"))["problems"]) == 6
    cw("feeds", "remove", "gone-0")
    assert "more; " not in cw("status")


def test_status_tells_a_service_that_is_silent_from_one_that_ended(watched, cw):
    cw("db", "upgrade")
    with open_store(f"sqlite:///{watched}/var/watcher.db") as store:
        store.facts.note(HEARTBEAT, "", wall_clock() - timedelta(minutes=3))
        said = cw("status")
        assert "service   no heartbeat since " in said
        assert "(3 min ago): it hangs or was stopped; look at its log, or start it with `city-watcher run`\n" in said
        assert json.loads(cw("status", "--json"))["service"] == "silent"
        store.facts.note(HEARTBEAT, STOPPED, wall_clock())
        assert "service   not running; start it with `city-watcher run`" in cw("status")


def test_healthcheck_asks_for_nothing_but_the_database(watched, cw, monkeypatch):
    cw("db", "upgrade")
    with open_store(f"sqlite:///{watched}/var/watcher.db") as store:
        store.facts.note(HEARTBEAT, "", wall_clock())
    file = watched / "config" / "watcher.toml"
    file.write_text("contakt = 3\n[smtp]\nport = 'x'\n")
    monkeypatch.setenv("CITY_WATCHER_SMPT__HOST", "x")
    assert cw("healthcheck") == "alive\n"
    file.write_text("[smtp\n")
    assert "watcher.toml: " in cw("healthcheck", code=1)
    monkeypatch.setenv("CITY_WATCHER_DATABASE", "sqlite:///var/watcher.db")
    assert cw("healthcheck") == "alive\n"
    monkeypatch.setenv("CITY_WATCHER_CONFIG", "nowhere")
    assert cw("healthcheck") == "alive\n"
    assert "the database address cannot be read" in cw("--database", "nonsense", "healthcheck", code=1)


def test_near_misses_are_listed_apart_from_captured_items(watched, cw, site):
    site.pages["/a"] = rss(FORUM, ("n1", NEAR), SHARES, published=wall_clock())
    assert "near 1" in cw("poll")
    assert [(item["title"], item["verdict"]) for item in json.loads(cw("items", "list", "--near", "--json"))] == [
        (NEAR, "near")
    ]
    assert NEAR not in cw("items", "list")


def test_a_day_that_is_none_is_refused_with_an_example(cw):
    assert "'tomorrow' is no day; write one such as 2026-11-05." in cw("digest", "preview", "--at", "tomorrow", code=2)


def test_a_poll_without_work_says_what_it_waits_for(watched, cw):
    cw("poll")
    assert "No feed is due, the next one in " in cw("poll")
    with open_store(f"sqlite:///{watched}/var/watcher.db") as store:
        store.feeds.hasten(wall_clock())
        [row] = type(store)(store.database, "vm:32212:0a1b").feeds.claim(wall_clock(), timedelta(minutes=10), 9)
    for words in (("poll",), ("poll", "--all")):
        assert cw(*words) == (
            f"No feed is due: 1 is in hand of another process (vm:32212) until {row.due_at:%H:%M} UTC; "
            "if that one is gone, it is due then.\n"
        )
    assert json.loads(cw("poll", "--all", "--json"))["feeds"] == 0
    (watched / "config" / "feeds.toml").write_text("")
    assert "No feed is enabled in feeds.toml" in cw("poll", "--all")


def test_a_poll_says_which_feeds_it_left_alone_because_their_server_asked(watched, cw, site, monkeypatch):
    monkeypatch.setenv("CITY_WATCHER_FETCH__ALLOW_PRIVATE", "127.0.0.0/8")
    monkeypatch.setenv("CITY_WATCHER_FETCH__SPACING_SECONDS", "0.02")
    site.pages["/a"] = site.pages["/b"] = lambda request: answer(request, b"", 429, **{"Retry-After": "10800"})
    write_more(watched, f'[[feed]]\nid = "b"\nurl = "{site.url("/b")}"\n')
    said = cw("poll", code=1)
    assert "1 feed in " in said
    assert "1 feed left alone, as their server asked" in said


def test_a_poll_in_another_folder_says_that_it_made_a_new_database(watched, cw, caplog, monkeypatch):
    cw("poll")
    cw("poll")
    elsewhere = watched / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    cw("--config", str(watched / "config"), "poll")
    warnings = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    cure = "Did you mean another one? Name it with --database, or start in its folder."
    assert warnings == [
        f"{folder}/var/watcher.db: a new, empty database was made. {cure}" for folder in (watched, elsewhere)
    ]


def test_an_empty_file_is_no_database_yet(watched, cw):
    file = watched / "watcher.db"
    file.touch()
    for words in (("status",), ("items", "list"), ("db", "check"), ("db", "stats")):
        assert "there is no database yet" in cw("--database", f"sqlite:///{file}", *words, code=2)
    assert "no service has run here yet" in cw("--database", f"sqlite:///{file}", "healthcheck", code=1)
    cw("--database", f"sqlite:///{file}", "feeds", "remove", "a")
    assert file.stat().st_size == 0


def test_feeds_that_somebody_has_in_hand_are_told(watched, cw):
    cw("poll")
    now = wall_clock()
    with open_store(f"sqlite:///{watched}/var/watcher.db") as store:
        store.feeds.hasten(now)
        Store(store.database, "reading-room:4711:c0ffee").feeds.claim(now, timedelta(minutes=10), 9)
    until = f"{now + timedelta(minutes=10):%H:%M} UTC"
    assert f"a\tin hand of reading-room:4711 until {until}\t2\t" in cw("feeds", "list")
    assert f"in hand   1 feed of reading-room:4711 (until {until})" in cw("status")
    [held] = json.loads(cw("status", "--json"))["in_hand"]
    assert (held["process"], held["feeds"]) == ("reading-room:4711", 1)
    with open_store(f"sqlite:///{watched}/var/watcher.db") as store:
        Store(store.database, "reading-room:4711:c0ffee").feeds.release(wall_clock())
    assert "in hand" not in cw("feeds", "list") + cw("status")


def test_a_failed_feed_ends_a_poll_with_1_and_is_listed(watched, cw, site):
    site.pages["/a"] = b""
    assert "a: " in cw("poll", code=1)
    [feed] = json.loads(cw("feeds", "list", "--json"))
    assert set(feed) == {"id", "url", "state", "entries", "newest_at", "due_at", "problem"}
    assert feed["state"] == "gone"
    assert "404" in feed["problem"]


def test_a_poll_with_failed_feeds_says_how_many_were_read_and_who_knows_why(watched, cw, site):
    assert "feeds check" not in cw("poll")
    write_more(watched, f'[[feed]]\nid = "b"\nurl = "{site.url("/b")}"\n')
    said = cw("poll", "--all", code=1)
    assert "\n1 of 2 feeds read; `city-watcher feeds check` says why the others were not.\n" in said


def test_a_dead_network_is_told_once_and_one_living_feed_proves_it_well(watched, cw, site):
    asked = "No feed could be reached: is this machine's network well?\n"
    with open_sink() as closed:
        pass
    (watched / "config" / "feeds.toml").write_text(
        "".join(f'[[feed]]\nid = "{name}"\nurl = "http://127.0.0.1:{closed.port}/{name}"\n' for name in "bc")
    )
    for words in (("poll",), ("feeds", "check")):
        said = cw(*words, code=1)
        assert said.count(asked) == 1
        assert "feeds check" not in said
    assert asked not in cw("feeds", "check", "b", code=1)
    cw("feeds", "add", site.url("/gone"), "--as-is")
    for words in (("poll", "--all"), ("feeds", "check")):
        assert asked not in cw(*words, code=1)


def test_a_poll_that_the_database_failed_sends_nobody_to_the_feeds(watched, cw, monkeypatch, caplog):
    cw("db", "upgrade")
    with open_store(f"sqlite:///{watched}/var/watcher.db") as store, store.database.writing() as connection:
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON visits BEGIN SELECT RAISE(FAIL, 'full'); END")
    said = cw("poll", code=1)
    assert "1 failed." in said
    assert "feeds check" not in said
    assert "1 visit could not be recorded; `city-watcher status` says how the database is.\n" in said


def test_a_preview_that_would_not_be_sent_says_so(watched, cw, capsys):
    cw("poll")

    def preview(*words):
        with pytest.raises(SystemExit) as ended:
            main(["digest", "preview", *words])
        assert not ended.value.code
        return capsys.readouterr().err

    assert preview() == ""
    cw("digest", "send")
    assert preview() == "'daily': nothing is new, and such a digest is not sent (when_empty = \"nothing\").\n"
    (watched / "config" / "watcher.toml").write_text('[[subscription]]\nwhen_empty = "note"\n')
    assert preview() == ""
    assert preview("--at", "2099-01-01").startswith(
        "2099-01-01 is to come. This is what its digest would say if nothing"
    )
    assert "Of 2020-01-01 nothing can be shown: feeds are watched since" in preview("--at", "2020-01-01")


def test_feeds_check_of_a_list_page_shows_what_its_selectors_find(watched, cw, site):
    rows = "".join(f'<li><a href="/{n}">Harbour fair {n}</a> <i>115-02-0{n}</i></li>' for n in range(1, 6))
    site.pages["/list"] = f"<html><body><ul>{rows}</ul></body></html>".encode()
    select = '{ item = "li", date = "i" }'
    feed = f'[[feed]]\nid = "bay"\nurl = "{site.url("/list")}"\nregion = "TW"\nformat = "list"\nselect = '
    write_more(watched, feed + select)
    said = cw("feeds", "check", "bay", code=1)  # its newest entry is old by the real clock
    assert "bay: 2026-02-01  Harbour fair 1\nbay: 2026-02-02  Harbour fair 2\nbay: 2026-02-03  Harbour fair 3\n" in said
    assert "Harbour fair" not in cw("feeds", "check", code=1)
    assert '"entries": 5' in cw("feeds", "check", "bay", "--json", code=1)


def test_feeds_check_names_the_selector_that_finds_no_date(watched, cw, site):
    rows = "".join(f'<li><a href="/{n}">Harbour fair {n}</a></li>' for n in range(1, 6))
    site.pages["/list"] = f"<html><body><ul>{rows}</ul></body></html>".encode()
    feed = f'[[feed]]\nid = "bay"\nurl = "{site.url("/list")}"\nformat = "list"\n'
    write_more(watched, feed + 'select = { item = "li", date = "b.when" }\n')
    [found] = json.loads(cw("feeds", "check", "bay", "--json"))
    assert found["notes"] == ["nothing in the items matches date = 'b.when'"]


def test_feeds_check_says_what_is_found_and_stores_nothing(watched, cw, site):
    write_more(watched, f'[[feed]]\nid = "hill"\nurl = "{site.url("/gone")}"\nenabled = false\n')
    assert cw("feeds", "check").split("\t")[:4] == ["a", "well", "200", "rss20"]
    assert not (watched / "var").exists()
    [found] = json.loads(cw("feeds", "check", "--json"))
    assert (found["id"], found["state"], found["entries"], found["problem"]) == ("a", "well", 2, "")
    assert set(found) == {
        *("id", "url", "state", "status", "found_at", "moved_to", "format", "encoding", "entries", "newest_at"),
        *("language", "first", "notes", "problem", "suggestion", "ahead_seconds"),
    }
    assert "1 of 2 feeds well." in cw("feeds", "check", "--all", code=1)
    said = cw("feeds", "check", "hill", code=1)
    assert "hill\tfailed\t404" in said
    assert "look on the site for the feed's new address" in said
    assert "0 of 1 feed well." in said
    assert "there is no feed 'hil'; did you mean 'hill'?" in cw("feeds", "check", "hil", code=2)


def test_a_feed_is_added_read_and_removed_and_what_it_brought_stays(watched, cw, site):
    site.pages["/b"] = rss(("k1", "Taipei and Daegu renew sister city agreement"), published=wall_clock())
    file = watched / "config" / "feeds.toml"
    before = file.read_bytes()
    assert "added hill to " in cw(
        "feeds", "add", site.url("/b"), "--id", "hill", "--name", "Hill Post", "--language", "en"
    )
    assert json.loads(cw("poll", "--json"))["captured"] == 2
    site.pages["/b"] = b""
    cw("poll", "--all", code=1)
    assert "404" in cw("digest", "preview")
    assert "removed hill" in cw("feeds", "remove", "hill")
    assert file.read_bytes() == before
    site.asked.clear()
    assert json.loads(cw("poll", "--all", "--json"))["feeds"] == 1
    assert site.asked == ["/a"]
    assert [feed["id"] for feed in json.loads(cw("feeds", "list", "--json"))] == ["a"]
    status = json.loads(cw("status", "--json"))
    assert (status["feeds"], status["feeds_read"], status["problems"]) == (1, 1, {})
    preview = cw("digest", "preview")
    assert "Daegu renew" in preview
    assert "could not be" not in preview
    assert "404" not in preview


def test_a_feed_that_is_added_again_keeps_its_id_and_brings_nothing_old(watched, cw, site):
    site.pages["/b"] = rss(("k1", "Taipei and Daegu renew sister city agreement"), published=wall_clock())
    cw("feeds", "add", site.url("/b"), "--id", "hill")
    assert json.loads(cw("poll", "--json"))["new_entries"] == 3
    cw("feeds", "remove", "hill")
    cw("poll", "--all")
    assert "added hill to " in cw("feeds", "add", site.url("/b"), "--name", "Another Name")
    site.pages["/b"] += b"<!-- printed anew -->"
    told = json.loads(cw("poll", "--all", "--json"))
    assert (told["feeds"], told["read"], told["new_entries"]) == (2, 1, 0)


def test_feeds_are_exported_to_a_terminal_or_to_a_new_file(watched, cw, site):
    assert cw("feeds", "export").startswith("<?xml")
    assert cw("feeds", "export", "--format", "text") == f"{site.url('/a')} Bay News\n"
    assert "1 feed written to list.opml" in cw("feeds", "export", "list.opml")
    assert (watched / "list.opml").read_text("utf-8") == cw("feeds", "export")
    assert "list.opml: stands already; name another file." in cw("feeds", "export", "list.opml", code=2)
    (watched / "config" / "feeds.toml").write_text("")
    cw("feeds", "import", "list.opml")
    assert cw("feeds", "export") == (watched / "list.opml").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "nonsense://a.example/"), "'nonsense://a.example/' is not a web address; write one that begins"),
        (("add", "https://b.example/", "--zone", "Mars"), "command line: 'zone' is not a time zone; write one such as"),
        (("add", "https://b.example/", "--language", "Chinese"), "command line: 'language' is not a language tag"),
        (("remove", "b"), "there is no feed 'b'; look there for the ids."),
        (("import", "no.opml"), "no.opml: cannot be read (No such file or directory)."),
        (("export", "no/such/folder"), "no/such/folder: cannot be written (No such file or directory)"),
    ],
)
def test_a_wrong_word_to_feeds_is_one_sentence_and_changes_nothing(watched, cw, words, sentence):
    before = (watched / "config" / "feeds.toml").read_bytes()
    said = cw("feeds", *words, code=2)
    assert said.startswith("city-watcher: ")
    assert sentence in said
    assert said.count("\n") == 1
    assert (watched / "config" / "feeds.toml").read_bytes() == before


def test_a_database_that_is_no_database_hinders_no_edit(watched, cw):
    (watched / "notes.txt").write_text("these are my notes, not a database\n" * 100)
    wrong = f"sqlite:///{watched}/notes.txt"
    assert "added bay-example to" in cw("--database", wrong, "feeds", "add", "https://bay.example/", "--as-is")


def test_healthcheck_fails_without_a_heartbeat(watched, cw):
    assert "no service has run here yet" in cw("healthcheck", code=1)
    assert not (watched / "var").exists()
    cw("db", "upgrade")
    assert "no heartbeat yet" in cw("healthcheck", code=1)
    assert "up to date" in cw("db", "upgrade")


def test_seeds_are_listed_with_pair_and_kind(watched, cw):
    assert {(seed["kind"], *seed["pairs"]) for seed in json.loads(cw("seeds", "list", "--json"))} == {
        ("forum", "shanghai~taipei"),
        ("reaffirmation", "daegu~taipei"),
    }
    assert cw("seeds", "list").count("no text") == cw("seeds", "list").count("\n") == 3


COPY = """Taipei mayor vows to do 'whatever' benefits cross-Strait  exchange

TAIPEI, Aug. 3 -- In an invented sample the mayor of Taipei looks forward to the Shanghai-Taipei forum in Shanghai.
"""
OWN = "Busan and Kaohsiung sign sister city agreement\n\n4 May 2019\n\nThis sample was invented for the tests, and it ends here."


def test_articles_are_imported_beside_the_seeds_or_as_new_ones(watched, cw):
    (watched / "copy.txt").write_text(COPY)
    (watched / "own.html").write_text(f"<p>{OWN.replace(chr(10) * 2, '<p>')}")
    said = cw("seeds", "import", "copy.txt", "own.html")
    assert "copy.txt: text put beside seed 1, Taipei mayor vows" in said
    assert "2015-08-03 (written: TAIPEI, Aug. 3) · forum · shanghai~taipei · en · 115 characters" in said
    assert "judged by its text: matched, " in said
    assert "own.html: new seed 4, Busan and Kaohsiung sign" in said
    assert "2019-05-04 (written: 4 May 2019) · agreement · busan~kaohsiung · en" in said
    assert "differs" not in said
    assert all(item["story"] for item in json.loads(cw("items", "list", "--json")))
    assert cw("seeds", "import", "copy.txt", "own.html").count(": unchanged: seed ") == 2
    assert cw("seeds", "list").count("no text") == 2
    assert [seed["characters"] for seed in json.loads(cw("seeds", "list", "--json"))] == [68, 0, 0, 115]
    assert "text       115 characters (`--json` shows it)" in cw("items", "show", "1")
    assert "0 captured in 0 stories, 4 seeds" in cw("status")


def test_a_file_that_is_no_article_stops_no_other_and_ends_the_import_with_1(watched, cw):
    (watched / "picture.txt").write_bytes(bytes(range(256)))
    (watched / "empty.txt").touch()
    (watched / "huge.txt").write_bytes(b"a" * 2_000_001)
    (watched / "own.txt").write_text(OWN)
    files = ("picture.txt", "empty.txt", "huge.txt", "missing.txt", "config", "/dev/zero", "own.txt", "own.txt")
    said = cw("seeds", "import", *files, code=1)
    for sentence in (
        "picture.txt: this is not a text; save the article as plain text (UTF-8) or HTML.\n",
        "empty.txt: the file is empty; save the article into it.\n",
        "huge.txt: larger than 2 MB; save the article alone, as plain text or HTML.\n",
        "missing.txt: cannot be read (No such file or directory); check name and rights.\n",
        "config: this is not a file; name files, one by one.\n",
        "/dev/zero: this is not a file; name files, one by one.\n",
        "own.txt: new seed 4, ",
        "own.txt: unchanged: seed 4, ",
    ):
        assert sentence in said
    results = json.loads(cw("seeds", "import", "--json", "empty.txt", "own.txt", code=1))
    assert set(results[0]) == {"file", "problem"}
    assert set(results[1]) == {
        *("file", "change", "id", "title", "published_at", "written_day", "language", "characters"),
        *("kind", "pairs", "judged", "differences"),
    }


def test_topics_judge_answers_every_line(home, cw, monkeypatch):
    asked = [
        {
            "id": "1",
            "lang": "en",
            "title": FORUM[1],
            "text": FORUM[2],
            "url": "https://a.example/",
            "date": "2026-03-01",
        },
        {"id": "2", "title": SHARES[1], "text": SHARES[2]},
    ]
    lines = "\n".join(json.dumps(one) for one in asked) + "\n\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    first, second = map(json.loads, cw("topics", "judge").splitlines())
    assert (first["id"], first["matched"], first["pairs"], first["kind"]) == ("1", True, ["shanghai~taipei"], "forum")
    assert (second["id"], second["matched"], second["verdict"]) == ("2", False, "rejected")
    assert set(first) == {"id", "matched", "verdict", "score", "cities", "pairs", "kind", "fields", "reasons"}


def test_topics_judge_names_the_line_that_is_no_json(home, cw, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"id": "1"}\nnonsense\n')))
    assert "standard input, line 2: this is not JSON" in cw("topics", "judge", code=2)


def test_topics_explain_prints_the_addition(home, cw):
    said = cw("topics", "explain", "Taipei and Daegu renew their sister city agreement")
    assert "matched" in said
    assert "daegu~taipei" in said
    assert re.search(r"\+\d", said)
    assert "points, 3.5 are needed" in said


def test_feeds_read_prints_one_line_for_each_entry(home, cw):
    (home / "feed.xml").write_bytes(rss(FORUM, SHARES))
    (home / "page.html").write_text("<!doctype html><html><body>Hello</body></html>")
    lines = [json.loads(line) for line in cw("feeds", "read", "feed.xml").splitlines()]
    assert [line["title"] for line in lines] == [FORUM[1], SHARES[1]]
    assert set(lines[0]) == {
        *("source", "id", "url", "title", "summary", "published_at", "published_raw", "published_how", "language")
    }
    [problem] = [json.loads(line) for line in cw("feeds", "read", "page.html", code=1).splitlines()]
    assert set(problem) == {"source", "problem"}
    assert "cannot be read" in cw("feeds", "read", "missing.xml", code=1)


LIST_PAGE = """<!doctype html><ul class="news"><li><a href="/1">Mayors of Bay City and Hill City meet</a>
<time>115-09-28</time></li></ul>"""
LISTED = """[[feed]]
id = "bay"
url = "https://bay.example/news"
format = "list"
select = { item = "ul.news > li", date = "time" }
zone = "Asia/Taipei"
"""


def test_selectors_are_tried_before_they_are_written_down_and_read_the_same_then(home, cw):
    (home / "page.html").write_text(LIST_PAGE)
    place = ("--url", "https://bay.example/news", "--zone", "Asia/Taipei")
    tried = cw("feeds", "read", "--item", "ul.news > li", "--date", "time", *place, "page.html")
    line = json.loads(tried)
    assert (line["url"], line["published_at"]) == ("https://bay.example/1", "2026-09-27T16:00:00+00:00")
    cw("init")
    (home / "config" / "feeds.toml").write_text(LISTED)
    assert cw("feeds", "read", "--feed", "bay", "page.html") == tried
    assert json.loads(cw("feeds", "read", "--feed", "bay", "--date", "b", "page.html"))["published_at"] is None


def test_feeds_read_says_which_option_is_wrong(home, cw):
    cw("init")
    (home / "config" / "feeds.toml").write_text(LISTED)
    assert "there is nothing to read; name a file" in cw("feeds", "read", code=2)
    assert "there is no feed 'bai'; did you mean 'bay'?" in cw("feeds", "read", "--feed", "bai", code=2)
    assert "--item: 'li >' is not a CSS selector" in cw("feeds", "read", "--item", "li >", "page.html", code=2)
    assert "--item is missing" in cw("feeds", "read", "--link", "a", "page.html", code=2)
    assert "--zone: 'Mars' is not a time zone" in cw("feeds", "read", "--feed", "bay", "--zone", "Mars", code=2)


def test_a_wrong_setting_stops_every_command_with_file_key_and_cure(watched, cw):
    (watched / "config" / "watcher.toml").write_text('contakt = "me"\n')
    said = cw("poll", code=2)
    assert "config/watcher.toml: 'contakt' is not a setting (did you mean 'contact'?)" in said
    assert "Traceback" not in said


def test_a_wrong_phrase_stops_the_start(watched, cw):
    path = watched / "config" / "topics.toml"
    path.write_text(path.read_text("utf-8") + '\n[[topic.phrase]]\ntext = [""]\nlang = "en"\nweight = 3\n', "utf-8")
    said = cw("poll", code=2)
    assert "config/topics.toml" in said
    assert "Traceback" not in said


def test_a_wrong_tie_stops_the_start_and_a_folder_without_ties_does_not(watched, cw):
    path = watched / "config" / "ties.csv"
    path.write_text(path.read_text("utf-8") + "daegu,atlantis,sister cities,,a page,\n", "utf-8")
    said = cw("poll", code=2)
    assert "config/ties.csv: line " in said
    assert "'atlantis' is no id of cities.csv" in said
    path.unlink()
    assert "1 read" in cw("poll")


def test_an_item_is_shown_with_what_was_earlier_and_as_the_first_of_its_pair(watched, cw, site):
    cw("poll")
    with closing(sqlite3.connect("var/watcher.db")) as database, database:
        before = f"{wall_clock() - timedelta(days=40):%Y-%m-%d %H:%M:%S.%f}"
        database.execute("UPDATE items SET captured_at = ? WHERE feed_id = 'a'", [before])
    site.pages["/a"] = rss(("k1", "Taipei and Daegu renew sister city agreement"), published=wall_clock())
    cw("poll", "--all")
    number = str(json.loads(cw("items", "list", "--json"))[0]["id"])
    said = json.loads(cw("items", "show", number, "--json"))
    [first] = said["first_mentions"]
    assert first["pair"] == "daegu~taipei"
    assert first["span"].startswith("since watching began on ")
    assert said["see_also"]["source"] == "Taipei City Government"
    shown = cw("items", "show", number)
    assert f"first news daegu~taipei: {first['span']}\n" in shown
    assert f"see also   {said['see_also']['id']} {said['see_also']['title']} · Taipei City Government · 2021-" in shown


def test_an_item_is_shown_with_the_known_tie_of_its_pair(watched, cw, site):
    site.pages["/a"] = rss(("k1", "Taipei and Daegu renew sister city agreement"), published=wall_clock())
    cw("poll")
    number = next(item["id"] for item in json.loads(cw("items", "list", "--json")) if item["feed"])
    assert "tie        daegu~taipei: sister cities since 4 Nov 2010" in cw("items", "show", str(number))
    [tie] = json.loads(cw("items", "show", str(number), "--json"))["ties"]
    assert (tie["city_a"], tie["city_b"], tie["since"]) == ("daegu", "taipei", "2010-11-04")


SUBSCRIPTIONS = """
[[subscription]]
id = "all"
[[subscription]]
id = "taipei"
cities = ["taipei"]
topics = ["city-exchange"]
heading_language = "zh-Hant"
weekdays = ["mon", "thu"]
"""


def test_of_several_subscriptions_each_is_previewed_and_named(watched, cw):
    (watched / "config" / "watcher.toml").write_text(SUBSCRIPTIONS)
    cw("db", "upgrade")
    assert "the list “City exchange”" in cw("digest", "preview")
    assert "「City exchange」訂閱名單" in cw("digest", "preview", "taipei")
    said = cw("status")
    assert "digest    'all': last none yet" in said
    assert "digest    'taipei': last none yet" in said
    assert "watcher.toml has: all, taipei." in cw("digest", "preview", "x", code=2)


def test_a_subscription_to_an_unknown_topic_stops_every_command_with_one_sentence(watched, cw):
    (watched / "config" / "watcher.toml").write_text(SUBSCRIPTIONS.replace("city-exchange", "city-exchanges"))
    said = cw("status", code=2)
    assert "subscription \"taipei\": 'topics' names 'city-exchanges'" in said
    assert said.count("\n") == 1


def test_wrong_usage_ends_with_2(home, cw):
    cw("no-such-command", code=2)
    cw("items", "show", "abc", code=2)
    assert "there is no database yet; `city-watcher poll`" in cw("items", "show", "99", code=2)
    cw("db", "upgrade")
    assert "there is no item 99" in cw("items", "show", "99", code=2)
    assert "there is no subscription 'x'; watcher.toml has: daily" in cw("digest", "preview", "x", code=2)


def test_a_database_that_cannot_be_opened_is_one_sentence(home, cw):
    (home / "notes.txt").write_text("these are my notes, not a database\n" * 100)
    said = cw("--database", f"sqlite:///{home}/notes.txt", "status", code=2)
    assert said.startswith("city-watcher: ")
    assert said.count("\n") == 1
    assert (home / "notes.txt").read_text().startswith("these are my notes")


def mailing(home, port):
    subscriptions = "".join(
        f'[[subscription]]\nid = "{one}"\nrecipients = ["lin@desk.example", "wu@desk.example"]\nat = "23:59"\n'
        'when_empty = "note"\n'
        for one in ("daily", "second")
    )
    smtp = f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
    (home / "config" / "watcher.toml").write_text(f'contact = "ops@desk.example"\n{smtp}{subscriptions}')


def test_a_digest_that_could_not_be_mailed_is_counted_alike_everywhere_and_goes_when_it_is_sent_again(watched, cw):
    with open_sink() as sink:
        pass
    mailing(watched, sink.port)
    cw("db", "upgrade")
    said = cw("digest", "send", "--subscription", "daily", code=1)
    assert "Nothing was sent." in said
    assert ": 2 pending, tried again in" in said
    listed = cw("digest", "list")
    assert listed.startswith("1\t")
    assert "2 pending" in listed
    status = json.loads(cw("status", "--json"))
    assert [one["last_unsent"] for one in status["digests"]] == [{"pending": 2}, {}]
    assert len(status["unsent"]) == 1
    assert " (2 pending), next in " in cw("status")
    with open_sink(sink):
        assert "2 sent" in cw("digest", "resend", "1")
        assert "0 mails to send again. Everybody has it.\nNothing to send." in cw("digest", "resend", "1")
    assert "there is no digest 99" in cw("digest", "resend", "99", code=2)


def test_a_digest_that_failed_for_good_keeps_send_at_1_until_it_went_again(watched, cw):
    class Choosy(Sink):
        async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 # aiosmtpd's name
            envelope.rcpt_tos.append(address)
            return "250 OK" if self.is_well or address.startswith("wu") else "550 relaying denied"

    choosy = Choosy()
    choosy.is_well = False
    with open_sink(choosy) as sink:
        mailing(watched, sink.port)
        cw("db", "upgrade")
        assert "1 sent" in cw("digest", "send", "--subscription", "daily", code=1)
        choosy.is_well = True
        assert "Then `city-watcher digest resend 1`." in cw("digest", "send", "--subscription", "daily", code=1)
        assert "2 sent" in cw("digest", "send", "--subscription", "second")
        assert "1 sent" in cw("digest", "resend", "1")
        assert "Nothing to send." in cw("digest", "send")
    assert len(sink.mails) == 4


def test_an_item_is_split_off_its_story_and_stays_so(watched, cw, site):
    site.pages["/a"] = rss(("1", "Taipei and Daegu renew sister city agreement"))
    cw("poll")
    site.pages["/a"] = rss(("2", "Taipei and Daegu renew sister city agreement"))
    cw("poll", "--all")
    second, first = (item["id"] for item in json.loads(cw("items", "list", "--limit", "2", "--json")))
    assert f"story      {first} (title)" in cw("items", "show", str(second))
    assert f"item {second} is a story of its own" in cw("items", "split", str(second))
    cw("poll", "--all")
    assert f"story      {second} (split)" in cw("items", "show", str(second))
    assert "item 99 is not captured" in cw("items", "split", str(first), "99", code=2)
    assert f"story      {first} (first)" in cw("items", "show", str(first))


def test_feeds_explain_tells_of_a_feed_that_was_visited_and_of_one_that_nobody_knows(watched, cw):
    cw("poll")
    said = cw("feeds", "explain", "a")
    assert said.splitlines()[0] == "Bay News (a)"
    assert "because it was read for the first time" in said
    assert "read: entries 2, new 2, captured 1" in said
    told = json.loads(cw("feeds", "explain", "a", "--json"))
    assert (told["id"], told["state"], told["failures"], len(told["visits"])) == ("a", "well", 0, 1)
    assert told["sentences"][0] == "It is well."
    assert "did you mean" in cw("feeds", "explain", "aa", code=2)
