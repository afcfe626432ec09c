"""The commands of `ashore`, one module per group."""
