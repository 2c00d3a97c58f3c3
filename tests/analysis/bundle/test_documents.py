"""The documents of a release are what repositories read."""

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import date

import pytest
import yaml

from analysis.bundle.codebook import MEANINGS
from analysis.bundle.documents import ReleaseFacts, citation, crate, readme, sums
from analysis.bundle.licences import LICENCES, licence
from analysis.bundle.public_answers import PRIVATE
from crowd.task.answers import COLUMNS

FACTS = ReleaseFacts(
    title='A "study": of | clips #1',
    description="Nine answers.",
    authors=("Doe, Jane", "Lab of Clips"),
    licence="CC-BY-4.0",
    made=date(2026, 11, 30),
    num_rows=9,
    num_participants=3,
    simulated=False,
    removed=("pseudonyms: 3 replaced",),
    confirmed=(),
    with_text=False,
    with_videos=False,
    links_below="",
    plan_sha256="0" * 64,
    num_screens=2,
    no_screens="",
)
FILES = {"answers.csv": b"a\n", "report/report.json": b"{}", "videos/a b.mp4": b"\0"}


def test_the_citation_has_what_its_format_asks_for() -> None:
    """Message, title, authors and version of the format (Citation File Format 1.2.0, schema-guide.md)."""
    found = yaml.safe_load(citation(FACTS))
    assert found["cff-version"] == "1.2.0"
    assert found["title"] == FACTS.title
    assert found["authors"] == [{"family-names": "Doe", "given-names": "Jane"}, {"name": "Lab of Clips"}]
    assert (found["type"], found["license"], found["date-released"]) == ("dataset", "CC-BY-4.0", FACTS.made)
    assert found["message"]


def test_the_crate_has_what_its_format_asks_for() -> None:
    """A descriptor, a root with name, description, date and licence, and every file (RO-Crate 1.1)."""
    found = json.loads(crate(FACTS, FILES))
    assert found["@context"] == "https://w3id.org/ro/crate/1.1/context"
    entities = {entity["@id"]: entity for entity in found["@graph"]}
    assert len(entities) == len(found["@graph"])
    about = entities["ro-crate-metadata.json"]
    assert about["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = entities[about["about"]["@id"]]
    assert {"name", "description", "datePublished", "license", "hasPart"} <= root.keys()
    named = [root["license"], *root["author"], *root["hasPart"]]
    assert {entity["@id"] for entity in named} <= entities.keys()
    assert entities["#author-1"]["name"] == "Jane Doe"
    assert entities["answers.csv"]["contentSize"] == "2"


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is not installed")
def test_the_sums_are_read_by_sha256sum(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Every file is named with its hash, also one with a space in its name."""
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "SHA256SUMS").write_text(sums(FILES), encoding="utf-8")
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize("name", LICENCES)
def test_the_readme_names_the_licence(name: str) -> None:
    """With its words and its address, and says what was removed, with the markup of texts taken literally."""
    text = readme(replace(FACTS, licence=name), list(FILES))
    assert f"[{LICENCES[name].name}]({LICENCES[name].url})" in text
    assert "- pseudonyms: 3 replaced" in text
    assert text.startswith('# A "study": of \\| clips \\#1\n')


def test_an_unknown_licence_names_the_known_ones() -> None:
    """So that a slip of the pen is put right."""
    with pytest.raises(ValueError, match=r"licence: there is no 'CC-BY'; there are CC-BY-4\.0, "):
        licence("CC-BY")


def test_the_codebook_explains_every_column() -> None:
    """Those of the answers table that a release can have, each once."""
    assert MEANINGS.keys() == COLUMNS.keys() - set(PRIVATE)
