"""Apache Kafka's jars: pinned by coordinate, size and SHA-256, fetched once from Maven Central through ``jgo``.

``kafka-jars.tsv`` beside this module is the lock; ``python -m agents.embedded.jars`` resolves it anew.
jgo's own environments are not used: they ask for a JDK to sort the jars, and manage versions across coordinates.
"""

from __future__ import annotations

import hashlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agents.locks import exclusive
from schemas.errors import BrokerError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

KAFKA_VERSION: Final = "4.4.0"
# "!" keeps log4j's version management away from Kafka's own libraries
ENDPOINT: Final = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}+org.apache.logging.log4j:log4j-slf4j-impl:2.25.5!"
LOCK: Final = "kafka-jars.tsv"
AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock: ``group:artifact:version``, bytes, SHA-256 in hexadecimal."""

    coordinate: str
    size: int
    sha256: str

    def path(self, cache: Path) -> Path:
        """Where the jar lies in a Maven repository folder."""
        group, artifact, version = self.coordinate.split(":")
        return cache.joinpath(*group.split("."), artifact, version, f"{artifact}-{version}.jar")


def locked() -> list[Jar]:
    """The jars of the lock file, in its order."""
    lines = resources.files("agents.embedded").joinpath(LOCK).read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [Jar(coordinate, int(size), sha256) for coordinate, size, sha256 in rows]


def cache_dir() -> Path:
    """The folder that all data directories of this user share."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "khabar" / "maven"


def missing(jars: Iterable[Jar], cache: Path) -> list[Jar]:
    """Those not in the cache, or there in another size (a fetch was cut off)."""
    return [jar for jar in jars if not (path := jar.path(cache)).is_file() or path.stat().st_size != jar.size]


def damaged(jars: Iterable[Jar], cache: Path) -> list[Jar]:
    """Those in the cache whose SHA-256 is not the locked one."""
    return [jar for jar in jars if (path := jar.path(cache)).is_file() and _sha256(path) != jar.sha256]


def class_path(say: Callable[[str], None], cache: Path | None = None) -> list[Path]:
    """The jars' paths, fetched first where the cache lacks them; ``say`` gets one line before a fetch.

    Raises:
        BrokerError: Maven Central does not give them; the message says what to set.
        ConfigurationError: ``jgo`` is not installed.
    """
    cache = cache or cache_dir()
    jars = locked()
    if missing(jars, cache):
        cache.mkdir(parents=True, exist_ok=True)
        with exclusive(cache / ".lock", wait=True):
            wanted = missing(jars, cache)
            if wanted:
                say(f"fetching Apache Kafka {KAFKA_VERSION} from Maven Central, once: {_amount(wanted)}, into {cache}")
                _fetch(wanted, cache)
    return [jar.path(cache) for jar in jars]


def _fetch(jars: list[Jar], cache: Path) -> None:
    context = _context(cache)

    def one(jar: Jar) -> None:
        jar.path(cache).unlink(missing_ok=True)
        group, artifact, version = jar.coordinate.split(":")
        context.project(group, artifact).at_version(version).artifact().resolve()
        if _sha256(jar.path(cache)) != jar.sha256:
            jar.path(cache).unlink()
            raise BrokerError(_advice(jars, f"{jar.coordinate} arrived with a wrong SHA-256"))

    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(one, jars))
    except (OSError, RuntimeError) as error:  # requests' errors are OSErrors, jgo's own RuntimeErrors
        raise BrokerError(_advice(jars, _first_line(error))) from error


def _context(cache: Path) -> Any:  # noqa: ANN401 - jgo has no types that mypy reads
    try:
        from jgo.config import GlobalSettings
        from jgo.constants import MAVEN_CENTRAL_URL
        from jgo.maven import MavenContext
    except ImportError as error:
        raise ConfigurationError(
            "the embedded broker needs the extra 'embedded': pip install 'khabar[embedded]', "
            "or set KHABAR_KAFKA_BOOTSTRAP to brokers of your own"
        ) from error
    # mirrors that the user named for jgo come first
    repositories = {**GlobalSettings.load().repositories, "central": MAVEN_CENTRAL_URL}
    return MavenContext(repo_cache=cache, remote_repos=repositories, timeout=30)


def _amount(jars: list[Jar]) -> str:
    return f"{len(jars)} jars, {sum(jar.size for jar in jars) / 1e6:.0f} MB"


def _advice(jars: list[Jar], cause: str) -> str:
    return (
        f"Apache Kafka {KAFKA_VERSION} ({_amount(jars)}) could not be fetched from Maven Central: {cause}. "
        "Behind a proxy set HTTPS_PROXY; for a mirror name it under [repositories] of jgo's settings file; without "
        "either set KHABAR_KAFKA_HOME to an unpacked Apache Kafka, or KHABAR_KAFKA_BOOTSTRAP to running brokers"
    )


def _first_line(error: BaseException) -> str:
    while error.__context__ is not None:  # the innermost says what the network did
        error = error.__context__
    return (str(error) or type(error).__name__).splitlines()[0][:200]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def resolve(cache: Path) -> list[Jar]:
    """Resolve ``ENDPOINT`` anew, with all that it depends on: what the lock should say."""
    import jgo

    artifacts = jgo.resolve(ENDPOINT)
    context = _context(cache)
    jars = []
    for artifact in sorted(artifacts, key=lambda a: (str(a.groupId), str(a.artifactId))):
        wanted = context.project(artifact.groupId, artifact.artifactId).at_version(artifact.version).artifact()
        path = Path(wanted.resolve())
        coordinate = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
        jars.append(Jar(coordinate, path.stat().st_size, _sha256(path)))
    return jars


def main() -> None:
    """Print the lock file for ``ENDPOINT``."""
    sys.stdout.write(f"# {ENDPOINT}, resolved by python -m agents.embedded.jars\n")
    for jar in resolve(cache_dir()):
        sys.stdout.write(f"{jar.coordinate}\t{jar.size}\t{jar.sha256}\n")


if __name__ == "__main__":
    main()
