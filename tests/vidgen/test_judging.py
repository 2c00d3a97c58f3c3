import csv
import json
from dataclasses import asdict

import numpy as np
import pytest

from vidgen import judging as module
from vidgen.judge_report import NOTICE
from vidgen.judging import (
    OPTIONS,
    background_error,
    fitted_frames,
    forced,
    judge_directory,
    load_judge,
    read_rows,
    verdict,
    write_probabilities,
)
from vidgen.video_io import write_video


def chances(**given):
    """Probabilities of the options named (underscores for spaces), the rest spread over the others."""
    named = {name.replace("_", " "): value for name, value in given.items()}
    rest = (1 - sum(named.values())) / (len(OPTIONS) - len(named))
    return np.array([named.get(option, rest) for option in OPTIONS])


def test_the_judge_has_the_studies_options():
    """The eleven classes, then Other and Unclear."""
    assert len(OPTIONS) == 13
    assert OPTIONS[-2:] == ("Other", "Unclear")


@pytest.mark.parametrize(
    ("given", "threshold", "answer"),
    [
        ({"car_moving_right": 0.6}, 0.5, "car moving right"),
        ({"car_moving_right": 0.4}, 0.5, "Unclear"),
        ({"car_moving_left": 0.6}, 0.5, "car moving left"),
        ({"Other": 0.7}, 0.5, "Other"),
        ({"Unclear": 0.7}, 0.5, "Unclear"),
        ({"Unclear": 0.7, "car_moving_right": 0.25}, 0.2, "car moving right"),
        ({"car_moving_right": 0.5}, 0.5, "car moving right"),
    ],
)
def test_the_best_option_or_unclear(given, threshold, answer):
    """The judge names its best class or "Other", and says "Unclear" when that is less likely than its threshold."""
    found = verdict("v", "proposed", "car moving right", chances(**given), threshold)
    assert found.answer == answer
    assert found.correct == (answer == "car moving right")


def test_a_forced_choice_is_among_the_classes():
    """The likeliest class counts as the choice, however likely "Other" and "Unclear" are."""
    given = chances(car_moving_right=0.1, ship_moving_left=0.05, Other=0.15, Unclear=0.7)
    found = verdict("v", "m", "car moving right", given, 0.5)
    assert (found.answer, forced(found)) == ("Unclear", "car moving right")


def test_two_labels_need_two_right_answers():
    """Of a video of two labels the two likeliest classes are named, in whatever order; both have to be right."""
    label = "ship moving left + car moving right"
    right = verdict("v", "m", label, chances(car_moving_right=0.5, ship_moving_left=0.3, Unclear=0.15), 0.9)
    assert right.correct
    assert set(right.answer.split(" + ")) == set(label.split(" + "))
    half = verdict("v", "m", label, chances(car_moving_right=0.5, rocket_moving_up=0.3), 0.1)
    assert not half.correct


def test_background_is_what_is_nearest_to_white():
    """An even grey counts as it is; an object on white does not count, and noise around it does."""
    ink = np.zeros((4, 20, 20, 3), np.float32)
    assert background_error(ink) == 0
    assert background_error(ink + 0.1) == pytest.approx(0.1)
    ink[:, :5, :10] = 1  # an eighth of each frame
    assert background_error(ink) == 0
    ink[:, 10:, :] = 0.2  # half of each frame; 0.375 stays white, so that 0.425 of the 0.8 that count are this
    assert background_error(ink) == pytest.approx(0.2 * 0.425 / 0.8, rel=0.01)


def test_a_directory_is_judged_by_method(tmp_path, tiny_weights, monkeypatch):
    """Each video gets a verdict, each method its figures; the notice says that no people are replaced."""
    monkeypatch.setattr(module, "NUM_NEIGHBOURS", 2)
    module._training_clips.cache_clear()
    rng = np.random.default_rng(0)
    names = ["a.mp4", "b.mp4", "c.mp4"]
    for name in names:
        write_video(tmp_path / name, rng.integers(0, 256, (16, 96, 128, 3), np.uint8))
    table = "file_name,method,label\n" + "".join(
        f"{name},{method},car moving right\n" for name, method in zip(names, ("new", "new", "real"), strict=True)
    )
    (tmp_path / "metadata.csv").write_text(table)
    judge, threshold = load_judge("compact", tiny_weights)
    heard = []
    verdicts, report = judge_directory(tmp_path, judge, threshold, lambda done, total: heard.append((done, total)))
    assert heard == [(1, 3), (2, 3), (3, 3)]
    assert [(one.video_id, one.method, one.label) for one in verdicts] == [
        (name, method, "car moving right") for name, method in zip(names, ("new", "new", "real"), strict=True)
    ]
    for one in verdicts:
        assert one.probabilities.sum() == pytest.approx(1)
        assert one.answer in OPTIONS
    assert "replace no people" in report.notice == NOTICE
    assert report.threshold == threshold
    assert {name: figures.n_videos for name, figures in report.methods.items()} == {"new": 2, "real": 1}
    new = report.methods["new"]
    assert new.accuracy == np.mean([one.correct for one in verdicts[:2]])
    assert new.forced_accuracy == np.mean([forced(one) == one.label for one in verdicts[:2]])
    assert new.background_error > 0.3  # the videos are noise
    assert new.diversity > 0
    assert report.methods["real"].diversity is None
    assert new.nearest_training_distance > 0
    json.dumps(asdict(report), allow_nan=False)
    write_probabilities(tmp_path / "response_probabilities.csv", verdicts)
    with (tmp_path / "response_probabilities.csv").open(newline="") as file:
        probabilities = list(csv.DictReader(file))
    assert [row.pop("video_id") for row in probabilities] == names
    assert tuple(probabilities[0]) == ("car moving right", "Other", "Unclear")
    for row, one in zip(probabilities, verdicts, strict=True):
        right, unclear = one.probabilities[0], one.probabilities[-1]
        assert [float(value) for value in row.values()] == pytest.approx(
            [right, 1 - right - unclear, unclear], abs=2e-6
        )
    module._training_clips.cache_clear()


@pytest.mark.thorough
def test_many_videos_are_looked_at_a_few_at_a_time(tmp_path, tiny_weights, monkeypatch):
    """Of 40 videos of two labels and methods, mixed, at most 16 are in memory; each verdict stands at its row."""
    monkeypatch.setattr(module, "NUM_NEIGHBOURS", 2)
    module._training_clips.cache_clear()
    rng = np.random.default_rng(0)
    for name in ("a.mp4", "b.mp4"):
        write_video(tmp_path / name, rng.integers(0, 256, (16, 96, 128, 3), np.uint8))
    labels, methods = ("car moving right", "rocket moving up"), ("new", "old")
    rows = [("ab"[i % 2] + ".mp4", f"v{i}", methods[i // 2 % 2], labels[i % 5 % 2]) for i in range(40)]
    lines = ["file_name,video_id,method,label", *map(",".join, rows)]
    (tmp_path / "metadata.csv").write_text("\n".join(lines) + "\n")
    judge, threshold = load_judge("compact", tiny_weights)
    sizes, files = [], {}
    ask = module.probabilities

    def asked(judge, frames, **options):
        sizes.append(len(frames))
        return ask(judge, frames, **options)

    monkeypatch.setattr(module, "probabilities", asked)
    verdicts, report = judge_directory(tmp_path, judge, threshold)
    assert sum(sizes) == 40
    assert max(sizes) <= 16
    assert [(one.video_id, one.method, one.label) for one in verdicts] == [row[1:] for row in rows]
    for one, (file_name, *_) in zip(verdicts, rows, strict=True):  # the same file, the same answer
        assert one.probabilities == pytest.approx(files.setdefault(file_name, one.probabilities), abs=1e-4)
    assert len(files) == 2
    for name, figures in report.methods.items():
        own = [one for one in verdicts if one.method == name]
        assert figures.n_videos == len(own) == 20
        assert figures.accuracy == np.mean([one.correct for one in own])
    assert report.dataset.background_error == pytest.approx(0, abs=1e-3)
    module._training_clips.cache_clear()


def test_videos_of_other_sizes_stand_on_white(tmp_path):
    """A wide video is scaled in its proportions, its frames taken evenly, white above and below."""
    frames = np.full((40, 48, 192, 3), 100, np.uint8)
    write_video(tmp_path / "wide.mp4", frames)
    seen = fitted_frames(tmp_path / "wide.mp4")
    assert seen.shape == (16, 96, 128, 3)
    assert (seen[:, :30] == 255).all()
    assert (seen[:, -30:] == 255).all()
    assert np.abs(seen[:, 40:56].astype(int) - 100).max() <= 3


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("file_name,label\na.mp4,car moving right\n", "no column method"),
        ("file_name,method,label\n", "no rows"),
        (
            "file_name,method,label\na.mp4,new,dog moving up\n",
            "line 2: the judge knows no label 'dog moving up'; it knows",
        ),
        (
            "file_name,method,label\na.mp4,new,car moving right + dog moving up\n",
            "the judge knows no label 'dog moving up'",
        ),
        ("file_name,method,label\na.mp4\n", "line 2: method is empty"),
        ("file_name,method,label\na.mp4,new,\n", "line 2: label is empty"),
        ("file_name,method,label\nä.mp4,new,car moving right\n", "not a UTF-8 CSV file"),
    ],
)
def test_tables_that_it_cannot_judge_are_refused(tmp_path, table, message):
    """Missing columns, no rows and labels that the judge never learnt are errors that name file and value."""
    (tmp_path / "metadata.csv").write_text(table, encoding="latin-1")
    with pytest.raises(ValueError, match=message) as caught:
        read_rows(tmp_path)
    assert str(tmp_path / "metadata.csv") in str(caught.value)


def test_tables_of_spreadsheets_can_be_judged(tmp_path):
    """The mark that spreadsheets put before UTF-8 is no part of the first column's name."""
    (tmp_path / "metadata.csv").write_text("file_name,method,label\na.mp4,new,car moving right\n", encoding="utf-8-sig")
    assert read_rows(tmp_path)[0]["file_name"] == "a.mp4"
