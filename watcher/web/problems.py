"""Mistakes as other programs get them: a JSON object with one sentence, and the place of the mistake in a query."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from storage.errors import StorageError
from watcher.errors import QueryError, WatcherError


class Problem(BaseModel):
    """What is wrong with a request, or with us."""

    problem: str = Field(description="One sentence that says what is wrong and how to cure it.")
    start: int | None = Field(None, description="Of a query: where the mistake begins, in characters from 0.")
    end: int | None = Field(None, description="Of a query: where the mistake ends, in characters from 0.")


MISTAKES: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "A query or a name cannot be understood."},
    401: {"model": Problem, "description": "The page has a password, and nobody said it."},
    404: {"model": Problem, "description": "There is nothing of that name."},
    422: {"model": Problem, "description": "A parameter is none, or out of its bounds."},
    503: {"model": Problem, "description": "The database is away just now."},
}
"""What the OpenAPI document says of them."""


class ProgramRoute(APIRoute):
    """A route for other programs: whatever is wrong is answered as a Problem."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request; FastAPI calls this."""
        answer = super().get_route_handler()

        async def answer_or_tell(request: Request) -> Response:
            try:
                return await answer(request)
            except RequestValidationError as problem:
                return tell(422, _sentence_of(problem))
            except QueryError as problem:
                return tell(400, problem.sentence, start=problem.start, end=problem.end)
            except WatcherError as problem:
                return tell(400, str(problem))
            except StorageError as problem:
                return tell(503, str(problem))
            except HTTPException as problem:
                return tell(problem.status_code, problem.detail, headers=problem.headers)

        return answer_or_tell


def tell(
    status: int,
    sentence: str,
    *,
    start: int | None = None,
    end: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with a Problem."""
    problem = Problem(problem=sentence, start=start, end=end)
    return JSONResponse(problem.model_dump(), status_code=status, headers=headers)


def _sentence_of(problem: RequestValidationError) -> str:
    """Name the first parameter that cannot be understood, and why."""
    first = problem.errors()[0]
    name = ".".join(str(part) for part in first["loc"][1:]) or "the request"
    return f"{name} cannot be understood: {first['msg'][:1].lower()}{first['msg'][1:]}."
