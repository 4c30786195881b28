"""Signing in and out, where the page has a password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from watcher.web.session import SIGNED_IN, check_form
from watcher.web.site import Here
from watcher.web.templating import show
from watcher.web.tries import TOO_MANY, TooManyTries, tries_of

router = APIRouter()

WRONG = "That is not the password."


@router.get("/sign-in")
def ask(request: Request, site: Here, back: str = "/") -> Response:
    """Ask for the password, where there is one."""
    return show(request, "signin.html", back=back, problem="") if site.password else RedirectResponse("/", 303)


@router.post("/sign-in", dependencies=[Depends(check_form)])
def sign_in(
    request: Request, site: Here, password: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "/"
) -> Response:
    """Let in whoever knows the password, and lead them back to where they came from."""
    try:
        is_right = not site.password or tries_of(request).test(password, site.password)
    except TooManyTries:
        return show(request, "signin.html", status=429, back=back, problem=TOO_MANY)
    if not is_right:
        return show(request, "signin.html", status=403, back=back, problem=WRONG)
    request.session.clear()
    request.session[SIGNED_IN] = True
    return RedirectResponse(back if _is_ours(back) else "/", 303)


@router.post("/sign-out", dependencies=[Depends(check_form)])
def sign_out(request: Request) -> Response:
    """Forget that somebody signed in."""
    request.session.clear()
    return RedirectResponse("/sign-in", 303)


def _is_ours(back: str) -> bool:
    """Say whether an address stays on this page.

    A browser takes `//host` and `/\\host` for another one, and leaves out what cannot be printed before it looks.
    """
    return back.startswith("/") and back.isprintable() and not back.startswith(("//", "/\\"))
