"""Random lives of a study: whatever happens to it, and in whatever order, its books are right in the end.

Commands of different kinds run side by side and are killed, people answer, the platform's clock jumps by up to two
days either way, study.toml is edited, and the ledger is replaced by an old copy or lost. Then the requester's commands
are run once more in peace.
"""

import csv
import random
import re
import shutil
import sqlite3
import time
from collections import Counter
from contextlib import ExitStack, closing
from decimal import Decimal
from pathlib import Path

import pytest

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.hit_annotation import key_in
from crowd.ledger.ledger import Ledger
from crowd.localplatform import running
from crowd.localplatform.clock import SteadyClock
from crowd.platforms import open_platform
from tests.crowd.answering import answer
from tests.crowd.faulted import run, start

DESIGN_FILE = "design.json"
FILE = "ledger.sqlite"
STUDY_FILE = "study.toml"

SCENARIOS = 300
EVENTS = 8
DAY_S = 86_400
#: What the study may cost: two answers a video, a third by extension, and a bonus for each.
BUDGET_USD = "10.00"
COMMANDS = ("publish", "extend", "collect", "approve", "bonus 0", "recover")
#: What a requester changes in the study file, as (name, value).
EDITS = (("reward_usd", "0.05"), ("reward_usd", "2.00"), ("budget_usd", "6.00"), ("consent", "Another text"))

pytestmark = pytest.mark.slow


class WallClock:
    """The clock of a machine whose owner sets it now and then."""

    def __init__(self) -> None:
        self.offset_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset_s


class Life:
    """One study, what may happen to it, and what was seen of it."""

    def __init__(self, study_dir: Path, videos: Path, rng: random.Random):
        self.study_dir, self.videos, self.rng = study_dir, videos, rng
        self.file = (study_dir / STUDY_FILE).read_text(encoding="utf-8")
        self.wall = WallClock()
        self.told: list[str] = []
        self.running = ExitStack()
        self.serve()

    def serve(self) -> None:
        """Start the server, or stop it and start it again."""
        self.running.close()
        self.server = self.running.enter_context(running(self.study_dir, clock=SteadyClock(self.wall)))

    def go_on(self) -> None:
        """Let something happen."""
        event = self.rng.choice(
            [self.command, self.command, self.command, self.people, self.jump, self.edit, self.harm]
        )
        event()

    def command(self) -> None:
        """Up to three commands of different kinds at once, of which one may be killed."""
        names = self.rng.sample(COMMANDS, k=self.rng.randint(1, 3))
        processes = [start(name, self.study_dir, self.videos, attempts=5) for name in names]
        if self.rng.random() < 0.5:
            time.sleep(self.rng.uniform(0, 0.6))
            self.rng.choice(processes).kill()
        for process in processes:
            process.join()
        self.told.append(f"{names} {[process.exitcode for process in processes]}")

    def people(self) -> None:
        """Somebody comes and does a task or two."""
        if (self.study_dir / DESIGN_FILE).exists():
            done = answer(self.server, self.study_dir, self.rng.randint(1, 2), each=self.rng.randint(1, 2))
            self.told.append(f"{len(done)} answered")

    def jump(self) -> None:
        """The machine's clock is set anew, and half of the requesters start the server again."""
        self.wall.offset_s += self.rng.uniform(-2, 2) * DAY_S
        restarted = self.rng.random() < 0.5
        if restarted:
            self.serve()
        self.told.append(f"clock {self.wall.offset_s / DAY_S:+.1f} days{', restarted' * restarted}")

    def edit(self) -> None:
        """The requester changes the study file, publishes, and puts it back unless the change was published."""
        name, value = self.rng.choice(EDITS)
        edited, number = re.subn(f"(?m)^{name} = .*", f'{name} = "{value}"', self.file)
        assert number == 1
        (self.study_dir / STUDY_FILE).write_text(edited, encoding="utf-8")
        new = not (self.study_dir / DESIGN_FILE).exists()
        command = self.rng.choice(["publish", "extend"])
        code = run(command, self.study_dir, self.videos, attempts=5)
        if new and name != "budget_usd" and (self.study_dir / DESIGN_FILE).exists():
            self.file = edited  # that is what was published
        (self.study_dir / STUDY_FILE).write_text(self.file, encoding="utf-8")
        self.told.append(f"{name} = {value}, {command} {code}")

    def harm(self) -> None:
        """The ledger is lost or set back; half of the requesters know that they should recover it."""
        kept = self.study_dir / "kept.sqlite"
        choice = self.rng.choice(["keep", "set back", "lose"])
        if choice == "keep" or not (self.study_dir / FILE).exists():
            if (self.study_dir / FILE).exists():
                with closing(sqlite3.connect(self.study_dir / FILE)) as ledger, closing(sqlite3.connect(kept)) as copy:
                    ledger.backup(copy)
        else:
            for path in self.study_dir.glob(f"{FILE}*"):
                path.unlink()
            if choice == "set back" and kept.exists():
                shutil.copy(kept, self.study_dir / FILE)
            if self.rng.random() < 0.5:
                choice += f", recover {run('recover', self.study_dir, self.videos, attempts=5)}"
        self.told.append(f"ledger: {choice}")

    def peace(self) -> None:
        """Every command until it ends well, in the order in which a requester runs them."""
        commands = ["publish", "recover", "publish", "extend", "collect", "approve", "bonus 0", "collect"]
        for name in commands:
            for last in (False, False, True):
                if run(name, self.study_dir, self.videos, attempts=5) == 0:
                    break
                assert not last, (name, (self.study_dir / "error.txt").read_text())

    def check(self) -> None:
        """Compare what the platform has with the design, the ledger and the table of answers."""
        planned = Design.load(self.study_dir)
        with Ledger(self.study_dir) as ledger, open_platform("local", self.study_dir) as platform:
            there = [hit for page in platform.wire.pages("ListHITs", {}) for hit in page["HITs"]]
            assert sorted((key_in(hit["RequesterAnnotation"]), hit["MaxAssignments"]) for hit in there) == sorted(
                (hit.key, hit.num_assignments) for hit in planned.hits
            ), "HITs as designed, each once"
            spent = Decimal("10000.00") - Decimal(platform.wire.call("GetAccountBalance", {})["AvailableBalance"])
            assert spent <= ledger.held() <= Decimal(BUDGET_USD), "within what is held, which is within the cap"
        with closing(sqlite3.connect(self.study_dir / "platform.sqlite")) as books:
            submitted = {row[0] for row in books.execute("SELECT assignment_id FROM assignments WHERE answer NOT NULL")}
            paid = Counter(books.execute("SELECT kind, assignment_id FROM payments").fetchall())
        expected = [(kind, one) for kind in ("assignment", "bonus") for one in submitted]
        assert paid == Counter(expected), "each paid once"
        with (self.study_dir / "answers.csv").open(encoding="utf-8") as lines:
            assert {row["assignment_id"] for row in csv.DictReader(lines)} == submitted, "no answer lost"


@pytest.mark.parametrize("seed", range(SCENARIOS))
def test_the_books_are_right_in_the_end(seed: int, videos: Path, tmp_path: Path) -> None:
    study_dir = tmp_path / "study"
    study_dir.mkdir()
    Study.from_videos(
        videos,
        videos_per_hit=3,
        answers_per_video=2,
        training_items=0,
        budget_usd=BUDGET_USD,
        lifetime_s=300 * DAY_S,
    ).save(study_dir / STUDY_FILE)
    life = Life(study_dir, videos, random.Random(seed))
    with life.running:
        try:
            for _ in range(EVENTS):
                life.go_on()
            life.peace()
            life.check()
        except BaseException:
            print(*life.told, sep="\n")
            raise
