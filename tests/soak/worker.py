"""The worker of the soak: the real command `run`, but by a simulated clock and with quicker ticks.

python -m soak.worker CONFIG_FOLDER DATABASE_URL CLOCK_FILE
"""

import os
import sys
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

from soak.clocks import Clocks
from watcher.cli.place import Place
from watcher.cli.run import run

TICK_SECONDS = 0.1
"""Real ones. Five simulated seconds would be less than a millisecond."""


def end_with_driver() -> None:
    """Leave no worker behind, however the driver ends. A buffered read would hold its lock when the worker ends first."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


def main() -> None:
    Thread(target=end_with_driver, daemon=True).start()
    config, database, file = sys.argv[1:]
    clock, changes = Clocks(Path(file)).now, {"tick_seconds": TICK_SECONDS}
    place = Place(config=Path(config), database=database, clock=clock, changes=changes)
    run(SimpleNamespace(obj=place))


if __name__ == "__main__":
    main()
