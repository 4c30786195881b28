"""The proxies of the environment, as httpx reads them when it is left to itself."""

from collections.abc import Mapping
from ipaddress import ip_address

_SCHEMES = ("http", "https", "all")


def list_proxies(variables: Mapping[str, str]) -> dict[str, str | None]:
    """Return the proxy for each pattern of addresses, None for no proxy, from what `urllib.request.getproxies` found.

    `NO_PROXY=*` switches all off; a name there stands for the names below it too, an address for itself.
    """
    past = [host.strip() for host in variables.get("no", "").split(",")]
    if "*" in past:
        return {}
    proxies = {f"{scheme}://": _complete(variables[scheme]) for scheme in _SCHEMES if variables.get(scheme)}
    return proxies | {_pattern(host): None for host in past if host}


def _complete(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def _pattern(host: str) -> str:
    """Write a host of NO_PROXY as a pattern of httpx; of a network only its first address counts there."""
    if "://" in host:
        return host
    address = host.partition("/")[0]
    try:
        return f"all://[{address}]" if ip_address(address).version == 6 else f"all://{address}"
    except ValueError:
        return f"all://*{host}"
