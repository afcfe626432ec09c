"""The first tables of the casebook."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON_VALUE = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", JSON_VALUE, nullable=False),
        sa.PrimaryKeyConstraint("receipt", name="pk_erasure"),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", JSON_VALUE, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeat"),
    )
    op.create_index("ix_heartbeat_kind", "heartbeat", ["kind"])

    op.create_table(
        "organisation_key",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_key"),
        sa.UniqueConstraint("key_hash", name="uq_organisation_key_key_hash"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "release",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("files", JSON_VALUE, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_release"),
        sa.UniqueConstraint("number", name="uq_release_number"),
    )
    op.create_table(
        "case",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_because", sa.String(length=60), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("retrieval_hash", sa.String(length=64), nullable=False),
        sa.Column("organisation_key_id", BIG_ID, nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("facts", JSON_VALUE, nullable=False),
        sa.Column("anchors", JSON_VALUE, nullable=False),
        sa.Column("declined", JSON_VALUE, nullable=False),
        sa.Column("consent", JSON_VALUE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("care_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("erase_after", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_key_id"], ["organisation_key.id"], name="fk_case_organisation_key_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case"),
        sa.UniqueConstraint("retrieval_hash", name="uq_case_retrieval_hash"),
        sa.UniqueConstraint("token_hash", name="uq_case_token_hash"),
    )
    op.create_index("ix_case_erase_after", "case", ["erase_after"])
    op.create_index("ix_case_next_look_at", "case", ["next_look_at"])
    op.create_index("ix_case_organisation_key_id", "case", ["organisation_key_id"])

    op.create_table(
        "publication",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("release", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=100), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["release.fingerprint"], name="fk_publication_release"),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "channel",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("address", JSON_VALUE, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("verify_nonce", sa.String(length=64), nullable=False),
        sa.Column("verify_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verify_attempts", sa.Integer(), nullable=False),
        sa.Column("window_from", sa.String(length=5), nullable=False),
        sa.Column("window_until", sa.String(length=5), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("per_week", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_channel_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_channel"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_channel_case_id", "channel", ["case_id"])

    op.create_table(
        "counsellor_queue",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_counsellor_queue_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_counsellor_queue"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_counsellor_queue_case_id", "counsellor_queue", ["case_id"])

    op.create_table(
        "event",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("data", JSON_VALUE, nullable=False),
        sa.Column("facts_changed", JSON_VALUE, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("follow_up_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_event_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_case_id", "event", ["case_id"])

    op.create_table(
        "idempotency_key",
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=True),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_idempotency_key_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("scope", "key_hash", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_case_id", "idempotency_key", ["case_id"])
    op.create_index("ix_idempotency_key_expires_at", "idempotency_key", ["expires_at"])

    op.create_table(
        "decision",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("event_id", BIG_ID, nullable=False),
        sa.Column("release", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("declined", JSON_VALUE, nullable=False),
        sa.Column("facts_sha256", sa.String(length=64), nullable=False),
        sa.Column("answer_sha256", sa.String(length=64), nullable=False),
        sa.Column("steps", JSON_VALUE, nullable=False),
        sa.Column("speaking", JSON_VALUE, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_decision_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_decision_event_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["release"], ["release.fingerprint"], name="fk_decision_release"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decision_case_id", "decision", ["case_id"])
    op.create_index("ix_decision_event_id", "decision", ["event_id"])

    op.create_table(
        "follow_up",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("dedupe_key", sa.String(length=400), nullable=False),
        sa.Column("rule_id", sa.String(length=120), nullable=True),
        sa.Column("ask", sa.String(length=80), nullable=True),
        sa.Column("occurrence", sa.String(length=200), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_care", sa.Boolean(), nullable=False),
        sa.Column("is_appointment", sa.Boolean(), nullable=False),
        sa.Column("channel_id", BIG_ID, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery_id", sa.String(length=64), nullable=True),
        sa.Column("cancelled_because", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_follow_up_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_follow_up_channel_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_follow_up"),
        sa.UniqueConstraint("dedupe_key", name="uq_follow_up_dedupe_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_follow_up_case_id", "follow_up", ["case_id"])
    op.create_index("ix_follow_up_channel_id", "follow_up", ["channel_id"])
    op.create_index("ix_follow_up_due", "follow_up", ["state", "next_try_at"])
    op.create_index("ix_follow_up_lease", "follow_up", ["state", "lease_until"])

    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("follow_up_id", BIG_ID, nullable=False),
        sa.Column("channel_id", BIG_ID, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("response_code", sa.String(length=40), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_delivery_channel_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_up.id"], name="fk_delivery_follow_up_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("follow_up_id", "channel_id", name="uq_delivery_follow_up_id_channel_id"),
    )
    op.create_index("ix_delivery_channel_id", "delivery", ["channel_id"])


def downgrade() -> None:
    raise NotImplementedError("There is nothing below the first tables: make a backup and delete the database.")
