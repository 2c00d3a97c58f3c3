"""docs/questions.md is about every kind of question and every setting, and what it shows in study.toml can be read."""

import re
import tomllib
from pathlib import Path

import pytest

from crowd.design.study import Study
from crowd.questions import KINDS, kind_of, question_of
from docs import generate_questions
from docs.generate_questions import PAGE, own_fields

DOCS = PAGE.parent
TEXT = PAGE.read_text(encoding="utf-8")
#: What each section of a kind says.
SAID = ("When to use it", "What it costs in people", "What it cannot show", "How it is analysed", "In study.toml")
SNIPPETS = [
    (name, text)
    for name in ("questions.md", "formats.md", "running-a-study.md")
    for text in re.findall(r"```toml\n(.*?)```", (DOCS / name).read_text(encoding="utf-8"), re.DOTALL)
    if "[[questions]]" in text
]


def section(kind: str) -> str:
    """What the page says of a kind."""
    return TEXT.split(f"\n## {kind}\n")[1].split("\n## ")[0]


def test_the_page_is_up_to_date() -> None:
    """Its tables are what `python -m docs.generate_questions` writes today, and there is none that it lacks."""
    assert generate_questions.text() == TEXT, "run: python -m docs.generate_questions"
    assert set(re.findall(r"<!-- table: (.+?) -->", TEXT)) == set(generate_questions.tables())


def test_every_kind_has_its_section() -> None:
    """The sections of kinds stand in the order of the kinds, and no kind is missing."""
    assert tuple(name for name in re.findall(r"(?m)^## (.+)$", TEXT) if name in KINDS) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_section_says_all_that_matters(kind: str) -> None:
    """When to use the kind, what it costs and cannot show, how it is analysed, each of its settings, and an example."""
    own = section(kind)
    assert [words for words in SAID if f"**{words}" not in own] == []
    assert [field.name for field in own_fields(kind_of(kind)) if f"| `{field.name}` |" not in own] == []
    (snippet,) = re.findall(r"```toml\n(.*?)```", own, re.DOTALL)
    assert {table["kind"] for table in tomllib.loads(snippet)["questions"]} == {kind}


@pytest.mark.parametrize(("page", "snippet"), SNIPPETS)
def test_what_is_shown_can_be_read(page: str, snippet: str, tmp_path: Path) -> None:
    """Each question is one that `question_of` reads, and all of a snippet is a study file, beside one about videos."""
    asked = [question_of(table) for table in tomllib.loads(snippet)["questions"]]
    if all(question.about == "person" for question in asked):
        snippet += '[[questions]]\nid = "what"\nkind = "naming"\n'
    path = tmp_path / "study.toml"
    path.write_text(snippet, encoding="utf-8")
    assert Study.load(path).questions, page


def test_links_lead_to_sections() -> None:
    """Links within the documentation to this page, and from it, name headings that exist."""
    for page in DOCS.glob("*.md"):
        for name, anchor in re.findall(r"\]\(([\w./-]*\.md)?#([\w-]+)\)", page.read_text(encoding="utf-8")):
            target = DOCS / name if name else page
            if PAGE in (page, target):
                assert anchor in anchors(target), f"{page.name}: {name}#{anchor}"


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as GitHub makes them."""
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
