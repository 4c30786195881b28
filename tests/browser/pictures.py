"""`make pictures`: the two pictures of the page in the README, taken of the demo's news and an invented past."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from storing import keep, new_item, open_store

from browser.chromium import open_browser
from watcher.cli.files import read_cities_called
from watcher.cli.place import Place, wall_clock
from watcher.demo.day import open_lived_desk
from watcher.judging import load_judge
from watcher.settings.load import packaged_config
from watcher.text.tokens import index_text
from watcher.web import Site, make_app
from watcher.web.server import address_of, bind, serving

ROOT = Path(__file__).resolve().parent.parent.parent
DEMO = ROOT / "var" / "demo" / "watcher.db"
TAKEN = {"page-items.png": "/items?q=姊妹市+OR+%22sister+city%22", "page-pair.png": "/pairs/daegu~taipei"}
"""What is taken, by the file of docs/ that it becomes."""
SIZE = {"width": 1040, "height": 860}
PAST = (
    (34, "visit", "en", "Taipei councillors tour Daegu's textile quarter"),
    (31, "forum", "ko", "대구·타이베이 도시재생 포럼, 골목 상권을 말하다"),
    (27, "mou", "zh-Hant", "台北大邱簽署智慧交通合作備忘錄"),
    (27, "mou", "en", "Daegu and Taipei sign memorandum on buses that talk to traffic lights"),
    (22, "programme", "zh-Hant", "大邱高中生來台北寄宿一週 互學茶藝與陶藝"),
    (19, "visit", "ko", "타이베이 부시장, 대구 물산업단지 방문"),
    (15, "anniversary", "en", "Daegu lights a bridge for fourteen years with Taipei"),
    (13, "forum", "zh-Hant", "台北大邱談高齡友善城市 論壇移師大邱"),
    (13, "forum", "ko", "고령친화도시 포럼, 올해는 대구에서"),
    (8, "agreement", "en", "Zoos of Daegu and Taipei agree to exchange red-crowned cranes"),
    (4, "visit", "zh-Hant", "大邱市議會訪台北 參觀社區圖書館"),
    (2, "reaffirmation", "ko", "대구-타이베이, 자매결연 정신 재확인"),
)
"""So many months ago: kind, language and headline of what we invented."""
MONTH = timedelta(days=30)


def fill(path: Path) -> None:
    """Put the past into a copy of the demo's database, and take out the seeds, which nobody invented."""
    now = datetime.now(UTC)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DELETE FROM items WHERE key LIKE 'seed:%'")
        database.commit()
    with open_store(f"sqlite:///{path}") as store:
        for number, (months, kind, language, title) in enumerate(PAST):
            at = now - months * MONTH
            told = {"kind": kind, "language": language, "title": title, "published_at": at, "folded": index_text(title)}
            keep(store, new_item(f"past:{number}", at=at, feed_id="danshui-daily", **told), at=now)


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Serve the demo's page; yield the address."""
    config = packaged_config()
    site = partial(Site, judge=load_judge(config), city_names=partial(read_cities_called, Place(config=config)))
    with (
        open_lived_desk(home, wall_clock) as desk,
        bind("127.0.0.1", 0) as bound,
        serving(make_app(site(desk=desk)), bound),
    ):
        yield address_of(bound)


def main() -> None:
    """Take the pictures."""
    with TemporaryDirectory() as folder:
        path = Path(shutil.copy(DEMO, folder))
        fill(path)
        with served(path.parent) as address, open_browser() as browser:
            page = browser.new_page(base_url=address, viewport=SIZE, color_scheme="light")
            for name, place in TAKEN.items():
                page.goto(place)
                page.screenshot(path=ROOT / "docs" / name)


if __name__ == "__main__":
    main()
