"""Arabic text in, annotations out: no Kafka, no ClickHouse, no I/O at import."""
