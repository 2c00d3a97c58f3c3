"""A study's secrets: its requester credentials on the local platform and the key of its pseudonyms.

They are in a folder of their own, so that the rest of a study directory can be shared without it.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from crowd.atomic_write import create_whole
from crowd.fileformat import load, stamped
from crowd.studydir import StudyDirectory

#: Keeps people's ids, links and answers out of a repository; the answers tables hold pseudonyms.
_GITIGNORE = f"""# Keys, participants' links and ids, and the bookkeeping of what was paid.
/{StudyDirectory.private.name}/
/{StudyDirectory.former_secrets.name}
/{StudyDirectory.ledger.name}*
/{StudyDirectory.store.name}*
/{StudyDirectory.announcement.name}
/{StudyDirectory.sheet.name}
/{StudyDirectory.recipients.name}
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

    @property
    def metrics_key(self) -> str:
        """Key that opens the local platform's measurements."""
        return self._derived("metrics")

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
    files = StudyDirectory(study_dir)
    if not exists(files.root):
        # These are made only where the secrets are there already.
        later = [path.name for path in (files.ledger, files.store, files.answers) if path.exists()]
        if later and not exists(files.root):
            raise ValueError(
                f"{files.secrets}: is missing, but {later[0]} was made with it; put it back from a copy of the study. "
                "Other secrets would give everybody another pseudonym and lose the study's HITs"
            )
        _create(files)
    return _load(files.secrets if files.secrets.exists() else files.former_secrets)


def exists(root: Path) -> bool:
    """Whether the study has its secrets."""
    files = StudyDirectory(root)
    return files.secrets.exists() or files.former_secrets.exists()


def _create(files: StudyDirectory) -> None:
    made = Secrets(
        access_key_id="AKIA" + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16)),
        secret_access_key=secrets.token_urlsafe(30),
        pseudonym_key=secrets.token_hex(32),
    )
    files.private.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not files.ignored.exists():
        create_whole(files.ignored, _GITIGNORE)
    text = json.dumps(stamped(files.secrets.name, asdict(made)), indent=2)
    create_whole(files.secrets, text, mode=0o600)  # another process's, where that was first


def _load(path: Path) -> Secrets:
    try:
        table = load(path)
        values = {name.name: table[name.name] for name in fields(Secrets)}
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: not a study's secrets file ({error}); restore it from a copy") from error
    for name, value in values.items():
        if not isinstance(value, str) or not value:
            raise ValueError(f"{path}: {name} is empty or no text; restore the file from a copy")
    return Secrets(**values)
