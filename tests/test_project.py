import ast
import configparser
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic import BaseModel
from ruamel.yaml import YAML

import watcher
from watcher.service import DRAIN
from watcher.settings.base import load_toml
from watcher.settings.feeds import load_feeds
from watcher.settings.watcher import WatcherSettings

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = ("requirements.lock", "requirements-dev.lock")
NOT_SETTINGS = {"CITY_WATCHER_CONFIG", "CITY_WATCHER_SECRETS"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def locked(name: str) -> dict[str, str]:
    """Return the version of every package of a lock."""
    return {canonicalize_name(one): version for one, version in re.findall(r"(?m)^([\w.-]+)==(\S+)", read(name))}


def wanted(*extras: str) -> list[Requirement]:
    optional = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in optional[extra])]
    return [Requirement(line) for line in lines if not line.startswith(PROJECT["name"])]


# The project


def test_the_version_is_the_same_everywhere() -> None:
    assert PROJECT["version"] == watcher.__version__
    assert PROJECT["version"] in read("CHANGELOG.md")


def test_the_licence_is_the_one_that_pyproject_names() -> None:
    assert PROJECT["license"] == "MIT"
    assert read("LICENSE").startswith("MIT License\n")
    assert "The city-exchange-watcher authors" in read("LICENSE")


def test_what_is_made_stays_out_of_git() -> None:
    assert {"var/", ".venv/"} <= set(read(".gitignore").split())


# The locks


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_versions_and_hashes_and_no_place(name: str) -> None:
    text = read(name)
    assert not re.search(r"[/@~]|^-", text, re.MULTILINE), "an address, an option or a path"
    for block in re.split(r"(?m)^(?=[\w.-]+==)", text)[1:]:
        assert "--hash=sha256:" in block


@pytest.mark.parametrize(("name", "extras"), [(LOCKS[0], ()), (LOCKS[1], ("test", "dev"))])
def test_every_dependency_is_in_the_lock_at_a_fitting_version(name: str, extras: tuple[str, ...]) -> None:
    versions = locked(name)
    for requirement in wanted(*extras):
        if requirement.marker is None or requirement.marker.evaluate():
            assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement


def test_the_lock_for_tests_holds_the_lock_of_the_service() -> None:
    assert locked(LOCKS[0]).items() <= locked(LOCKS[1]).items()


@pytest.mark.parametrize(("name", "folders"), [(LOCKS[0], ("watcher", "storage")), (LOCKS[1], ("tests",))])
def test_whatever_is_imported_is_in_the_lock(name: str, folders: tuple[str, ...]) -> None:
    versions, distributions = locked(name), packages_distributions()
    own = {path.stem for path in (ROOT / "tests").iterdir()} | {"watcher", "storage"}
    own |= {"reader", "meter"}  # the peer of the benchmarks has a venv of its own, where it finds only its neighbour
    for package in {package for folder in folders for package in imports_of(ROOT / folder)} - own:
        if package not in sys.stdlib_module_names:
            assert {canonicalize_name(one) for one in distributions.get(package, ["?"])} & versions.keys(), package


def imports_of(folder: Path) -> Iterator[str]:
    """Yield the first part of every absolute import below a folder."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield str(node.module).partition(".")[0]


# Make and CI


def test_ci_runs_the_checks_the_readmes_test_command_a_browser_and_a_soak_on_each_database() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text()
    steps = re.findall(r"(?m)^make --no-print-directory (.*)$", script.read_text())
    assert steps[:3] == ["check", "test", "test-browser"]
    assert steps[3:] == ['soak ARGS="--minutes 5 --seed 20260308"', 'soak ARGS="--minutes 5 --postgres"']
    assert "make test" in read("README.md")


def test_make_alone_tells_what_can_be_made(tmp_path: Path) -> None:
    told = make(tmp_path)
    assert told.returncode == 0
    targets = re.search(r"(?m)^\.PHONY: (.*)$", read("Makefile"))
    assert targets
    assert [line.split()[1] for line in told.stdout.splitlines()] == targets[1].split()


@pytest.mark.parametrize("python", ["false", "no-such-python", ""])
def test_a_python_that_is_too_old_is_one_sentence(tmp_path: Path, python: str) -> None:
    refused = make(tmp_path, "demo", f"PYTHON={python}")
    assert refused.returncode != 0
    assert refused.stderr.count("3.11 or newer") == 1
    assert "make PYTHON=/path/to/python3" in refused.stderr
    assert not (tmp_path / ".venv").exists()


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run make with our Makefile in an otherwise nearly empty folder."""
    for name in ("Makefile", "pyproject.toml", *LOCKS):
        shutil.copy(ROOT / name, folder)
    own = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "PYTHON"))}
    return subprocess.run(["make", *words], cwd=folder, env=own, capture_output=True, text=True, check=False)


# Docker and systemd


def compose(text: str) -> Any:
    return YAML(typ="safe").load(text)


def switched_on() -> str:
    """Return docker-compose.yml with every optional line switched on: PostgreSQL, secrets, own config."""
    text = re.sub(r"(?m)^.*CITY_WATCHER_DATABASE: sqlite.*\n", "", read("docker-compose.yml"))
    return re.sub(r"(?m)^( *)#(?=[^ #]|  )", r"\1", text)


@pytest.mark.parametrize("text", [read("docker-compose.yml"), switched_on()], ids=["as shipped", "all switched on"])
def test_the_compose_file_is_valid(tmp_path: Path, text: str) -> None:
    (tmp_path / "docker-compose.yml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    told = subprocess.run([*command, "docker-compose.yml"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    names_are_declared(compose(text))


def names_are_declared(document: Any) -> None:
    """Check what a schema cannot: every volume, secret and service that is used stands in the file."""
    for service in document["services"].values():
        volumes = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert {volume for volume in volumes if not volume.startswith(".")} <= document["volumes"].keys()
        assert set(service.get("secrets", [])) <= document.get("secrets", {}).keys()
        assert set(service.get("depends_on", [])) <= document["services"].keys()


def test_compose_runs_without_edits_on_sqlite_in_a_volume_and_may_do_little() -> None:
    assert "${" not in read("docker-compose.yml")
    document = compose(read("docker-compose.yml"))
    assert list(document["services"]) == ["watcher"]
    service = document["services"]["watcher"]
    assert service["volumes"] == ["data:/data"]
    assert service["environment"]["CITY_WATCHER_DATABASE"] == "sqlite:////data/watcher.db"
    assert service["environment"]["CITY_WATCHER_DIGEST__FOLDER"] == "/data/digests"
    assert (service["read_only"], service["tmpfs"], service["cap_drop"]) == (True, ["/tmp"], ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"] == ["CMD", "city-watcher", "healthcheck"]
    assert int(service["stop_grace_period"].removesuffix("s")) > DRAIN.total_seconds()


def test_postgres_keeps_its_data_where_its_image_wants_it() -> None:
    postgres = compose(switched_on())["services"]["postgres"]
    assert postgres["image"] == "postgres:18"
    assert postgres["volumes"] == ["postgres:/var/lib/postgresql"]


@pytest.mark.parametrize(
    "name", ["docker-compose.yml", "Dockerfile", "docs/city-watcher.service", "config/watcher.toml"]
)
def test_every_variable_that_is_set_is_a_setting(name: str) -> None:
    settings = {f"CITY_WATCHER_{'__'.join(path).upper()}" for path in settings_of(WatcherSettings)}
    variables = set(re.findall(r"CITY_WATCHER_[A-Z_]+", read(name)))
    assert variables
    assert variables - settings - NOT_SETTINGS == set()


def test_the_image_is_built_from_files_that_docker_may_see() -> None:
    seen = {line.removeprefix("!") for line in read(".dockerignore").splitlines() if line.startswith("!")}
    copied = re.findall(r"(?m)^COPY (?!--from)(.*) \S+$", read("Dockerfile"))
    sources = {source for line in copied for source in line.split()}
    assert sources == seen
    assert all((ROOT / source).exists() for source in sources)


def test_the_image_runs_as_nobody_special_and_tells_how_it_is() -> None:
    last = read("Dockerfile").rpartition("\nFROM ")[2]
    for line in (
        "USER 10001:10001",
        "VOLUME /data",
        "STOPSIGNAL SIGTERM",
        'ENTRYPOINT ["city-watcher"]',
        'CMD ["run"]',
    ):
        assert f"\n{line}\n" in last
    assert 'CMD ["city-watcher", "healthcheck"]\n' in last
    assert "WORKDIR /\n" in last, "./config has to be /config"
    assert "pip" not in last


def test_the_unit_locks_the_service_in() -> None:
    unit = configparser.RawConfigParser(strict=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep the case of keys
    unit.read_string(read("docs/city-watcher.service"))
    assert unit.sections() == ["Unit", "Service", "Install"]
    service = unit["Service"]
    assert service["ExecStart"].endswith("/city-watcher run")
    assert service["StateDirectory"] == "city-watcher"
    assert service["WorkingDirectory"] == "%S/city-watcher"
    assert service["RestartPreventExitStatus"] == "2", "a configuration that cannot start does not mend itself"
    assert int(service["TimeoutStopSec"]) > DRAIN.total_seconds()
    assert service["CapabilityBoundingSet"] == ""
    for key in ("DynamicUser", "ProtectHome", "PrivateDevices", "ProtectKernelTunables", "RestrictNamespaces"):
        assert service[key] == "yes"


# The configuration


def settings_of(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """Yield the path of every setting, as it is written in the file."""
    for name, field in model.model_fields.items():
        inner = [field.annotation, *getattr(field.annotation, "__args__", ())]
        below = [kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel)]
        key = field.alias or name
        yield from ((key, *path) for kind in below for path in settings_of(kind))
        if not below:
            yield (key,)


def test_watcher_toml_shows_every_setting_with_its_default() -> None:
    data = load_toml(ROOT / "config" / "watcher.toml")
    tables = {key: value[0] if isinstance(value, list) else value for key, value in data.items()}
    shown = {
        (key, *inner)
        for key, value in tables.items()
        for inner in ([(one,) for one in value] if isinstance(value, dict) else [()])
    }
    assert shown == set(settings_of(WatcherSettings))
    assert WatcherSettings.model_validate(data) == WatcherSettings()


def test_watcher_toml_explains_every_section() -> None:
    for block in re.split(r"\n\n(?=\[)", read("config/watcher.toml")):
        assert "#" in block


def test_the_shipped_feeds_are_enabled_in_five_languages_and_asked_politely() -> None:
    feeds = [feed for feed in load_feeds(ROOT / "config") if feed.enabled]
    assert len(feeds) > 60
    assert {feed.language for feed in feeds} == {"zh-Hant", "zh-Hans", "en", "ko", "ja"}
    assert {feed.format for feed in feeds} == {"auto", "sitemap"}, "no list page was tried yet"
    for feed in feeds:
        assert feed.url.startswith("https://") or "plain http" in feed.note, feed.id
        assert feed.every_minutes is not None, feed.id
        assert feed.every_minutes >= 15, feed.id


def test_every_shipped_feed_says_what_it_is_good_for_or_why_it_is_off() -> None:
    feeds = load_feeds(ROOT / "config")
    assert [feed.id for feed in feeds if feed.enabled == feed.note.startswith("Off: ")] == []
    for feed in feeds:
        assert feed.format != "list" or "selectors are untried" in feed.note, feed.id
        assert re.search(r"[.] [(]((([A-Z][a-z]{2} )?20\d\d)|undated), (high|medium|low)[)]$", feed.note), feed.id
        assert feed.name, feed.id
        assert feed.region, feed.id
        assert feed.timeout_seconds, feed.id


def test_a_shipped_feed_goes_by_the_clocks_of_its_region() -> None:
    zones = {
        "TW": "Asia/Taipei",
        "CN": "Asia/Shanghai",
        "HK": "Asia/Hong_Kong",
        "KR": "Asia/Seoul",
        "JP": "Asia/Tokyo",
        "SG": "Asia/Singapore",
    }
    for feed in load_feeds(ROOT / "config"):
        search = "news.google.com" in feed.url
        assert feed.zone == ("UTC" if search else zones.get(feed.region[:2], feed.zone)), feed.id


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="these tests run one after another")
@pytest.mark.xdist_group("alone")
def test_tests_of_one_group_are_kept_together(request):
    assert request.node.nodeid.endswith("@alone")
