"""What every platform offers."""

import inspect
import re
from pathlib import Path

import pytest

import crowd
from crowd.localplatform.operations import OPERATIONS
from crowd.platforms import NAMES
from crowd.platforms.protocol import Platform
from crowd.platforms.requester import Requester

ROOT = Path(crowd.__file__).parents[1]
#: Where Mechanical Turk's names are at home, and the file that reads ledgers which have them.
HOMES = ("crowd/platforms/requester/", "crowd/localplatform/", "crowd/ledger/migrations.py")
#: Names of parameters that nothing else is called; others are words of the language, or columns of result tables.
PARAMETERS = (
    "HITId", "HITTypeId", "AssignmentId", "QualificationTypeId", "MaxAssignments", "LifetimeInSeconds",
    "RequesterAnnotation", "UniqueRequestToken", "NumberOfAdditionalAssignments", "ExpireAt", "RequesterFeedback",
    "BonusAmount", "QualificationRequirements",
)  # fmt: skip
VERBS = [name for name, member in vars(Platform).items() if inspect.isfunction(member) and not name.startswith("_")]


@pytest.mark.parametrize("verb", VERBS)
def test_a_requester_has_every_verb_with_the_arguments_of_the_protocol(verb: str) -> None:
    """Calls are sent by the verb's name and the arguments that the ledger keeps, so both must be the protocol's."""
    ours, protocols = inspect.signature(getattr(Requester, verb)), inspect.signature(getattr(Platform, verb))
    assert ours == protocols


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_documented(verb: str) -> None:
    """Each says in a sentence what it does."""
    assert str(inspect.getdoc(getattr(Platform, verb))).strip().endswith(".")


@pytest.mark.parametrize("package", ["vidgen", "crowd", "analysis", "templates"])
def test_names_of_mechanical_turk_stay_at_home(package: str) -> None:
    """No operation and no parameter of its protocol is named but by what speaks it."""
    name = re.compile(rf"\b({'|'.join((*OPERATIONS, *PARAMETERS))})\b")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / package).rglob("*"))
        if path.suffix in {".py", ".j2", ".html", ".toml"} and not str(path.relative_to(ROOT)).startswith(HOMES)
        for match in name.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("package", ["vidgen", "crowd", "analysis", "templates"])
def test_nothing_but_platforms_branches_on_a_platform_s_name(package: str) -> None:
    """What differs between platforms is asked of their descriptions."""
    names = "|".join(NAMES)
    branch = re.compile(rf"""[!=]= ?["']({names})["']|["']({names})["'] ?[!=]=|\bin [({{\[]["']({names})["']""")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / package).rglob("*"))
        if path.suffix in {".py", ".j2"} and not str(path.relative_to(ROOT)).startswith("crowd/platforms/")
        for match in branch.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
