"""`crowd.task.answers`: from what a page sends to rows of a table."""

import csv
import json
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.columns import KNOWN
from crowd.design.blocks import design
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.fileformat import stamp
from crowd.questions.survey import ONCE
from crowd.spreadsheet import from_cell
from crowd.task.answers import COLUMNS, answer_rows, parse_answer_xml
from crowd.task.answers_file import write_answers
from crowd.videos.metadata import Video
from tests.crowd.questions.made import BETTER, WHY, planned

XML = (
    '<?xml version="1.0" encoding="ASCII"?><QuestionFormAnswers xmlns="http://mechanicalturk.amazonaws.com/'
    'AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd">{}</QuestionFormAnswers>'
)
SINGLE = design(
    Study(training_items=0, attention_items=0),
    [Video(video_id="id1", file_name="1.mp4", method="m", label="l1", directory="/v")],
)
FORMATS = Path(__file__).parents[3] / "docs/formats.md"


@pytest.fixture
def plan() -> Design:
    """One HIT of two videos and an attention item."""
    clips = [Video(video_id=f"id{n}", file_name=f"{n}.mp4", method="m", label=f"l{n}", directory="/v") for n in (1, 2)]
    return design(Study(training_items=0), clips)


def sent(plan: Design, **values: Any) -> str:
    """What the page sends of an item."""
    return json.dumps(
        {
            "answer": "l1",
            "options": list(plan.options),
            "option_seed": 7,
            "position": 0,
            "time_to_play_s": 0.1,
            "time_to_answer_s": 2,
            "watched_fraction": 1.0,
            "replays": 1,
            "stalls": 0,
            "playback_errors": 0,
            "focus_losses": 0,
            **values,
        }
    )


def rows_of(plan: Design, fields: dict[str, str]) -> list[dict[str, Any]]:
    """The rows of one assignment."""
    return answer_rows(plan, "b001-r1", "A1", "H1", "w1", "2026-11-22T12:00:00+00:00", True, fields)


def test_one_row_per_answered_item(plan: Design) -> None:
    """Each item gives a row with the video's facts, the item's kind and what was measured."""
    keys = {item.video_id: item.key for item in plan.hits[0].items}
    fields = {f"item.{key}": sent(plan, answer=plan.video(video_id).label) for video_id, key in keys.items()}
    rows = rows_of(plan, {**fields, "comment": " fine ", "assignmentId": "A1"})
    assert [list(row) for row in rows] == [list(COLUMNS)] * 3
    assert {(row["video_id"], row["method"], row["label"], row["kind"]) for row in rows} == {
        ("id1", "m", "l1", "evaluation"),
        ("id2", "m", "l2", "evaluation"),
        ("attention-b001-0", "attention", plan.hits[0].items[-1].asked, "attention"),
    }
    for row in rows:
        assert (row["worker_id"], row["simulated"], row["comment"], row["excluded"]) == ("w1", True, "fine", "")
        assert row["answer"] == row["label"]
        assert json.loads(row["options"]) == list(plan.options)


def test_options_are_sent_once(plan: Design) -> None:
    """The page sends the options that it showed once for all items; earlier pages sent them with each."""
    key = plan.hits[0].items[0].key
    shown = list(reversed(plan.options))
    item = json.loads(sent(plan))
    del item["options"]
    (row,) = rows_of(plan, {f"item.{key}": json.dumps(item), "options": json.dumps(shown)})
    assert json.loads(row["options"]) == shown
    (row,) = rows_of(plan, {f"item.{key}": sent(plan), "options": json.dumps(shown)})
    assert json.loads(row["options"]) == list(plan.options)
    with pytest.raises(ValueError, match="assignment A1, options: not JSON"):
        rows_of(plan, {f"item.{key}": json.dumps(item), "options": "["})


def test_skipped_items_give_no_row(plan: Design) -> None:
    """An item without an answer, or one that was not sent, is absent; an unknown field is ignored."""
    key = plan.hits[0].items[0].key
    assert rows_of(plan, {f"item.{key}": sent(plan, answer=None), "item.zz": "?", "other": "x"}) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"answer": "l1"}', "options shown are not the study's"),
        ('{"answer": "l1", "options": ["l1", "l2", "Other"]}', "options shown are not the study's"),
        ('{"answer": "l3", "options": ["l1", "l2", "Other", "Unclear"]}', "answer 'l3' is no option"),
        ('{"answer": ["l1"], "options": ["l1", "l2", "Other", "Unclear"]}', "is no option"),
    ],
    ids=range(6),
)
def test_forged_answers_are_named(plan: Design, value: str, message: str) -> None:
    """What this study's page cannot have sent is told with the assignment and the item."""
    key = plan.hits[0].items[0].key
    with pytest.raises(ValueError, match=f"assignment A1, item {key}: .*{message}"):
        rows_of(plan, {f"item.{key}": value})


@given(st.one_of(st.none(), st.booleans(), st.text(), st.floats(), st.integers(), st.lists(st.integers())))
def test_bad_measurements_are_left_empty(value: Any) -> None:
    """Whatever a browser claims to have measured, the column holds a sensible number or nothing."""
    names = ["time_to_play_s", "time_to_answer_s", "watched_fraction", "replays", "stalls", "position", "option_seed"]
    (row,) = rows_of(SINGLE, {"item.v00": sent(SINGLE, **dict.fromkeys(names, value))})
    for name in names:
        assert row[name] is None or (row[name] >= 0 and row[name] == row[name] != float("inf"))
    assert row["watched_fraction"] is None or row["watched_fraction"] <= 1


def test_xml_of_mechanical_turk() -> None:
    """The fields are read whatever the encoding, empty and missing texts included."""
    answers = "".join(
        f"<Answer><QuestionIdentifier>{name}</QuestionIdentifier>{text}</Answer>"
        for name, text in [("a", "<FreeText>&#252; &amp; &lt;b&gt;</FreeText>"), ("b", "<FreeText/>"), ("c", "")]
    )
    assert parse_answer_xml(XML.format(answers)) == {"a": "ü & <b>", "b": "", "c": ""}


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<a",
        "<Other/>",
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><QuestionFormAnswers>&b;</QuestionFormAnswers>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><QuestionFormAnswers>&a;</QuestionFormAnswers>',
    ],
)
def test_bad_xml_is_one_line(xml: str) -> None:
    """Malformed answers and entity tricks are refused."""
    with pytest.raises(ValueError, match="answer: ") as caught:
        parse_answer_xml(xml)
    assert "\n" not in str(caught.value)


def test_the_table_is_written_twice_alike(plan: Design, tmp_path: Path) -> None:
    """Parquet and CSV hold the same rows, types and texts, and the funnel lies beside them."""
    keys = [item.key for item in plan.hits[0].items]
    fields = {f"item.{key}": sent(plan) for key in keys} | {"comment": 'said "yes",\nü <b>'}
    rows = rows_of(plan, fields)
    rows[0]["time_to_play_s"] = None
    write_answers(tmp_path, rows, {"simulated": True, "submitted": 1})
    parquet, table = pd.read_parquet(tmp_path / "answers.parquet"), pd.read_csv(tmp_path / "answers.csv")
    assert list(parquet.columns) == list(table.columns) == list(COLUMNS)
    assert parquet["comment"].tolist() == table["comment"].tolist() == ['said "yes",\nü <b>'] * 3
    assert parquet["simulated"].tolist() == table["simulated"].tolist() == [True] * 3
    assert parquet["time_to_answer_s"].tolist() == table["time_to_answer_s"].tolist() == [2.0] * 3
    assert parquet["time_to_play_s"].isna().sum() == table["time_to_play_s"].isna().sum() == 1
    assert json.loads((tmp_path / "funnel.json").read_text()) == stamp("funnel.json") | {
        "simulated": True,
        "submitted": 1,
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.csv", "answers.parquet", "funnel.json"]


def test_no_answers_give_an_empty_table(tmp_path: Path) -> None:
    """The columns are there before the first answer."""
    write_answers(tmp_path, [], {})
    assert list(pd.read_parquet(tmp_path / "answers.parquet").columns) == list(COLUMNS)
    assert list(pd.read_csv(tmp_path / "answers.csv").columns) == list(COLUMNS)


def test_the_schema_is_the_documented_one() -> None:
    """docs/formats.md lists the columns that are written and those that are read."""
    section = FORMATS.read_text(encoding="utf-8").split("## Answers table")[1].split("\n## ")[0]
    table = takewhile(
        lambda line: line.startswith("|"), dropwhile(lambda line: line[:3] != "| `", section.splitlines())
    )
    cells = [line.split("|")[1] for line in table]
    assert {name.strip(" `") for cell in cells for name in cell.split(",")} == {*COLUMNS, *KNOWN}


def test_remarks_are_no_formulas(plan: Design, tmp_path: Path) -> None:
    """What participants write is text to a spreadsheet, and answers.parquet has it as it is."""
    rows = rows_of(plan, {"comment": '=HYPERLINK("http://x","y")', "item.i1": sent(plan), "item.i2": sent(plan)})
    rows = rows or [dict.fromkeys(COLUMNS, None) | {"comment": '=HYPERLINK("http://x","y")'}]
    write_answers(tmp_path, rows, {})
    with (tmp_path / "answers.csv").open(newline="", encoding="utf-8") as lines:
        comments = {row["comment"] for row in csv.DictReader(lines)}
    assert comments == {'\'=HYPERLINK("http://x","y")'}
    assert {from_cell(comment) for comment in comments} == set(pd.read_parquet(tmp_path / "answers.parquet")["comment"])


#: What no page sends for a question, its options, or where it was shown.
FORGED: list[Any] = [
    *(None, True, 0, -1, 1e400, "", "left", "\ud800", "x\x00y", "x" * 90_000, 10**35),
    *([], [[]], [0], ["x", ["y"]], ["\ud800"], [{}], {}, {"\ud800": 1}),
    *({"answer": []}, {"answer": "\ud800"}, {"answer": "x", "options": ["\ud800"]}, {"answer": "x", "options": {}}),
    {"answer": {"start_s": 0, "end_s": 1e999, "what": ["x"]}},
]


@pytest.mark.parametrize("forged", FORGED, ids=lambda value: ascii(value)[:30])
def test_forged_answers_to_questions_are_refused_or_can_be_written(forged: object) -> None:
    """Whatever one participant sends, the tables of all can be written, and what is unreadable names its assignment."""
    choice = {"kind": "choice", "options": ["x", "y"], "shuffled": True}
    asked_once = [choice | {"id": when, "asked": when} for when in ONCE]
    plan = planned(BETTER, WHY | {"asked": "pair"}, {"id": "said", "kind": "text"}, *asked_once)
    item = plan.hits[0].items[0].key
    ids = [question.id for question in plan.questions]
    both = (forged, {"answer": forged})
    sent = [{field: forged} for field in ("once", "quiz", "options", f"item.{item}")]
    sent += [{field: {name: each}} for field in ("once", "options") for name in ids for each in both]
    sent += [{f"item.{item}": {"answers": {name: {"answer": forged}}}} for name in ids]
    sent += [{f"item.{item}": {"answers": forged}}, {f"item.{item}": {"answers": {}, "shown": forged}}]
    refused = []
    for fields in sent:
        form = {name: json.dumps(value) for name, value in fields.items()}
        try:
            rows = answer_rows(plan, plan.hits[0].key, "A1", "H1", "w", "t", False, form)
        except ValueError as error:
            refused.append(str(error))
            continue
        assert all(str(value).encode() is not None for row in rows for value in row.values())
    assert all(message.startswith("assignment A1, ") for message in refused)


def test_half_an_emoji_that_was_cut_is_left_out_of_a_text() -> None:
    """A browser may cut the last emoji of a text that is too long; the rest is the answer."""
    form = {"once": json.dumps({"said": {"answer": "good \ud83d"}})}
    plan = planned(BETTER, {"id": "said", "kind": "text"})
    (row,) = answer_rows(plan, plan.hits[0].key, "A1", "H1", "w", "t", False, form)
    assert row["answer"] == "good"
