"""The market: stations, merchants, items, redemptions; and keepers of a station or of a merchant."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merchants",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("thanked", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("state", sa.String(), server_default="gives", nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('gives', 'ended')", name=op.f("ck_merchants_state")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_merchants_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchants")),
    )
    op.create_table(
        "stations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("place", sa.String(), server_default="", nullable=False),
        sa.Column("hours", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_stations_state")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_stations_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stations")),
    )
    op.create_table(
        "items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("picture", sa.String(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("stock", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("weekly", sa.Integer(), nullable=True),
        sa.Column("week", sa.String(), nullable=True),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("per", sa.String(), nullable=True),
        sa.Column("back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), server_default="offered", nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('goods', 'service')", name=op.f("ck_items_kind")),
        sa.CheckConstraint("per IN ('day', 'week', 'month', 'year')", name=op.f("ck_items_per")),
        sa.CheckConstraint("state IN ('offered', 'withdrawn')", name=op.f("ck_items_state")),
        sa.CheckConstraint("price > 0", name=op.f("ck_items_costs_something")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_items_stock_not_negative")),
        sa.CheckConstraint("taken >= 0 AND (weekly IS NULL OR weekly > 0)", name=op.f("ck_items_places")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_items_made_by")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_items_merchant_id")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_items_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_items_merchant_id"), ["merchant_id"], unique=False)
        batch_op.create_index(
            "ix_items_offered",
            ["station_id", "price"],
            unique=False,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.create_index(
            "ix_items_week",
            ["week"],
            unique=False,
            sqlite_where=sa.text("weekly IS NOT NULL"),
            postgresql_where=sa.text("weekly IS NOT NULL"),
        )

    op.create_table(
        "awaited",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_awaited_item_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_awaited_person_id")),
        sa.PrimaryKeyConstraint("item_id", "person_id", name=op.f("pk_awaited")),
    )
    with op.batch_alter_table("awaited", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_awaited_person_id"), ["person_id"], unique=False)

    op.create_table(
        "redemptions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code_epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("wanted", sa.JSON(), nullable=True),
        sa.Column("week", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("late", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("borne", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.CheckConstraint(
            "state IN ('reserved', 'ready', 'collected', 'expired', 'cancelled', 'reversed')",
            name=op.f("ck_redemptions_state"),
        ),
        sa.CheckConstraint("count > 0 AND points > 0", name=op.f("ck_redemptions_something")),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name=op.f("fk_redemptions_ended_by")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_redemptions_household_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_redemptions_item_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_redemptions_person_id")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_redemptions_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemptions")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_redemptions_code_hash")),
        sa.UniqueConstraint("once", name=op.f("uq_redemptions_once")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_redemptions_token_hash")),
    )
    with op.batch_alter_table("redemptions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_redemptions_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('reserved', 'ready')"),
            postgresql_where=sa.text("state IN ('reserved', 'ready')"),
        )
        batch_op.create_index("ix_redemptions_household", ["household_id", "item_id", "made_at"], unique=False)
        batch_op.create_index("ix_redemptions_item", ["item_id", "state"], unique=False)
        batch_op.create_index("ix_redemptions_station", ["station_id", "state", "until"], unique=False)

    op.create_table(
        "presentations",
        sa.Column(
            "redemption_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "keeper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["keeper_id"], ["people.id"], name=op.f("fk_presentations_keeper_id")),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemptions.id"], name=op.f("fk_presentations_redemption_id")),
        sa.PrimaryKeyConstraint("redemption_id", "keeper_id", name=op.f("pk_presentations")),
    )
    op.create_table(
        "stock_moves",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("redemption_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("what IN ('restock', 'reserve', 'release', 'late')", name=op.f("ck_stock_moves_what")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_stock_moves_item_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_stock_moves_person_id")),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemptions.id"], name=op.f("fk_stock_moves_redemption_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_moves")),
    )
    with op.batch_alter_table("stock_moves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_moves_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_moves_redemption_id"), ["redemption_id"], unique=False)

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("station_id", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("merchant_id", sa.BigInteger(), server_default="0", nullable=False))

    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("station_id", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("merchant_id", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.drop_index(batch_op.f("ix_roles_held"), sqlite_where=sa.text("ended_at IS NULL"))
        batch_op.create_index(
            "ix_roles_held",
            ["person_id", "role", "unit", "team_id", "station_id", "merchant_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def downgrade() -> None:
    op.execute("DELETE FROM roles WHERE station_id <> 0 OR merchant_id <> 0")  # of places that are no more
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_roles_held", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )
        batch_op.create_index(
            batch_op.f("ix_roles_held"),
            ["person_id", "role", "unit", "team_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_column("merchant_id")
        batch_op.drop_column("station_id")

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_column("merchant_id")
        batch_op.drop_column("station_id")

    with op.batch_alter_table("stock_moves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_moves_redemption_id"))
        batch_op.drop_index(batch_op.f("ix_stock_moves_item_id"))

    op.drop_table("stock_moves")
    op.drop_table("presentations")
    with op.batch_alter_table("redemptions", schema=None) as batch_op:
        batch_op.drop_index("ix_redemptions_station")
        batch_op.drop_index("ix_redemptions_item")
        batch_op.drop_index("ix_redemptions_household")
        batch_op.drop_index(
            "ix_redemptions_due",
            sqlite_where=sa.text("state IN ('reserved', 'ready')"),
            postgresql_where=sa.text("state IN ('reserved', 'ready')"),
        )

    op.drop_table("redemptions")
    with op.batch_alter_table("awaited", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_awaited_person_id"))

    op.drop_table("awaited")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_items_week", sqlite_where=sa.text("weekly IS NOT NULL"), postgresql_where=sa.text("weekly IS NOT NULL")
        )
        batch_op.drop_index(
            "ix_items_offered", sqlite_where=sa.text("state = 'offered'"), postgresql_where=sa.text("state = 'offered'")
        )
        batch_op.drop_index(batch_op.f("ix_items_merchant_id"))

    op.drop_table("items")
    op.drop_table("stations")
    op.drop_table("merchants")
