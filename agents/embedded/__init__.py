"""Apache Kafka and the ClickHouse engine on this machine, from packages alone (the extra ``embedded``)."""
