"""The processes in which documents are read, killed when they overrun: a hostile one costs seconds, never the service.

They are plain child processes in sessions of their own. A pool library was tried: its spawned workers shared the
parent's process group while they started, one that died idle broke the pool, and an exit beside a starting worker
printed a traceback.
"""

import asyncio
import math
import os
import pickle
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from watcher.errors import ReadProblem
from watcher.read import read_document
from watcher.values import Feed, Fetched, Reading

READ_SECONDS = 10.0
READ_MEGABYTES = 1_024
START_SECONDS = 60.0
"""A start takes 0.2 s; a machine that is this slow has other problems."""
WORKERS = 2
DOCUMENTS_PER_WORKER = 500
"""Then a worker is replaced, so that what a parser leaks stays small."""

_MEGABYTE = 1_048_576
_LENGTH_BYTES = 8
_OUT_OF_MEMORY = 87
"""Exit code of a worker that met its memory limit: what it cannot free must not trouble the next document."""
_READY = b"ready"


class Overrun(ReadProblem):
    """Tell that a limit or a crash ended the reading; without its hazards the document may still be readable."""


class Reader:
    """Read documents in `workers` processes, each document with limits of time and memory.

    Open it with `async with`. The first `read` starts a process, the exit kills all.
    """

    def __init__(
        self, *, workers: int = WORKERS, seconds: float = READ_SECONDS, megabytes: int = READ_MEGABYTES
    ) -> None:
        self._places = asyncio.Semaphore(workers)
        self._seconds = seconds
        self._megabytes = megabytes
        self._idle: list[_Worker] = []
        self._alive: set[_Worker] = set()
        self._closed = False

    @property
    def worker_pids(self) -> frozenset[int]:
        """Return the ids of the processes that live."""
        return frozenset(worker.process.pid for worker in self._alive)

    async def __aenter__(self) -> Self:
        """Start nothing yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill the processes; what is still being read fails."""
        self._closed = True
        for worker in tuple(self._alive):
            await self._retire(worker)

    async def read(self, fetched: Fetched, feed: Feed) -> Reading:
        """Read a fetched document; raise a `ReadProblem`.

        One that meets a limit or crashes its reader is tried once more without DOCTYPE and without the tags of
        places, media and authors.
        """
        question = _make_question(fetched, feed)
        async with self._places:
            try:
                return await self._ask(question)
            except Overrun as overrun:
                reading = await self._ask(question | {"light": True})
                note = f"read without DOCTYPE, places, media and authors, because {overrun}"
                return replace(reading, notes=(*reading.notes, note))

    async def _ask(self, question: dict[str, Any]) -> Reading:
        """Put a question to a worker; one that did not answer well, or has answered enough, is killed."""
        worker = await self._find_worker()
        try:
            answer = await self._hear(worker, question)
        except BaseException:
            await self._retire(worker)
            raise
        if worker.documents < DOCUMENTS_PER_WORKER:
            self._idle.append(worker)
        else:
            await self._retire(worker)
        if isinstance(answer, ReadProblem):
            raise answer
        return answer

    async def _find_worker(self) -> "_Worker":
        """Return an idle worker that still lives, or a new one."""
        if self._closed:
            raise ReadProblem("reading was ended because the watcher stops; the next visit reads the feed")
        while self._idle:
            worker = self._idle.pop()
            if worker.process.returncode is None:
                return worker
            await self._retire(worker)
        worker = await _start_worker(self._megabytes, self._seconds)
        self._alive.add(worker)
        return worker

    async def _retire(self, worker: "_Worker") -> None:
        self._alive.discard(worker)
        await worker.kill()

    async def _hear(self, worker: "_Worker", question: dict[str, Any]) -> Reading | ReadProblem:
        try:
            async with asyncio.timeout(self._seconds):
                return await worker.answer(question)
        except TimeoutError as error:
            raise Overrun(f"reading took longer than {self._seconds:g} s") from error
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Overrun(self._explain_end(await worker.process.wait())) from error

    def _explain_end(self, exit_code: int) -> str:
        if exit_code == _OUT_OF_MEMORY:
            return f"reading needed more than {self._megabytes:,} MB of memory"
        return f"the reader crashed (exit code {exit_code})"


@dataclass(slots=True, eq=False)
class _Worker:
    """Hold one process and how many documents it has read."""

    process: asyncio.subprocess.Process
    documents: int = 0

    async def answer(self, question: dict[str, Any]) -> Reading | ReadProblem:
        """Send a question and wait for its answer."""
        assert self.process.stdin is not None
        self.documents += 1
        self.process.stdin.write(_frame(question))
        await self.process.stdin.drain()
        answer: Reading | ReadProblem = pickle.loads(await self.receive())
        return answer

    async def receive(self) -> bytes:
        """Return the next frame that the process sends."""
        assert self.process.stdout is not None
        length = await self.process.stdout.readexactly(_LENGTH_BYTES)
        return await self.process.stdout.readexactly(int.from_bytes(length, "big"))

    async def kill(self) -> None:
        """End the process, whatever it does, and wait until it is gone."""
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


async def _start_worker(megabytes: int, seconds: float) -> _Worker:
    """Start a process and wait until it has loaded the parsers, so that no document pays for that."""
    home = str(Path(__file__).parent.parent)
    path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", __spec__.name, str(megabytes * _MEGABYTE), str(math.ceil(2 * seconds))),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    worker = _Worker(process)
    try:
        async with asyncio.timeout(START_SECONDS):
            await worker.receive()
    except (TimeoutError, asyncio.IncompleteReadError) as error:
        await worker.kill()
        raise ReadProblem("the reader does not start; the log says why") from error
    except BaseException:
        await worker.kill()
        raise
    return worker


def _make_question(fetched: Fetched, feed: Feed) -> dict[str, Any]:
    return {
        "body": fetched.body,
        "content_type": fetched.content_type,
        "url": fetched.url,
        "language": feed.language,
        "region": feed.region,
        "zone": feed.zone,
        "encoding": feed.encoding,
        "identity": feed.identity,
        "known": feed.known,
        "select": feed.select,
    }


def _frame(value: object) -> bytes:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(_LENGTH_BYTES, "big") + data


def serve(memory: int, patience: int) -> None:
    """Be a worker: answer questions on standard input until the parent closes it.

    `memory` is the limit in bytes. A document that takes longer than `patience` seconds ends the worker even when the
    parent is gone; otherwise the parent decides, and SIGINT and SIGTERM are for it alone.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with suppress(ValueError, OSError):  # macOS does not honour it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    answers = _take_output()
    _send(answers, _READY)
    while length := sys.stdin.buffer.read(_LENGTH_BYTES):
        question = pickle.loads(sys.stdin.buffer.read(int.from_bytes(length, "big")))
        signal.alarm(patience)
        _send(answers, _read(question))
        signal.alarm(0)


def _take_output() -> BinaryIO:
    """Keep standard output for answers; whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _send(answers: BinaryIO, value: object) -> None:
    """Answer the parent; when it was killed meanwhile, end without a word."""
    try:
        answers.write(_frame(value))
        answers.flush()
    except BrokenPipeError:
        os._exit(0)


def _read(question: dict[str, Any]) -> Reading | ReadProblem:
    try:
        return read_document(**question)
    except ReadProblem as problem:
        return problem
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except Exception as error:
        return ReadProblem(f"the reader met something unforeseen ({error!r:.200}); report it with the feed's address")


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
