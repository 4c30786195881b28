"""Serve the page from a thread of its own: uvicorn never sees the signals of the service."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from fastapi import FastAPI

from watcher.errors import WatcherError

GRACE = 3
"""Seconds that answers under way may take after the end."""


def bind(host: str, port: int) -> socket.socket:
    """Take the port; raise a WatcherError when somebody else has it or the host is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        bound = socket.create_server((host, port), family=family)
    except OSError as problem:
        said = os.strerror(problem.errno).lower() if problem.errno and problem.errno > 0 else str(problem)
        raise WatcherError(
            f"The page cannot stand at {host}:{port} ({said}); choose another [web] port or host, or end what has it."
        ) from problem
    # Without a named protocol asyncio leaves Nagle's algorithm on, and each answer takes 40 ms more.
    return socket.socket(bound.family, bound.type, socket.IPPROTO_TCP, fileno=bound.detach())


def make_server(app: FastAPI) -> uvicorn.Server:
    """Return the server of an application; whoever runs it in the main thread ends it by SIGTERM."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=GRACE, lifespan="off"
    )
    return uvicorn.Server(config)


@contextmanager
def serving(app: FastAPI, bound: socket.socket) -> Iterator[None]:
    """Serve an application beside whatever is done within; its socket is closed in the end."""
    server = make_server(app)
    thread = Thread(target=server.run, kwargs={"sockets": [bound]}, name="page", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(GRACE + 2)
        bound.close()


def address_of(bound: socket.socket) -> str:
    """Return the address that a browser on this machine opens."""
    host, port = bound.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"
