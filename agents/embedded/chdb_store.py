"""The ClickHouse engine in this process: one folder, a connection of its own for each request.

A connection costs less than a millisecond and carries all session state (``USE``, ``SET``), so nothing that one
request sets can reach another.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from schemas.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from agents.embedded.insert_text import Insert

SETTING_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FILES_AS_TABLES: Final = frozenset({"Overlay", "Filesystem"})
_MESSAGE: Final = re.compile(r"Code: (\d+)\. (?:DB::Exception: )?.*", re.DOTALL)
UNKNOWN_SETTING: Final = 115


class QueryError(StoreError):
    """The engine refused a statement; ``code`` is ClickHouse's own."""

    def __init__(self, message: str, code: int) -> None:
        """Take ClickHouse's message and error code."""
        super().__init__(message, retriable=False)
        self.code = code


@dataclass(frozen=True, slots=True)
class Written:
    """What an insert wrote, its materialised views included."""

    rows: int
    bytes: int


class Session:
    """One connection; statements run one after another, and the end waits for what runs.

    chdb crashes the process when a connection is closed under a running call or before its open stream.
    """

    def __init__(self, connection: Any, spool: Path) -> None:  # noqa: ANN401 - chdb has no types
        """Wrap an open ``chdb.Connection``; the data of inserts pass through files in ``spool``."""
        self._connection, self._spool = connection, spool
        self._blocks: Any = None
        self._busy = threading.Lock()

    def use(self, database: str) -> None:
        """Make ``database`` the one that names without a database mean."""
        self.query(f"USE {quote_name(database)}")

    def set(self, settings: Mapping[str, str]) -> None:
        """Set the session's settings, in order."""
        for name, value in settings.items():
            if not SETTING_NAME.fullmatch(name):
                raise QueryError(f"Code: {UNKNOWN_SETTING}. DB::Exception: {name!r} is no setting", UNKNOWN_SETTING)  # noqa: EM102
            self.query(f"SET {name} = {quote(value)}")

    def query(self, sql: str, output: str = "TabSeparated", parameters: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401
        """Run one statement; the result has ``bytes()``, ``rows_read()``, ``bytes_read()``.

        Parameters' values are in ClickHouse's escaped form, as over HTTP.
        """
        with self._busy, engine_errors():
            return self._connection.query(sql, output, params=dict(parameters or {}))

    def stream(self, sql: str, output: str, parameters: Mapping[str, str]) -> Iterator[Any]:
        """Run one SELECT; yield its blocks as they come, until the end or :meth:`close`."""
        with self._busy, engine_errors():
            self._blocks = self._connection.send_query(sql, output, params=dict(parameters))
        while (block := self._next_block()) is not None:
            yield block

    def _next_block(self) -> Any:  # noqa: ANN401
        with self._busy, engine_errors():
            return next(self._blocks, None) if self._blocks is not None else None

    def close(self) -> None:
        """Cancel an open stream, then close the connection."""
        with self._busy:
            if self._blocks is not None:
                with contextlib.suppress(Exception):  # the query may have failed already
                    self._blocks.cancel()
                self._blocks = None
            self._connection.close()

    def insert(self, insert: Insert) -> Written:
        """Run an INSERT with data; all of it or, on an error, none of its last block.

        Through a file: chdb 4.4.0's own ``send_insert`` says that rows are written where storing them has failed.
        """
        with tempfile.NamedTemporaryFile(dir=self._spool) as file:
            file.write(insert.data)
            file.flush()
            source = f"FROM INFILE {quote(file.name)} {insert.settings} FORMAT {insert.input_format}"
            with self._busy, engine_errors():
                done = self._connection.query(f"{insert.statement} {source}")
        return Written(done.rows_read(), done.bytes_read())


class Store:
    """The engine on one folder; one process owns it."""

    def __init__(self, path: Path, database: str = "default") -> None:
        """Open the folder, made where it is missing, with ``database`` in it.

        Raises:
            ConfigurationError: chdb is not installed, or another process has the folder open.
        """
        try:
            import chdb
        except ImportError as error:
            raise ConfigurationError(
                "the embedded ClickHouse needs the extra 'embedded': pip install 'khabar[embedded]', "
                "or set KHABAR_CLICKHOUSE_URL to a server of your own"
            ) from error
        self.path = str(path.resolve())
        path.mkdir(parents=True, exist_ok=True)
        self._spool = spool_of(path.resolve())
        self._connect = cast("Callable[[str], Any]", chdb.connect)  # it has no types
        try:
            self._keep = self._connect(self.path)
        except RuntimeError as error:
            msg = f"ClickHouse's folder {self.path} cannot be opened: {error}; does another Khabar use it?"
            raise ConfigurationError(msg) from error
        self._spool.mkdir(exist_ok=True)
        for left in self._spool.iterdir():  # by a killed process; it was never acknowledged
            left.unlink()
        with self.session() as session:
            self.version = session.query("SELECT version()").bytes().decode().strip()
            formats = session.query("SELECT name FROM system.formats WHERE is_output").bytes().decode()
            self.formats = frozenset(formats.split())
            self.timezone = session.query("SELECT timezone()").bytes().decode().strip()
            self.file_databases = _close_file_database(session)
            session.query(f"CREATE DATABASE IF NOT EXISTS {quote_name(database)}")

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A connection of its own, closed afterwards."""
        with engine_errors():
            session = Session(self._connect(self.path), self._spool)
        try:
            yield session
        finally:
            session.close()

    def close(self) -> None:
        """Let go of the folder."""
        self._keep.close()


def _close_file_database(session: Session) -> frozenset[str]:
    """Replace chdb's ``default``, in which every file of the machine is a table, by an ordinary database.

    Where it holds tables it stays; its name is returned then, and analysts are refused it.
    """
    found = session.query(
        "SELECT name, engine, (SELECT count() FROM system.tables WHERE database = 'default') FROM system.databases"
    )
    rows = [line.split("\t") for line in found.bytes().decode().splitlines()]
    open_ones = {name: int(tables) for name, engine, tables in rows if engine in FILES_AS_TABLES}
    if open_ones.get("default") == 0:
        session.query("DROP DATABASE default")
        session.query("CREATE DATABASE default ENGINE = Atomic")
        del open_ones["default"]
    return frozenset(open_ones)


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn what chdb raises into a :class:`QueryError` with ClickHouse's code."""
    import chdb

    try:
        yield
    except (chdb.ChdbError, RuntimeError) as error:
        found = _MESSAGE.search(str(error))
        raise QueryError(found[0].strip() if found else str(error), int(found[1]) if found else 0) from error


def spool_of(path: Path) -> Path:
    """Where the data of inserts lie while the engine reads them: beside its folder."""
    return path.with_name(f"{path.name}-spool")


def quote(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def quote_name(name: str) -> str:
    """A quoted identifier."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def escape_parameter(text: str) -> str:
    """A text as the value of a query parameter."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
