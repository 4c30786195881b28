"""Poll the benchmark's site with `reader`, in the venv that has it: `python peer.py ADDRESS FEEDS FOLDER PHASE...`

It runs without our code, but for meter.py beside it.
"""

from functools import partial
from importlib.metadata import version

from meter import arguments, cpu_seconds, measure_phases, report
from reader import make_reader


def measure() -> None:
    address, feeds, home, phases = arguments()
    reader = make_reader(str(home / "reader.db"))
    for number in range(feeds):
        reader.add_feed(f"{address}/feed/{number}")
    report(phase="start", cpu=cpu_seconds(), name=f"reader {version('reader')}")

    def count(planted: set[str]) -> tuple[int, int]:
        stored = {entry.link for entry in reader.get_entries()}
        return reader.get_entry_counts().total, len(stored & planted)

    measure_phases(address, phases, partial(reader.update_feeds, scheduled=False), count)
    reader.close()


if __name__ == "__main__":
    measure()
