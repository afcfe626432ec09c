"""Links that work once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opened_link",
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("link_hash", name="pk_opened_link"),
    )
    op.create_index("ix_opened_link_expires_at", "opened_link", ["expires_at"])


def downgrade() -> None:
    op.drop_table("opened_link")
