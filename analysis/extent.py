"""What a report covers beside its plan, and whether its methods may be compared yet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.collection import Collection
from analysis.plan import Plan
from crowd.texts import did_you_mean

#: Called with the name of each stage as it begins.
Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """What a report covers, whatever the plan says."""

    seed: int = 0
    #: Whether answers of simulated participants are left out.
    people_only: bool = False
    #: Whether the mixed model is fitted; None where there are few answers.
    mixed: bool | None = None

    def __post_init__(self) -> None:
        """Check the seed."""
        if self.seed < 0:
            raise ValueError(f"seed: must not be negative, is {self.seed}")


def looks(plan: Plan, collection: Collection) -> tuple[bool, bool]:
    """Whether methods are compared, and whether the tests hold at all looks at a running study.

    A sequential rule that was chosen while answers came in does not allow early tests.
    """
    sequential = plan.rules.sequential and (collection.interim is None or plan.as_published("sequential"))
    return collection.interim is None or sequential, sequential


def check_control(plan: Plan, methods: Sequence[str]) -> None:
    """Refuse a control that was chosen and that no answer is about.

    Raises:
        ValueError: there is no such method.
    """
    if "gold_method" in plan.chosen and plan.control not in methods:
        meant = did_you_mean(plan.control, methods)
        raise ValueError(
            f"gold_method: no method {plan.control!r}{meant} in the answers; there are {', '.join(methods)}"
        )
