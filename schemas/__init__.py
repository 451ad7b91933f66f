"""Contracts: messages, topics, tables, and the errors for what breaks them."""
