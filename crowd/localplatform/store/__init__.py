"""The platform's store in SQLite: one module of statements for each kind of record."""

from crowd.localplatform.store.database import Database, Row, Transaction, derived_id

__all__ = ["Database", "Row", "Transaction", "derived_id"]
