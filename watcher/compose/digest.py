"""Compose one subscription's news of one day into what its readers get."""

from watcher.compose.html_part import render_html
from watcher.compose.layout import lay_out
from watcher.compose.text_part import render_text
from watcher.editions import Digest, Edition


def compose_digest(edition: Edition) -> Digest:
    """Compose a digest; the same edition always gives the same digest.

    The text tells everything; the HTML stays under 90 kB and says what it leaves to the text.
    """
    page = lay_out(edition)
    return Digest(subject=page.words.subject(edition, page.first_title), text=render_text(page), html=render_html(page))
