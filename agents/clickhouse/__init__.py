"""ClickHouse: a client from the settings, and the migrations."""
