"""What participants see and are paid is hashed at publication and held to."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from analysis.plan import load_plan
from analysis.wording.plan import promised
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.design.study_file import SECTIONS
from crowd.design.study_values import CHOICES
from crowd.design.terms import UNSEEN, UNSEEN_SECTIONS, PageVersion, changes, hold_to, terms
from crowd.lifecycle.close import close
from crowd.lifecycle.collect import collect
from crowd.lifecycle.extend import extend
from crowd.lifecycle.prepare import load
from crowd.lifecycle.publish import open_due_rounds, publish
from crowd.lifecycle.status import status
from crowd.lifecycle.watch import watch
from crowd.localplatform import invite, running
from crowd.localplatform.studyfile import StudyFile
from tests.cli.program import said, vidgen
from tests.crowd.answering import answer
from tests.crowd.earlier import forget_terms

STUDY_FILE = "study.toml"

#: Another value that a field can have, where one of its kind would not do.
OTHERS: dict[str, Any] = {
    "size": "native",
    "reward_usd": "1.23",
    "budget_usd": "1.23",
    "countries": ("JP",),
    "notifications": "aws",
    "comparisons": ("new - old",),
    "examples": ({"file_name": "clear.mp4", "text": "A clear one."},),
    "quiz": ({"text": "How often?", "options": ["once", "twice"], "right": "once"},),
    "questions": ({"id": "what", "kind": "naming", "text": "Which one?"},),
    "options": ("one", "two", "three"),
    "wording": {"start": "Here we go"},
    "option_texts": {"Other": "Something else"},
    "recruit": {"panel": {"id_parameter": "who", "complete": "C0DE"}},
}
FIELDS = [item.name for item in fields(Study)]


def other(name: str) -> Any:
    """A value of the field that is not its default."""
    value = getattr(Study(), name)
    if name in OTHERS:
        return OTHERS[name]
    if name in CHOICES:
        return next(choice for choice in CHOICES[name] if choice != value)
    if isinstance(value, tuple):
        return ("x.mp4",)
    if isinstance(value, float):
        return 0.51 if value else 0.1
    return value + 1 if isinstance(value, int) else f"{value} of another kind"


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_is_held_to_or_named_as_unseen(name: str) -> None:
    """Changing a field is refused with its name and both values, unless it is named as neither shown nor paid."""
    study = Study(options=("a", "b"), attention_items=0, recruit={"panel": {"id_parameter": "id", "complete": "C0DE"}})
    changed = replace(study, **{name: other(name)})
    assert changed != study
    section = next(item.metadata["section"] for item in fields(Study) if item.name == name)
    if name in UNSEEN or section in UNSEEN_SECTIONS:
        hold_to(terms(study), changed, Path(STUDY_FILE))
    else:
        with pytest.raises(ValueError, match=rf"^study\.toml: .*{name} was .* and is .*new study directory$"):
            hold_to(terms(study), changed, Path(STUDY_FILE))


def test_what_no_page_shows_is_hashed_with_the_plan_or_named_here() -> None:
    """No field is outside of both hashes but those that no participant can notice, and each exception exists."""
    kept = terms(Study()).keys() | Study().plan.keys()
    assert (
        set(FIELDS) - kept
        == {"budget_usd", "notifications", "tasks_per_participant", "recruit", "keep_days"}
        == set(UNSEEN)
    )
    assert set(UNSEEN_SECTIONS) <= set(SECTIONS)


def test_a_difference_far_into_a_long_text_is_shown() -> None:
    """Of long texts the message shows the part that differs."""
    study = Study(consent="word " * 200 + "agree")
    with pytest.raises(ValueError, match=r'consent was …[word ]{50,}agree" and is …[word ]{50,}refuse"\.'):
        hold_to(terms(study), replace(study, consent="word " * 200 + "refuse"), Path(STUDY_FILE))


def edit(study_dir: Path, **values: Any) -> None:
    """Give fields of the study file other values."""
    path = study_dir / STUDY_FILE
    replace(Study.load(path), **values).save(path)


def files_of(study_dir: Path) -> Mapping[str, bytes]:
    """Everything that a command could have written, but the times of SQLite's own bookkeeping."""
    return {path.name: path.read_bytes() for path in study_dir.iterdir() if path.suffix in (".json", ".toml")}


LATER: dict[str, Callable[[Path, Path], Any]] = {
    "publish": lambda study_dir, videos: publish(study_dir, videos),
    "extend": lambda study_dir, videos: extend(study_dir, 3),
    "next round": lambda study_dir, videos: open_due_rounds(study_dir),
    "watch": lambda study_dir, videos: list(watch(study_dir, every_s=0)),
}


@pytest.mark.parametrize("command", LATER)
def test_nothing_is_sent_with_other_words_or_pay(command: str, study_at: Callable[[str], Path], videos: Path) -> None:
    """Each command that would show a task refuses before it writes or sends anything, and works when it is put back."""
    study_dir = study_at("next round")
    with running(study_dir) as server:
        before, was = files_of(study_dir), Study.load(study_dir / STUDY_FILE)
        edit(study_dir, question="What do you hear?", reward_usd="5.00")
        with pytest.raises(ValueError, match=r'question was "" and is "What do you hear\?"; reward_usd was "0.80"'):
            LATER[command](study_dir, videos)
        was.save(study_dir / STUDY_FILE)
        assert {name: content for name, content in files_of(study_dir).items() if name in before} == before
        questions = server.platform.transact(lambda tx: tx.value("SELECT count(*) FROM questions"))
        assert questions == 3
        if command != "watch":
            LATER[command](study_dir, videos)


def test_the_budget_may_change_and_reading_commands_do_not_mind(study_at: Callable[[str], Path], videos: Path) -> None:
    """A budget is neither shown nor paid; a changed study can still be looked at, collected and closed."""
    study_dir = study_at("next round")
    with running(study_dir):
        edit(study_dir, budget_usd="20.00")
        assert open_due_rounds(study_dir).created == 3
        edit(study_dir, title="Another title")
        assert status(study_dir).wanted == 6
        assert collect(study_dir).assignments == 3
        assert close(study_dir).made == 6


def test_serving_refuses_and_a_running_server_shows_what_was_published(
    study_at: Callable[[str], Path],
) -> None:
    """`serve-tasks` names the change; pages that are being served keep their language, and deadlines their grace."""
    study_dir = study_at("next round")
    with running(study_dir) as server:
        edit(study_dir, language="ja", grace_s=300, contact="somebody else", notifications="aws")
        server_text = (study_dir / STUDY_FILE).read_text(encoding="utf-8")
        (path,) = invite(study_dir, 1)
        page = httpx.get(server.endpoint_url + path, trust_env=False).text
        assert '<html lang="en"' in page
        assert "somebody else" not in page
        assert server.platform.study_file.grace_s == 0
        assert server.platform.study_file.notifications == "aws", "what no participant sees may change"
        (study_dir / STUDY_FILE).write_text("[study", encoding="utf-8")
        assert server.platform.study_file.notifications == "aws"
        (study_dir / STUDY_FILE).write_text(server_text, encoding="utf-8")
    done = vidgen("serve-tasks", "--study", study_dir)
    assert done.exit_code == 1
    (line,) = said(done.stderr)
    assert "language was" in line
    assert "grace_s was 0 and is 300" in line


def test_before_publication_the_server_follows_the_study_file(tmp_path: Path) -> None:
    """What nobody was promised yet may change while it is served."""
    Study(language="ja").save(tmp_path / STUDY_FILE)
    assert StudyFile(tmp_path).values()["language"] == "ja"


def test_a_study_of_an_earlier_release_goes_on_with_a_warning(
    study_at: Callable[[str], Path], caplog: pytest.LogCaptureFixture
) -> None:
    """Its terms were not kept, so it is not refused; the warning says so, and the report does not say "unchanged"."""
    study_dir = study_at("next round")
    forget_terms(study_dir)
    with running(study_dir):
        edit(study_dir, title="Another title")
        assert open_due_rounds(study_dir).created == 3
    assert "an earlier release, which did not keep what participants were promised" in caplog.text
    assert Design.load(study_dir).shown == {}
    assert "is not known" in promised(load_plan(study_dir, {}).summary())


@pytest.mark.parametrize(
    ("old", "new"),
    [('"contact": ""', '"contact": "me"'), ('"window": 0', '"window": 1'), ('"method": "old"', '"method": "new"')],
    ids=["the terms", "an item", "a video"],
)
def test_a_design_whose_tasks_were_edited_is_refused(study_at: Callable[[str], Path], old: str, new: str) -> None:
    """The tasks in design.json are hashed with the terms."""
    path = study_at("next round") / "design.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match="what participants see or are paid was changed in it"):
        load(path.parent)
    assert "no longer has its hash" in promised(load_plan(path.parent, {}).summary())


def test_extensions_and_moves_are_no_change(study_at: Callable[[str], Path]) -> None:
    """More people, later rounds and another place leave the hash as it was."""
    study_dir = study_at("extend")
    with running(study_dir) as server:
        extend(study_dir, 3)
        answer(server, study_dir, 1)
    design = Design.load(study_dir)
    design.with_videos_in(study_dir).save(study_dir)
    assert Design.load(study_dir).shown == design.shown
    assert promised(load_plan(study_dir, {}).summary()) == (
        "What participants saw and were paid is unchanged since publication."
    )


def test_the_report_names_what_changed(study_at: Callable[[str], Path]) -> None:
    """A study file that was edited after publication is no "unchanged"."""
    study_dir = study_at("extend")
    edit(study_dir, consent="You agree to everything.", payment="in cash")
    words = promised(load_plan(study_dir, {}).summary())
    assert (
        words
        == "The study file has changed since publication in what participants saw or were paid: consent and payment."
    )


def test_tasks_made_with_other_pages_are_noted(
    study_at: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later round from another release's templates is published, kept in the design and told in the report."""
    study_dir = study_at("next round")
    newer = PageVersion(release="0.9.0", sha256="f" * 64)
    monkeypatch.setattr("crowd.design.terms.page_version", lambda: newer)
    assert open_due_rounds(study_dir).created == 3
    assert [version.release for version in Design.load(study_dir).pages][1:] == ["0.9.0"]
    assert "published with 2 versions of the pages" in promised(load_plan(study_dir, {}).summary())
    assert open_due_rounds(study_dir).created == 0
    assert len(Design.load(study_dir).pages) == 2


def test_a_field_that_came_later_counts_as_its_default() -> None:
    """A study that was published before a field existed is unchanged as long as the field is not used."""
    published = {name: value for name, value in terms(Study()).items() if name != "sound"}
    assert changes(published, Study()) == []
    assert [change["key"] for change in changes(published, Study(sound="on"))] == ["sound"]


@pytest.mark.parametrize(
    ("values", "words"),
    [({"title": "Another title"}, "title was"), ({"confidence": 0.9}, "its plan changed since it was published")],
)
def test_a_lost_ledger_lets_nothing_be_changed(
    values: dict[str, Any], words: str, study_at: Callable[[str], Path], videos: Path
) -> None:
    """Without its ledger a study is held to its design as soon as its platform shows that it was published."""
    study_dir = study_at("extend")
    with running(study_dir) as server:
        was = Study.load(study_dir / STUDY_FILE)
        for path in study_dir.glob("ledger.sqlite*"):
            path.unlink()
        edit(study_dir, **values)
        with pytest.raises(ValueError, match=words):
            publish(study_dir, videos)
        assert server.platform.transact(lambda tx: tx.value("SELECT count(*) FROM hits")) == 3
        was.save(study_dir / STUDY_FILE)
        assert publish(study_dir, videos).created == 0
