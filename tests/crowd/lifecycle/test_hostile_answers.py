"""What a hostile participant sends: it is counted as unreadable, or harmless; it stops no command, page or report."""

import json
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis import analyse
from crowd.design.blocks import design
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.hit_annotation import annotation
from crowd.localplatform.answerxml import answer_xml
from crowd.localplatform.tally import AnswerTally
from crowd.task.answers import answer_rows, is_bounded, parse_answer_xml
from crowd.task.answers_file import write_answers
from crowd.videos.metadata import Video

NASTY: list[str] = [
    "", " ", "null", "true", "0", "-1", "1e400", "-1e400", "NaN", "Infinity", "9" * 400, "9" * 5_000, "0." + "9" * 400,
    "1e-999", "[]", "{}", '""', "[" * 100_000, "[" * 400 + "]" * 400, '{"a":' * 3_000 + "1" + "}" * 3_000, '"\\ud800"',
    '"\\u0000"', '"=HYPERLINK(1)"', '"<script>alert(1)</script>"', '"' + "x" * 200_000 + '"', '"\u202e\u2066"', "{",
    '{"answer": {"answer": []}}', '["l1", "l1"]', "\ud7ff\ue000", "]]>", "&b;", "0x10", "1_000", "١٢",
]  # fmt: skip
FIELDS = (
    "answer", "options", "option_seed", "position", "time_to_play_s", "time_to_answer_s", "watched_fraction", "replays",
    "stalls", "playback_errors", "focus_losses",
)  # fmt: skip


def planned() -> Design:
    """One HIT of six videos of two methods."""
    clips = [
        Video(video_id=f"id{n}", file_name=f"{n}.mp4", method="xy"[n % 2], label=f"l{n % 3}", directory="/v")
        for n in range(6)
    ]
    return design(Study(training_items=0, attention_items=1), clips)


def honest(plan: Design, chance: random.Random) -> dict[str, Any]:
    """What the page sends of one item."""
    values: dict[str, Any] = dict.fromkeys(FIELDS, 1)
    return values | {"answer": chance.choice(plan.options), "options": list(plan.options), "watched_fraction": 0.5}


def document(plan: Design, chance: random.Random) -> str:
    """A submission in which some of the fields are replaced by something hostile."""
    fields = []
    for item in plan.hits[0].items:
        values = {name: json.dumps(value) for name, value in honest(plan, chance).items()}
        for _ in range(chance.choice((0,) * 6 + (1, 3))):
            values[chance.choice(FIELDS)] = chance.choice(NASTY)
        text = "{" + ", ".join(f'"{name}": {value}' for name, value in values.items()) + "}"
        if chance.random() < 0.02:
            text = chance.choice(NASTY)
        if chance.random() < 0.02:
            text = text[: chance.randrange(len(text) + 1)]
        if chance.random() < 0.9:
            fields.append((f"item.{item.key}", text))
    fields += [(chance.choice(NASTY), chance.choice(NASTY)) for _ in range(chance.choice((0, 0, 2)))]
    fields.append(("comment", chance.choice(NASTY)))
    xml = answer_xml(fields)
    return xml if chance.random() < 0.95 else xml[: chance.randrange(len(xml))]


def survive(tmp_path: Path, number: int) -> tuple[int, int]:
    """So many documents through the table, the progress page and the report; rows and unreadable documents."""
    chance, plan = random.Random(1), planned()
    tally, rows, refusals = AnswerTally(plan), [], list[str]()
    for place in range(number):
        xml = document(plan, chance)
        tally.add([{"annotation": annotation("study", "b001-r1"), "answer": xml, "submit_seq": place}])  # type: ignore[list-item]
        try:
            found = answer_rows(
                plan, "b001-r1", f"A{place}", "H1", f"w{place % 50}", "2026-11-22T12:00:00+00:00", False,
                parse_answer_xml(xml),
            )  # fmt: skip
        except ValueError as error:
            refusals.append(str(error))
        else:
            rows += found
    assert all(map(str.isprintable, refusals))
    assert 0 <= tally.playback_errors <= number * 6 * 1_000_000
    values = {"videos": [], "playback_errors": tally.playback_errors, "skipped": tally.skipped}
    json.dumps(values | {"unreadable": tally.unreadable}, allow_nan=False)
    write_answers(tmp_path, rows, {})
    table = pd.read_parquet(tmp_path / "answers.parquet")
    assert len(table) == len(rows)
    assert len(pd.read_csv(tmp_path / "answers.csv")) == len(rows)
    report = analyse(tmp_path / "answers.parquet")
    assert report.to_dict()["methods"]
    return len(rows), len(refusals)


@pytest.mark.thorough
def test_no_document_stops_the_table_the_progress_page_or_the_report(tmp_path: Path) -> None:
    """Most documents are readable, many are not, and everything that follows is made all the same."""
    rows, unreadable = survive(tmp_path, 1_500)
    assert rows > 1_000
    assert unreadable > 200


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_fifty_thousand_documents_stop_nothing(tmp_path: Path) -> None:
    """The same with 50,000."""
    rows, unreadable = survive(tmp_path, 50_000)
    assert rows > 10_000
    assert unreadable > 5_000


@pytest.mark.parametrize(
    ("text", "bounded"),
    [
        ("[" * 20 + "]" * 20, True),
        ("[" * 21 + "]" * 21, False),
        ('{"a": ' * 21 + "1" + "}" * 21, False),
        ('{"options": ["' + "[" * 50 + '", "' + "7" * 60 + '"]}', True),
        ('{"options": ["\\"[' + "[" * 50 + '"]}', True),
        ('{"n": ' + "7" * 40 + "}", True),
        ('{"n": ' + "7" * 41 + "}", False),
        ('{"n": 0.' + "7" * 41 + "}", False),
        ('"' + "x" * 100_001 + '"', False),
    ],
)
def test_depth_and_digits_are_bounded_outside_of_texts_only(text: str, bounded: bool) -> None:
    assert is_bounded(text) is bounded
