"""Faust stages, the sink, the embedded services and the command line."""
