"""The desk, end to end."""

import sqlalchemy as sa
from alembic import op

from storage.immutable import install_triggers, remove_triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("face", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("subject", "subject_id", "chat_id", name=op.f("uq_cards_subject_subject_id_chat_id")),
    )
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.create_index("ix_cards_message", ["chat_id", "message_id"], unique=False)

    op.create_table(
        "case_traces",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_traces")),
        sa.UniqueConstraint("who", "message_id", name=op.f("uq_case_traces_who_message_id")),
    )
    with op.batch_alter_table("case_traces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_traces_who"), ["who"], unique=False)

    op.create_table(
        "group_members",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "telegram_id", name=op.f("pk_group_members")),
    )
    op.create_table(
        "groups",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("may_pin", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("may_delete", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.CheckConstraint("standing IN ('administrator', 'member', 'left')", name=op.f("ck_groups_standing")),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_groups")),
    )
    op.create_table(
        "households",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("building", sa.String(), server_default="", nullable=False),
        sa.Column("room", sa.String(), server_default="", nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code_epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'standing', 'declined')", name=op.f("ck_households_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_households_code_hash")),
    )
    with op.batch_alter_table("households", schema=None) as batch_op:
        batch_op.create_index("ix_households_place", ["unit", "building", "room"], unique=True)

    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('new', 'done', 'ignored', 'quarantined')", name=op.f("ck_inbox_state")),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbox_waiting",
            ["update_id"],
            unique=False,
            sqlite_where=sa.text("state = 'new'"),
            postgresql_where=sa.text("state = 'new'"),
        )

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('line', 'card', 'copy', 'call')", name=op.f("ck_outbox_kind")),
        sa.CheckConstraint("rule IN ('urgent', 'card', 'receipt', 'bulk')", name=op.f("ck_outbox_rule")),
        sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'dead', 'uncertain')", name=op.f("ck_outbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_message", ["chat_id", "message_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
        )

    op.create_table(
        "state",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_state")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("balance", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "kind IN ('household', 'hold', 'issuer', 'market', 'expired')", name=op.f("ck_accounts_kind")
        ),
        sa.CheckConstraint("kind NOT IN ('household', 'hold') OR balance >= 0", name=op.f("ck_accounts_not_negative")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_accounts_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("kind", "household_id", name=op.f("uq_accounts_kind_household_id")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("speaks", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("silent_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_people_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_household_id"), ["household_id"], unique=False)

    op.create_table(
        "applications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("household_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.String(), server_default="asked", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('volunteer', 'household')", name=op.f("ck_applications_kind")),
        sa.CheckConstraint("state IN ('asked', 'accepted', 'declined')", name=op.f("ck_applications_state")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_applications_decided_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_applications_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.create_index(
            "ix_applications_open",
            ["kind", "person_id", "team_id", "household_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_audit_log_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'closed')", name=op.f("ck_cases_state")),
        sa.ForeignKeyConstraint(["holder_id"], ["people.id"], name=op.f("fk_cases_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("once", name=op.f("uq_cases_once")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cases_who"), ["who"], unique=False)

    op.create_table(
        "consents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_consents_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("person_id", "version", name=op.f("uq_consents_person_id_version")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_person_id"), ["person_id"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reach", sa.String(), nullable=False),
        sa.Column("shown_name", sa.String(), nullable=True),
        sa.Column("language_code", sa.String(), nullable=True),
        sa.CheckConstraint(
            "reach IN ('never_started', 'open', 'blocked', 'deactivated')", name=op.f("ck_contacts_reach")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_contacts_person_id")),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_contacts")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contacts_person_id"), ["person_id"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), server_default="", nullable=False),
        sa.Column("team_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_invitations_made_by")),
        sa.ForeignKeyConstraint(["used_by"], ["people.id"], name=op.f("fk_invitations_used_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("requester_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("for_name", sa.String(), nullable=True),
        sa.Column("for_phone", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("speaks", sa.String(), nullable=True),
        sa.Column("discreet", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("call_back", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("on_way_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("door_word", sa.Integer(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'offered', 'claimed', 'in_progress', 'waiting', 'resolved', 'closed', 'cancelled', 'duplicate', 'referred', 'reopened')",
            name=op.f("ck_orders_state"),
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_orders_asked_by")),
        sa.ForeignKeyConstraint(["holder_id"], ["people.id"], name=op.f("fk_orders_holder_id")),
        sa.ForeignKeyConstraint(["requester_id"], ["people.id"], name=op.f("fk_orders_requester_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("once", name=op.f("uq_orders_once")),
        sa.UniqueConstraint("reference", name=op.f("uq_orders_reference")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index(
            "ix_orders_open",
            ["team_id", "made_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('offered', 'reopened')"),
            postgresql_where=sa.text("state IN ('offered', 'reopened')"),
        )
        batch_op.create_index(batch_op.f("ix_orders_requester_id"), ["requester_id"], unique=False)
        batch_op.create_index("ix_orders_state", ["state", "unit"], unique=False)

    op.create_table(
        "roles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), server_default="", nullable=False),
        sa.Column("team_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("on_duty", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("given_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('officer', 'supervisor', 'volunteer', 'keeper')", name=op.f("ck_roles_role")),
        sa.ForeignKeyConstraint(["given_by"], ["people.id"], name=op.f("fk_roles_given_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_roles_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.create_index(
            "ix_roles_held",
            ["person_id", "role", "unit", "team_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index("ix_roles_scope", ["role", "unit", "team_id"], unique=False)

    op.create_table(
        "talks",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_talks_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_talks")),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("joining", sa.String(), server_default="invited", nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("joining IN ('invited', 'group')", name=op.f("ck_teams_joining")),
        sa.CheckConstraint("state IN ('waiting', 'ready', 'removed')", name=op.f("ck_teams_state")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_teams_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.create_index(
            "ix_teams_chat",
            ["chat_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'removed'"),
            postgresql_where=sa.text("state <> 'removed'"),
        )
        batch_op.create_index(
            "ix_teams_place",
            ["key", "unit"],
            unique=True,
            sqlite_where=sa.text("state <> 'removed'"),
            postgresql_where=sa.text("state <> 'removed'"),
        )

    op.create_table(
        "access_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_access_log_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_access_log_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_log_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_grants",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_grants_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_case_grants_person_id")),
        sa.PrimaryKeyConstraint("case_id", "person_id", name=op.f("pk_case_grants")),
    )
    op.create_table(
        "deadlines",
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "metric IN ('first_response', 'resolution', 'progress', 'fall_back', 'closing')",
            name=op.f("ck_deadlines_metric"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_deadlines_order_id")),
        sa.PrimaryKeyConstraint("order_id", "metric", name=op.f("pk_deadlines")),
    )
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deadlines_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("met_at IS NULL AND breached_at IS NULL"),
            postgresql_where=sa.text("met_at IS NULL AND breached_at IS NULL"),
        )

    op.create_table(
        "escalation_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ladder", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("seen_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('running', 'acknowledged', 'met', 'exhausted', 'cancelled')",
            name=op.f("ck_escalation_runs_state"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_escalation_runs_case_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_escalation_runs_order_id")),
        sa.ForeignKeyConstraint(["seen_by"], ["people.id"], name=op.f("fk_escalation_runs_seen_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_runs")),
    )
    with op.batch_alter_table("escalation_runs", schema=None) as batch_op:
        batch_op.create_index("ix_escalation_runs_case", ["case_id"], unique=False)
        batch_op.create_index(
            "ix_escalation_runs_due",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('running', 'acknowledged')"),
            postgresql_where=sa.text("state IN ('running', 'acknowledged')"),
        )
        batch_op.create_index("ix_escalation_runs_order", ["order_id"], unique=False)

    op.create_table(
        "order_history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_history_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_order_history_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_history")),
    )
    with op.batch_alter_table("order_history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_history_order_id"), ["order_id"], unique=False)

    op.create_table(
        "order_parts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("file_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('text', 'photo', 'voice', 'video', 'document')", name=op.f("ck_order_parts_kind")),
        sa.CheckConstraint("stage IN ('story', 'note', 'done')", name=op.f("ck_order_parts_stage")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_parts_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_order_parts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_parts")),
    )
    with op.batch_alter_table("order_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_parts_order_id"), ["order_id"], unique=False)

    op.create_table(
        "ratings",
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("speed", sa.Integer(), nullable=True),
        sa.Column("quality", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_ratings_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_ratings")),
    )
    op.create_table(
        "transfers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("once_hash", sa.String(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("earned_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("dimension", sa.String(), nullable=True),
        sa.Column("reverses", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('award', 'hold', 'capture', 'release', 'expiry', 'reversal')", name=op.f("ck_transfers_kind")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_transfers_decided_by")),
        sa.ForeignKeyConstraint(["earned_by"], ["people.id"], name=op.f("fk_transfers_earned_by")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_transfers_order_id")),
        sa.ForeignKeyConstraint(["reverses"], ["transfers.id"], name=op.f("fk_transfers_reverses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("once", name=op.f("uq_transfers_once")),
        sa.UniqueConstraint("reverses", name=op.f("uq_transfers_reverses")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reached", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_alerts_person_id")),
        sa.ForeignKeyConstraint(["run_id"], ["escalation_runs.id"], name=op.f("fk_alerts_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("run_id", "position", "person_id", name=op.f("uq_alerts_run_id_position_person_id")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alerts_run_id"), ["run_id"], unique=False)

    op.create_table(
        "postings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("transfer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_postings_account_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name=op.f("fk_postings_transfer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
    )
    with op.batch_alter_table("postings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_postings_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_postings_transfer_id"), ["transfer_id"], unique=False)
    install_triggers(op.get_bind())


def downgrade() -> None:
    remove_triggers(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS points_stand()")
    with op.batch_alter_table("postings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_postings_transfer_id"))
        batch_op.drop_index(batch_op.f("ix_postings_account_id"))

    op.drop_table("postings")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alerts_run_id"))

    op.drop_table("alerts")
    op.drop_table("transfers")
    op.drop_table("ratings")
    with op.batch_alter_table("order_parts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_parts_order_id"))

    op.drop_table("order_parts")
    with op.batch_alter_table("order_history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_history_order_id"))

    op.drop_table("order_history")
    with op.batch_alter_table("escalation_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_escalation_runs_order")
        batch_op.drop_index(
            "ix_escalation_runs_due",
            sqlite_where=sa.text("state IN ('running', 'acknowledged')"),
            postgresql_where=sa.text("state IN ('running', 'acknowledged')"),
        )
        batch_op.drop_index("ix_escalation_runs_case")

    op.drop_table("escalation_runs")
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_deadlines_due",
            sqlite_where=sa.text("met_at IS NULL AND breached_at IS NULL"),
            postgresql_where=sa.text("met_at IS NULL AND breached_at IS NULL"),
        )

    op.drop_table("deadlines")
    op.drop_table("case_grants")
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_log_case_id"))

    op.drop_table("access_log")
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_teams_place", sqlite_where=sa.text("state <> 'removed'"), postgresql_where=sa.text("state <> 'removed'")
        )
        batch_op.drop_index(
            "ix_teams_chat", sqlite_where=sa.text("state <> 'removed'"), postgresql_where=sa.text("state <> 'removed'")
        )

    op.drop_table("teams")
    op.drop_table("talks")
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.drop_index("ix_roles_scope")
        batch_op.drop_index(
            "ix_roles_held", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )

    op.drop_table("roles")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_state")
        batch_op.drop_index(batch_op.f("ix_orders_requester_id"))
        batch_op.drop_index(
            "ix_orders_open",
            sqlite_where=sa.text("state IN ('offered', 'reopened')"),
            postgresql_where=sa.text("state IN ('offered', 'reopened')"),
        )
        batch_op.drop_index(batch_op.f("ix_orders_holder_id"))
        batch_op.drop_index(batch_op.f("ix_orders_asked_by"))

    op.drop_table("orders")
    op.drop_table("invitations")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contacts_person_id"))

    op.drop_table("contacts")
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consents_person_id"))

    op.drop_table("consents")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cases_who"))

    op.drop_table("cases")
    op.drop_table("audit_log")
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_applications_open", sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'")
        )

    op.drop_table("applications")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_household_id"))

    op.drop_table("people")
    op.drop_table("accounts")
    op.drop_table("state")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_waiting",
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
        )
        batch_op.drop_index("ix_outbox_message")

    op.drop_table("outbox")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_inbox_waiting", sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'")
        )

    op.drop_table("inbox")
    with op.batch_alter_table("households", schema=None) as batch_op:
        batch_op.drop_index("ix_households_place")

    op.drop_table("households")
    op.drop_table("groups")
    op.drop_table("group_members")
    with op.batch_alter_table("case_traces", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_traces_who"))

    op.drop_table("case_traces")
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.drop_index("ix_cards_message")

    op.drop_table("cards")
