"""What can go wrong, as sentences a person can act on.

An outcome holds these as values; they are raised only inside an edge and caught at its boundary.
"""

from unicodedata import combining, east_asian_width

from watcher.values import Trouble


class WatcherError(Exception):
    """Say in one sentence what is wrong and how to cure it; printed without a traceback."""


class ConfigError(WatcherError):
    """Name the file, the key and the cure; ends the command with exit code 2."""


class QueryError(WatcherError):
    """Tell what is wrong in a query, where (`start` to `end` of it), and how to cure it.

    `sentence` says it alone; as a text the query stands below it, with carets under the place.
    """

    def __init__(self, sentence: str, query: str, start: int, end: int) -> None:
        self.sentence = sentence if sentence.endswith("?") else f"{sentence}."
        self.query, self.start, self.end = query, start, end
        super().__init__(f"{self.sentence}\n{self._show_place()}")

    def _show_place(self) -> str:
        shown = "".join(sign if sign.isprintable() else " " for sign in self.query)
        before, marked = shown[: self.start], shown[self.start : self.end]
        return f"    {shown}\n    {' ' * _cells(before)}{'^' * max(_cells(marked), 1)}"


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


def _cells(text: str) -> int:
    """Count the columns that a text takes on a terminal: Han, kana and Hangul take two."""
    return sum(0 if combining(sign) else 1 + (east_asian_width(sign) in "WF") for sign in text)
