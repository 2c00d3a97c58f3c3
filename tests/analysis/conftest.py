"""What tests of the analysis share."""

import pytest

from analysis import reviewers


@pytest.fixture(autouse=True)
def _mixed_model_when_asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fit the mixed model where a test asks for it, or has the mark `mixed`: it takes two thirds of an analysis."""
    if not request.node.get_closest_marker("mixed"):
        monkeypatch.setattr(reviewers, "UNASKED", 0)
