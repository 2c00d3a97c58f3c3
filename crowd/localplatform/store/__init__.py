"""The platform's store: SQLite below, one module of statements per kind of thing."""

from crowd.localplatform.store.database import Database, Row, Transaction, derived_id

__all__ = ["Database", "Row", "Transaction", "derived_id"]
