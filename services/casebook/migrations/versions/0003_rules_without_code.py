"""Accounts, drafts with their versions, the audit, the use of rules; publications that begin later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON_VALUE = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(length=20)
WHO = sa.String(length=100)
HASH = sa.String(length=64)


def upgrade() -> None:
    _accounts()
    _drafts()
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("author", WHO, nullable=False),
        sa.Column("author_name", WHO, nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("detail", JSON_VALUE, nullable=False),
        sa.Column("hash_before", HASH, nullable=False),
        sa.Column("hash", HASH, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    op.create_index("ix_audit_about", "audit", ["about"])
    op.create_table(
        "rule_use",
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "day", name="pk_rule_use"),
    )
    op.add_column("organisation_key", sa.Column("rules_role", WORD, nullable=True))
    op.add_column("publication", sa.Column("begins_at", MOMENT, nullable=True))
    op.add_column("publication", sa.Column("withdrawn_at", MOMENT, nullable=True))


def downgrade() -> None:
    for name in ("rule_use", "audit", "draft_revision", "draft", "sign_in_attempt", "sign_in", "account"):
        op.drop_table(name)
    with op.batch_alter_table("organisation_key") as table:
        table.drop_column("rules_role")
    with op.batch_alter_table("publication") as table:
        table.drop_column("begins_at")
        table.drop_column("withdrawn_at")


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("link_hash", HASH, nullable=True),
        sa.Column("link_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("link_hash", name="uq_account_link_hash"),
        sa.UniqueConstraint("name", name="uq_account_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sign_in",
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_sign_in_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_in"),
    )
    op.create_index("ix_sign_in_account_id", "sign_in", ["account_id"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("about", HASH, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_attempt"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sign_in_attempt_about_at", "sign_in_attempt", ["about", "at"])
    op.create_index("ix_sign_in_attempt_at", "sign_in_attempt", ["at"])


def _drafts() -> None:
    op.create_table(
        "draft",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("begun_from", HASH, nullable=False),
        sa.Column("base", HASH, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changes", JSON_VALUE, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", WHO, nullable=False),
        sa.Column("created_by_name", WHO, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by_name", WHO, nullable=False),
        sa.Column("submitted_by", WHO, nullable=True),
        sa.Column("submitted_by_name", WHO, nullable=True),
        sa.Column("approved_by", WHO, nullable=True),
        sa.Column("approved_by_name", WHO, nullable=True),
        sa.Column("sent_back_because", sa.Text(), nullable=True),
        sa.Column("publication_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(["base"], ["release.fingerprint"], name="fk_draft_base"),
        sa.ForeignKeyConstraint(["begun_from"], ["release.fingerprint"], name="fk_draft_begun_from"),
        sa.ForeignKeyConstraint(["publication_id"], ["publication.id"], name="fk_draft_publication_id"),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "draft_revision",
        sa.Column("draft_id", BIG_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed", JSON_VALUE, nullable=False),
        sa.Column("author", WHO, nullable=False),
        sa.Column("author_name", WHO, nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_draft_revision_draft_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("draft_id", "version", name="pk_draft_revision"),
    )
