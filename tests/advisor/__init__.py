"""Tests of the advisor, over its own HTTP interface."""
