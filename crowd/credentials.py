"""What a study must keep to itself: its requester credentials on the local platform and the key of its pseudonyms.

They lie in a folder of their own, so that the rest of a study directory can be shared without it.
"""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from crowd.atomic_write import named, remove_left_drafts, write_whole
from crowd.fileformat import parsed, stamped, unstamped

FILE = "private/secrets.json"
#: Where releases up to 0.1 kept it; it is still read there.
FORMER_FILE = "secrets.json"
#: Files that exist only where secrets were made before them.
_LATER_FILES = ("ledger.sqlite", "platform.sqlite", "answers.parquet")
#: Keeps people's ids, links and answers out of a repository; answers.csv and answers.parquet hold pseudonyms.
_GITIGNORE = """# Keys, participants' links and ids, and the bookkeeping of what was paid.
/private/
/secrets.json
/ledger.sqlite*
/platform.sqlite*
/platform.json
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """A study's secrets; none of them appears in its `repr`."""

    access_key_id: str = field(repr=False)
    """Requester's access key on the local platform, in the form of AWS."""
    secret_access_key: str = field(repr=False)
    """Requester's secret key on the local platform; signs each call."""
    pseudonym_key: str = field(repr=False)
    """Key of the pseudonyms in the answers table, hashes of workers' ids; the other keys follow from it."""

    @property
    def media_key(self) -> str:
        """Key of the names under which the local platform shows videos."""
        return self._derived("media")

    def _derived(self, purpose: str) -> str:
        return hmac.new(self.pseudonym_key.encode(), purpose.encode(), hashlib.sha256).hexdigest()

    @property
    def study_id(self) -> str:
        """Names the study on its platform."""
        return self._derived("study")[:20]


def load_or_create(study_dir: str | Path) -> Secrets:
    """The study's secrets, made at first use; two processes that start together get the same ones.

    The file is readable by its owner only and appears whole or not at all.

    Raises:
        OSError: the directory cannot be written.
        ValueError: the file is there and is not what it should be; or it has gone from a study that had it.
    """
    root = Path(study_dir)
    path = root / FILE
    if not exists(root):
        later = [name for name in _LATER_FILES if (root / name).exists()]
        if later and not exists(root):
            raise ValueError(
                f"{path}: is missing, but {later[0]} was made with it; put it back from a copy of the study. "
                "Other secrets would give everybody another pseudonym and lose the study's HITs"
            )
        _create(path)
    return _load(path if path.exists() else root / FORMER_FILE)


def exists(root: Path) -> bool:
    """Whether the study has its secrets."""
    return (root / FILE).exists() or (root / FORMER_FILE).exists()


def _create(path: Path) -> None:
    made = Secrets(
        access_key_id="AKIA" + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16)),
        secret_access_key=secrets.token_urlsafe(30),
        pseudonym_key=secrets.token_hex(32),
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignored = path.parents[1] / ".gitignore"
    if not ignored.exists():
        write_whole(ignored, _GITIGNORE)
    remove_left_drafts(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(stamped(path.name, asdict(made)), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # fails where another process was first, whose secrets then count
        except FileExistsError:
            return
    except OSError as error:
        raise named(error, path) from error
    finally:
        draft.unlink(missing_ok=True)


def _load(path: Path) -> Secrets:
    try:
        table = unstamped(path, parsed(path))
        values = {name.name: table[name.name] for name in fields(Secrets)}
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: not a study's secrets file ({error}); restore it from a copy") from error
    for name, value in values.items():
        if not isinstance(value, str) or not value:
            raise ValueError(f"{path}: {name} is empty or no text; restore the file from a copy")
    return Secrets(**values)
