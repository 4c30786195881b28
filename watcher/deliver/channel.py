"""What every channel can do, and the problem that concerns a channel as a whole."""

from types import TracebackType
from typing import Protocol, Self

from watcher.editions import Mail
from watcher.errors import DeliveryProblem


class ChannelProblem(DeliveryProblem):
    """Tell why a channel reaches nobody at the moment: stop the round, keep its mails, and tell a person.

    It is never permanent: after the cure, or when the server is back, the same mails can go.
    """


class Channel(Protocol):
    """Take mails to where they go. Inside a `with` block one connection serves them all."""

    name: str

    def send(self, mail: Mail) -> None:
        """Deliver one mail, or raise a `DeliveryProblem` that says whether trying again can help."""

    def __enter__(self) -> Self:
        """Keep a connection open from now on."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
