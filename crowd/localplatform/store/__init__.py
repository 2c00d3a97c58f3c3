"""The platform's store in SQLite or PostgreSQL: one module of statements for each kind of record."""

from crowd.localplatform.store.database import Database, ReadsOnlyError, Row, Session, Transaction, derived_id
from crowd.localplatform.store.places import has_store, open_store

__all__ = ["Database", "ReadsOnlyError", "Row", "Session", "Transaction", "derived_id", "has_store", "open_store"]
