"""Sends what was promised, when it is due and still wanted."""
