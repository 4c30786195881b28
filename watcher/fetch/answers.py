"""What an answer that is no document means, as one sentence with a cure where there is one."""

from collections.abc import Container
from datetime import timedelta
from http import HTTPStatus

from watcher.errors import FetchProblem
from watcher.values import Trouble

WITH_RETRY_AFTER = (429, 503)
"""What a server answers that may say when to come back (RFC 9110, section 10.2.3; RFC 6585, section 4)."""


def explain_status(status: int, host: str, retry_after: timedelta | None = None) -> FetchProblem:
    """Say what an answer that is no document means. The words blocked and gone tell two cases from all others."""
    fitting = ((trouble, sentence) for statuses, trouble, sentence in _ANSWERS if status in statuses)
    trouble, sentence = next(fitting, _NO_DOCUMENT)
    if status in WITH_RETRY_AFTER and retry_after is not None:
        trouble = Trouble.BUSY
    return FetchProblem(sentence.format(host=host, answer=_name_status(status)), trouble)


def explain_wall(wall: str, status: int, host: str) -> FetchProblem:
    """Say that a bot wall keeps us out, and whose it is."""
    return FetchProblem(
        f"blocked: {host} lets only browsers in ({wall}, {_name_status(status)}); "
        "ask the site to let feed readers in, or look for another address of the feed",
        Trouble.BLOCKED,
    )


def _name_status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


_ANSWERS: tuple[tuple[Container[int], Trouble, str], ...] = (
    (
        (401, 403, 451),
        Trouble.BLOCKED,
        "blocked: {host} does not let us in ({answer}); if a browser is let in, ask the site about feed readers",
    ),
    (
        (404,),
        Trouble.GONE,
        "gone: {host} has nothing at this address ({answer}); look on the site for the feed's new address",
    ),
    (
        (410,),
        Trouble.ENDED,
        "gone for good: {host} has ended this feed ({answer}); remove it, or look for a new address",
    ),
    ((429,), Trouble.DOWN, "{host} wants fewer visits ({answer}); the next one waits longer"),
    (
        range(500, 1000),
        Trouble.DOWN,
        "{host} has trouble of its own ({answer}); nothing to do, the next visit will tell",
    ),
    (
        (304,),
        Trouble.BROKEN,
        "{host} says that nothing has changed, although the whole document was asked for ({answer}); "
        "nothing to do, the next visit will tell",
    ),
    (
        range(300, 400),
        Trouble.BROKEN,
        "{host} sends us elsewhere without a usable address ({answer}); look for the feed's new address",
    ),
    (
        range(400, 500),
        Trouble.BROKEN,
        "{host} does not accept the request ({answer}); check the address in feeds.toml",
    ),
)
"""The first line that a status belongs to decides."""
_NO_DOCUMENT = (
    Trouble.BROKEN,
    "{host} answers without a document ({answer}); open the address in a browser to see what it is",
)
