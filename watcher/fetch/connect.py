"""The one HTTP client for all feeds."""

from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from watcher import __version__
from watcher.errors import ConfigError
from watcher.settings.watcher import FetchSettings

KEPT_CONNECTIONS = 8
"""Idle connections. Without a small number httpcore scans its whole pool: 11 to 21 ms a request instead of 1.4."""
KEPT_SECONDS = 10.0

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)


def open_client(settings: FetchSettings, contact: str) -> httpx.AsyncClient:
    """Return a client that asks for gzip only, keeps no cookies, and has no limits of time: a visit has one for all.

    Environment proxies are used as httpx does, but never for the hosts of `allow_private`. The address guard has its
    place here, as `transport=`; then httpx mounts no proxies any more, so `mounts=` must.
    """
    try:
        return httpx.AsyncClient(
            headers=_headers(settings, contact),
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            timeout=None,
            limits=httpx.Limits(
                max_connections=settings.slots + KEPT_CONNECTIONS,
                max_keepalive_connections=KEPT_CONNECTIONS,
                keepalive_expiry=KEPT_SECONDS,
            ),
            mounts={f"all://{_bracket(host)}": None for host in settings.allow_private},
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise ConfigError(
            f"a proxy named in the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY) cannot be used: {error}; "
            "correct or unset it."
        ) from error
    except OSError as error:  # SSLError is one
        raise ConfigError(
            f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read ({error.strerror or error}); "
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
