"""Where Alembic begins: the connection is handed over by `exportmanager.library.schema`."""

from alembic import context

from exportmanager.library.schema import in_one_transaction

in_one_transaction(context.config.attributes["connection"])
