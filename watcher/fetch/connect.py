"""The one HTTP client for all feeds."""

import os
import ssl
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.request import getproxies

import httpx

from watcher import __version__
from watcher.errors import ConfigError
from watcher.fetch.guard import Allowed, GuardedNetwork, Resolve, look_up
from watcher.fetch.proxies import list_proxies
from watcher.fetch.transport import GuardedTransport
from watcher.settings.watcher import FetchSettings

_UNKEPT = httpx.Limits(max_keepalive_connections=0)
"""No connection is kept to a proxy either."""

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)


def open_client(
    settings: FetchSettings, contact: str, allowed: Allowed, resolve: Resolve = look_up
) -> httpx.AsyncClient:
    """Return a client that asks for gzip only, keeps no cookies, and has no limits of time: a visit has one for all.

    Environment proxies are used as httpx does, but never for the hosts that are allowed by name. What goes to no proxy
    goes through the address guard; behind a proxy it cannot look.
    """
    tls = _trust_authorities()
    return httpx.AsyncClient(
        headers=_headers(settings, contact),
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        timeout=None,
        transport=GuardedTransport(GuardedNetwork(allowed, resolve, settings.slots), tls),
        mounts=_mount_proxies(tls) | {f"all://{_bracket(host)}": None for host in allowed.hosts},
    )


def _trust_authorities() -> ssl.SSLContext:
    try:
        return _load_authorities(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    except OSError as error:  # SSLError is one
        raise ConfigError(
            f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read ({error.strerror or error}); "
            "correct or unset it."
        ) from error


@lru_cache(maxsize=4)
def _load_authorities(*named: str | None) -> ssl.SSLContext:
    """Load what httpx finds in the places that the environment names: once, for it takes 20 ms."""
    del named
    return httpx.create_ssl_context()


def _mount_proxies(tls: ssl.SSLContext) -> dict[str, httpx.AsyncBaseTransport | None]:
    """Make a transport for each proxy: a client that is given one of its own looks for none."""
    try:
        return {
            pattern: httpx.AsyncHTTPTransport(verify=tls, limits=_UNKEPT, proxy=proxy) if proxy else None
            for pattern, proxy in list_proxies(getproxies()).items()
        }
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise ConfigError(
            f"a proxy named in the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY) cannot be used: {error}; "
            "correct or unset it."
        ) from error


def _headers(settings: FetchSettings, contact: str) -> dict[str, str]:
    usual = f"city-exchange-watcher/{__version__}" + (f" (+{contact})" if contact else "")
    agent = (settings.user_agent or usual).encode("ascii", "ignore").decode("ascii")
    return {
        "User-Agent": " ".join(agent.split()),
        "Accept": _ACCEPT,
        "Accept-Encoding": "gzip",
    }


def _bracket(host: str) -> str:
    return f"[{host}]" if ":" in host else host
