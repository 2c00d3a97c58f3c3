"""What a study must keep to itself: its requester credentials on the local platform and the key of its pseudonyms."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

FILE = "secrets.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """A study's secrets; none of them appears in its `repr`."""

    access_key_id: str = field(repr=False)
    """Requester's access key on the local platform, in the form of AWS."""
    secret_access_key: str = field(repr=False)
    """Requester's secret key on the local platform; signs each call."""
    pseudonym_key: str = field(repr=False)
    """Key of the hash that turns a platform's worker id into the pseudonym in the answers table."""


def load_or_create(study_dir: str | Path) -> Secrets:
    """The study's secrets, made at first use; two processes that start together get the same ones.

    The file is readable by its owner only and appears whole or not at all.

    Raises:
        OSError: the directory cannot be written.
        ValueError: the file is there and is not what it should be.
    """
    path = Path(study_dir) / FILE
    if not path.exists():
        _create(path)
    return _load(path)


def _create(path: Path) -> None:
    made = Secrets(
        access_key_id="AKIA" + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16)),
        secret_access_key=secrets.token_urlsafe(30),
        pseudonym_key=secrets.token_hex(32),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(made), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # fails where another process was first, whose secrets then count
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)


def _load(path: Path) -> Secrets:
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        values = {name.name: table[name.name] for name in fields(Secrets)}
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: not a study's secrets file ({error}); restore it from a copy") from error
    for name, value in values.items():
        if not isinstance(value, str) or not value:
            raise ValueError(f"{path}: {name} is empty or no text; restore the file from a copy")
    return Secrets(**values)
