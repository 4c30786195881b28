"""What Alembic runs around every migration: inside the transaction that `storage.upgrade` opened."""

from alembic import context
from sqlmodel import SQLModel

import storage.tables  # noqa: F401 - loading it fills the metadata
from storage.derived import is_planned

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    include_name=is_planned,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
