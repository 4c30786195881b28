"""The command line: `city-watcher [--config DIR] [--database URL] COMMAND`.

A command's module is loaded when the command is called, so that `healthcheck` need not wait for the judge.
"""

import gc
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_command

from storage.errors import StorageError
from watcher import __version__
from watcher.cli.place import Place
from watcher.errors import WatcherError

CANNOT_START = 2

COMMANDS = {
    "init": "setup",
    "doctor": "doctor",
    "run": "run",
    "poll": "poll",
    "demo": "demo",
    "digest": "digest",
    "feeds": "feeds",
    "items": "items",
    "pairs": "pairs",
    "topics": "topics",
    "seeds": "seeds",
    "web": "web",
    "status": "status",
    "healthcheck": "healthcheck",
    "db": "db",
}
"""Each command and the module of this package that holds it, in the order of the help."""


class LaterCommands(TyperGroup):
    """Find the module of a command when it is called; `later` names it."""

    later: ClassVar[Mapping[str, str]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """Name the commands in the order in which a newcomer meets them."""
        return [*super().list_commands(ctx), *self.later]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load the module of one command; None when there is no such command.

        What loads throws nothing away, and to look through it for garbage took a fifth of the start.
        """
        if cmd_name not in self.later:
            return super().get_command(ctx, cmd_name)
        gc.disable()
        command = get_command(import_module(f"watcher.cli.{self.later[cmd_name]}").app)
        gc.enable()
        command.name = cmd_name
        return command


class Commands(LaterCommands):
    """Hold the commands that stand first on the line."""

    later = COMMANDS


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def print_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        print(f"city-watcher {__version__}")
        raise typer.Exit


@app.callback()
def city_watcher(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(metavar="DIR", help="The folder that holds watcher.toml.")] = None,
    database: Annotated[str | None, typer.Option(metavar="URL", help="Use this database.")] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Watch news feeds for city-to-city exchange and mail a daily digest."""
    del version
    context.obj = Place(config=config, database=database)


def main(words: list[str] | None = None) -> None:
    """Run the command line; what a person can mend is one sentence on standard error and exit code 2."""
    try:
        app(words)
    except (WatcherError, StorageError) as problem:
        print(f"city-watcher: {problem}", file=sys.stderr)
        sys.exit(CANNOT_START)
    except OSError as problem:
        if isinstance(problem, BrokenPipeError):
            sys.stderr.close()
            sys.exit(0)
        print(
            f"city-watcher: {problem.filename or 'a file'}: {problem.strerror}; choose another place.", file=sys.stderr
        )
        sys.exit(CANNOT_START)
