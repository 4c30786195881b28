"""`init`: write the configuration files that you edit."""

import sys
from pathlib import Path
from typing import Annotated

import tomlkit
import typer

from watcher.cli.show import out, program
from watcher.errors import ConfigError
from watcher.feedsfile import write_safely
from watcher.settings import feeds, subscription, watcher
from watcher.settings.load import packaged_config

app = typer.Typer(add_completion=False)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to write them.")] = Path("config"),
    contact: Annotated[
        str | None, typer.Option(help="Your mail address: feeds' owners and readers can write to it.")
    ] = None,
    no_feeds: Annotated[bool, typer.Option("--no-feeds", help="Write feeds.toml without the feeds we ship.")] = False,
) -> None:
    """Write the commented configuration files; what stands there already is never overwritten."""
    mail_address_or_stop(contact or "")
    written = [name for name in _files() if _copy(name, folder, head_only=no_feeds and name == feeds.FILE)]
    if watcher.FILE in written:
        _write_contact(folder, _ask(contact))
    for name in _files():
        out.print(f"{'written' if name in written else 'kept   '}  {folder / name}", markup=False, soft_wrap=True)
    words = f"{program()}{'' if folder == Path('config') else f' --config {folder}'}"
    own = f"`{words} feeds add URL` for each of your feeds, then " if no_feeds and feeds.FILE in written else ""
    look = f"`{words} doctor` says what is missing, `{words} feeds check` which feeds are well"
    out.print(f"Next: {own}{look}, `{words} poll` looks once, `{words} run` stays.", markup=False)
    if no_feeds and feeds.FILE not in written:
        out.print(f"{folder / feeds.FILE} was there already: its feeds stay.", markup=False)
    if contact and watcher.FILE not in written:
        out.print(f"{folder / watcher.FILE} was there already: write your contact there yourself.", markup=False)


def mail_address_or_stop(contact: str) -> None:
    """Refuse a wrong address before any file is written."""
    try:
        subscription.mail_address(contact)
    except ValueError as error:
        raise ConfigError(f"--contact: '{contact}' {error}.") from error


def _files() -> list[str]:
    return sorted(path.name for path in packaged_config().iterdir() if path.suffix in (".toml", ".csv"))


def _copy(name: str, folder: Path, *, head_only: bool) -> bool:
    """Copy one file, or only the comment that begins it, unless it stands there; say whether it was written."""
    target = folder / name
    if target.exists():
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be made ({error.strerror}); choose another folder.") from error
    text = (packaged_config() / name).read_text(encoding="utf-8")
    write_safely(target, text.partition("\n\n")[0] + "\n" if head_only else text)
    target.chmod(0o644)
    return True


def _ask(contact: str | None) -> str:
    if contact is None and sys.stdin.isatty():
        return str(typer.prompt("Your mail address, shown to the feeds you visit (Enter for none)", default=""))
    return contact or ""


def _write_contact(folder: Path, contact: str) -> None:
    if not contact:
        return
    path = folder / watcher.FILE
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    document["contact"] = contact
    write_safely(path, tomlkit.dumps(document))
    watcher.load_watcher(folder)
