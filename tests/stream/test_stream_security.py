"""Workers and tools against a broker that wants TLS and a password; a wrong one is a clear error."""

from __future__ import annotations

import subprocess

import pytest
from confluent_kafka.admin import AdminClient, ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion
from pydantic import SecretStr
from support.kafka import article, publish_articles, read
from support.workers import WorkerProcess

from agents.embedded import ports
from agents.embedded.broker import EmbeddedBroker
from agents.embedded.java import find_java
from agents.kafka import librdkafka_config
from agents.lag import read_lag
from agents.settings import Settings
from agents.topics import ensure_topics
from schemas.errors import BrokerError
from schemas.topics import RAW, STAGES, TOKENISED

pytestmark = pytest.mark.kafka
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    """Settings of an administrator (PLAIN over TLS) on a broker of its own that also knows SCRAM."""
    folder = tmp_path_factory.mktemp("secured")
    store, certificate = make_certificate(folder)
    port, controller = ports.free_port(), ports.free_port()
    broker = EmbeddedBroker(
        folder,
        port,
        properties={
            "listeners": f"SASL_SSL://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"SASL_SSL://127.0.0.1:{port}",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "inter.broker.listener.name": "SASL_SSL",
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol": "PLAIN",
            "listener.name.sasl_ssl.plain.sasl.jaas.config": (
                f'{PLAIN} username="admin" password="admin-secret" user_admin="admin-secret";'
            ),
            "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": SCRAM,
            "ssl.keystore.type": "PKCS12",
            "ssl.keystore.location": str(store),
            "ssl.keystore.password": "changeit",
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(certificate),
        },
    )
    settings = Settings(
        kafka_bootstrap=broker.bootstrap,
        kafka_security_protocol="SASL_SSL",
        kafka_sasl_mechanism="PLAIN",
        kafka_sasl_username="admin",
        kafka_sasl_password=SecretStr("admin-secret"),
        kafka_ssl_cafile=certificate,
        kafka_partitions=2,
        data_dir=folder / "data",
    )
    broker.start()
    try:
        broker.wait_until_serving(120, librdkafka_config(settings))
        yield settings
    finally:
        broker.stop()


@pytest.fixture(scope="module")
def khabar(secured):
    """Settings of Khabar's own user: SCRAM over TLS."""
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
    change = UserScramCredentialUpsertion("khabar", info, b"kh-secret")
    admin = AdminClient(librdkafka_config(secured))
    for future in admin.alter_user_scram_credentials([change]).values():
        future.result(30)
    made = secured.model_copy(
        update={
            "kafka_sasl_mechanism": "SCRAM-SHA-512",
            "kafka_sasl_username": "khabar",
            "kafka_sasl_password": SecretStr("kh-secret"),
        }
    )
    ensure_topics(made)
    return made


def make_certificate(folder):
    """A key store and its certificate, for 127.0.0.1, with the runtime's own keytool."""
    keytool = find_java().with_name("keytool")
    store, certificate = folder / "broker.p12", folder / "broker.pem"
    common = [
        str(keytool),
        "-keystore",
        str(store),
        "-storetype",
        "PKCS12",
        "-storepass",
        "changeit",
        "-alias",
        "broker",
    ]
    made = ["-genkeypair", "-keyalg", "EC", "-dname", "CN=127.0.0.1", "-ext", "SAN=ip:127.0.0.1", "-validity", "2"]
    subprocess.run([*common, *made], check=True, capture_output=True)
    subprocess.run([*common, "-exportcert", "-rfc", "-file", str(certificate)], check=True, capture_output=True)
    return store, certificate


def test_a_worker_and_all_tools_work_with_scram_over_tls(khabar):
    publish_articles(khabar, RAW, [article(n) for n in range(5)])
    worker = WorkerProcess("tokenise", khabar)
    try:
        records = read(khabar, TOKENISED, lambda found: len(found) == 5)
        assert len(records) == 5
        assert sum(row.end for row in read_lag(khabar, STAGES[:1])) == 5
        assert worker.stop() == 0
        assert "kh-secret" not in worker.text()
    finally:
        worker.process.kill()
        worker.process.wait(30)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"kafka_sasl_password": SecretStr("guess-me")}, "(?i)authentication"),
        ({"kafka_security_protocol": "PLAINTEXT"}, "KHABAR_KAFKA_SECURITY_PROTOCOL"),
        ({"kafka_ssl_cafile": None}, "(?i)certificate|ssl"),
    ],
    ids=["password", "no TLS", "unknown authority"],
)
def test_what_is_wrong_is_a_clear_error(khabar, wrong, told, monkeypatch):
    monkeypatch.setattr("agents.kafka.TIMEOUT_SECONDS", 4.0)
    with pytest.raises(BrokerError, match=told) as caught:
        ensure_topics(khabar.model_copy(update=wrong))
    assert "guess-me" not in str(caught.value)
