"""Run the command line by `python -m watcher`."""

from watcher.cli import main

main()
