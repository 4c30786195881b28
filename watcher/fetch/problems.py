"""Why a visit brought nothing, as one sentence with a cure where there is one."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx

from watcher.errors import FetchProblem
from watcher.values import Trouble


@dataclass(slots=True)
class Progress:
    """Hold how far a visit has come, for the sentence about what ended it; `moved_to` is where it was sent for good."""

    host: str
    seconds: float
    moved_to: str = ""
    status: int | None = None
    retry_after: timedelta | None = None
    received: int = 0


@contextmanager
def as_problems(progress: Progress) -> Iterator[None]:
    """Turn every foreign error of a visit into a `FetchProblem`, its cause kept."""
    try:
        yield
    except TimeoutError as error:
        raise FetchProblem(_explain_timeout(progress), Trouble.DOWN) from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise _explain_error(error, progress.host) from error


def _explain_timeout(progress: Progress) -> str:
    limit = f"{progress.seconds:g} s"
    if progress.status is None:
        return f"{progress.host} did not answer within {limit}; a larger timeout_seconds helps if it is only slow"
    return (
        f"{progress.host} sent only {progress.received:,} bytes in {limit}; "
        "a larger timeout_seconds helps if it is only slow"
    )


def _explain_error(error: BaseException, host: str) -> FetchProblem:
    causes = list(_list_causes(error))
    for kind, trouble, sentence in _SENTENCES:
        for cause in causes:
            if isinstance(cause, kind):
                return FetchProblem(sentence.format(host=host, detail=_name_detail(cause)), trouble)
    return FetchProblem(f"{host} cannot be reached ({type(error).__name__}); the next visit will tell", Trouble.DOWN)


def _list_causes(error: BaseException | None) -> Iterator[BaseException]:
    """Walk from an error to what lies beneath; anyio puts the failures of several addresses in a group."""
    if error is None:
        return
    yield error
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _list_causes(member)
    yield from _list_causes(error.__cause__ or error.__context__)


def _name_detail(cause: BaseException) -> str:
    """Name what the system said; never the text of an error that may hold an address with a password."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    if isinstance(cause, ssl.SSLError):
        return (cause.reason or "TLS error").lower().replace("_", " ")
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror.lower()
    return type(cause).__name__


_SENTENCES: tuple[tuple[type[BaseException], Trouble, str], ...] = (
    (
        ssl.SSLCertVerificationError,
        Trouble.BROKEN,
        "the certificate of {host} cannot be trusted ({detail}); if browsers accept it, this machine's clock or "
        "certificates are out of date",
    ),
    (
        ssl.SSLError,
        Trouble.BROKEN,
        "no secure connection to {host} ({detail}); if the site has no https, write the address with http://",
    ),
    (
        socket.gaierror,
        Trouble.DOWN,
        "the name {host} is not known ({detail}); check the address in feeds.toml and this machine's network",
    ),
    (
        ConnectionRefusedError,
        Trouble.DOWN,
        "{host} refuses connections; its server is down, or the port in the address is wrong",
    ),
    (ConnectionError, Trouble.DOWN, "{host} broke the connection off ({detail}); the next visit will tell"),
    (
        httpx.ProxyError,
        Trouble.DOWN,
        "the proxy named in the environment does not let us through to {host}; check its address",
    ),
    (
        httpx.UnsupportedProtocol,
        Trouble.BROKEN,
        "{host} sends us to an address that is not http or https; look on the site for the feed's new address",
    ),
    (
        httpx.RemoteProtocolError,
        Trouble.DOWN,
        "{host} broke off in the middle of its answer, or does not speak HTTP properly; the next visit will tell",
    ),
    (
        httpx.LocalProtocolError,
        Trouble.BROKEN,
        "the request to {host} cannot be sent as it is; check the address in feeds.toml",
    ),
    (httpx.InvalidURL, Trouble.BROKEN, "the address is not valid; correct it in feeds.toml"),
    (UnicodeError, Trouble.BROKEN, "the address is not valid; correct it in feeds.toml"),
    (httpx.ReadError, Trouble.DOWN, "{host} broke the connection off; the next visit will tell"),
    (httpx.WriteError, Trouble.DOWN, "{host} broke the connection off; the next visit will tell"),
    (httpx.TimeoutException, Trouble.DOWN, "{host} did not answer; the next visit will tell"),
    (OSError, Trouble.DOWN, "no way to {host} ({detail}); check this machine's network"),
)
"""The first class that an error or one of its causes belongs to decides."""
