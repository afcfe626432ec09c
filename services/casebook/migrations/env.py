"""Runs the migrations on the connection that it is handed; it is only ever started by `Database.upgrade`."""

from __future__ import annotations

from alembic import context

from services.casebook import rule_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=rule_tables.AccountRow.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
