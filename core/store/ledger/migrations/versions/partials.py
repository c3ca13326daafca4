"""What the parts of large tables gave, until their audit is whole."""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "partials",
        sa.Column("counting", sa.String(64), primary_key=True),
        sa.Column("shard", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kept", sa.String(40), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
