"""The analysts' web page: charts, events and quotes from ClickHouse, and the pipeline's lag."""
