"""Why a visit brought nothing, as one sentence with a cure where there is one."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from watcher.errors import FetchProblem


@dataclass(slots=True)
class Progress:
    """Hold how far a visit has come, for the sentence about what ended it; `moved_to` is where it was sent for good."""

    host: str
    seconds: float
    moved_to: str = ""
    status: int | None = None
    received: int = 0


@contextmanager
def as_problems(progress: Progress) -> Iterator[None]:
    """Turn every foreign error of a visit into a `FetchProblem`, its cause kept."""
    try:
        yield
    except TimeoutError as error:
        raise FetchProblem(_explain_timeout(progress)) from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise FetchProblem(_explain_error(error, progress.host)) from error


def explain_status(status: int, host: str) -> str:
    """Say what an answer that is no document means. The words blocked and gone tell two cases from all others."""
    answer = _name_status(status)
    if status in (401, 403, 451):
        return f"blocked: {host} does not let us in ({answer}); if a browser is let in, ask the site about feed readers"
    if status == 404:
        return f"gone: {host} has nothing at this address ({answer}); look on the site for the feed's new address"
    if status == 410:
        return f"gone for good: {host} has ended this feed ({answer}); remove it, or look for a new address"
    if status == 429:
        return f"{host} wants fewer visits ({answer}); the next one waits as long as it asked"
    if status >= 500:
        return f"{host} has trouble of its own ({answer}); nothing to do, the next visit will tell"
    if 300 <= status < 400:
        return f"{host} sends us elsewhere without a usable address ({answer}); look for the feed's new address"
    if status >= 400:
        return f"{host} does not accept the request ({answer}); check the address in feeds.toml"
    return f"{host} answers without a document ({answer}); open the address in a browser to see what it is"


def _name_status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _explain_timeout(progress: Progress) -> str:
    limit = f"{progress.seconds:g} s"
    if progress.status is None:
        return f"{progress.host} did not answer within {limit}; a larger timeout_seconds helps if it is only slow"
    return (
        f"{progress.host} sent only {progress.received:,} bytes in {limit}; "
        "a larger timeout_seconds helps if it is only slow"
    )


def _explain_error(error: BaseException, host: str) -> str:
    causes = list(_list_causes(error))
    for kind, sentence in _SENTENCES:
        for cause in causes:
            if isinstance(cause, kind):
                return sentence.format(host=host, detail=_name_detail(cause))
    return f"{host} cannot be reached ({type(error).__name__}); the next visit will tell"


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


_SENTENCES: tuple[tuple[type[BaseException], str], ...] = (
    (
        ssl.SSLCertVerificationError,
        "the certificate of {host} cannot be trusted ({detail}); if browsers accept it, this machine's clock or "
        "certificates are out of date",
    ),
    (
        ssl.SSLError,
        "no secure connection to {host} ({detail}); if the site has no https, write the address with http://",
    ),
    (
        socket.gaierror,
        "the name {host} is not known ({detail}); check the address in feeds.toml and this machine's network",
    ),
    (ConnectionRefusedError, "{host} refuses connections; its server is down, or the port in the address is wrong"),
    (ConnectionError, "{host} broke the connection off ({detail}); the next visit will tell"),
    (httpx.ProxyError, "the proxy named in the environment does not let us through to {host}; check its address"),
    (
        httpx.UnsupportedProtocol,
        "{host} sends us to an address that is not http or https; look on the site for the feed's new address",
    ),
    (
        httpx.RemoteProtocolError,
        "{host} broke off in the middle of its answer, or does not speak HTTP properly; the next visit will tell",
    ),
    (httpx.LocalProtocolError, "the request to {host} cannot be sent as it is; check the address in feeds.toml"),
    (httpx.InvalidURL, "the address is not valid; correct it in feeds.toml"),
    (UnicodeError, "the address is not valid; correct it in feeds.toml"),
    (httpx.ReadError, "{host} broke the connection off; the next visit will tell"),
    (httpx.WriteError, "{host} broke the connection off; the next visit will tell"),
    (httpx.TimeoutException, "{host} did not answer; the next visit will tell"),
    (OSError, "no way to {host} ({detail}); check this machine's network"),
)
"""The first class that an error or one of its causes belongs to decides."""
