"""Render the text part: a page for a terminal of 78 columns. It keeps everything."""

from watcher.compose.page import Page
from watcher.compose.templating import TEMPLATES


def render_text(page: Page) -> str:
    """Render a page as plain text; lines hold at most 78 columns, but for addresses, which stay whole."""
    return TEMPLATES.get_template("digest.txt").render(page=page).strip("\n") + "\n"
