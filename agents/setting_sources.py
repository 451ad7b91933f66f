"""Where each setting's value comes from, errors that name it, and the generated docs/settings.md."""

from __future__ import annotations

import difflib
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

from pydantic import SecretStr, ValidationError

from agents.settings import DEFAULT_CONFIG_FILE, MASK, Settings
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

Source = Literal["flag", "environment", "file", "default"]
PREFIX: Final = "KHABAR_"
OTHER_VARIABLES: Final = frozenset({"KHABAR_CONFIG", "KHABAR_PYTHON", "KHABAR_SHARED", "KHABAR_STAGE_FACTORY"})
"""No settings, but read all the same: the settings file, the Python of khabar.sh, the tests' data and fake stages."""
SECRETS: Final = frozenset(name for name, field in Settings.model_fields.items() if field.annotation is SecretStr)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as ``khabar config`` shows it; ``value`` is masked where it is a secret."""

    name: str
    value: str
    source: Source
    default: str
    type: str
    doc: str

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return variable(self.name)

    @property
    def flag(self) -> str:
        """Its flag on the command line."""
        return "--" + self.name.replace("_", "-")


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def config_file() -> Path:
    """The TOML file that is read when it exists."""
    return Path(os.environ.get("KHABAR_CONFIG", DEFAULT_CONFIG_FILE))


def load(flags: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from flags, environment, file and defaults.

    Raises:
        ConfigurationError: a value cannot be used, or the file cannot be read; it names the setting and its source.
    """
    flags = flags or {}
    values = _file_values()
    try:
        return Settings(**flags)  # type: ignore[arg-type] # pydantic parses the strings
    except ValidationError as error:
        lines = [_complaint(detail, flags, values) for detail in error.errors(include_url=False)]
        raise ConfigurationError("\n".join(lines)) from error


def _complaint(detail: Any, flags: Mapping[str, str], values: Mapping[str, object]) -> str:  # noqa: ANN401 - a TypedDict of pydantic-core
    name = str(detail["loc"][0])
    if name not in Settings.model_fields:
        near = difflib.get_close_matches(name, Settings.model_fields, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return f"{config_file()}: {name} is no setting{hint} (`khabar config` lists all)"
    given = "" if name in SECRETS else f", got {shown(repr(detail['input']))}"
    return f"{name} ({_source(name, flags, values)}): {detail['msg']}{given}; {Settings.model_fields[name].description}"


def _file_values() -> dict[str, object]:
    path = config_file()
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = f"the settings file {path} cannot be read: {error}"
        raise ConfigurationError(msg) from error


def _source(name: str, flags: Mapping[str, str], values: Mapping[str, object]) -> Source:
    if name in flags:
        return "flag"
    if any(key.upper() == variable(name) for key in os.environ):
        return "environment"
    return "file" if name in values else "default"


def explain(flags: Mapping[str, str] | None = None) -> list[Setting]:
    """Every setting with its value and where that comes from, secrets masked; raises as :func:`load` does."""
    flags = flags or {}
    settings = load(flags)
    values = _file_values()
    return [
        Setting(
            name=name,
            value=shown(getattr(settings, name)),
            source=_source(name, flags, values),
            default=shown(field.default),
            type=_type_name(field),
            doc=field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def doubts() -> list[str]:
    """What is most likely a mistake: a variable that nothing reads, a settings file that is missing."""
    known = {variable(name) for name in Settings.model_fields} | OTHER_VARIABLES
    unknown = sorted(key for key in os.environ if key.upper().startswith(PREFIX) and key.upper() not in known)
    found = [f"{key} is set in the environment, but no setting is named so" for key in unknown]
    named = os.environ.get("KHABAR_CONFIG")
    if named and not Path(named).exists():
        found.append(f"KHABAR_CONFIG names {named}, which does not exist")
    return found


def to_environment(settings: Settings) -> dict[str, str]:
    """The settings as environment variables for a child process, secrets in clear; defaults are left out."""
    changed = {name: getattr(settings, name) for name in Settings.model_fields}
    return {
        variable(name): value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in changed.items()
        if value != Settings.model_fields[name].default and value is not None
    }


def shown(value: object) -> str:
    """A value as text for people: masked are secrets, and in URLs whoever logs in and what is asked."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return MASK if value.get_secret_value() else ""
    if isinstance(value, bool):
        return str(value).lower()
    return _in_place_of_credentials(str(value))


def _in_place_of_credentials(text: str) -> str:
    """``user:password@host`` masked, also where the scheme is missing, and what follows a URL's question mark."""
    address, asks, _ = text.partition("?") if "://" in text else (text, "", "")
    login, at, place = address.rpartition("@")
    if ":" in login:
        scheme, slashes, _ = login.partition("://") if "://" in login else ("", "", login)
        address = f"{scheme}{slashes}{MASK}{at}{place}"
    return f"{address}{asks}{MASK if asks else ''}"


def _type_name(field: FieldInfo) -> str:
    annotation: Any = field.annotation
    if get_origin(annotation) is Literal:
        return " | ".join(map(str, get_args(annotation)))
    options = [option for option in get_args(annotation) if option is not type(None)]
    named = options[0] if options else annotation
    return {"SecretStr": "secret", "str": "text", "int": "integer", "float": "number", "bool": "true | false"}.get(
        named.__name__, "path"
    )


def to_markdown() -> str:
    """docs/settings.md: every setting, from the declarations themselves."""
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    return _PAGE + "\n".join(rows) + "\n"


def _row(name: str, field: FieldInfo) -> str:
    type_name = _type_name(field).replace("|", "&#124;")
    return f"| `{name}` | {type_name} | {_code(shown(field.default))} | {field.description} |"


def _code(default: str) -> str:
    return f"`{default}`" if default else ""


_PAGE: Final = """\
# Settings

<!-- Generated by `khabar config --markdown > docs/settings.md`; a test fails when it drifts. -->

Each setting can be given in four places; the first that gives it wins:

1. a flag, before or after the command: `khabar worker ner --kafka-bootstrap broker:9092`
   (`kafka_bootstrap` becomes `--kafka-bootstrap`; every flag takes a value: `--clickhouse-verify false`);
2. an environment variable: `KHABAR_KAFKA_BOOTSTRAP=broker:9092`;
3. a TOML file, `kafka_bootstrap = "broker:9092"`: the one named by `--config` or `KHABAR_CONFIG`, else
   `khabar.toml` in the working folder;
4. its default.

Give secrets by environment or file: flags are seen in the list of processes. `khabar config` shows every setting
with its value and where that comes from; secrets are masked there, in logs and in errors.

| setting | type | default | meaning |
|---|---|---|---|
"""
