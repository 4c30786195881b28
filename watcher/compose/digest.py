"""Compose one subscription's news of one day into what its readers get."""

from watcher.compose.html_part import render_html
from watcher.compose.layout import lay_out
from watcher.compose.templating import TEMPLATES
from watcher.editions import Digest, Edition

_TEXT = TEMPLATES.get_template("digest.txt")


def compose_digest(edition: Edition) -> Digest:
    """Compose a digest; the same edition always gives the same digest.

    The text tells everything, in lines of 78 columns but for addresses; the HTML stays under 90 kB and says what it
    leaves to the text.
    """
    page = lay_out(edition)
    text = _TEXT.render(page=page).strip("\n") + "\n"
    return Digest(subject=page.words.subject(edition, page.first_title), text=text, html=render_html(page))
