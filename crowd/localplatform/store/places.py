"""Which database keeps a study's store: a file of the study directory, or a PostgreSQL database that it names.

The address of a PostgreSQL database holds a password, and is kept with the study's secrets.
"""

import json
from pathlib import Path
from urllib.parse import urlsplit

from crowd import fileformat
from crowd.credentials import load_or_create
from crowd.localplatform.store import postgresql
from crowd.localplatform.store.database import Database
from crowd.localplatform.store.sqlite import SqliteDatabase
from crowd.studydir import StudyDirectory

_SCHEMES = ("postgresql", "postgres")


def open_store(study_dir: str | Path) -> Database:
    """A connection to the study's store, which is made if there is none.

    Raises:
        OSError: it cannot be opened.
        NewerFileError: a newer release wrote it.
        ValueError: the record of its database is damaged, or psycopg is not installed.
    """
    url = database_url(study_dir)
    if url is None:
        return SqliteDatabase(StudyDirectory(study_dir).store)
    return postgresql.PostgresqlDatabase(url, schema_of(study_dir))


def has_store(study_dir: str | Path) -> bool:
    """Whether the study has a store."""
    files = StudyDirectory(study_dir)
    return files.store.exists() or files.database.exists()


def database_url(study_dir: str | Path) -> str | None:
    """The address of the study's PostgreSQL database; None if its store is a file.

    Raises:
        ValueError: the record of it is damaged.
    """
    path = StudyDirectory(study_dir).database
    try:
        url = fileformat.load(path)["url"]
    except FileNotFoundError:
        return None
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: does not say where the database is ({error}); restore it from a copy") from error
    return _checked(url, str(path))


def keep_in(study_dir: str | Path, url: str) -> None:
    """Keep the study's store in this PostgreSQL database from now on.

    Raises:
        ValueError: `url` is no address of PostgreSQL, the study has a store elsewhere already, or psycopg is missing.
        OSError: the database cannot be reached.
    """
    files, schema = StudyDirectory(study_dir), schema_of(study_dir)
    if (before := database_url(study_dir)) == _checked(url, "database"):
        return
    if files.store.exists():
        raise ValueError(
            f"{files.store}: the study's tasks are in this file, and cannot be in {postgresql.shown(url)} as well; "
            "serve it without --database and DATABASE_URL, or back it up and restore it with --database"
        )
    there = postgresql.exists(url, schema)
    if before is not None and not there:
        raise ValueError(
            f"{postgresql.shown(url)}: holds nothing of this study, whose tasks are in {postgresql.shown(before)}"
        )
    fileformat.save(files.database, {"url": url}, mode=0o600)


def schema_of(study_dir: str | Path) -> str:
    """The name of the study's schema in a PostgreSQL database."""
    return f"study_{load_or_create(study_dir).study_id}"


def _checked(url: str, where: str) -> str:
    if urlsplit(url).scheme not in _SCHEMES:
        raise ValueError(f"{where}: {postgresql.shown(url)} is not postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    return url
