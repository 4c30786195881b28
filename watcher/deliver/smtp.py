"""Deliver to a mail server, and say exactly what came of it."""

import smtplib
import ssl
from types import TracebackType
from typing import Self

from watcher.compose.message import build_message
from watcher.deliver.dialogue import OK, send_mail
from watcher.deliver.login import open_connection
from watcher.editions import Mail
from watcher.settings.watcher import SmtpSettings


class SmtpChannel:
    """Send mails to the server that `[smtp]` names; its certificate is always verified.

    Alone, every mail has its own connection; inside a `with` block one connection serves them all.
    """

    name = "smtp"

    def __init__(self, settings: SmtpSettings, context: ssl.SSLContext | None = None) -> None:
        self.settings = settings
        self._context = context
        self._connection: smtplib.SMTP | None = None
        self._is_kept = False

    def __enter__(self) -> Self:
        """Keep a connection open from now on; it is opened by the first mail."""
        self._is_kept = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._is_kept = False
        self._close()

    def send(self, mail: Mail) -> None:
        """Send one mail.

        A refusal is a `DeliveryProblem`; a server that serves nobody at all, a `ChannelProblem`.
        """
        data = build_message(mail)
        try:
            send_mail(self._ready_connection(), mail, data)
        finally:
            if not self._is_kept:
                self._close()

    def _ready_connection(self) -> smtplib.SMTP:
        """Return the open connection if it still answers, else a new one."""
        if self._connection is None or not _is_alive(self._connection):
            self._close()
            self._connection = open_connection(self.settings, self._context or ssl.create_default_context())
        return self._connection

    def _close(self) -> None:
        """Take leave of the server; whatever it says to that changes nothing."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()


def _is_alive(connection: smtplib.SMTP) -> bool:
    """Ask whether the server still listens; this also clears what a refused mail left behind."""
    try:
        return connection.rset()[0] == OK
    except (smtplib.SMTPException, OSError):
        return False
