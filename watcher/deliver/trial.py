"""Try a mail server: connect, encrypt, log in and name the sender; send nothing."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from watcher.deliver.dialogue import ask_sender, broken_off
from watcher.deliver.login import open_connection
from watcher.settings.watcher import SmtpSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Hold how a server let us in: `encryption` such as TLSv1.3, empty for none; until when its certificate holds."""

    encryption: str = ""
    valid_until: datetime | None = None


def try_server(settings: SmtpSettings, sender: str, context: ssl.SSLContext | None = None) -> Trial:
    """Go as far as a mail goes before it names its recipient; raise the `DeliveryProblem` that a mail would meet."""
    connection = open_connection(settings, context or ssl.create_default_context())
    try:
        ask_sender(connection, sender)
        return _describe(connection.sock)
    except (smtplib.SMTPException, OSError) as error:
        raise broken_off(error) from error
    finally:
        connection.close()


def _describe(sock: object) -> Trial:
    if not isinstance(sock, ssl.SSLSocket):
        return Trial()
    ends = ssl.cert_time_to_seconds(str((sock.getpeercert() or {})["notAfter"]))
    return Trial(encryption=sock.version() or "", valid_until=datetime.fromtimestamp(ends, UTC))
