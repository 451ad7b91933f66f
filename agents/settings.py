"""Every setting of Khabar, once: its type, default, environment variable and meaning.

The environment variable of ``kafka_bootstrap`` is ``KHABAR_KAFKA_BOOTSTRAP``, and so on. Sources, strongest
first: command-line flags, environment, the TOML file named by ``KHABAR_CONFIG`` (else ``khabar.toml`` here),
defaults. ``docs/settings.md`` is generated from this module.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource

from pipeline.stage import NlpModels

if TYPE_CHECKING:
    from pydantic_settings import PydanticBaseSettingsSource

DEFAULT_CONFIG_FILE = "khabar.toml"
MASK = "********"
"""Stands for a secret wherever people read."""


class Settings(BaseSettings):
    """The settings; construct it once in the command line and hand it down."""

    model_config = SettingsConfigDict(env_prefix="KHABAR_", extra="forbid", validate_default=True, frozen=True)

    # Kafka
    kafka_bootstrap: str = Field("", description="Brokers (host:port, …) to use; empty: the embedded broker.")
    kafka_home: Path | None = Field(None, description="An unpacked Apache Kafka for the embedded broker.")
    kafka_port: int = Field(9092, ge=1, le=65535, description="Port of the embedded broker.")
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How to talk to the brokers."
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="SASL mechanism, with a SASL_* protocol."
    )
    kafka_sasl_username: str = Field("", description="SASL user.")
    kafka_sasl_password: SecretStr = Field(SecretStr(""), description="SASL password; never shown.")
    kafka_ssl_cafile: Path | None = Field(None, description="PEM file of the brokers' certificate authority.")
    kafka_ssl_certfile: Path | None = Field(None, description="PEM file of the client's certificate.")
    kafka_ssl_keyfile: Path | None = Field(None, description="PEM file of the client's key.")
    kafka_topic_prefix: str = Field("", description="Put before every topic and group name; one cluster, many Khabars.")
    kafka_partitions: int = Field(8, ge=1, le=1000, description="Partitions of each topic that Khabar creates.")
    kafka_replication: int = Field(0, ge=0, le=10, description="Replication factor; 0: the broker's default.")
    kafka_session_timeout: float = Field(30.0, ge=6.0, description="Seconds after which a silent worker is given up.")
    raw_retention_days: int = Field(30, ge=1, description="How long raw articles can be replayed.")

    # Workers
    worker_batch: int = Field(32, ge=1, le=1000, description="Most messages in one batch of a stage.")
    worker_slot: int = Field(0, ge=0, description="Number of this worker among those of its stage on this host.")
    worker_attempts: int = Field(3, ge=1, description="Tries of a stage on one message before it is a dead letter.")
    worker_metrics_port: int = Field(0, ge=0, le=65535, description="Port of /metrics and /healthz; 0: none.")
    nlp_models: NlpModels = Field(
        "khabar",
        description="Models: Khabar's own (offline), the same in ANERcorp's style, or Stanza's published ones.",
    )
    nlp_threads: int = Field(1, ge=1, le=64, description="Threads of a stage's model.")

    # ClickHouse
    clickhouse_url: str = Field("", description="http(s)://host:port; empty: the embedded engine.")
    clickhouse_port: int = Field(8123, ge=1, le=65535, description="Port of the embedded engine.")
    clickhouse_database: str = Field("khabar", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="Database.")
    clickhouse_user: str = Field("default", description="User that writes.")
    clickhouse_password: SecretStr = Field(SecretStr(""), description="Its password; never shown.")
    clickhouse_analyst_user: str = Field("analyst", description="Read-only user of the embedded engine.")
    clickhouse_analyst_password: SecretStr = Field(SecretStr(""), description="Its password; never shown.")
    clickhouse_verify: bool = Field(True, description="Check the server's TLS certificate.")
    clickhouse_ca_cert: Path | None = Field(None, description="PEM file of the server's certificate authority.")
    clickhouse_cluster: str = Field("", description="Cluster: ON CLUSTER and Replicated* engines; empty: one node.")
    clickhouse_timeout: float = Field(30.0, gt=0, description="Seconds to wait for one insert or query.")
    sink_batch_rows: int = Field(10_000, ge=1, description="Most rows in one insert.")
    sink_interval: float = Field(
        1.0, ge=0, le=60, description="Least seconds between the sink's batches; small parts cost ClickHouse merges."
    )

    # This machine
    data_dir: Path = Field(Path("khabar-data"), description="State of the embedded broker and engine, journals, logs.")
    web_port: int = Field(8080, ge=0, le=65535, description="Port of the web page in `khabar up`; 0: no page.")
    bind: str = Field("127.0.0.1", description="Address that embedded services listen on.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least severe log lines shown.")
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="auto: console on a terminal, else JSON."
    )
    bidi: Literal["auto", "terminal", "khabar", "off"] = Field(
        "auto", description="Who puts Arabic in visual order: the terminal, Khabar, or nobody; auto: find out."
    )

    @field_validator("clickhouse_url")
    @classmethod
    def _without_credentials(cls, url: str) -> str:
        if "@" in url or "password=" in url:
            raise ValueError("a URL with a user or a password in it; set KHABAR_CLICKHOUSE_USER and _PASSWORD for them")
        return url

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then environment, then the TOML file; ``.env`` and secret folders are not read."""
        del dotenv_settings, file_secret_settings
        file = TomlConfigSettingsSource(settings_cls, Path(os.environ.get("KHABAR_CONFIG", DEFAULT_CONFIG_FILE)))
        return init_settings, env_settings, file

    @property
    def bootstrap(self) -> str:
        """Where the brokers are, the embedded one included."""
        return self.kafka_bootstrap or f"{self.bind}:{self.kafka_port}"

    @property
    def clickhouse(self) -> str:
        """Where ClickHouse is, the embedded one included."""
        return self.clickhouse_url or f"http://{self.bind}:{self.clickhouse_port}"
