"""Put the page together: its routes, its headers, and what is answered when something is wrong."""

from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware

from storage.errors import StorageError
from watcher import __version__
from watcher.errors import WatcherError
from watcher.web import api, digests, feeds, item, items, outlets, pairs, rules, signin, today
from watcher.web.bounds import Bounds
from watcher.web.headers import HEADERS, SafeHeaders
from watcher.web.programs import admit_program
from watcher.web.session import SignInNeeded, admit
from watcher.web.site import Site
from watcher.web.templating import show
from watcher.web.tries import Tries
from watcher.web.validators import StillSame, Validators, tell_same

PAGES = (today, items, item, pairs, feeds, digests, rules)
"""The modules whose `router` needs a sign-in where there is a password."""

OUTLETS = (api, outlets)
"""The modules that other programs ask; their mistakes are JSON."""

OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""Without a password only who calls us so is answered: a foreign name that leads here is an attack on a browser."""

UNKNOWN = "There is nothing at this address."
MISUSED = "This address takes no such request; begin again with the menu."
FAULT = "This page has a fault, and the log of the watcher says which; the watcher itself goes on."


def make_app(site: Site) -> FastAPI:
    """Return the page as an ASGI application."""
    app = FastAPI(title="City exchange watcher", version=__version__, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.site, app.state.tries = site, Tries(site.desk.clock)
    app.state.began_at = site.desk.clock()
    app.mount("/static", StaticFiles(packages=[("watcher.web", "static")]))
    app.include_router(signin.router, include_in_schema=False)
    for page in PAGES:
        app.include_router(page.router, dependencies=[Depends(admit)])
    for outlet in OUTLETS:
        app.include_router(outlet.router, dependencies=[Depends(admit_program)])
    app.add_exception_handler(StillSame, tell_same)
    app.add_exception_handler(SignInNeeded, _ask_to_sign_in)
    app.add_exception_handler(WatcherError, _tell_mistake)
    app.add_exception_handler(StorageError, _tell_trouble)
    app.add_exception_handler(RequestValidationError, _tell_malformed)
    app.add_exception_handler(HTTPException, _tell_refusal)
    app.add_exception_handler(Exception, _tell_fault)
    app.add_middleware(SessionMiddleware, secret_key=site.signing_key, session_cookie="city_watcher", same_site="lax")
    app.add_middleware(Bounds, names=None if site.password else OWN_NAMES)
    app.add_middleware(Validators)
    app.add_middleware(SafeHeaders)
    return app


async def _ask_to_sign_in(request: Request, problem: Exception) -> Response:
    """Lead to the sign-in page, and from there back to what was asked for, its query included."""
    del problem
    asked = f"{request.url.path}?{request.url.query}".removesuffix("?") if request.method == "GET" else "/"
    return RedirectResponse(f"/sign-in?{urlencode({'back': asked})}", 303)


async def _tell_mistake(request: Request, problem: Exception) -> Response:
    return show(request, "problem.html", status=400, sentence=str(problem))


async def _tell_trouble(request: Request, problem: Exception) -> Response:
    return show(request, "problem.html", status=503, sentence=str(problem))


async def _tell_malformed(request: Request, problem: Exception) -> Response:
    sentence = "This address has a part that cannot be understood; begin again with the menu."
    return show(request, "problem.html", status=422, sentence=sentence)


async def _tell_refusal(request: Request, problem: Exception) -> Response:
    """Tell a refusal in a sentence: its own where it has one, which ends as sentences do."""
    assert isinstance(problem, HTTPException)
    usual = UNKNOWN if problem.status_code == 404 else MISUSED
    sentence = problem.detail if problem.detail.endswith(".") else usual
    answer = show(request, "problem.html", status=problem.status_code, sentence=sentence)
    answer.headers.update(problem.headers or {})
    return answer


async def _tell_fault(request: Request, problem: Exception) -> Response:
    """Say no more of a fault than that there is one; the server logs it. No other middleware sees this answer."""
    del request, problem
    return PlainTextResponse(FAULT, 500, HEADERS)
