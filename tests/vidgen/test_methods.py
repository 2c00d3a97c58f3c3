from dataclasses import replace

import pytest

from vidgen.methods import METHODS, Start, find_method
from vidgen.objectives import OBJECTIVES


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("proposed:paper", {"class_cross_entropy": 10, "decoded_error": 10}),
        ("comparison:paper", {"class_cross_entropy": 10, "l2_norm": 5}),
    ],
)
def test_the_papers_settings_are_literal(name, rates):
    """Table 1: η_C3D 10, η_AE 10, η_norm 5, for 50,000 steps, from uniform noise, with nothing annealed or scaled."""
    method = find_method(name)
    assert method.name == name
    assert method.steps == 50_000
    assert {term.objective: term.rate for term in method.terms} == rates
    assert {(term.power, term.above) for term in method.terms} == {(0, 0)}
    assert method.annealing is None
    assert (method.start.mean - method.start.spread, method.start.mean + method.start.spread) == (0, 1)
    assert method.start.distribution == "uniform"


@pytest.mark.parametrize("name", METHODS)
def test_every_method_can_be_followed(name):
    """A method stands under its own name, says what it does, and names terms that exist, each once."""
    method = find_method(name)
    assert method.name == name
    assert method.summary
    names = [term.objective for term in method.terms]
    assert set(names) <= set(OBJECTIVES)
    assert len(set(names)) == len(names)
    assert method.steps >= 1
    assert method.start.distribution in ("uniform", "normal")


def test_the_papers_two_methods_and_ours_are_there():
    """The proposed method, the comparison and ours are there; the comparison has eq. 10's norm."""
    assert set(METHODS) == {"proposed", "comparison", "guided", "refined"}
    assert {term.objective for term in METHODS["comparison"].terms} == {"class_cross_entropy", "l2_norm"}


@pytest.mark.parametrize("name", ["proposed", "comparison"])
def test_the_papers_methods_are_about_x_itself(name):
    """Their class term is that of X, not of R(X), from the paper's random start, and no noise level is given."""
    method = METHODS[name]
    assert method.terms[0].objective == "class_cross_entropy"
    assert method.start == Start()
    assert method.annealing is None
    assert not any(term.power or term.above for term in method.terms)


@pytest.mark.parametrize("name", ["dream", "", "Proposed", "proposed:mine", "refined:paper"])
def test_an_unknown_method_lists_the_known(name):
    """The error names what was asked for and every method there is."""
    with pytest.raises(ValueError, match="unknown method") as caught:
        find_method(name)
    for known in (*METHODS, "proposed:paper", "comparison:paper"):
        assert known in str(caught.value)


def test_a_method_without_steps_is_refused():
    """At least one step; the error names the method."""
    with pytest.raises(ValueError, match="'comparison' needs at least one step, got 0"):
        replace(METHODS["comparison"], steps=0)


def test_starts_are_noise():
    """The default start is uniform over [0, 1], as the paper's."""
    assert Start() == Start(distribution="uniform", mean=0.5, spread=0.5)
