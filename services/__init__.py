"""Ashore: two services (advisor, notifier) over two books (rulebook, casebook)."""
