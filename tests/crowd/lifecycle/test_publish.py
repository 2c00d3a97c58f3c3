"""Publishing, end to end on the local platform."""

import json
import re
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest

from crowd.credentials import load_or_create
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.hit_annotation import annotation, key_in
from crowd.ledger.budget import Consent, settle
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.hits import hit_ids
from crowd.lifecycle.publish import load, publish
from crowd.localplatform import Running, running
from crowd.localplatform.faults import Fault
from crowd.platforms import PlatformUnreachableError
from tests.crowd.answering import answer
from tests.crowd.clips import write_clip, write_videos
from tests.crowd.earlier import forget_terms
from tests.crowd.faulted import Kill, run
from tests.films import corners, write_film

FILE = "ledger.sqlite"
STUDY_FILE = "study.toml"


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine videos: three methods, three labels."""
    return write_videos(tmp_path_factory.mktemp("videos"))


@pytest.fixture
def study_dir(tmp_path: Path, videos: Path) -> Path:
    """A study with three HITs of two assignments."""
    directory = tmp_path / "study"
    directory.mkdir()
    Study.from_videos(videos, videos_per_hit=3, answers_per_video=2, training_items=0).save(directory / STUDY_FILE)
    return directory


def listed(study_dir: Path, server: Running) -> list[dict[str, object]]:
    """The HITs on the platform, seen by an unmodified boto3."""
    secrets = load_or_create(study_dir)
    client = boto3.client(
        "mturk",
        endpoint_url=server.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=secrets.access_key_id,
        aws_secret_access_key=secrets.secret_access_key,
    )
    return [hit for page in client.get_paginator("list_hits").paginate() for hit in page["HITs"]]


def test_every_hit_is_published_once_as_designed(study_dir: Path, videos: Path) -> None:
    """The platform has each HIT of the design with its assignments, reward and annotation."""
    with running(study_dir) as server:
        done = publish(study_dir, videos)
        hits = listed(study_dir, server)
    study, planned = load(study_dir)
    assert (done.created, done.found, done.before, done.waiting) == (3, 0, 0, 0)
    assert {key_in(hit["RequesterAnnotation"]): hit["MaxAssignments"] for hit in hits} == {
        hit.key: hit.num_assignments for hit in planned.hits
    }
    assert len(hits) == 3
    assert {hit["Reward"] for hit in hits} == {study.reward_usd}
    assert done.cost.total == done.held_usd == Decimal("4.80")


def test_a_rerun_creates_nothing(study_dir: Path, videos: Path) -> None:
    """Publishing again, also through another server process, finds everything done."""
    publish(study_dir, videos)
    again = publish(study_dir, videos)
    assert (again.created, again.found, again.before) == (0, 0, 3)
    assert again.cost.total == 0


def test_a_lost_ledger_is_rebuilt_from_the_platform(study_dir: Path, videos: Path) -> None:
    """With its ledger gone a study finds its HITs by their annotation, long after tokens were forgotten."""
    publish(study_dir, videos)
    with Ledger(study_dir) as ledger:
        before = hit_ids(ledger)
    for suffix in ("", "-wal", "-shm"):
        (study_dir / f"{FILE}{suffix}").unlink(missing_ok=True)
    again = publish(study_dir, videos)
    with Ledger(study_dir) as ledger:
        assert hit_ids(ledger) == before
    assert (again.created, again.found + again.before) == (0, 3)


def test_two_studies_of_the_same_videos_keep_apart(study_dir: Path, videos: Path, tmp_path: Path) -> None:
    """Annotations carry the study, so that one study never adopts the HITs of another."""
    assert annotation("one", "b001-r1") != annotation("two", "b001-r1")
    assert key_in(annotation("one", "b001-r1")) == "b001-r1"
    assert key_in("someone else's") is None
    assert key_in(None) is None


def test_a_run_that_is_overtaken_does_not_count_the_money_twice(
    study_dir: Path, videos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run publishes the same HITs between the counting and the check: the cap for one study is enough."""
    consent = Consent(cap_usd="4.80")
    overtaking: list[int] = []

    def overtaken(*arguments: Any, **options: Any) -> None:
        if not overtaking:
            overtaking.append(0)
            overtaking[0] = publish(study_dir, videos, consent=consent).created
        settle(*arguments, **options)

    monkeypatch.setattr("crowd.lifecycle.apply.settle", overtaken)
    monkeypatch.setattr("crowd.lifecycle.publish.locked", nullcontext)  # as on a network file system without locks
    with running(study_dir) as server:
        done = publish(study_dir, videos, consent=consent)
        hits = listed(study_dir, server)
    assert (overtaking, done.created, len(hits)) == ([3], 0, 3)


def test_the_cap_stops_everything_before_anything_is_created(study_dir: Path, videos: Path) -> None:
    """A study dearer than its cap creates no HIT and holds no money."""
    with running(study_dir) as server:
        with pytest.raises(ValueError, match=r"costs \$4\.80.*cap of \$4\.79"):
            publish(study_dir, videos, consent=Consent(cap_usd="4.79"))
        assert listed(study_dir, server) == []
        with Ledger(study_dir) as ledger:
            assert ledger.held() == 0
        assert publish(study_dir, videos, consent=Consent(cap_usd="4.80")).created == 3


def test_the_studys_budget_is_the_cap_without_another(study_dir: Path, videos: Path) -> None:
    """`budget_usd` of the study file holds where no cap is given."""
    study = Study.load(study_dir / STUDY_FILE)
    replace(study, budget_usd="4.50").save(study_dir / STUDY_FILE)
    with pytest.raises(ValueError, match=r"cap of \$4\.50"):
        publish(study_dir, videos)


def test_an_account_that_is_too_empty_is_told_before(study_dir: Path, videos: Path) -> None:
    """The balance is checked before the first HIT."""
    with running(study_dir, balance_usd="4.50") as server:
        with pytest.raises(ValueError, match=r"costs \$4\.80, and the account at local has \$4\.50"):
            publish(study_dir, videos)
        assert listed(study_dir, server) == []


def test_who_does_not_confirm_publishes_nothing(study_dir: Path, videos: Path) -> None:
    """A refused cost table leaves the platform as it was; it is shown the sum of all HITs."""
    shown = []
    with running(study_dir) as server:
        with pytest.raises(ValueError, match="not confirmed"):
            publish(study_dir, videos, consent=Consent(confirm=lambda cost: bool(shown.append(cost.total))))
        assert listed(study_dir, server) == []
    assert shown == [Decimal("4.80")]


def test_labels_that_no_page_can_hold_are_refused_before_anything(tmp_path: Path) -> None:
    """Nothing is on the platform, and no money is set aside, when the largest page is too large."""
    directory = write_videos(tmp_path / "videos", labels=("a very " + 6000 * "long name " + "of a clip", "ball"))
    study_dir = tmp_path / "study"
    study_dir.mkdir()
    with running(study_dir) as server:
        with pytest.raises(ValueError, match="of them are 4 options: ask about fewer or shorter labels"):
            publish(study_dir, directory)
        assert listed(study_dir, server) == []
    assert not {STUDY_FILE, "design.json"} & {path.name for path in study_dir.iterdir()}


def test_a_published_study_goes_on_with_what_would_be_refused_today(study_dir: Path, tmp_path: Path) -> None:
    """Files are not judged by later rules, and a design without later measures is read."""
    directory = write_videos(tmp_path / "videos")
    with running(study_dir):
        publish(study_dir, directory)
        write_film(directory / "new-0-0.mp4", corners(), codec="mpeg4")
        (directory / "new-0-0.gif").write_bytes(b"broken")
        design = json.loads((study_dir / "design.json").read_text(encoding="utf-8"))
        for name in ("files", "shown", "shown_sha256", "pages"):
            del design[name]
        for video in design["videos"]:
            del video["fallback_duration_s"]
            video["width"] += 1
        (study_dir / "design.json").write_text(json.dumps(design), encoding="utf-8")
        assert (publish(study_dir, directory).created, publish(study_dir, directory).before) == (0, 3)


def test_a_changed_plan_or_other_videos_are_refused(study_dir: Path, videos: Path, tmp_path: Path) -> None:
    """What was published cannot be changed under the participants' feet."""
    publish(study_dir, videos)
    study = Study.load(study_dir / STUDY_FILE)
    replace(study, answers_per_video=3).save(study_dir / STUDY_FILE)
    with pytest.raises(ValueError, match="its plan changed since it was published"):
        publish(study_dir, videos)
    study.save(study_dir / STUDY_FILE)
    with pytest.raises(ValueError, match="was published with other videos"):
        publish(study_dir, write_videos(tmp_path / "others", per_label=2))


@pytest.fixture
def nine_dir(tmp_path: Path, videos: Path) -> Path:
    """A study with nine HITs."""
    directory = tmp_path / "nine"
    directory.mkdir()
    Study.from_videos(videos, videos_per_hit=1, answers_per_video=2, training_items=0, budget_usd="20.00").save(
        directory / STUDY_FILE
    )
    return directory


@pytest.mark.parametrize("when", ["before", "after"])
def test_hits_under_way_together_when_the_run_is_killed_are_there_once(nine_dir: Path, videos: Path, when: str) -> None:
    """SIGKILL while three HITs are on their way, or made and not noted: the next run finishes each exactly once."""
    with running(nine_dir) as server:
        kill = Kill(operation="CreateHITWithHITType", skip=2, when=when, together=3)
        assert run("publish", nine_dir, videos, kill=kill) == -signal.SIGKILL
        with Ledger(nine_dir) as ledger:
            assert list(ledger.states("create/").values()).count("sent") >= 3, "each had its entry before it was sent"
        done = publish(nine_dir, videos)
        assert (done.created + done.found + done.before, done.held_usd) == (9, Decimal("14.40"))
        keys = [key_in(str(hit["RequesterAnnotation"])) for hit in listed(nine_dir, server)]
    assert len(keys) == len(set(keys)) == 9
    assert done.found >= (3 if when == "after" else 0)


def test_a_platform_that_asks_to_slow_down_gets_each_hit_once(nine_dir: Path, videos: Path) -> None:
    """Throttled calls among several are sent again, and nothing is doubled."""
    with running(nine_dir) as server:
        fault = Fault(kind="throttle", operation="CreateHITWithHITType", skip=2, times=4)
        server.platform.faults.plan.append(fault)
        assert publish(nine_dir, videos).created == 9
        assert len([call for call in server.platform.faults.calls if call.endswith("!throttle")]) == 4
        assert len(listed(nine_dir, server)) == 9


def test_a_rerun_with_nothing_to_do_lists_nothing(nine_dir: Path, videos: Path) -> None:
    """Where the ledger has every HIT the platform is not asked what it holds."""
    with running(nine_dir) as server:
        publish(nine_dir, videos)
        server.platform.faults.calls.clear()
        assert publish(nine_dir, videos).before == 9
        assert server.platform.faults.calls == []


def test_a_plan_that_never_reached_the_platform_may_change(study_dir: Path, videos: Path) -> None:
    """Where no HIT was ever sent, the corrected study is published, and the old plan holds no money."""
    with running(study_dir) as server:
        fault = Fault(kind="error-before", operation="CreateHITType", times=99)
        server.platform.faults.plan.append(fault)
        with pytest.MonkeyPatch.context() as once:
            once.setenv("AWS_MAX_ATTEMPTS", "1")
            with pytest.raises(PlatformUnreachableError):
                publish(study_dir, videos)
        server.platform.faults.plan.clear()
        study = Study.load(study_dir / STUDY_FILE)
        replace(study, videos_per_hit=9).save(study_dir / STUDY_FILE)
        done = publish(study_dir, videos)
    assert (done.created, done.held_usd) == (1, Decimal("1.60"))


def test_a_video_may_be_replaced_before_anything_was_sent(study_dir: Path, videos: Path, tmp_path: Path) -> None:
    """A design that was saved and never sent holds nobody to its files; a published one does, with its ledger lost."""
    mine = Path(shutil.copytree(videos, tmp_path / "mine"))

    def power_cut(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as killed:
        killed.setattr("crowd.lifecycle.apply.due", power_cut)
        killed.setattr("crowd.lifecycle.publish.unchanged_on_failure", lambda *_, **__: nullcontext())
        with pytest.raises(KeyboardInterrupt):
            publish(study_dir, mine)
    before = Design.load(study_dir).files["new-0-0.mp4"]
    write_clip(mine / "new-0-0.mp4", frames=10)
    assert publish(study_dir, mine).created == 3
    assert load(study_dir)[1].files["new-0-0.mp4"] != before
    for suffix in ("", "-wal", "-shm"):
        (study_dir / f"{FILE}{suffix}").unlink(missing_ok=True)
    write_clip(mine / "new-0-0.mp4", frames=12)
    with pytest.raises(ValueError, match="is not the file that was published"):
        publish(study_dir, mine)


@pytest.mark.parametrize("name", ["design.json", STUDY_FILE])
def test_a_lost_file_of_a_published_study_is_named(study_dir: Path, videos: Path, name: str) -> None:
    """It is not said that nothing was published, but what is missing and where to get it from."""
    publish(study_dir, videos)
    (study_dir / name).unlink()
    with pytest.raises(ValueError, match=rf"{re.escape(name)}: is missing, though the study is published; put it back"):
        load(study_dir)


def test_a_study_stays_on_its_platform(study_dir: Path, videos: Path) -> None:
    """Another platform needs another study directory; nothing is sent there."""
    publish(study_dir, videos)
    with pytest.raises(ValueError, match="was published on local; for mturk-sandbox copy"):
        publish(study_dir, videos, platform="mturk-sandbox")


@pytest.mark.parametrize("name", ["mturk-production", "https://mturk-requester.us-east-1.amazonaws.com", ""])
def test_unknown_platforms_are_errors(study_dir: Path, videos: Path, name: str) -> None:
    """Only named platforms are published to, never a URL."""
    with pytest.raises(ValueError, match="there are local, mturk-sandbox, mturk"):
        publish(study_dir, videos, platform=name)


@pytest.fixture
def rounds_dir(tmp_path: Path, videos: Path) -> Path:
    """A study with one block in three rounds of two assignments."""
    directory = tmp_path / "rounds"
    directory.mkdir()
    Study.from_videos(videos, videos_per_hit=9, answers_per_video=6, assignments_per_hit=2, training_items=0).save(
        directory / STUDY_FILE
    )
    return directory


@pytest.fixture
def served(rounds_dir: Path) -> Iterator[Running]:
    with running(rounds_dir) as server:
        yield server


def test_rounds_open_one_after_the_other_and_nobody_is_in_two(rounds_dir: Path, videos: Path, served: Running) -> None:
    """A round opens when the one before is full, and whoever was in one can neither see nor do the next."""
    assert (publish(rounds_dir, videos).created, publish(rounds_dir, videos).waiting) == (1, 2)
    assert len(answer(served, rounds_dir, 1)) == 1
    assert publish(rounds_dir, videos).created == 0, "the first round is not full yet"
    assert len(answer(served, rounds_dir, 1)) == 1
    assert publish(rounds_dir, videos).created == 1
    first = _workers(rounds_dir, served)
    assert len(first) == 2
    assert _open_tasks(served, first) == 0
    assert len(answer(served, rounds_dir, 5)) == 2
    assert publish(rounds_dir, videos).created == 1
    assert len(answer(served, rounds_dir, 5)) == 2
    done = publish(rounds_dir, videos)
    assert (done.created, done.waiting) == (0, 0)
    assert set(Counter(_workers(rounds_dir, served)).values()) == {1}
    assert len(_workers(rounds_dir, served)) == 6


def _pages(served: Running) -> list[str]:
    """The pages of all HITs, the oldest first."""
    return served.platform.transact(lambda tx: [row["question"] for row in tx.rows("SELECT * FROM questions")])


@pytest.mark.parametrize(
    ("forget", "shown"), [(False, 'content=""'), (True, 'content="$0.80"')], ids=["this release", "an earlier one"]
)
def test_later_rounds_say_of_pay_what_the_first_said(
    rounds_dir: Path, videos: Path, served: Running, forget: bool, shown: str
) -> None:
    """Pay that is declared later changes no page; studies of earlier releases showed the reward, and go on with it."""
    publish(rounds_dir, videos)
    if forget:
        with closing(sqlite3.connect(rounds_dir / FILE)) as ledger, ledger:
            ledger.execute("DELETE FROM facts WHERE name = 'pay'")
    answer(served, rounds_dir, 2)
    forget_terms(rounds_dir)  # a study that keeps them refuses to go on with other ones
    replace(Study.load(rounds_dir / STUDY_FILE), payment="in cash").save(rounds_dir / STUDY_FILE)
    assert publish(rounds_dir, videos).created == 1
    first, second = _pages(served)
    assert '<meta name="task-pay" content="">' in first
    assert f'<meta name="task-pay" {shown}>' in second


def _workers(study_dir: Path, server: Running) -> list[str]:
    with Ledger(study_dir) as ledger:
        from crowd.lifecycle.collect import fetch
        from crowd.platforms import open_platform

        with open_platform("local", study_dir) as platform:
            fetch(platform, ledger)
        return [assignment.worker_id for assignment in ledger.assignments()]


def _open_tasks(server: Running, workers: list[str]) -> int:
    from crowd.localplatform import participation
    from crowd.localplatform.store import participants

    tokens = [
        server.platform.transact(lambda tx, worker=worker: participants.of_worker_id(tx, worker)["token"])
        for worker in workers
    ]
    homes = [server.platform.transact(participation.home, token).tasks for token in tokens]
    return sum(task.state == "available" for tasks in homes for task in tasks)


def test_a_hundred_people_come_at_once_where_no_fee_doubles(tmp_path: Path, videos: Path) -> None:
    """On the local platform every place of a hundred answers is open from the start, at the cost of small HITs."""
    study = Study.from_videos(videos, videos_per_hit=9, answers_per_video=100, training_items=0)
    study.save(tmp_path / STUDY_FILE)
    with running(tmp_path) as server:
        done = publish(tmp_path, videos)
        assert (done.created, done.waiting, done.held_usd) == (1, 0, Decimal("80.00"))
        assert [hit["NumberOfAssignmentsAvailable"] for hit in listed(tmp_path, server)] == [100]
        assert len(answer(server, tmp_path, 12)) == 12
        assert publish(tmp_path, videos).created == 0


def test_a_study_of_an_earlier_release_keeps_its_rounds(tmp_path: Path, videos: Path) -> None:
    """A short study file whose study was published when nine was the default is no other plan today."""
    (tmp_path / STUDY_FILE).write_text("[design]\nanswers_per_video = 20\nvideos_per_hit = 9\ntraining_items = 0\n")
    today = Study.load(tmp_path / STUDY_FILE)
    replace(today, assignments_per_hit=9).save(tmp_path / STUDY_FILE)
    assert publish(tmp_path, videos).waiting == 2
    today.save(tmp_path / STUDY_FILE)
    assert (publish(tmp_path, videos).before, publish(tmp_path, videos).waiting) == (1, 2)


REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("the cap", {"consent": Consent(cap_usd="1.00")}, "passes the cap"),
    ("no amount", {"consent": Consent(cap_usd="much")}, "is not an amount"),
    ("no word", {"consent": Consent(confirm=lambda cost: False)}, "not confirmed"),
    ("the check", {"check": lambda study, design: _refuse()}, "refused by the check"),
    ("no platform", {"platform": "prolific"}, "there are local"),
    ("no media", {"platform": "mturk"}, "serves no videos itself"),
]


def _refuse() -> None:
    raise ValueError("refused by the check")


@pytest.mark.parametrize("was_there", ["nothing", "an empty folder", "a study file", "a letter"])
@pytest.mark.parametrize(("options", "words"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS])
def test_failing_before_anything_was_sent_leaves_nothing(
    tmp_path: Path, videos: Path, options: dict[str, Any], words: str, was_there: str
) -> None:
    """A refused publication leaves the place as it found it, down to the folder; what was there stays as it was."""
    study_dir = tmp_path / "deep" / "study"
    if was_there != "nothing":
        study_dir.mkdir(parents=True)
    if was_there == "a study file":
        Study.from_videos(videos, attention_items=0).save(study_dir / STUDY_FILE)
    if was_there == "a letter":
        (study_dir / "letter.txt").write_text("Dear reader")
    before = {path: path.read_bytes() if path.is_file() else b"" for path in tmp_path.rglob("*")}
    with pytest.raises(ValueError, match=words):
        publish(study_dir, videos, **options)
    assert {path: path.read_bytes() if path.is_file() else b"" for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, PlatformUnreachableError])
def test_what_was_sent_is_never_thrown_away(
    tmp_path: Path, videos: Path, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a call went out the study keeps all its files, and a rerun finishes it."""
    study_dir = tmp_path / "study"
    sent = Ledger.mark_sent

    def interrupted(self: Ledger, key: str) -> None:
        sent(self, key)
        if key.startswith("create/"):
            raise error

    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "mark_sent", interrupted)
        with pytest.raises(error):
            publish(study_dir, videos)
    assert publish(study_dir, videos).held_usd == Decimal("7.20")


def test_a_study_that_is_served_keeps_its_files(tmp_path: Path, videos: Path) -> None:
    """What a running server needs is not taken from under it by a refused publication."""
    study_dir = tmp_path / "study"
    with running(study_dir) as server:
        with pytest.raises(ValueError, match="passes the cap"):
            publish(study_dir, videos, consent=Consent(cap_usd="1.00"))
        assert listed(study_dir, server) == []
        assert publish(study_dir, videos).created == 1


def test_a_study_without_a_contact_is_published_with_one_warning(
    tmp_path: Path, videos: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once, before anything is published, and not where there is a contact."""
    for contact, warnings in (("", 1), ("ask@example.org", 0)):
        caplog.clear()
        study_dir = tmp_path / f"study{warnings}"
        study_dir.mkdir()
        Study.from_videos(videos, training_items=0, contact=contact).save(study_dir / STUDY_FILE)
        for _ in range(2):
            publish(study_dir, videos)
        assert len([text for text in caplog.messages if text.startswith("contact: is empty")]) == warnings


def test_a_page_that_is_too_long_is_refused_before_any_is_published(tmp_path: Path, videos: Path) -> None:
    """No HIT is there when one of them cannot be."""
    study_dir = tmp_path / "study"
    study_dir.mkdir()
    Study.from_videos(videos, videos_per_hit=3, training_items=0, contact="x" * 70_000).save(study_dir / STUDY_FILE)
    with pytest.raises(ValueError, match="65535 are allowed"):
        publish(study_dir, videos)
    assert {path.name for path in study_dir.iterdir()} == {STUDY_FILE}


@pytest.mark.parametrize(
    ("values", "platform", "said"),
    [
        ({"countries": ("JP",)}, "local", "countries: the server does not know where people are whom panel sends"),
        (
            {},
            "mturk-sandbox",
            "recruiter: panel sends people to the local platform, and the study is to be published on",
        ),
    ],
)
def test_what_a_recruiter_cannot_do_is_refused_before_publication(
    study_dir: Path, videos: Path, values: dict[str, Any], platform: str, said: str
) -> None:
    """Nobody whom a panel sends could take a task that asks for a country, or that stands elsewhere."""
    panel = {"panel": {"id_parameter": "who", "complete": "C0DE"}}
    study = Study.load(study_dir / STUDY_FILE)
    replace(study, recruiter="panel", recruit=panel, **values).save(study_dir / STUDY_FILE)
    with pytest.raises(ValueError, match=f"^{said}"):
        publish(study_dir, videos, platform=platform)
    assert {path.name for path in study_dir.iterdir()} == {STUDY_FILE}


def test_nobody_is_asked_for_earlier_work_where_nobody_has_any(study_dir: Path, videos: Path) -> None:
    """A number of approved tasks, which nobody on the local platform can have, is refused before publication."""
    study = Study.load(study_dir / STUDY_FILE)
    replace(study, min_approved_hits=100).save(study_dir / STUDY_FILE)
    with pytest.raises(ValueError, match=r"min_approved_hits: is 100, .* so nobody could take a task; set it to 0"):
        publish(study_dir, videos)
    assert {path.name for path in study_dir.iterdir()} == {STUDY_FILE}
    replace(study, min_approved_percent=95).save(study_dir / STUDY_FILE)  # who has no earlier work has 100 %
    assert publish(study_dir, videos).created == 3
