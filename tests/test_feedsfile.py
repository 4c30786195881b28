"""feeds.toml, edited for its user: what was not meant stays byte for byte."""

import os
import shutil
import tomllib

import pytest
import tomlkit
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from test_feedlist import HOSTILE

from watcher.errors import ConfigError
from watcher.feedlist import ListedFeed
from watcher.feedsfile import MARK, add_feed, add_feeds, remove_feeds, write_safely
from watcher.settings.feeds import load_feeds
from watcher.settings.load import packaged_config

SAMPLE = """\
# Where we look
# (sample)

# Asia

# about a
[[feed]]
id = "a" # dear
url = "https://a.example/"
# [[feed]] in a comment
zone = "Asia/Taipei"
# under a

# of nobody

[[feed]]
id = "b"
url = "https://b.example/"
note = '''
[[feed]]
# not a comment'''
# about c
[[ feed ]]
id = "c"
url = "https://c.example/"
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        (tmp_path / "feeds.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write


def read(folder):
    return (folder / "feeds.toml").read_bytes().decode()


def ids(folder):
    return [feed.id for feed in load_feeds(folder)]


def listed(host, **more):
    return ListedFeed(url=f"https://{host}.example/", **more)


# Adding


def test_added_feeds_follow_and_comments_are_kept(write):
    folder = write(SAMPLE)
    assert add_feeds(folder, [listed("a"), listed("d", name='D "quoted"'), listed("e")], {}) == [
        "d-quoted",
        "e-example",
    ]
    assert add_feeds(folder, [listed("d")], {}) == []
    assert read(folder) == SAMPLE + (
        '\n[[feed]]\nid = "d-quoted"\nname = "D \\"quoted\\""\nurl = "https://d.example/"\n'
        '\n[[feed]]\nid = "e-example"\nurl = "https://e.example/"\n'
    )


def test_everything_that_is_said_of_a_feed_is_written(write):
    folder = write("# nothing yet\n")
    said = {"language": "ja", "region": "jp-13", "zone": "Asia/Tokyo", "every_minutes": 15}
    assert add_feed(folder, listed("b", id="bay", name="灣", **said), {}) == "bay"
    [feed] = load_feeds(folder)
    assert feed.model_dump(exclude_defaults=True) == said | {
        "id": "bay",
        "name": "灣",
        "url": "https://b.example/",
        "region": "JP-13",
    }


@pytest.mark.parametrize(
    ("feed", "sentence"),
    [
        (listed("A"), r"https://A\.example/: stands in .*feeds\.toml as 'a' already; change it there"),
        (listed("off"), r"as 'off' already, not enabled; change it there"),
        (listed("new", id="a"), r"'a' is the id of https://a\.example/ already; choose another one with --id"),
        (listed("new", id="A b", place="command line"), r"command line: 'id' is no id; use small letters"),
    ],
)
def test_an_address_or_an_id_that_stands_is_not_added_again(write, feed, sentence):
    folder = write(SAMPLE + '[[feed]]\nid = "off"\nurl = "https://off.example/"\nenabled = false\n')
    before = read(folder)
    with pytest.raises(ConfigError, match=sentence):
        add_feed(folder, feed, {})
    assert read(folder) == before


# Removing


def test_a_feed_goes_with_the_comments_that_touch_it_and_nothing_else(write):
    folder = write(SAMPLE)
    remove_feeds(folder, ["a"])
    gone = SAMPLE[SAMPLE.index("\n# about a") : SAMPLE.index("\n# of nobody")]
    assert read(folder) == SAMPLE.replace(gone, "")
    remove_feeds(folder, ["c"])
    assert read(folder).endswith("# not a comment'''\n")
    assert ids(folder) == ["b"]


def test_a_comment_between_two_feeds_belongs_to_the_one_below(write):
    folder = write(SAMPLE)
    remove_feeds(folder, ["b"])
    assert read(folder).endswith('# of nobody\n# about c\n[[ feed ]]\nid = "c"\nurl = "https://c.example/"\n')


def test_the_comment_that_begins_the_file_is_its_heading(write):
    folder = write('# mine\n[[feed]]\nid = "a"\nurl = "https://a.example/"\n')
    remove_feeds(folder, ["a"])
    assert read(folder) == "# mine\n"


def test_a_line_ends_at_a_newline_and_nowhere_else(write):
    folder = write('# mine\n\n# of\u2028a\n[[feed]]\nid = "a"\nurl = "https://a.example/"\n')
    remove_feeds(folder, ["a"])
    assert read(folder) == "# mine\n"


def test_all_feeds_can_be_removed_at_once(write):
    folder = write('[[feed]]\nid = "a"\nurl = "https://a.example/"\n\n[[feed]]\nid = "b"\nurl = "https://b.example/"')
    remove_feeds(folder, ["b", "a", "a"])
    assert read(folder) == ""


@pytest.mark.parametrize(
    ("unknown", "cure"), [("taipetimes", r"did you mean 'taipeitimes'\?"), ("timely", "look there for the ids")]
)
def test_an_unknown_id_names_the_nearest_and_removes_nothing(write, unknown, cure):
    folder = write(SAMPLE.replace('"b"', '"taipeitimes"'))
    before = read(folder)
    with pytest.raises(ConfigError, match=f"there is no feed '{unknown}'; {cure}"):
        remove_feeds(folder, ["a", unknown])
    assert read(folder) == before


# Byte for byte

BLANKS = st.lists(st.sampled_from(["", "  ", "# a comment", "# [[feed]]", "#\u2028id = 3"]), max_size=3)
TABLES = st.tuples(
    st.sampled_from(["[[feed]]", " [[ feed ]] # here", '[["feed"]]']),
    BLANKS,
    HOSTILE.map(lambda text: f"name = {tomlkit.item(text).as_string()}")
    | st.sampled_from(['note = """\n[[feed]]\n\n# x"""', "note = '''\n# [[feed]]\n'''", ""]),
)


@st.composite
def files(draw):
    lines = [*draw(BLANKS)]
    for number, (header, inner, extra) in enumerate(draw(st.lists(TABLES, max_size=3))):
        lines += [header, *inner, f'id = "feed-{number}"', f'url = "https://f{number}.example/"', extra, *draw(BLANKS)]
    text = "\n".join([*lines, ""] if draw(st.booleans()) else lines)
    mark = draw(st.sampled_from(["", MARK]))
    return mark + (text.replace("\n", "\r\n") if draw(st.booleans()) else text)


@hypothesis_settings(max_examples=60)
@given(text=files(), names=st.lists(HOSTILE, min_size=1, max_size=3), data=st.data())
def test_removing_what_was_added_leaves_the_file_as_it_was(tmp_path_factory, text, names, data):
    folder = tmp_path_factory.getbasetemp()
    path = folder / "feeds.toml"
    path.write_bytes(text.encode())
    added = add_feeds(folder, [listed(f"new{n}", name=name) for n, name in enumerate(names)], {})
    assert path.read_bytes().startswith(text.encode())
    for one in data.draw(st.permutations(added)):
        remove_feeds(folder, [one])
    assert path.read_bytes() == text.encode()


@hypothesis_settings(max_examples=50)
@given(text=files(), data=st.data())
def test_removing_a_feed_leaves_the_others_as_they_were(tmp_path_factory, text, data):
    folder = tmp_path_factory.getbasetemp()
    path = folder / "feeds.toml"
    path.write_bytes(text.encode())
    feeds = load_feeds(folder)
    gone = data.draw(st.sets(st.sampled_from([feed.id for feed in feeds]))) if feeds else set()
    remove_feeds(folder, sorted(gone))
    assert load_feeds(folder) == tuple(feed for feed in feeds if feed.id not in gone)
    left = path.read_bytes().decode().removeprefix(MARK).split("\n")
    rest = iter(text.removeprefix(MARK).split("\n"))
    assert all(line in rest or line == left[-1] for line in left), "lines in their order, none of them changed"


# What an edit must not spoil


def test_mode_and_link_stay(write, tmp_path):
    folder = write(SAMPLE)
    (folder / "feeds.toml").chmod(0o640)
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "feeds.toml").symlink_to(folder / "feeds.toml")
    remove_feeds(linked, ["a"])
    assert (linked / "feeds.toml").is_symlink()
    assert ids(folder) == ["b", "c"]
    assert (folder / "feeds.toml").stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(folder)) == ["feeds.toml", "linked"]


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(tmp_path):
    path = tmp_path / "feeds.toml"
    path.write_text("theirs")
    with pytest.raises(ConfigError, match="somebody else changed the file just now; nothing was written, try again"):
        write_safely(path, "mine", before=b"as I read it")
    assert path.read_text() == "theirs"
    assert os.listdir(tmp_path) == ["feeds.toml"]


def test_a_file_that_may_only_be_read_is_refused_with_the_cure(write):
    folder = write(SAMPLE)
    (folder / "feeds.toml").chmod(0o444)
    for edit in (lambda: add_feed(folder, listed("z"), {}), lambda: remove_feeds(folder, ["a"])):
        with pytest.raises(
            ConfigError, match="may only be read; `city-watcher init DIR` makes a copy that you can edit"
        ):
            edit()
    assert read(folder) == SAMPLE


def test_the_packages_own_configuration_is_refused_with_the_cure(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = (packaged_config() / "feeds.toml").read_bytes()
    for edit in (add_feeds, lambda folder, *_: remove_feeds(folder, ["pts"])):
        with pytest.raises(ConfigError, match="comes with the program; `city-watcher init` makes a copy here"):
            edit(packaged_config(), [listed("b")], {})
    assert (packaged_config() / "feeds.toml").read_bytes() == before


def test_a_folder_without_the_file_says_how_to_get_one(tmp_path):
    with pytest.raises(ConfigError, match="the file is missing; `city-watcher init"):
        add_feeds(tmp_path / "missing", [listed("b")], {})


def test_feeds_that_are_no_tables_are_left_to_their_writer(write):
    folder = write('feed = [{id = "a", url = "https://a.example/"}]\n')
    with pytest.raises(ConfigError, match=r"its feeds are not all \[\[feed\]\] tables; write them so"):
        add_feeds(folder, [listed("b")], {})


@pytest.mark.parametrize("gone", [0, 1])
def test_every_second_feed_of_the_shipped_file_can_be_removed_and_its_neighbours_stay(tmp_path, gone):
    shutil.copy(packaged_config() / "feeds.toml", tmp_path)
    feeds = tomllib.loads(read(tmp_path))["feed"]
    remove_feeds(tmp_path, [feed["id"] for feed in feeds[gone::2]])
    assert tomllib.loads(read(tmp_path))["feed"] == feeds[1 - gone :: 2]
    remove_feeds(tmp_path, ids(tmp_path))
    assert read(tmp_path).startswith("# Where we look")
