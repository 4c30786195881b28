"""Hold the templates: HTML is escaped, text is not; a name that is missing is an error."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from watcher.compose.clean import cut_line
from watcher.compose.columns import COLUMNS, spread_line, wrap_line

TEMPLATES = Environment(
    loader=PackageLoader("watcher.compose"),
    autoescape=select_autoescape(("html",), default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,  # what ships is read once
)
TEMPLATES.filters |= {"cut": cut_line, "wrap": wrap_line, "spread": spread_line}
TEMPLATES.globals["columns"] = COLUMNS
