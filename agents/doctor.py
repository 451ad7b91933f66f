"""``khabar doctor``: look at this machine and say what is wrong and what to do."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Literal

import orjson

from agents.data_dir import check_disk, owner
from agents.embedded import jars, java, ports
from schemas.errors import KhabarError
from schemas.topics import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agents.settings import Settings

Status = Literal["ok", "note", "wrong"]
PYTHONS: Final = ((3, 11), (3, 13))
MIN_JAVA: Final = 17
MIN_MEMORY_BYTES: Final = 3_000_000_000
PACKAGES: Final = (
    "aiokafka",
    "clickhouse-connect",
    "confluent-kafka",
    "faust-streaming",
    "onnxruntime",
    "stanza",
    "torch",
)
SIGNS: Final[dict[Status, str]] = {"ok": "ok   ", "note": "note ", "wrong": "WRONG"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``remedy`` says what to do where it is not ok."""

    subject: str
    status: Status
    found: str
    remedy: str = ""

    def line(self) -> str:
        """The finding for people."""
        remedy = f"\n                   -> {self.remedy}" if self.remedy else ""
        return f"{SIGNS[self.status]} {self.subject:<12} {self.found}{remedy}"


def doctor(settings: Settings, *, as_json: bool = False) -> int:
    """Print what was found, one line a thing as it is found or one JSON list; 1 when something is wrong, else 0."""
    findings = []
    for finding in examine(settings):
        findings.append(finding)
        if not as_json:
            sys.stdout.write(finding.line() + "\n")
            sys.stdout.flush()
    if as_json:
        sys.stdout.write(orjson.dumps([asdict(f) for f in findings], option=orjson.OPT_INDENT_2).decode() + "\n")
    wrong = sum(finding.status == "wrong" for finding in findings)
    if not as_json:
        sys.stdout.write(f"{wrong} things are wrong\n" if wrong else "all is well; `khabar demo` shows it at work\n")
    return int(bool(wrong))


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at one thing after another."""
    running = owner(settings.data_dir)
    yield from (python(), packages(), memory(), environment(), data_dir(settings, running))
    if not settings.kafka_bootstrap:
        yield from (java_runtime(), kafka_jars(settings))
    if not settings.clickhouse_url:
        yield clickhouse_engine()
    yield from free_ports(settings, running)
    yield broker(settings, running)
    yield clickhouse(settings, running)
    for stage in STAGES[:-1]:
        yield model(settings, stage.name)


def python() -> Finding:
    """The interpreter and the platform."""
    found = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        return Finding("Python", "wrong", found, "Khabar runs on Python 3.11 to 3.13")
    if sys.platform == "win32":
        return Finding("Python", "wrong", found, "Khabar runs on Linux and macOS; on Windows use WSL or the containers")
    return Finding("Python", "ok", found)


def packages() -> Finding:
    """The packages that the stages need."""
    missing = [name for name in PACKAGES if _version(name) is None]
    if missing:
        return Finding("packages", "wrong", f"missing: {', '.join(missing)}", "pip install 'khabar[embedded]'")
    return Finding("packages", "ok", ", ".join(f"{name} {_version(name)}" for name in PACKAGES))


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def memory() -> Finding:
    """Free memory for all processes of ``khabar up``."""
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return Finding("memory", "note", "cannot be told on this system")
    found = f"{total / 1e9:.0f} GB, {free / 1e9:.1f} GB of it unused"
    if total < MIN_MEMORY_BYTES:
        return Finding("memory", "wrong", found, "`khabar up` needs 3 GB; use brokers and a ClickHouse elsewhere")
    return Finding("memory", "ok", found)


def environment() -> Finding:
    """Settings that nothing reads, most likely misspelt."""
    from agents.setting_sources import doubts

    found = doubts()
    if found:
        return Finding("settings", "note", "; ".join(found), "`khabar config` lists all settings")
    return Finding("settings", "ok", "nothing in the environment or the settings file is misspelt")


def data_dir(settings: Settings, running: str) -> Finding:
    """Can state be written, and is there room?"""
    folder = settings.data_dir.resolve()
    place = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(place, os.W_OK):
        return Finding("data", "wrong", f"{place} cannot be written", "set --data-dir to another folder")
    try:
        check_disk(place)
    except KhabarError as error:
        return Finding("data", "wrong", str(error))
    used = f", used by process {running}" if running else ""
    return Finding("data", "ok", f"{folder}{used}")


def java_runtime() -> Finding:
    """Is there a Java that runs, and is it new enough?"""
    try:
        program = java.find_java()
        said = subprocess.run([program, "-version"], capture_output=True, text=True, check=True, timeout=30)  # noqa: S603
    except (KhabarError, OSError, subprocess.SubprocessError) as error:
        return Finding("Java", "wrong", str(error), "pip install 'khabar[embedded]'")
    first = said.stderr.splitlines()[0]
    number = first.partition('"')[2].partition(".")[0].partition('"')[0]
    if not number.isdecimal() or int(number) < MIN_JAVA:
        return Finding("Java", "wrong", f"{first} ({program})", f"Kafka needs Java {MIN_JAVA} or later")
    return Finding("Java", "ok", f"{first} ({program})")


def kafka_jars(settings: Settings) -> Finding:
    """Are Kafka's files there and sound?"""
    if settings.kafka_home:
        there = bool(list(settings.kafka_home.glob("libs/kafka_*.jar")))
        remedy = "" if there else "set KHABAR_KAFKA_HOME to an unpacked Apache Kafka, or unset it"
        return Finding("Kafka", "ok" if there else "wrong", f"KHABAR_KAFKA_HOME={settings.kafka_home}", remedy)
    wanted, cache = jars.locked(), jars.cache_dir()
    missing = jars.missing(wanted, cache)
    if missing:
        size = sum(jar.size for jar in missing) / 1e6
        return Finding("Kafka", "note", f"{len(missing)} jars ({size:.0f} MB) will be fetched from Maven Central once")
    if damaged := jars.damaged(wanted, cache):
        names = ", ".join(jar.coordinate for jar in damaged)
        return Finding("Kafka", "wrong", f"damaged: {names}", f"delete {cache}; they are fetched again")
    return Finding("Kafka", "ok", f"Apache Kafka {jars.KAFKA_VERSION}, {len(wanted)} jars in {cache}")


def clickhouse_engine() -> Finding:
    """Is the embedded engine installed?"""
    missing = [name for name in ("chdb", "aiohttp") if find_spec(name) is None]
    if missing:
        remedy = "pip install 'khabar[embedded]', or set KHABAR_CLICKHOUSE_URL"
        return Finding("chdb", "wrong", f"missing: {', '.join(missing)}", remedy)
    return Finding("chdb", "ok", f"chdb {_version('chdb')}")


def free_ports(settings: Settings, running: str) -> Iterator[Finding]:
    """Are the ports free, or Khabar's own?"""
    wanted = {
        "kafka_port": 0 if settings.kafka_bootstrap else settings.kafka_port,
        "clickhouse_port": 0 if settings.clickhouse_url else settings.clickhouse_port,
        "web_port": settings.web_port,
    }
    for name, port in wanted.items():
        if not port:
            continue
        if not ports.in_use(settings.bind, port):
            yield Finding("port", "ok", f"{port} is free ({name})")
        elif running:
            yield Finding("port", "ok", f"{port} is in use; Khabar runs as process {running} ({name})")
        else:
            yield Finding(
                "port", "wrong", f"{port} is in use ({name})", f"set --{name.replace('_', '-')} to a free port"
            )


def broker(settings: Settings, running: str) -> Finding:
    """Does Kafka answer, and are the topics there?"""
    if not settings.kafka_bootstrap and not running:
        return Finding("broker", "note", "the embedded broker is not running; `khabar up` starts it")
    from agents.topics import require_topics
    from schemas.topics import TOPICS

    return _try("broker", settings.bootstrap, lambda: require_topics(settings, *TOPICS))


def clickhouse(settings: Settings, running: str) -> Finding:
    """Does ClickHouse answer?"""
    if not settings.clickhouse_url and not running:
        return Finding("ClickHouse", "note", "the embedded engine is not running; `khabar up` starts it")
    from agents.clickhouse.client import connect

    def ask() -> str:
        with closing(connect(settings, database="")) as client:
            return f"version {client.server_version}"

    return _try("ClickHouse", settings.clickhouse, ask)


def model(settings: Settings, stage: str) -> Finding:
    """Load a stage's models: their files, checksums and packages."""
    from pipeline.analyse import load_stage

    return _try(stage, "models load", lambda: load_stage(stage, settings.nlp_models).version)


def _try(subject: str, found: str, look: Callable[[], object]) -> Finding:
    try:
        seen = look()
    except KhabarError as error:
        return Finding(subject, "wrong", str(error))
    return Finding(subject, "ok", f"{found}, {seen}" if seen else found)
