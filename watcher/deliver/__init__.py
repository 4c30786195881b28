"""Deliver a mail through a channel: to a mail server, or into a folder."""

from watcher.deliver.channel import Channel, ChannelProblem
from watcher.deliver.file import FileChannel
from watcher.deliver.smtp import SmtpChannel
from watcher.settings.watcher import WatcherSettings

__all__ = ["Channel", "ChannelProblem", "FileChannel", "SmtpChannel", "open_channels"]


def open_channels(settings: WatcherSettings) -> dict[str, Channel]:
    """Return all channels by name; none of them touches disk or network before its first mail."""
    channels: tuple[Channel, ...] = (SmtpChannel(settings.smtp), FileChannel(settings.digest.folder))
    return {channel.name: channel for channel in channels}
