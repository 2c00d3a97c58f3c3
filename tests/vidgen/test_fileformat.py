"""The rule for versions is written twice, since generation knows nothing of studies, and is the same."""

from pathlib import Path

import pytest

from crowd import fileformat as studies
from vidgen import fileformat


@pytest.mark.parametrize("version", [99, "2", 1.5, None, -1, True])
def test_refusals_read_alike_in_all_packages(version: object) -> None:
    """A newer file, and a damaged version, are refused with the same words."""
    messages = []
    for check in (
        lambda table: fileformat.check(Path("run.json"), table, "run.json"),
        lambda table: studies.check(Path("run.json"), table["schema_version"], table["written_by"], known=3),
    ):
        with pytest.raises(ValueError, match=r"run\.json") as caught:
            check({"schema_version": version, "written_by": "vidgen 9.9"})
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


@pytest.mark.parametrize("name", fileformat.VERSIONS)
def test_what_is_written_is_read(name: str) -> None:
    """A stamp of this release passes, and so does a file without one."""
    fileformat.check(Path(name), fileformat.stamp(name), name)
    fileformat.check(Path(name), {}, name)
