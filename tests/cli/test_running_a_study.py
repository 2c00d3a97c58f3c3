"""docs/running-a-study.md, read and done line by line; and the study commands of the page's own."""

import csv
import re
import shlex
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from crowd.design.blocks import design
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.lifecycle.new_study import suggested
from crowd.localplatform import invite, running
from crowd.questions import KINDS
from crowd.simulated.response_probabilities import by_accuracy
from crowd.simulated.workers import simulate
from crowd.videos.metadata import read_videos
from tests.cli.program import PROGRAMS, vidgen
from tests.crowd.clips import write_videos
from tests.crowd.questions import made

GUIDE = Path(__file__).parents[2] / "docs/running-a-study.md"
LINES = [
    line
    for block in re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    for line in block.strip().splitlines()
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the reader is: a folder with my-videos in it."""
    write_videos(tmp_path / "my-videos")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_every_command_of_the_guide_works(folder: Path) -> None:
    """A reader who types each command in its order ends with a report of the answers, and of the rehearsal."""
    write_videos(folder / "my-videos", per_label=2)
    outputs = {}
    for line in LINES:
        program, *words = shlex.split(line)
        assert program == "vidgen"
        if words[0] == "serve-tasks":
            outputs[line] = serve(words)
            answer_as_a_person(folder / "my-study")
            continue
        result = vidgen(*words)
        assert result.exit_code == 0, f"{line}: {result.output}"
        outputs[line] = result.output
    assert {shlex.split(line)[1] for line in LINES} >= {"new-study", "plan-study", "publish-tasks", "serve-tasks"}
    assert "can find" in outputs["vidgen plan-study my-videos --study my-study"]
    rehearsed = outputs["vidgen rehearse --study my-study --videos my-videos --out rehearsal --accuracy 0.7"]
    assert "9 simulated participants submitted" in rehearsed
    assert "Simulated participants: all 9 participants are programs" in rehearsed
    assert "simulated" not in outputs["vidgen accuracy-report --study my-study"].lower()
    assert "simulated" not in outputs["vidgen study-status --study my-study"].lower()
    for report, study in (("my-study/report", "my-study"), ("rehearsal/report", "rehearsal/study")):
        assert (folder / report / "report.html").is_file()
        assert (folder / study / "funnel.json").is_file()
    with (folder / "my-study/answers.csv").open(newline="", encoding="utf-8") as lines:
        assert {row["simulated"] for row in csv.DictReader(lines)} == {"false"}


def serve(words: list[str]) -> str:
    """Run the server as the guide says, until it has printed its links; then stop it as Ctrl-C does."""
    command = [str(PROGRAMS / "vidgen"), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        printed = []
        while sum("/p/" in line for line in printed) < 20:
            line = server.stdout.readline()
            assert line, "".join(printed)
            printed.append(line)
        address = re.search(r"http://\S+?/p/\S+", "".join(printed))
        assert address is not None
        assert httpx.get(address[0], timeout=60).status_code == 200
        server.send_signal(signal.SIGINT)
        rest, _ = server.communicate(timeout=60)
        assert server.returncode == 130, rest
        return "".join(printed) + rest


def answer_as_a_person(study_dir: Path) -> None:
    """Everything a person's browser would send, for one task."""
    plan = Design.load(study_dir)
    with running(study_dir) as server:
        links = [server.endpoint_url + link for link in invite(study_dir, 3)]
        simulate(links, plan, by_accuracy(0.9, plan.options))


def test_a_study_file_is_not_written_over(folder: Path) -> None:
    """A second new-study leaves the edited file alone, in one line."""
    assert vidgen("new-study", "my-videos", "--study", "s").exit_code == 0
    (folder / "s/study.toml").write_text("# mine\n")
    again = vidgen("new-study", "my-videos", "--study", "s")
    assert again.exit_code == 1
    assert again.output.count("\n") == 1
    assert "is there already" in again.output
    assert (folder / "s/study.toml").read_text() == "# mine\n"


def test_a_study_of_other_questions(folder: Path) -> None:
    """--ask writes a question of each kind, says what it reads of metadata.csv, and the file can be published."""
    asked = [word for kind in ("preference", "rating", "preference", "choice") for word in ("--ask", kind)]
    made = vidgen("new-study", "my-videos", "--study", "s", *asked)
    assert made.exit_code == 0, made.output
    assert "question  preference2: needs prompt or label\n" in made.output
    assert "question  rating: needs no column\n" in made.output
    assert "options" not in made.output
    study = Study.load("s/study.toml")
    assert [question.id for question in study.questions] == ["preference", "rating", "preference2", "choice"]
    assert study.questions[0].text == "Which clip is better?"
    assert study.title == "Watch short videos and answer questions about them"
    assert design(study, read_videos("my-videos")).questions_about("pair")


def test_questions_that_the_videos_do_not_allow_are_not_written(folder: Path) -> None:
    """A column that is missing, or a single method, ends in one line, and no file is written."""
    write_videos(folder / "one", methods=("new",))
    for videos, kind, message in (
        (
            "my-videos",
            "caption",
            "questions: 'caption' needs the column prompt in metadata.csv, where new-0-0.mp4 has none",
        ),
        ("my-videos", "statement", "questions: 'statement' needs the column statement in metadata.csv"),
        ("one", "ranking", "questions: 'ranking' compares methods, and all videos are of the method 'new'"),
    ):
        refused = vidgen("new-study", videos, "--study", "s", "--ask", kind)
        assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
        assert message in refused.output
        assert not Path("s").exists()
    assert "known kinds: naming, caption" in vidgen("new-study", "my-videos", "--study", "s", "--ask", "x").output


def test_a_study_in_japanese(folder: Path) -> None:
    """--language sets the page's language; another than those that ship is refused."""
    assert vidgen("new-study", "my-videos", "--study", "s", "--language", "ja").exit_code == 0
    assert Study.load("s/study.toml").language == "ja"
    refused = vidgen("new-study", "my-videos", "--study", "t", "--language", "fr")
    assert (refused.exit_code, "known languages: en, ja" in refused.output) == (2, True)


def test_the_plan_tells_what_cannot_be(folder: Path) -> None:
    """plan-study says why there is no practice, which rounds are needed, and that one video finds nothing."""
    Path("s").mkdir()
    Study(answers_per_video=20).save("s/study.toml")
    planned = vidgen("plan-study", "my-videos", "--study", "s", "--anyway", "--platform", "mturk")
    assert planned.exit_code == 0, planned.output
    assert "note: 0 training videos instead of 2" in planned.output
    assert "add real clips, or set training_items = 0" in planned.output
    assert "note: each block is published in 3 rounds" in planned.output
    assert re.search(r"pay +\$16\.00, which is", planned.output)
    assert re.search(r"fees +\$3\.20", planned.output)
    here = vidgen("plan-study", "my-videos", "--study", "s", "--anyway").output
    assert "rounds" not in here, "on the local platform all 20 may come at once"
    assert "tasks (HITs)  1, done 20 times in all" in here
    assert re.search(r"(?m)^participants +20$", here)
    write_videos(folder / "few", labels=("a",))
    assert "nothing: a comparison needs" in vidgen("plan-study", "few", "--study", "none", "--anyway").output


def test_the_plan_names_no_pay_that_nobody_pays(folder: Path) -> None:
    """On the local platform there is pay where the study file says how it is paid; other platforms pay."""
    Path("s").mkdir()
    plan = ("plan-study", "my-videos", "--study", "s", "--anyway")
    for payment, platform, said in (
        ("", "local", r"pay +none: the local platform pays nobody"),
        ("in cash", "local", r"pay +\$7\.20, which is \$[\d.]+ an hour, by you: in cash"),
        ("", "mturk", r"pay +\$7\.20, which is \$[\d.]+ an hour\n"),
    ):
        Study(payment=payment).save("s/study.toml")
        planned = vidgen(*plan, "--platform", platform).output
        assert re.search(rf"(?m)^{said}", planned), planned
        assert ("play money" in planned) == (platform == "local")


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--accuracy", "2"], 2, "'--accuracy': 2.0 is not in the range 0 to 1"),
        (["--carelessness", "-1"], 2, "'--carelessness': -1.0 is not in the range 0 to 1"),
        (["--confusion", "none.csv"], 1, "--confusion none.csv: there is no such file"),
        (
            ["--accuracy", "1", "--confusion", "my-videos/metadata.csv"],
            2,
            "give only one of --accuracy and --confusion",
        ),
        ([], 1, "not published on the local platform"),
    ],
    ids=range(5),
)
def test_bad_simulations_are_one_line(folder: Path, options: list[str], status: int, message: str) -> None:
    """What cannot be simulated is said in one line."""
    Path("s").mkdir()
    design(Study(), read_videos("my-videos")).save("s")
    result = vidgen("simulate-answers", "--study", "s", *options)
    assert result.exit_code == status
    assert message in result.output.splitlines()[-1]


def test_more_programs_are_asked_for_only_where_places_are_left(folder: Path) -> None:
    """However many commands bring them, the last of the answers ends the asking for more."""
    Path("s").mkdir()
    Study.from_videos("my-videos", answers_per_video=3, training_items=0).save("s/study.toml")
    assert vidgen("publish-tasks", "my-videos", "--study", "s", "--anyway").exit_code == 0
    printed = [vidgen("simulate-answers", "--study", "s", "--workers", count).stdout for count in (2, 1, 1)]
    assert "2 of the 3 that the study wants are there: give more --workers" in printed[0]
    assert [text.splitlines()[-1] for text in printed[1:]] == [
        "1 simulated participant submitted 1 assignment",
        "1 simulated participant submitted 0 assignments",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_suggested_question_can_be_published(kind: str) -> None:
    """A new study of one kind, of three prompts, is one that can be planned as it was written."""
    clips = made.videos(3)
    own = Study.of(clips, questions=suggested([kind], "en", clips), training_items=0)
    assert design(own, clips).hits
