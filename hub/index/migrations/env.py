"""Run by Alembic: migrates over the connection it is given, in the caller's transaction."""

from alembic import context

from hub.index.migrations import all_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_metadata(),
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
