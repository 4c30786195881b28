"""Open a connection to the mail server: connect, encrypt, log in. Every failure names its cure.

No sentence here holds the user's name, the password or the server's answer to them.
"""

import smtplib
import socket
import ssl

from watcher.deliver.channel import ChannelProblem
from watcher.deliver.dialogue import describe_error, quote_reply
from watcher.settings.watcher import SmtpSettings


def open_connection(settings: SmtpSettings, context: ssl.SSLContext) -> smtplib.SMTP:
    """Return a connection that is ready for mail, or raise a `ChannelProblem`."""
    if not settings.host:
        raise ChannelProblem("There is no mail server; name its `host` under [smtp] in watcher.toml.")
    try:
        connection = _connect(settings, context)
        try:
            _introduce(connection, settings, context)
        except BaseException:
            connection.close()
            raise
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise ChannelProblem(_explain(error, settings)) from error
    return connection


def _connect(settings: SmtpSettings, context: ssl.SSLContext) -> smtplib.SMTP:
    host, port, timeout = settings.host, settings.port, settings.timeout_seconds
    if settings.security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=timeout, context=context)
    return smtplib.SMTP(host, port, timeout=timeout)


def _introduce(connection: smtplib.SMTP, settings: SmtpSettings, context: ssl.SSLContext) -> None:
    if settings.security == "starttls":
        connection.starttls(context=context)
    connection.ehlo_or_helo_if_needed()
    if settings.username:
        _log_in(connection, settings)


def _log_in(connection: smtplib.SMTP, settings: SmtpSettings) -> None:
    """Log in; the causes are cut off, because they may hold what was sent."""
    try:
        connection.login(settings.username, settings.password.get_secret_value())
    except smtplib.SMTPAuthenticationError as error:
        raise ChannelProblem(_login_sentence(settings, error.smtp_code)) from None
    except UnicodeError:
        raise ChannelProblem(
            f"The login at {_place(settings)} holds letters outside ASCII, which SMTP cannot carry; "
            "choose another user name or password."
        ) from None
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException:
        raise ChannelProblem(
            f"The mail server {_place(settings)} offers no login that works here; leave `username` under [smtp] "
            "in watcher.toml empty, or set `security` as the server wants it."
        ) from None


def _login_sentence(settings: SmtpSettings, code: int) -> str:
    if code < 500:
        return f"The mail server {_place(settings)} cannot check the login just now ({code}); it will be tried again."
    return (
        f"The mail server {_place(settings)} refused the login ({code}); correct `username` and `password` under "
        "[smtp] in watcher.toml or in the secrets. Many providers want an app password here."
    )


def _explain(error: Exception, settings: SmtpSettings) -> str:
    """Say what failed on the way to the server, and what a person can do."""
    place = _place(settings)
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"The certificate of the mail server {place} is not to be trusted ({error.verify_message}); nothing "
                "was sent. Write `host` as the certificate names it, or install the authority that signed it."
            )
        case ssl.SSLError():
            return (
                f"The mail server {place} does not speak TLS there; set `security` under [smtp] in watcher.toml "
                'to "starttls" (usual on port 587), or correct the port.'
            )
        case smtplib.SMTPNotSupportedError():
            return (
                f"The mail server {place} offers no STARTTLS; set `security` under [smtp] in watcher.toml "
                'to "tls" (usual on port 465), or to "none" in a network that you trust.'
            )
        case smtplib.SMTPResponseException():
            reply = quote_reply((error.smtp_code, _octets(error.smtp_error)))
            return f"The mail server {place} did not let us in ({reply}); it will be tried again."
        case socket.gaierror() | UnicodeError():
            return (
                f"No mail server is known by the name '{settings.host}'; correct `host` under [smtp] in watcher.toml."
            )
    return (
        f"The mail server {place} cannot be reached ({describe_error(error)}); check `host`, `port` and `security` "
        "under [smtp] in watcher.toml, and the network. It will be tried again."
    )


def _place(settings: SmtpSettings) -> str:
    return f"{settings.host}:{settings.port}"


def _octets(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode()
