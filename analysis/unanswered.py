"""What is raised where no answer to a question is left to count, with what became of its answers."""

from analysis.records.participants import ExclusionFlow, ExclusionsSummary


class NoAnswersLeftError(ValueError):
    """No answer to a question counts; other questions can still be reported."""

    def __init__(self, message: str, funnel: ExclusionFlow, exclusions: ExclusionsSummary | None) -> None:
        super().__init__(message)
        self.funnel = funnel
        self.exclusions = exclusions


def reasons(funnel: ExclusionFlow) -> str:
    """Where the answers went: each step with how many it took."""
    return "; ".join(f"{step.name}: {step.removed:,}" for step in funnel.steps)
