"""A release that was changed is noticed, and a report that comes out otherwise is."""

import json
import shutil
from pathlib import Path

import pytest

from analysis import reviewers
from analysis.bundle.documents import sums
from analysis.bundle.release import release
from analysis.bundle.reproduction import reproduce


@pytest.fixture(scope="session")
def made(answered_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release."""
    out = tmp_path_factory.mktemp("made") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reviewers, "UNASKED", 0)  # as in each test
        return release(answered_study, out, licence="CC0-1.0", authors=["Lab"], confirm=lambda review: True).directory


@pytest.fixture
def copied(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "release"))


def test_the_report_is_the_released_one(copied: Path) -> None:
    """No key differs, and nothing is written into the release."""
    before = sorted(copied.rglob("*"))
    found = reproduce(copied)
    assert found.differing == ()
    assert found.same_versions
    assert sorted(copied.rglob("*")) == before


def test_keys_that_differ_are_named(copied: Path) -> None:
    """A report that does not follow from the files is not taken for theirs, even with right hashes."""
    path = copied / "report" / "report.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**table, "seed": 7, "versions": {}}), encoding="utf-8")
    (copied / "SHA256SUMS").unlink()
    contents = {one.relative_to(copied).as_posix(): one.read_bytes() for one in copied.rglob("*") if one.is_file()}
    (copied / "SHA256SUMS").write_text(sums(contents), encoding="utf-8")
    found = reproduce(copied)
    assert found.differing == ("seed",)
    assert not found.same_versions


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("answers.csv", "worker_id\n", r"answers\.csv: is not as it was released"),
        ("design.json", None, r"design\.json: is missing"),
        ("SHA256SUMS", None, "is no release"),
        ("SHA256SUMS", "nonsense\n", "'nonsense' is no line with a SHA-256"),
        ("SHA256SUMS", f"{'0' * 64}  ../study.toml\n", r"'\.\./study\.toml' leads out of the release"),
        ("release.json", None, "is no release"),
    ],
)
def test_changed_files_are_refused(name: str, content: str | None, message: str, copied: Path) -> None:
    """The first of them is named."""
    (copied / name).unlink()
    if content is not None:
        (copied / name).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        reproduce(copied)
