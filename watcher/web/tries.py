"""Passwords are tried one at a time, and not often."""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

from fastapi import HTTPException, Request

from watcher.desk import Clock
from watcher.web.password import is_password

MOST_WRONG, WITHIN = 10, timedelta(minutes=1)


TOO_MANY = "There were too many wrong passwords; wait a minute, then try again."


class TooManyTries(HTTPException):
    """Say that for a minute nobody may try."""

    def __init__(self) -> None:
        super().__init__(429, TOO_MANY, {"Retry-After": "60"})


class Tries:
    """Try passwords, one at a time, for a try takes 32 MB; after MOST_WRONG wrong ones everybody waits a minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: deque[datetime] = deque(maxlen=MOST_WRONG)
        self._lock = Lock()

    def test(self, password: str, kept: str) -> bool:
        """Say whether this is the password; raise TooManyTries instead when it is not to be tried."""
        with self._lock:
            now = self._clock()
            if len(self._wrong) == MOST_WRONG and abs(now - self._wrong[0]) < WITHIN:
                raise TooManyTries
            is_right = is_password(password, kept)
            if not is_right:
                self._wrong.append(now)
            return is_right


def tries_of(request: Request) -> Tries:
    """Return the tries of everybody who asks this page."""
    tries: Tries = request.app.state.tries
    return tries
