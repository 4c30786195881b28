"""Look at the address that is really connected to: feeds lead to the public network, not into yours."""

import asyncio
import socket
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

import httpcore

from watcher.errors import FetchProblem
from watcher.values import Trouble

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str], Sequence[str]]
"""Return the addresses of a host in the order in which to try them; raise an OSError when there are none."""

PATIENCE = 5.0
"""Seconds after which an address that does not answer yields to the next; the last one has the rest of the visit."""

_GLOBAL_IPV6 = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
"""RFC 6052, section 2.1: how a network with IPv6 alone reaches the rest; the IPv4 address inside decides."""
_NO_PLACE: tuple[Network, ...] = (
    ip_network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    ip_network("2001::/32"),  # Teredo, RFC 4380
    ip_network("2002::/16"),  # 6to4, RFC 3056
    ip_network("3fff::/20"),  # documentation, RFC 9637
)
"""Public in the eyes of some versions of Python; each may hide a private IPv4 address, or nobody is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Hold what may be private: hosts by name, and networks whose addresses may be asked whatever the name."""

    hosts: frozenset[str]
    networks: tuple[Network, ...]

    @classmethod
    def of(cls, places: Iterable[str]) -> Self:
        """Tell hosts and networks apart; `places` are those of `fetch.allow_private`."""
        places = frozenset(places)
        networks = frozenset(place for place in places if "/" in place)
        return cls(hosts=places - networks, networks=tuple(map(ip_network, sorted(networks))))

    def names(self, host: str) -> bool:
        """Say whether a host may be private, and needs no sparing, by its name."""
        return host.lower().rstrip(".") in self.hosts

    def permits(self, host: str, address: Address) -> bool:
        """Say whether an address of a host may be asked although it is not public."""
        return self.names(host) or any(address in network for network in self.networks)


def is_public(address: Address) -> bool:
    """Say whether an address belongs to the public network, whatever form it is written in."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None)
        if inner is not None:
            return is_public(inner)
        if address not in _GLOBAL_IPV6:
            return False
    return address.is_global and not address.is_multicast and not any(address in network for network in _NO_PLACE)


def look_up(host: str) -> list[str]:
    """Ask this machine's resolver."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connect to public addresses alone, but for what is allowed.

    The host is resolved here and the address that was looked at is the one that is connected to, so that a resolver
    which changes its answer gains nothing. `resolve` runs in threads of its own: one that hangs holds nothing else up.
    """

    def __init__(
        self, allowed: Allowed, resolve: Resolve, threads: int, network: httpcore.AsyncNetworkBackend | None = None
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolve")
        self._network = network or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of `host` that answers; raise a `FetchProblem` when none may be asked."""
        *first, last = await self._choose(host)
        for address in first:
            try:
                return await self._network.connect_tcp(str(address), port, PATIENCE, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(str(last), port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Sleep; httpcore asks for it between attempts."""
        await self._network.sleep(seconds)

    def close(self) -> None:
        """Let go of the threads; one that still waits for an answer ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _choose(self, host: str) -> list[Address]:
        """Return the addresses of a host that may be asked: at least one."""
        found = await self._find(host)
        chosen = [address for address in found if is_public(address) or self._allowed.permits(host, address)]
        if not chosen:
            raise FetchProblem(
                f"{host} leads into a private network ({found[0]}), where feeds are not asked; "
                "if that is meant, name the host in allow_private under [fetch] in watcher.toml",
                Trouble.REFUSED,
            )
        return chosen

    async def _find(self, host: str) -> list[Address]:
        try:
            return [ip_address(host)]
        except ValueError:
            pass
        loop = asyncio.get_running_loop()
        try:
            return [ip_address(one) for one in await loop.run_in_executor(self._threads, self._resolve, host)]
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
