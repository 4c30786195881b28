"""The wheel: what is in it, and that it works in an empty folder with nothing of the checkout beside it."""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from zipfile import ZipFile

import pytest
from conftest import rss

from watcher.cli import COMMANDS

pytestmark = pytest.mark.xdist_group("package")  # one process has the wheel and its venv
ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HOW = "CITY_WATCHER_TEST_PACKAGE"
"""Set to `fetched`, the wheel is installed with libraries from the index; else it borrows those of the tests."""

FORUM = ("f1", "Shanghai-Taipei City Forum opens", "The mayors of Shanghai and Taipei signed two MOUs.")


def run(*command, **where):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **where)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_below(folder):
    """Name the files of a folder of the checkout, without what Python makes there."""
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT / folder).as_posix() for path in found}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel as the Dockerfile does: of nothing but the files that .dockerignore lets through."""
    home = tmp_path_factory.mktemp("wheel")
    source = home / "source"
    source.mkdir()
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if line.startswith("!"):
            one = ROOT / line[1:]
            copy = shutil.copytree if one.is_dir() else shutil.copy
            copy(one, source / one.name)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    run(*pip, "--wheel-dir", home, source)
    [wheel] = home.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    home = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", home, cwd=ROOT)
    [sdist] = home.glob("*.tar.gz")
    return sdist


@pytest.fixture(scope="module")
def programs(wheel, tmp_path_factory):
    """The folder of programs of an otherwise empty venv into which the wheel was installed."""
    venv = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", venv)
    python = venv / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check")
    if os.environ.get(HOW) == "fetched":
        run(*pip, wheel)
    else:
        run(*pip, "--no-deps", "--no-index", wheel)
        lend_libraries(python)
    return python.parent


def lend_libraries(python):
    """Let a venv see the libraries of the tests; what makes the checkout importable there has no effect here."""
    own = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (own / "lent.pth").write_text("\n".join(sorted(lent)), encoding="utf-8")


@pytest.fixture
def cw(programs, tmp_path):
    """Run an installed program in an empty folder, with an environment that names nothing of ours."""
    own = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "CITY_WATCHER_FETCH__ALLOW_PRIVATE": "127.0.0.1"}

    def start(*words, program="city-watcher", runner=run, **pipes):
        return runner(*[programs / program, *words], cwd=tmp_path, env=own, **pipes)

    return start


def background(*command, **where):
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **where)


# What is in it


def test_the_wheel_holds_two_packages_with_all_their_data_and_nothing_else(wheel):
    about = f"city_exchange_watcher-{PROJECT['project']['version']}.dist-info"
    names = set(ZipFile(wheel).namelist())
    ours = {name for name in names if not name.startswith(f"{about}/")}
    assert ours == {
        *(f"watcher/{name}" for name in files_below("watcher")),
        *(f"storage/{name}" for name in files_below("storage")),
        *(f"watcher/_config/{name}" for name in files_below("config")),
    }
    assert names - ours == {
        f"{about}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")
    }


@pytest.mark.parametrize(
    "pattern",
    ["*/py.typed", "watcher/_config/watcher.toml", "storage/seeds/*.toml", "storage/migrations/versions/*.py",
     "watcher/compose/templates/*", "watcher/demo/samples/*", "watcher/text/simplified.txt", "watcher/text/*.LICENSE.txt"],
)  # fmt: skip
def test_what_the_program_reads_is_in_the_wheel(wheel, pattern):
    assert any(Path(name).match(pattern) for name in ZipFile(wheel).namelist())


def test_the_source_archive_holds_the_project_and_nothing_that_was_made(sdist):
    top = f"city_exchange_watcher-{PROJECT['project']['version']}/"
    with tarfile.open(sdist) as archive:
        names = {name.removeprefix(top) for name in archive.getnames()}
    wanted = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"]
    folders = {name for name in wanted if (ROOT / name).is_dir()}
    inside = {f"{folder}/{name}" for folder in folders for name in files_below(folder)}
    assert names == (set(wanted) - folders) | inside | {".gitignore", "PKG-INFO"}


# That it works


def test_what_is_imported_is_the_wheels_own(cw, programs):
    told = cw("-c", "import watcher, storage; print(watcher.__file__, storage.__file__)", program="python").split()
    assert len(told) == 2
    for file in told:
        assert Path(file).resolve().is_relative_to(programs.parent.resolve())


def test_help_names_every_command(cw):
    told = cw("--help")
    assert [name for name in COMMANDS if f" {name} " not in told] == []


def test_init_writes_the_files_of_the_package(cw, tmp_path):
    told = cw("init")
    assert told.index("city-watcher feeds check` which") < told.index("city-watcher poll` looks once")
    for name in files_below("config"):
        assert (tmp_path / "config" / name).read_bytes() == (ROOT / "config" / name).read_bytes()


def test_the_demo_lives_its_day(cw, tmp_path):
    cw("demo")
    assert {path.name for path in (tmp_path / "var" / "demo").iterdir()} >= {"watcher.db", "digest.eml", "digest.html"}
    assert "seed" in cw("--database", "sqlite:///var/demo/watcher.db", "items", "list", "--limit", "99")


def test_the_service_runs_tells_that_it_lives_and_ends_cleanly(cw, site, tmp_path):
    site.pages["/a"] = rss(FORUM)
    cw("init")
    (tmp_path / "config" / "feeds.toml").write_text(f'[[feed]]\nid = "a"\nurl = "{site.url("/a")}"\n')
    with cw("run", runner=background) as service, killed_after(service, seconds=60):
        began = any("1 captured" in line for line in service.stderr)
        alive = cw("healthcheck") if began else "it never began"
        service.send_signal(signal.SIGTERM)
        said = service.stderr.read()
    assert (alive, service.returncode) == ("alive\n", 0), said
    assert "stopped" in said
    assert "Traceback" not in said
    assert "shanghai~taipei\tShanghai-Taipei City Forum opens" in cw("items", "list")


@contextmanager
def killed_after(process, seconds):
    """Let no process outlive its test."""
    timer = Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
