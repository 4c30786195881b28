"""The doctor: each thing that the watcher needs is said to be well, or what is wrong with it and what cures it."""

import asyncio
import json
import os
import sqlite3
import ssl
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest
import trustme
from conftest import NOON, rss
from handful import write_handful
from mail_server import PASSWORD, USER, Script, client_side, mail_server, server_side

from watcher.cli import main
from watcher.cli.place import wall_clock
from watcher.desk import open_store
from watcher.doctor import (
    choose_sample,
    look_at_clock,
    look_at_database,
    look_at_disk,
    look_at_feeds,
    look_at_mail,
    look_at_proxies,
    standing,
)
from watcher.heartbeat import HEARTBEAT
from watcher.settings.feeds import FeedSettings
from watcher.settings.watcher import WatcherSettings

SENDER = "watch@city-desk.example"


@pytest.fixture
def home(tmp_path, monkeypatch, site, capsys):
    """A folder with a configuration of one feed, as after `init`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CITY_WATCHER_FETCH__ALLOW_PRIVATE", "127.0.0.1")
    monkeypatch.setenv("COLUMNS", "300")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit):
        main(["init", "--contact", "desk@city-desk.example"])
    assert "`city-watcher doctor` says what is missing" in capsys.readouterr().out.replace(
        os.sys.argv[0], "city-watcher"
    )
    site.pages["/a"] = rss(("f1", "Shanghai-Taipei City Forum opens"), published=wall_clock())
    write_handful(tmp_path / "config")
    (tmp_path / "config" / "feeds.toml").write_text(f'[[feed]]\nid = "a"\nurl = "{site.url("/a")}"\n')
    return tmp_path


@pytest.fixture
def doctor(home, capsys):
    """Ask the doctor; return its findings as (state, about, sentence)."""

    def ask(*words, code=0):
        with pytest.raises(SystemExit) as ended:
            main(["doctor", "--json", *words])
        said = json.loads(capsys.readouterr().out)
        assert ended.value.code == code, said
        assert said["state"] in {one["state"] for one in said["findings"]}
        assert all(one["sentence"].endswith((".", "?", ")")) for one in said["findings"])
        return [(one["state"], one["about"], one["sentence"]) for one in said["findings"]]

    return ask


def of(findings, about):
    return [(state, sentence) for state, one, sentence in findings if one == about]


def grades(remarks):
    return [(one.grade.value, one.sentence) for one in remarks]


def test_after_init_all_is_well_or_foreseen_and_nothing_is_stored(doctor, home):
    findings = doctor()
    assert {state for state, *_ in findings} == {"well", "note"}
    assert of(findings, "config") == [
        ("well", f"{home}/config: 1 enabled feed, 1 subscription; every file can be read.")
    ]
    [(_, digest)] = of(findings, "digest")
    assert "07:00 in UTC, written to var/digests/ (no mail server in watcher.toml)." in digest
    [(_, database)] = of(findings, "database")
    assert "there is no database yet; `city-watcher poll`" in database
    assert of(findings, "feeds") == [("well", "1 of 1 enabled feeds visited (of different hosts, at most 5), 1 well.")]
    assert not (home / "var").exists()


def test_a_person_reads_one_line_for_each_finding(home, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["doctor"])
    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 0
    assert all(line[:6].strip() in ("well", "note") for line in lines)
    assert "note  mail      There is no mail server, so digests are written to var/digests/; name one as `host`" in str(
        lines
    )


@pytest.mark.parametrize("file", ["watcher.toml", "feeds.toml", "topics.toml", "cities.csv", "ties.csv"])
def test_a_file_that_cannot_be_read_stops_and_ends_with_2(doctor, home, file):
    (home / "config" / file).write_text("nonsense [[\n")
    [(state, about, sentence)] = doctor(code=2)
    assert (state, about) == ("stops", "config")
    assert file in sentence


def test_what_can_be_overlooked_in_the_configuration_is_a_note(doctor, home):
    (home / "config" / "watcher.toml").write_text("[smtp]\nhost = '127.0.0.1'\nport = 1\n")
    found = doctor(code=1)
    assert of(found, "config")[1][1].startswith("There is no contact; write your mail address as `contact`")
    assert (of(found, "config")[1][0], of(found, "digest")[0][0]) == ("note", "note")
    assert "(no recipients in watcher.toml)" in of(found, "digest")[0][1]


# Database, clock, disk


def sentences(url, now=NOON):
    return grades(look_at_database(url, now))


def test_a_database_is_opened_as_it_stands(fresh_url):
    [(grade, said)] = sentences(fresh_url)
    assert grade == "well"
    assert said.endswith(": opens, and holds 0 captured items, 0 seeds.")


def test_a_heartbeat_that_lies_ahead_accuses_the_clock(fresh_url):
    with open_store(fresh_url) as store:
        store.facts.note(HEARTBEAT, "", NOON + timedelta(hours=3))
    grade, said = sentences(fresh_url)[1]
    assert grade == "wrong"
    assert "lies ahead, at 2026-03-01 15:00 UTC" in said
    assert len(sentences(fresh_url, NOON + timedelta(hours=3))) == 1


@pytest.mark.parametrize(
    ("revision", "grade", "words"),
    [
        ("9999", "stops", "a newer version of the watcher wrote it (schema 9999)"),
        ("0001", "note", "the next start brings"),
    ],
)
def test_a_schema_of_another_version_is_told_and_not_touched(tmp_path, upgraded_file, revision, grade, words):
    path = tmp_path / "watcher.db"
    path.write_bytes(upgraded_file.read_bytes())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    [(found, said)] = sentences(f"sqlite:///{path}")
    assert (found, words in said) == (grade, True)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(revision,)]


def test_what_is_no_database_of_ours_stops_and_no_password_is_shown(tmp_path):
    (tmp_path / "text.db").write_text("no database at all, but a text of some length")
    assert sentences(f"sqlite:///{tmp_path}/text.db")[0][0] == "stops"
    [(grade, said)] = sentences("postgresql://desk:hunter2@127.0.0.1:1/watcher")
    assert grade == "stops"
    assert "hunter2" not in said


def test_a_clock_that_was_never_set_is_wrong():
    assert look_at_clock(datetime(1970, 1, 1, tzinfo=UTC)).grade == "wrong"
    assert look_at_clock(NOON).sentence == "It is 2026-03-01 12:00 UTC by this machine's clock."


def test_a_disk_without_room_for_a_copy_of_the_database_is_wrong(tmp_path):
    file = tmp_path / "watcher.db"
    assert grades(look_at_disk({"the database": tmp_path}, file))[0][0] == "well"
    file.touch()
    os.truncate(file, 10**13)  # a hole: it takes no room
    [(grade, said)] = grades(look_at_disk({"the database": tmp_path}, file))
    assert grade == "wrong"
    assert "free some space: 10,000,200 MB leave room for a copy of the database." in said


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_closed_to_us_is_wrong(tmp_path):
    tmp_path.chmod(0o500)
    assert grades(look_at_disk({"digests": tmp_path / "new"}, None))[0][0] == "wrong"
    assert sentences(f"sqlite:///{tmp_path}/new/watcher.db")[0][0] == "stops"
    tmp_path.chmod(0o700)


def test_a_folder_that_is_still_to_be_made_is_judged_by_the_one_above_it(tmp_path):
    assert standing(tmp_path / "var" / "digests") == tmp_path


# Mail


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def mailing(port, **smtp):
    return WatcherSettings(
        smtp={"host": "127.0.0.1", "port": port, "sender": SENDER} | smtp, contact="ops@desk.example"
    )


def test_a_mail_server_is_tried_as_far_as_the_sender_and_gets_no_mail(authority):
    script = Script()
    with mail_server(script, tls_context=server_side(authority), authenticator=script.authenticate):
        settings = mailing(script.port, username=USER, password=PASSWORD)
        [(grade, said)] = grades(look_at_mail(settings, wall_clock(), client_side(authority)))
    assert grade == "well"
    assert f"answers, encrypts (TLSv1.3), accepts the login, and takes mail from {SENDER}." in said
    assert script.mails == []


FAULTS = {
    ("greeting", "554 no service here"): "did not let us in (554 no service here)",
    ("STARTTLS", "454 no"): "did not let us in (454 no)",
    ("AUTH", "535 wrong"): "refused the login (535); correct `username` and `password`",
    ("MAIL", "553 not yours"): f"takes no mail from {SENDER} (553 not yours); name a sender that it knows",
    ("MAIL", "451 later"): f"put mail from {SENDER} off (451 later)",
    ("MAIL", "drop"): "broke off before it had a mail (connection closed)",
}


@pytest.mark.parametrize(("phase", "fault"), FAULTS, ids=str)
def test_what_a_mail_server_refuses_is_wrong_and_says_the_cure_without_the_password(authority, phase, fault):
    script = Script(phase, fault)
    with mail_server(script, tls_context=server_side(authority), authenticator=script.authenticate):
        settings = mailing(script.port, username=USER, password=PASSWORD)
        [(grade, said)] = grades(look_at_mail(settings, wall_clock(), client_side(authority)))
    assert grade == "wrong"
    assert FAULTS[phase, fault] in said
    assert PASSWORD not in said


def test_a_certificate_that_nobody_vouches_for_is_wrong_and_one_that_ends_soon_a_note(authority):
    script, now = Script(), wall_clock()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", not_after=now + timedelta(days=3)).configure_cert(tls)
    with mail_server(script, tls_context=tls):
        settings = mailing(script.port)
        assert "is not to be trusted" in grades(look_at_mail(settings, now))[0][1]
        found = grades(look_at_mail(settings, now, client_side(authority)))
    assert [grade for grade, _ in found] == ["well", "note"]
    assert "The certificate of 127.0.0.1 ends on " in found[1][1]


@pytest.mark.parametrize(
    ("smtp", "grade", "words"),
    [
        ({"username": USER}, "wrong", "no password; set CITY_WATCHER_SMTP__PASSWORD or a secret file."),
        ({"password": PASSWORD}, "note", "no `username`, so nobody logs in"),
        (
            {"username": USER, "password": PASSWORD, "security": "none", "host": "no-such.invalid"},
            "wrong",
            "for all to read",
        ),
    ],
)
def test_a_login_that_is_half_given_or_given_away_is_told(smtp, grade, words):
    found = grades(look_at_mail(mailing(1, **smtp), NOON))[0]
    assert (found[0], words in found[1], PASSWORD in found[1]) == (grade, True, False)


@pytest.mark.parametrize("wrong", ["jörg@city-desk.example", "desk@市.example"])
def test_an_address_of_ours_that_mail_cannot_carry_is_wrong_before_anybody_is_asked(wrong):
    script = Script()
    with mail_server(script):
        for smtp, contact in (({"sender": wrong}, ""), ({}, wrong)):
            settings = mailing(script.port, security="none", **smtp).model_copy(update={"contact": contact})
            [(grade, said)] = grades(look_at_mail(settings, NOON))
            assert (grade, f"{'contact' if contact else 'sender'} address '{wrong}' has letters" in said) == (
                "wrong",
                True,
            )
    assert script.connections == 0


# The test mail


@pytest.fixture
def mailed(home, monkeypatch):
    """Let the configuration of `home` mail to a server that a test scripts."""
    script = Script()
    with mail_server(script):
        for name, value in {"HOST": "127.0.0.1", "PORT": str(script.port), "SECURITY": "none"}.items():
            monkeypatch.setenv(f"CITY_WATCHER_SMTP__{name}", value)
        yield script


def test_a_test_mail_goes_to_the_contact_or_to_the_address_that_is_named(mailed, doctor):
    [(state, said)] = of(doctor("--send-test"), "test mail")
    assert (state, "took a test mail to desk@city-desk.example" in said) == ("well", True)
    doctor("--send-test", "me@harbour.example")
    (first, data), (second, other) = mailed.mails
    assert (first, second) == ("desk@city-desk.example", "me@harbour.example")
    mail = message_from_bytes(data)
    assert (mail["Subject"], mail["From"]) == ("A test mail", "City Exchange Watcher <desk@city-desk.example>")
    assert mail["Message-ID"] != message_from_bytes(other)["Message-ID"]


def test_a_test_mail_that_is_refused_is_wrong_and_tried_once(mailed, doctor):
    mailed.phase, mailed.fault = "RCPT", "550 no such user"
    [(state, said)] = of(doctor("--send-test", code=1), "test mail")
    assert (state, said.endswith("(A test mail is tried once.)")) == ("wrong", True)
    assert mailed.mails == []


def test_without_a_server_no_test_mail_can_go(doctor):
    [(_, said)] = of(doctor("--send-test", code=1), "test mail")
    assert "name its `host` under [smtp]" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["me@harbour.example"], "without --send-test"),
        (["--send-test", "nonsense"], "'nonsense' is not a mail address"),
    ],
)
def test_an_address_without_a_test_or_that_is_none_is_refused(home, capsys, words, said):
    with pytest.raises(SystemExit) as ended:
        main(["doctor", *words])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


# Proxies and feeds


def test_proxies_of_the_environment_are_said_without_their_password():
    variables = {"https": "http://desk:hunter2@proxy.example:3128", "no": "intranet.example"}
    [(grade, said)] = grades(look_at_proxies(variables))
    assert (grade, "hunter2" in said) == ("note", False)
    assert "feeds of https:// are fetched through proxy.example:3128, but for " in said
    assert grades(look_at_proxies({"all": "proxy.example:1"}))[0][1].startswith(
        "The environment names a proxy: all feeds"
    )
    assert grades(look_at_proxies({"http": "x", "no": "*"})) == [("well", "The environment names no proxy.")]


def test_a_proxy_that_cannot_be_used_stops(doctor, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "gopher://desk:hunter2@proxy.example")
    [stop] = [one for one in of(doctor(code=2), "proxy") if one[0] == "stops"]
    assert "HTTP_PROXY" in stop[1]
    assert "hunter2" not in stop[1]


def feed(url):
    return FeedSettings(id=url.split("/")[-1], url=url)


def test_the_sample_is_of_different_hosts_and_spread_over_the_list():
    feeds = [feed(f"https://host{number // 2}.example/f{number}") for number in range(40)]
    assert [one.id for one in choose_sample(feeds)] == ["f0", "f8", "f16", "f24", "f32"]
    assert choose_sample(feeds[:3]) == [feeds[0], feeds[2]]


@pytest.mark.parametrize(
    ("hours", "way"), [(3, "ahead of the clocks of the feeds' servers"), (-50, "behind the clocks of"), (0, None)]
)
def test_a_clock_that_the_servers_of_the_feeds_contradict_is_told(site, hours, way):
    site.pages["/a"] = rss(("f1", "A forum opens"), published=wall_clock())
    settings = WatcherSettings(fetch={"allow_private": ["127.0.0.1", "localhost"]})
    feeds = [feed(site.url("/a")), feed(site.url("/a").replace("127.0.0.1", "localhost"))]
    remarks = asyncio.run(look_at_feeds(feeds, settings, lambda: wall_clock() + timedelta(hours=hours)))
    clocks = [(one.grade, way in one.sentence) for one in remarks if one.about == "clock"]
    assert clocks == ([("wrong", True)] if way else [])
    [alone] = [one for one in asyncio.run(look_at_feeds(feeds[:1], settings, lambda: NOON)) if one.about == "clock"]
    assert (alone.grade, alone.sentence.endswith("compare it with another one, and set it by NTP.")) == ("note", True)


def looked(settings, *urls):
    return grades(asyncio.run(look_at_feeds([feed(url) for url in urls], settings, wall_clock)))


def test_one_sick_feed_is_a_note_and_none_that_is_well_is_wrong(site):
    site.pages["/a"] = rss(("f1", "A forum opens"), published=wall_clock())
    settings = WatcherSettings(fetch={"allow_private": ["127.0.0.1", "localhost"]})
    gone = site.url("/gone").replace("127.0.0.1", "localhost")
    found = looked(settings, site.url("/a"), gone)
    assert found[0] == (
        "note",
        "2 of 2 enabled feeds visited (of different hosts, at most 5), 1 well; `city-watcher feeds check` visits all.",
    )
    assert (found[1][0], found[1][1].startswith("gone: ")) == ("note", True)
    assert looked(settings, gone)[0][0] == "wrong"
    assert looked(settings, "http://127.0.0.1:1/x")[0] == (
        "wrong",
        "1 of 1 enabled feeds visited (of different hosts, at most 5), 0 well: is this machine's network well?",
    )
    assert looked(settings)[0] == ("wrong", "No feed is enabled; `city-watcher feeds add URL` adds one.")
