"""Today: what the next digest would tell."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watcher.web.site import Here
from watcher.web.templating import show

router = APIRouter()


@router.get("/", include_in_schema=False)
def today(request: Request, site: Here) -> Response:
    """Show the news of today as the digest shows them."""
    del site
    return show(request, "today.html", area="/")
