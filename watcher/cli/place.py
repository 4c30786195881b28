"""Where a command works: the folder of its configuration and its database."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from watcher.settings.load import find_config


def wall_clock() -> datetime:
    """Return the time it is, as aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Hold what stood before the command, `--config` and `--database`, and the clock it goes by.

    `changes` are settings that count more than all others, unchecked: the soak has a service tick faster than allowed.
    """

    config: Path | None = None
    database: str | None = None
    clock: Callable[[], datetime] = wall_clock
    changes: Mapping[str, object] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Return the folder of the configuration; raises ConfigError when a named one is not there."""
        return find_config(self.config, os.environ, Path.cwd())
