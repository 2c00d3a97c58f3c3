import json

import pytest
from scipy.stats import binomtest

from tests.test_schemas import mistakes
from vidgen.attribute_report import AttributeReport, AttributeShare, CaptionFigures, MethodAttributes


def test_the_interval_is_wilsons_for_the_number_of_videos():
    """It is the interval that SciPy gives for as many videos, some or all of them right."""
    for right in (81, 263):
        share = AttributeShare.of([True] * right + [False] * (263 - right), n_videos=263)
        expected = binomtest(right, 263).proportion_ci(method="wilson")
        assert share.accuracy == pytest.approx(right / 263)
        assert (share.low, share.high) == pytest.approx((expected.low, expected.high))


def test_objects_of_one_video_do_not_narrow_the_interval():
    """Twice as many objects in as many videos give the same interval."""
    one, two = AttributeShare.of([True, False, True, True], 4), AttributeShare.of([True, False, True, True] * 2, 4)
    assert (one.low, one.high) == (two.low, two.high)
    assert two.n == 2 * one.n


def test_the_file_obeys_its_schema(tmp_path):
    """What is saved is as the shipped schema says."""
    figures = CaptionFigures(n_videos=3, attributes={"object": AttributeShare.of([True, True, False], 3)})
    empty = CaptionFigures(n_videos=0, attributes={})
    report = AttributeReport.of({"real": MethodAttributes(all=figures, seen=figures, held_out=empty)})
    report.save(tmp_path / "attributes.json")
    assert mistakes("vidgen/schemas/attributes", json.loads((tmp_path / "attributes.json").read_text())) == []
