"""The last stage: annotated documents become rows in ClickHouse."""
