"""Configuration: what is wrong stops the start with file, key and cure."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from watcher.errors import ConfigError
from watcher.settings.feeds import load_feeds
from watcher.settings.load import find_config, packaged_config
from watcher.settings.overlay import DOCKER_SECRETS
from watcher.settings.subscription import SubscriptionSettings, refuse_unknown_names
from watcher.settings.watcher import FetchSettings, WatcherSettings, load_watcher

FEED = '[[feed]]\nid = "a"\nname = "A"\nurl = "https://a.example/"\n'


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('contakt = "a@b.example"', "'contakt' is not a setting (did you mean 'contact'?)"),
        ("[smtp]\nprt = 3", "[smtp] 'prt' is not a setting (did you mean 'port'?) (line 2)"),
        ("[smtp]\nport = 99999999", "[smtp] 'port' should be less than or equal to 65535 (found 99999999) (line 2)"),
        (
            "[fetch]\ntimeout_seconds = 9\n[smtp]\n# a server\ntimeout_seconds = 'x' # slow",
            "watcher.toml: [smtp] 'timeout_seconds' should be a whole number (found 'x') (line 5)",
        ),
        ("smtp.timeout_seconds = 'x'", "[smtp] 'timeout_seconds' should be a whole number (found 'x') (line 1)"),
        ("smtp = 3", "watcher.toml: 'smtp' should be a table of settings (found 3) (line 1)"),
        (
            "[[subscription]]\n[[subscription]]\ntitle = '''\n[smtp]\n'''\nrecipients = [\n 'a@b.example',\n 'c',\n]",
            "subscription 2 recipients 2: 'recipients' is not a mail address; write one such as 'desk@city.example' "
            "(found 'c') (line 6)",
        ),
        (
            '[[subscription]]\nat = "7"',
            "subscription 1: 'at' is not a time of day; write one such as '07:00' (found '7')",
        ),
        (
            '[[subscription]]\nid = "x"\nweekdays = ["mon", "Freitag"]',
            "subscription 1 \"x\" weekdays 2: 'weekdays' is not a day of the week; write one such as 'monday' or 'mon'",
        ),
        (
            '[[subscription]]\npairs = ["daegu"]',
            "pairs 1: 'pairs' is not a pair; write two ids of cities.csv, such as 'daegu~taipei' (found 'daegu')",
        ),
        ('[[subscription]]\npairs = ["taipei~taipei"]', "'pairs' is not a pair"),
        ('[[subscription]]\nlanguages = ["English"]', "'languages' is not a language tag"),
        ('[[subscription]]\nlanguages = ["jp"]', "'languages' names 'jp', which is no language"),
        ('[[subscription]]\nlanguages = ["de fr"]', "'languages' is not one language; write each in quotes of its own"),
        (
            '[[subscription]]\nchannel = "smtp"\nrecipients = ["a@b.example"]',
            "subscription \"daily\": 'channel' is \"smtp\", and that needs more; write [smtp] 'host', or leave",
        ),
        (
            '[smtp]\nhost = "mail.example.org"\n[[subscription]]\nchannel = "smtp"',
            "'channel' is \"smtp\", and that needs more; write a list of 'recipients', or leave 'channel' out.",
        ),
        ('[[subscription]]\nid = "x"\nzone = "Mars"', "subscription 1 \"x\": 'zone' is not a time zone"),
        ("[[subscription]]\n[[subscription]]", "two subscriptions are called 'daily'; give each an id of its own."),
        ("contact =", "invalid value (at line 1, column 10); mend the line."),
    ],
)
def test_a_wrong_watcher_toml_is_one_sentence_that_names_file_and_key(write, text, sentence):
    with pytest.raises(ConfigError) as caught:
        load_watcher(write("watcher.toml", text + "\n"))
    assert str(caught.value).startswith(f"{write('watcher.toml', text)}/watcher.toml: ")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (FEED + "colour = 3", "feed 1 \"A\": 'colour' is not a setting (known here: id, name,"),
        (FEED + "every_minuts = 3", "feed 1 \"A\": 'every_minuts' is not a setting (did you mean 'every_minutes'?)"),
        (
            '[[feed]]\nid = "a"\nulr = "https://a.example/"',
            "feed 1 \"a\": 'ulr' is not a setting (did you mean 'url'?) (line 3)",
        ),
        ('[[feed]]\nid = "a"', "feed 1 \"a\": 'url' is missing; add it (line 1)."),
        (FEED.replace("https", "ftp"), "is not a web address; write one that begins with http:// or https://"),
        (FEED + FEED, "feed 2 \"A\": 'id' is the same as that of feed 1; remove one of the two (line 6)."),
        (FEED + FEED.replace('"a"', '"b"'), "'url' is the same as that of feed 1"),
        (FEED.replace("https://a.example/", "https:///rss"), "'url' is not a web address"),
        (
            FEED + "# here:\n  language = 'Chinese'",
            "feed 1 \"A\": 'language' is not a language tag; write one such as 'en', 'zh-Hant' or 'zh-TW' "
            "(found 'Chinese') (line 6)",
        ),
        (FEED + 'enabled = "no"', "'enabled' should be true or false, without quotes (found 'no')"),
        (FEED + 'language = "zh_TW"', "'language' is not a language tag"),
        (
            FEED + 'region = "Taiwan"',
            "feed 1 \"A\": 'region' is not a region; write one such as 'TW' or 'TW-TPE', or 'INT' for no single country "
            "(found 'Taiwan') (line 5)",
        ),
        (FEED + 'region = "TW-"', "'region' is not a region"),
        (
            FEED + 'encoding = "big6"',
            "feed 1 \"A\": 'encoding' is not an encoding; write one such as 'big5', 'gb18030' or 'euc-kr' "
            "(found 'big6') (line 5)",
        ),
        (FEED + 'encoding = "base64"', "'encoding' is not an encoding"),
        (FEED + 'encoding = "a\\u0000b"', "'encoding' is not an encoding"),
        (FEED + 'format = "list"', "feed 1 \"A\": 'select' must say where a list has its headlines; write one such as"),
        (FEED + 'select = { item = "li" }', "'select' is only for list pages; write format = \"list\" above it"),
        (
            FEED + 'format = "list"\nselect = { item = "ul >> li" }',
            "feed 1 \"A\": 'item' is not a CSS selector (Expected selector, got <DELIM '>' at 4>); "
            "write one such as 'ul.news > li' (found 'ul >> li') (line 6)",
        ),
        (FEED + 'format = "list"\nselect = { item = "li", date = "a::text" }', "'date' is not a CSS selector"),
        (FEED + 'format = "list"\nselect = { item = "svg|a" }', "'item' is not a CSS selector"),
        (
            FEED + 'format = "list"\nselect = { item = "li", when = "b" }',
            "'when' is not a setting (known here: item, link",
        ),
        (FEED + 'format = "list"\nselect = { item = "" }', "'item' "),
        (FEED + 'format = "list"\nselect = { link = "a" }', "'item' is missing; add it"),
        ("feed = [{id = 'a'}]", "feed 1 \"a\": 'url' is missing; add it (line 1)."),
        ("feed = 3", "feeds.toml: 'feed' should be a list in [ ]"),
    ],
)
def test_a_wrong_feeds_toml_names_the_feed_and_the_cure(write, text, sentence):
    with pytest.raises(ConfigError) as caught:
        load_feeds(write("feeds.toml", text + "\n"))
    assert sentence in str(caught.value)


@pytest.mark.parametrize("line", ["language = '{}'", "region = '{}'", "encoding = '{}'"])
def test_the_usual_values_are_taken(write, line):
    right = {
        "language": (
            "",
            "en",
            "zh-Hant",
            "zh-TW",
            "zh-Hant-TW",
            "zh-yue",
            "es-419",
            "de-1996",
            "sl-rozaj",
            "yue",
            "EN-us",
        ),
        "region": ("", "TW", "TW-TPE", "KR-11", "JP-13", "INT", "EU", "tw-tpe"),
        "encoding": ("", "big5", "Big5-HKSCS", "gb18030", "cp949", "euc-kr", "shift_jis", "utf-16", "windows-1252"),
    }[line.split()[0]]
    for value in right:
        load_feeds(write("feeds.toml", FEED + line.format(value)))
    assert load_feeds(write("feeds.toml", FEED + "region = 'tw-tpe'"))[0].region == "TW-TPE"


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(ConfigError, match=r"the file is missing; `city-watcher init .*` writes a fresh one"):
        load_feeds(tmp_path)


def test_a_file_that_is_not_utf8_names_the_byte(tmp_path):
    (tmp_path / "feeds.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigError, match="byte 5 is not UTF-8"):
        load_feeds(tmp_path)


def test_the_environment_beats_secret_files_beat_the_file(write, tmp_path, monkeypatch):
    folder = write("watcher.toml", '[smtp]\nhost = "file"\nusername = "file"\npassword = "file"\n')
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name in ("host", "username"):
        (secrets / f"city_watcher_smtp__{name}").write_text(f"secret-{name}\n")
    (secrets / "another_programs_key").write_text("x")
    monkeypatch.setenv("CITY_WATCHER_SECRETS", str(secrets))
    monkeypatch.setenv("CITY_WATCHER_SMTP__HOST", "environment")
    smtp = load_watcher(folder).smtp
    assert (smtp.host, smtp.username, smtp.password.get_secret_value()) == ("environment", "secret-username", "file")


@pytest.mark.parametrize("file", ["", "[smtp]\nport = 587\n"])
def test_a_wrong_variable_is_blamed_whatever_the_file_says(write, monkeypatch, file):
    monkeypatch.setenv("CITY_WATCHER_SMTP__PORT", "abc")
    with pytest.raises(ConfigError) as caught:
        load_watcher(write("watcher.toml", file))
    assert str(caught.value) == (
        "the variable CITY_WATCHER_SMTP__PORT: [smtp] 'port' should be a whole number (found 'abc')"
    )


@pytest.fixture
def secrets(tmp_path, monkeypatch):
    """A folder of secret files."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    monkeypatch.setenv("CITY_WATCHER_SECRETS", str(folder))
    return folder


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("CITY_WATCHER_TICK_SECONDS", b"abc\n", "'tick_seconds' should be a whole number (found 'abc')"),
        ("CITY_WATCHER_SMTP__PASSWORD", b"caf\xe9", "byte 3 is not UTF-8; save the file as UTF-8."),
        ("CITY_WATCHER_SMTP_PASSWORD", b"x", "this is not a setting (did you mean CITY_WATCHER_SMTP__PASSWORD?)"),
    ],
)
def test_a_wrong_secret_file_is_blamed_whatever_the_file_says(write, secrets, name, content, sentence):
    (secrets / name).write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_watcher(write("watcher.toml", "tick_seconds = 5\n"))
    assert str(caught.value) == f"{secrets / name}: {sentence}"


def test_the_secrets_of_other_programs_are_not_read(write, secrets):
    (secrets / "their_key").write_bytes(b"\xff\xfe\x00")
    (secrets / "subscription").write_text("gold")
    assert load_watcher(write("watcher.toml", "")).model_dump() == WatcherSettings().model_dump()


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("CITY_WATCHER_CONTAKT", "did you mean CITY_WATCHER_CONTACT?"),
        ("city_watcher_tick_secs", "did you mean CITY_WATCHER_TICK_SECONDS?"),
        ("CITY_WATCHER_SMTP__PRT", "did you mean CITY_WATCHER_SMTP__PORT?"),
        ("CITY_WATCHER_SMTP_PORT", "did you mean CITY_WATCHER_SMTP__PORT?"),
        ("CITY_WATCHER_SMPT__HOST", "did you mean CITY_WATCHER_SMTP__HOST?"),
        ("CITY_WATCHER_SMTP", "did you mean CITY_WATCHER_SMTP__HOST?"),
        ("CITY_WATCHER_COLOUR", "such as CITY_WATCHER_CONTACT; unset it if it is not meant for us"),
    ],
)
def test_a_variable_that_is_no_setting_is_refused(write, monkeypatch, name, cure):
    monkeypatch.setenv(name, "587")
    with pytest.raises(ConfigError) as caught:
        load_watcher(write("watcher.toml", ""))
    assert str(caught.value) == f"the variable {name}: this is not a setting ({cure})"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CITY_WATCHER_CONFIG", "config"),
        ("CITY_WATCHER_TEST_POSTGRES", "postgresql://postgres@127.0.0.1/postgres"),
        ("CITY_WATCHER_SERVICE_HOST", "10.0.0.1"),
        ("CITY_WATCHER_SERVICE_PORT_HTTP", "80"),
        ("CITY_WATCHER_PORT", "tcp://10.0.0.1:80"),
        ("CITY_WATCHER_DB_PORT_5432_TCP_ADDR", "10.0.0.1"),
        ("SUBSCRIPTION", "gold"),
        ("SUBSCRIPTIONS", "gold"),
        ("SMTP__PORT", "gold"),
    ],
)
def test_a_variable_that_is_not_meant_for_a_setting_is_let_alone(write, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert load_watcher(write("watcher.toml", "")).model_dump() == WatcherSettings().model_dump()


def test_the_command_lines_database_beats_all(write, monkeypatch):
    monkeypatch.setenv("CITY_WATCHER_DATABASE", "sqlite:///environment.db")
    folder = write("watcher.toml", 'database = "sqlite:///file.db"\n')
    assert load_watcher(folder).database.get_secret_value() == "sqlite:///environment.db"
    assert load_watcher(folder, database="sqlite:///x.db").database.get_secret_value() == "sqlite:///x.db"


def test_private_hosts_may_be_named_by_a_plain_variable(write, monkeypatch):
    monkeypatch.setenv("CITY_WATCHER_FETCH__ALLOW_PRIVATE", "127.0.0.1, intranet.example")
    assert load_watcher(write("watcher.toml", "")).fetch.allow_private == ("127.0.0.1", "intranet.example")


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Intranet.Example.", "intranet.example"),
        ("news.büro.example", "news.xn--bro-hoa.example"),
        ("[::1]", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("10.1.0.0/16", "10.1.0.0/16"),
        ("fd00::/8", "fd00::/8"),
    ],
)
def test_what_may_be_private_is_a_host_or_a_network(written: str, known: str) -> None:
    assert FetchSettings(allow_private=(written,)).allow_private == (known,)


@pytest.mark.parametrize(
    "written",
    ["http://intranet.example/", "intranet.example:8080", "10.1.2.3/16", "*.example", "a?b", "me@b", "[::1]:80"],
)
def test_what_is_no_host_or_network_is_refused(write, written: str) -> None:
    with pytest.raises(ConfigError, match=r"'allow_private' is no host or network; write one such as 'intranet"):
        load_watcher(write("watcher.toml", f'[fetch]\nallow_private = ["{written}"]\n'))


def test_a_wrong_password_is_never_shown(write):
    with pytest.raises(ConfigError) as caught:
        load_watcher(write("watcher.toml", "[smtp]\npassword = 4711\n"))
    assert "4711" not in str(caught.value)
    assert "hunter2" not in repr(load_watcher(write("watcher.toml", '[smtp]\npassword = "hunter2"\n')))


def test_a_feed_may_say_its_own_pace(write):
    first, second = load_feeds(
        write("feeds.toml", FEED + "every_minutes = 15\n" + FEED.replace('"a"', '"b"').replace("//a", "//b"))
    )
    assert first.every(timedelta(hours=1)) == timedelta(minutes=15)
    assert second.every(timedelta(hours=1)) == timedelta(hours=1)


def test_config_is_found_by_option_then_variable_then_here_then_package(tmp_path):
    given, named, here = (tmp_path / name for name in ("given", "named", "here"))
    for folder in (given, named, here / "config"):
        folder.mkdir(parents=True)
        (folder / "watcher.toml").touch()
    variable = {"CITY_WATCHER_CONFIG": str(named)}
    assert find_config(given, variable, here) == given
    assert find_config(None, variable, here) == named
    assert find_config(None, {}, here) == here / "config"
    assert find_config(None, {}, tmp_path) == packaged_config()


def test_a_named_folder_without_configuration_is_an_error_with_its_cure(tmp_path):
    with pytest.raises(ConfigError, match=r"no watcher\.toml there; `city-watcher init"):
        find_config(tmp_path, {}, tmp_path)


def test_a_subscription_is_due_at_seven_unless_it_says_otherwise(write):
    assert load_watcher(write("watcher.toml", "")).subscriptions[0].at == time(7)
    assert load_watcher(write("watcher.toml", '[[subscription]]\nat = "18:30"')).subscriptions[0].at == time(18, 30)


@pytest.mark.parametrize("name", ["nosuch", "watcher.toml"])
def test_a_folder_of_secrets_that_is_not_there_stops_the_start(write, monkeypatch, name):
    folder = write("watcher.toml", "")
    monkeypatch.setenv("CITY_WATCHER_SECRETS", str(folder / name))
    with pytest.raises(ConfigError, match=rf"CITY_WATCHER_SECRETS: there is no folder '.*{name}'; name the one with"):
        load_watcher(folder)


@pytest.mark.skipif(Path(DOCKER_SECRETS).exists(), reason="here Docker has secrets")
@pytest.mark.parametrize("end", ["", "/"])
def test_dockers_folder_of_secrets_may_be_missing(write, monkeypatch, end):
    monkeypatch.setenv("CITY_WATCHER_SECRETS", DOCKER_SECRETS + end)
    assert load_watcher(write("watcher.toml", "")).contact == ""


def test_days_and_pairs_of_a_subscription_are_read_in_any_form():
    one = SubscriptionSettings(weekdays=["Mon", "sunday"], pairs=["taipei ~ daegu"])
    assert (one.days, one.pairs) == ({0, 6}, ("daegu~taipei",))
    assert SubscriptionSettings().days == set(range(7))


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        (
            {"topics": ["city-exchanges"]},
            "'topics' names 'city-exchanges', which is no id of topics.toml; did you mean",
        ),
        ({"topics": ["x"]}, "no id of topics.toml; write an id that stands in topics.toml, or add it there."),
        ({"pairs": ["taipei~deagu"]}, "'pairs' names 'deagu', which is no id of cities.csv; did you mean 'daegu'?"),
        ({"cities": ["Taipei City"]}, "'cities' names 'Taipei City', which is no id of cities.csv"),
    ],
)
def test_a_subscription_to_what_no_file_knows_is_refused(wishes, sentence):
    with pytest.raises(ConfigError) as caught:
        refuse_unknown_names(Path("w"), SubscriptionSettings(**wishes), {"city-exchange"}, {"daegu", "taipei"})
    assert str(caught.value).startswith('w: subscription "daily": ')
    assert sentence in str(caught.value)


def test_a_subscription_to_what_the_files_know_is_taken():
    one = SubscriptionSettings(topics=["city-exchange"], pairs=["taipei~daegu"], cities=["taipei"])
    refuse_unknown_names(Path("w"), one, {"city-exchange"}, {"daegu", "taipei"})


@pytest.mark.parametrize(
    ("channel", "host", "recipients", "mails"),
    [
        ("auto", "mail.example.org", ["a@b.example"], True),
        ("auto", "mail.example.org", [], False),
        ("auto", "", ["a@b.example"], False),
        ("file", "mail.example.org", ["a@b.example"], False),
        ("smtp", "mail.example.org", ["a@b.example"], True),
    ],
)
def test_a_subscription_says_by_which_channel_it_goes(channel, host, recipients, mails):
    one = SubscriptionSettings(channel=channel, recipients=recipients)
    assert WatcherSettings(smtp={"host": host}, subscriptions=(one,)).mails(one) is mails
