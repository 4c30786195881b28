"""What can go wrong, as sentences a person can act on.

An outcome holds these as values; they are raised only inside an edge and caught at its boundary.
"""

from watcher.values import Trouble


class WatcherError(Exception):
    """Say in one sentence what is wrong and how to cure it; printed without a traceback."""


class ConfigError(WatcherError):
    """Name the file, the key and the cure; ends the command with exit code 2."""


class FeedProblem(WatcherError):
    """Tell what is wrong with one feed; written in its row, never stops a poll."""


class FetchProblem(FeedProblem):
    """Tell why a feed could not be fetched, and what kind of failure it is."""

    def __init__(self, sentence: str, trouble: Trouble = Trouble.BROKEN) -> None:
        super().__init__(sentence)
        self.trouble = trouble


class ReadProblem(FeedProblem):
    """Tell why a fetched document could not be read."""


class PageProblem(ReadProblem):
    """Tell that a document is an HTML page and no feed; `links` are where the page may lead to one, the best first."""

    def __init__(self, sentence: str, links: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.links = links


class DeliveryProblem(WatcherError):
    """Tell why a digest did not reach a recipient.

    `permanent`: trying again cannot help. `uncertain`: the server may have taken the mail.
    """

    def __init__(self, sentence: str, *, permanent: bool = False, uncertain: bool = False) -> None:
        super().__init__(sentence)
        self.permanent = permanent
        self.uncertain = uncertain
