"""A release holds nothing that identifies people, says what was taken out, and gives the study's report again."""

import json
import math
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

import analysis
from analysis.bundle.release import ReleaseReview, release
from crowd.credentials import load_or_create
from crowd.design.study import Study
from crowd.design.study_file import LISTS
from crowd.lifecycle.collect import pseudonym
from crowd.sqlite_file import connect
from crowd.task.answers import COLUMNS
from crowd.task.answers_file import read_parquet, write_answers
from tests.analysis.bundle.conftest import HOOK

LICENCE, AUTHORS = "CC-BY-4.0", ("Doe, Jane",)
#: Columns of the store and the ledger whose texts are public: what a study shows, and words of ours.
PUBLIC = {
    *("hit_types.title", "hit_types.description", "hit_types.keywords", "questions.question", "hits.annotation"),
    *("consent_texts.text", "consent_texts.sha256", "calls.operation", "calls.state", "hit_types.properties"),
    *("assignments.state", "assignments.status", "arrivals.recruiter", "arrivals.outcome", "recruits.recruiter"),
    *("hit_types.requirements", "calls.key", "calls.details", "assignments.answer", "settings.name", "facts.name"),
    *("checksums.name", "written_by.release", "sqlite_sequence.name"),
}


class Reviewer:
    """Stands for the person who looks at a release, and keeps what was shown."""

    def __init__(self, *, agrees: bool = True) -> None:
        self.agrees = agrees
        self.shown = ReleaseReview(texts=(), found=())

    def __call__(self, review: ReleaseReview) -> bool:
        self.shown = review
        return self.agrees


def released(study: Path, out: Path, **options: Any) -> Path:
    """The directory of a release that was confirmed."""
    return release(study, out, licence=LICENCE, authors=AUTHORS, **{"confirm": Reviewer(), **options}).directory


def texts(folder: Path) -> dict[str, str]:
    """Every file of a release."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in folder.rglob("*")
        if path.is_file()
    }


def stored(path: Path) -> Iterator[tuple[str, str]]:
    """Every text in a SQLite file, with its table and column."""
    with closing(sqlite3.connect(path)) as store:
        tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            found = store.execute(f"SELECT * FROM {table}")  # noqa: S608  its own tables
            names = [column[0] for column in found.description]
            for row in found:
                yield from ((f"{table}.{name}", value) for name, value in zip(names, row, strict=True) if is_id(value))


def is_id(value: object) -> bool:
    """Whether it is a text that is long enough to stand for one thing, and no amount."""
    return isinstance(value, str) and len(value) >= 6 and not re.fullmatch(r"[\d.]+", value)


def test_nothing_of_the_store_the_ledger_and_the_keys_is_in_a_release(study: Path, tmp_path: Path) -> None:
    """No id, link, key, code or time of any of their columns stands in any file, and no pseudonym of the study."""
    files = texts(released(study, tmp_path / "out", with_text=True, with_videos=True))
    written = "\n".join(files.values())
    sought = {(where, text) for name in ("platform.sqlite", "ledger.sqlite") for where, text in stored(study / name)}
    columns = {where for where, _ in sought}
    assert {"participants.token", "assignments.worker_id", "recruits.person_id", "arrivals.code"} <= columns
    assert {(where, text) for where, text in sought if where not in PUBLIC and text in written} == set()
    key = load_or_create(study).pseudonym_key
    workers = {text for where, text in sought if where == "assignments.worker_id"}
    assert not [worker for worker in workers if pseudonym(key, worker) in written]
    secrets = json.loads((study / "private" / "secrets.json").read_text(encoding="utf-8"))
    assert not [text for name, text in secrets.items() if name != "written_by" and is_id(text) and text in written]
    assert not re.findall(r"\d{4}-\d\d-\d\d[T ](?!00:00)\d\d:\d\d", written), "an exact time"
    assert str(study.parent) not in written
    assert HOOK not in written
    assert "SECRETCODE" not in written


#: Columns without which the store or the ledger cannot be opened.
NEEDED = {"facts.value", "facts.name", "settings.name", "settings.value"}


def plant(path: Path) -> list[str]:
    """Add an address of its own to every text of each column of a SQLite file that can hold it; the addresses."""
    planted = []
    with closing(connect(path)) as store:
        tables = store.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        for (table,) in tables.fetchall():
            for _, column, kind, *_ in store.execute(f"PRAGMA table_info({table})").fetchall():
                address = f"{table}.{column}@mail.example"
                if kind != "TEXT" or f"{table}.{column}" in NEEDED or table in ("checksums", "written_by"):
                    continue
                try:
                    store.execute(f"UPDATE {table} SET {column} = coalesce({column}, '') || ' {address}'")  # noqa: S608
                except sqlite3.IntegrityError:  # a word of ours, such as a state
                    continue
                planted.append(address)
        store.commit()
    return planted


def test_what_is_planted_in_the_store_and_the_ledger_is_nowhere_or_announced(study: Path, tmp_path: Path) -> None:
    """Of all their columns only the text that participants agreed to is published, and it is shown first."""
    planted = [address for name in ("platform.sqlite", "ledger.sqlite") for address in plant(study / name)]
    assert len(planted) > 40
    reviewer = Reviewer()
    files = texts(released(study, tmp_path / "out", confirm=reviewer))
    written = "\n".join(files.values()).replace("\\_", "_")  # as Markdown escapes it
    published = {address for address in planted if address in written}
    assert published == {"consent_texts.text@mail.example", "consent_texts.sha256@mail.example"}
    assert published <= {one.text for one in reviewer.shown.found}


def planted_in(study: Study) -> Study:
    """The study with an address in every field that can hold one, named like the field; comparisons cannot."""
    found = study
    for item in (one for one in fields(Study) if one.name not in (*LISTS, "comparisons")):
        value, address = getattr(study, item.name), f"{item.name}@mail.example"
        tries: list[Any] = [{"start": address}, {"Other": address}]
        if isinstance(value, str):
            tries = [f"{value} {address}"]
        elif isinstance(value, tuple):
            tries = [(*value, address)]
        for other in tries:
            with suppress(ValueError, TypeError, AttributeError):
                found = replace(found, **{item.name: other})
                break
    quiz = ({"text": "quiz@mail.example", "options": ["quiz.option@mail.example", "b"], "right": "b"},)
    questions = [question.to_table() | {"text": f"{question.id}@mail.example"} for question in study.questions]
    return replace(found, quiz=quiz, questions=tuple(questions))


def test_what_is_planted_in_the_study_file_and_beside_it_is_nowhere_or_announced(study: Path, tmp_path: Path) -> None:
    """Whatever field of study.toml an address stands in, and in the notes of the collection and the plan."""
    planted_in(Study.load(study / "study.toml")).save(study / "study.toml")
    for name, key in (("funnel.json", "ended"), ("simulation.json", "answers_from")):
        noted = json.loads((study / name).read_text("utf-8")) if (study / name).exists() else {}
        (study / name).write_text(json.dumps(noted | {key: f"{key}@mail.example"}), encoding="utf-8")
    (study / "preregistration.md").write_text("By prereg@mail.example.", encoding="utf-8")
    reviewer = Reviewer()
    files = texts(released(study, tmp_path / "out", confirm=reviewer))
    found = set(re.findall(r"[\w.]+@mail\.example", "\n".join(files.values()).replace("\\", "")))
    there = {address.partition("@")[0] for address in found}
    announced = "\n".join(one.text for one in reviewer.shown.found)
    assert {address for address in found if address not in announced} == set()
    shown = {
        "title",
        "description",
        "contact",
        "consent",
        "institution",
        "ethics_approval",
        "data_retention",
        "payment",
    }
    notes = {"ended", "answers_from", "prereg", "quiz", "quiz.option", "wording", "option_texts", "what", "smooth"}
    assert shown | notes <= there
    assert there.isdisjoint({"recruit", "notifications", "budget_usd"})


@pytest.mark.parametrize("column", [name for name, kind in COLUMNS.items() if kind == "string"])
def test_what_is_planted_in_the_answers_is_taken_out_or_announced(column: str, study: Path, tmp_path: Path) -> None:
    """An address in any column stands in no file, or is shown before anything is written."""
    planted = "ann.planted@mail.example"
    rows = read_parquet(study / "answers.parquet")
    cell = json.dumps([planted, "Other"]) if column == "options" else planted
    write_answers(study, [{**row, column: cell} for row in rows], {})
    reviewer = Reviewer(agrees=False)
    with pytest.raises(ValueError, match="nothing was written"):
        released(study, tmp_path / "out", confirm=reviewer)
    taken_out = {"worker_id", "assignment_id", "hit_id", "submitted_at", "comment"}
    assert (planted in [one.text for one in reviewer.shown.found]) == (column not in taken_out)
    assert not (tmp_path / "out").exists()


TEXTS = {
    "mine is ann@mail.example": "e-mail address",
    "I am {worker} there": "an id of the study",
    "called person of ANN": "an id of the study",
    "call 090-1234-5678": "phone number",
    "see https://ann.example/me": "link",
    "from 203.0.113.77": "network address",
    "TellingBrowser/7.0 (of one person)": "browser",
    "done 2026-11-30 15:04": "time",
    "the third clip stalled": None,
}


@pytest.mark.parametrize("column", ["comment", "answer"])
def test_texts_of_participants_stay_only_where_asked_for_and_harmless(column: str, study: Path, tmp_path: Path) -> None:
    """Without being asked for none is there; else those that look identifying are left out, and the rest is shown."""
    worker = next(text for where, text in stored(study / "ledger.sqlite") if where == "assignments.worker_id")
    said = [text.format(worker=worker) for text in TEXTS]
    rows = read_parquet(study / "answers.parquet")
    chosen = [number for number, row in enumerate(rows) if column == "comment" or row["question"] == "remark"]
    for number, text in zip(chosen * len(said), said * len(chosen), strict=True):
        rows[number] = {**rows[number], column: text}
    extra = [{**rows[chosen[0]], column: text} for text in said]
    write_answers(study, rows + extra, {})
    reviewer = Reviewer()
    made = release(study, tmp_path / "with", licence=LICENCE, authors=AUTHORS, with_text=True, confirm=reviewer)
    found = texts(tmp_path / "with")["answers.csv"]
    assert "the third clip stalled" in found
    assert "the third clip stalled" in reviewer.shown.texts
    assert not [text for text, reason in zip(said, TEXTS.values(), strict=True) if reason and text in found]
    for reason in filter(None, TEXTS.values()):
        assert any(reason in line for line in made.removed), reason
    without = texts(released(study, tmp_path / "without"))
    assert not [text for text in said for content in without.values() if text in content]


def test_what_the_author_wrote_is_shown_first(study: Path, tmp_path: Path) -> None:
    """Addresses and numbers in the study file are announced, also on lines that look like comments of the file."""
    reviewer = Reviewer()
    folder = released(study, tmp_path / "out", confirm=reviewer)
    found = {one.text for one in reviewer.shown.found}
    assert {"team@lab.example", "ethics@lab.example", "+81 3 1234 5678"} <= found
    assert not reviewer.shown.texts
    assert "ethics@lab.example" in texts(folder)["README.md"], "what was confirmed is said"


@pytest.mark.parametrize("written", ["visit_of_ANN", r"visit\_of\_ann"])
def test_an_id_in_what_the_author_wrote_is_refused(written: str, study: Path, tmp_path: Path) -> None:
    """What names a participant cannot be confirmed, in whatever case, and with marks of Markdown escaped."""
    (study / "preregistration.md").write_text(f"As {written} says.", encoding="utf-8")
    with pytest.raises(ValueError, match=r"preregistration\.md: would publish a session id of the study, so nothing"):
        released(study, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.mixed
def test_a_fresh_process_gives_the_same_report(study: Path, tmp_path: Path) -> None:
    """On another machine's disk, without the study, report.json comes out the same byte for byte."""
    shutil.move(released(study, tmp_path / "out"), tmp_path / "elsewhere")
    shutil.rmtree(study)
    script = "import analysis, sys; sys.stdout.write(analysis.analyse_study('elsewhere').to_json())"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=True, timeout=200)
    assert done.stdout == (tmp_path / "elsewhere" / "report" / "report.json").read_bytes()


def test_the_released_report_has_the_studys_figures(study: Path, tmp_path: Path) -> None:
    """All but the table's hash, texts and what is in the order of pseudonyms is as in the report of the study."""
    own = figures(analysis.analyse_study(study).to_dict())
    again = figures(json.loads((released(study, tmp_path / "out") / "report" / "report.json").read_text("utf-8")))
    assert own.keys() == again.keys()
    assert {key: value for key, value in own.items() if not alike(value, again[key])} == {}


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same, numbers up to the order in which they were summed."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return bool(one == other)


def figures(value: Any, path: str = "") -> dict[str, Any]:
    """Every value of a report by its path, without those that name the table, participants and their texts."""
    if isinstance(value, dict):
        others = ("inputs", "most_patterns", "worker_id", "text", "written_by", "schema_version")
        kept = {key: own for key, own in value.items() if key not in others}
        return {key: own for name, part in kept.items() for key, own in figures(part, f"{path}.{name}").items()}
    if isinstance(value, list):
        return {key: own for place, part in enumerate(value) for key, own in figures(part, f"{path}[{place}]").items()}
    return {path: value}


def test_the_answers_can_be_analysed_alone(study: Path, tmp_path: Path) -> None:
    """answers.csv has the names of columns that `analyse` knows."""
    report = analysis.analyse(released(study, tmp_path / "out") / "answers.csv")
    assert [question.id for question in report.questions] == ["what", "smooth", "age", "remark"]


def test_missing_pictures_of_pages_are_declared(study: Path, tmp_path: Path) -> None:
    """Without a browser, or where nobody asked, the result, README.md and release.json say why there are none."""
    for number, (asked, why) in enumerate(((True, "browser: there is none in this test."), (False, "not asked for."))):
        out = tmp_path / f"out{number}"
        made = release(study, out, licence=LICENCE, authors=AUTHORS, with_screenshots=asked, confirm=Reviewer())
        assert made.no_screens.endswith(why)
        assert f"There are no pictures of the pages: {made.no_screens}" in (out / "README.md").read_text("utf-8")
        about = json.loads((out / "release.json").read_text("utf-8"))
        assert (about["num_screens"], about["no_screens"]) == (0, made.no_screens)


@pytest.mark.browser("chromium")
@pytest.mark.usefixtures("browser")
def test_pictures_of_pages_are_in_the_release(study: Path, tmp_path: Path) -> None:
    """They are hashed and described like every other file, and README.md names their folder."""
    folder = released(study, tmp_path / "out")
    pictures = sorted(path.name for path in (folder / "screens").iterdir())
    assert len(pictures) >= 5
    assert pictures == [f"{number:02}.png" for number in range(1, len(pictures) + 1)]
    assert "| screens/ |" in (folder / "README.md").read_text("utf-8")
    assert "  screens/01.png" in (folder / "SHA256SUMS").read_text("utf-8")
    assert analysis.reproduce(folder).differing == ()


def test_the_videos_are_there_or_their_hashes(study: Path, tmp_path: Path) -> None:
    """With videos they are the published ones; without them videos.csv says what and where they are."""
    with_videos = released(study, tmp_path / "with", with_videos=True)
    without = released(study, tmp_path / "without", links_below="https://data.example/clips/")
    assert len(list((with_videos / "videos").iterdir())) == 18, "clips and their fallbacks"
    assert not (without / "videos").exists()
    assert "https://data.example/clips/new-0-0.mp4" in texts(without)["videos.csv"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"licence": "GPL"}, "licence: there is no 'GPL'"),
        ({"authors": ()}, "authors: name at least one"),
        ({"authors": "Doe"}, "authors: name at least one"),
        ({"links_below": "e"}, "links_below: must be an http address, is 'e'"),
        ({"confirm": None}, r"nothing was written, since this was not confirmed: .*@lab\.example' .*and \d more"),
    ],
)
def test_what_is_refused(options: dict[str, Any], message: str, study: Path, tmp_path: Path) -> None:
    """In one line, before anything is written."""
    before = sorted(study.rglob("*"))
    with pytest.raises(ValueError, match=message) as error:
        release(study, tmp_path / "out", **{"licence": LICENCE, "authors": AUTHORS, "confirm": Reviewer(), **options})
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == [study]
    assert sorted(study.rglob("*")) == before


def test_a_release_is_put_over_nothing(study: Path, tmp_path: Path) -> None:
    """Running the command again, or into a folder with files, changes nothing."""
    folder = released(study, tmp_path / "out")
    before = texts(folder)
    with pytest.raises(ValueError, match="is there already"):
        released(study, folder)
    assert texts(folder) == before


def test_two_releases_share_no_pseudonym(study: Path, tmp_path: Path) -> None:
    """Each has its own key, which is not kept."""
    first, second = (
        set(re.findall(r"\bp[0-9a-f]{16}\b", texts(released(study, tmp_path / name))["answers.csv"]))
        for name in ("first", "second")
    )
    assert len(first) == len(second) == 4
    assert not first & second


@pytest.mark.parametrize("missing", ["design.json", "answers.parquet"])
def test_a_study_without_answers_or_publication_is_refused(missing: str, study: Path, tmp_path: Path) -> None:
    """There is nothing to release; the message says what lacks."""
    for name in {missing, missing.replace(".parquet", ".csv")}:
        (study / name).unlink()
    with pytest.raises(ValueError, match=r"was not published|no answers\.parquet; run `.*collect-answers"):
        released(study, tmp_path / "out")


def test_changed_videos_are_not_published(study: Path, answered_study: Path, tmp_path: Path) -> None:
    """A video that is not as it was published is refused where videos are asked for."""
    import crowd

    shutil.copytree(answered_study.parent / "videos", tmp_path / "videos")
    crowd.locate_videos(study, tmp_path / "videos")
    (tmp_path / "videos" / "new-0-0.mp4").write_bytes(b"other")
    with pytest.raises(ValueError, match=r"new-0-0\.mp4: .*bring it back, or leave the videos out"):
        released(study, tmp_path / "out", with_videos=True)
    assert not (tmp_path / "out").exists()
