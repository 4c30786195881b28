"""Say which mails did not arrive, why, and what becomes of them."""

import re
from collections.abc import Sequence
from datetime import datetime

from storage.records import Unsent
from watcher.desk import Desk
from watcher.digest import sender
from watcher.spans import ago

ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")
READER, MOST_NAMED = "a recipient", 5


def unsent_sentences(desk: Desk, found: Sequence[Unsent], *, named: bool = False) -> list[str]:
    """Say how many mails of each digest did not arrive and why, and when they are tried again.

    Recipients are named only where `named`, for the operator's own terminal, and only those that a problem is about.
    """
    now, ours = desk.clock(), sender(desk.settings)
    alike: dict[tuple[object, ...], list[Unsent]] = {}
    for one in found:
        is_held = one.claimed_by is not None and one.due_at is not None and one.due_at > now
        problem = "" if is_held else hide_addresses(one.problem, ours)
        alike.setdefault((one.digest_id, one.state, one.due_at is None, is_held, problem), []).append(one)
    return [
        _sentence(group, bool(key[-2]), str(key[-1]), now, _name(group) if named and READER in str(key[-1]) else "")
        for key, group in alike.items()
    ]


def hide_addresses(problem: str, ours: str) -> str:
    """Write "a recipient" for every mail address in a problem but our own: a server's refusal may quote one."""
    return ADDRESS.sub(lambda found: found[0] if found[0] == ours else READER, problem)


def _name(group: Sequence[Unsent]) -> str:
    """Name the recipients of mails, the first few of many."""
    rest = [f"{len(group) - MOST_NAMED} more"] if len(group) > MOST_NAMED else []
    return f" ({', '.join([one.recipient for one in group[:MOST_NAMED]] + rest)})"


def _sentence(alike: Sequence[Unsent], is_held: bool, problem: str, now: datetime, whom: str) -> str:
    first, dues = alike[0], [one.due_at for one in alike if one.due_at is not None]
    start = f"{first.subscription} {first.day}: {len(alike)} "
    if is_held:
        return f"{start}in hand of another process until {max(dues):%H:%M} UTC"
    if not dues:
        then = "Then" if first.state == "failed" else "If it did not arrive:"
        way_back = f"{then} `city-watcher digest resend {first.digest_id}`."
        return f"{start}{first.state}{whom}, not tried again: {problem} {way_back}"
    again = f", tried again {ago(max(min(dues), now), now)}: {problem}"
    return f"{start}{first.state}{whom}{again if problem else ': waits for its turn'}"
