"""A new kind of question is one word in four places: its files are added, a registry line, and nothing else is touched.

The packages are copied, the toy's files are laid beside the others, and a study that asks the toy goes from its file to
its report in a process of its own.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crowd.clips import write_clip, write_metadata

ROOT = Path(__file__).parents[1]

FILES = {
    "crowd/questions/thumb.py": '''
"""Thumb: up or down."""

from dataclasses import dataclass
from typing import Any, ClassVar

from crowd.questions.question import Question, Seen, logistic


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumb(Question):
    """Up or down."""

    KIND: ClassVar[str] = "thumb"

    @property
    def answers(self) -> tuple[str, ...]:
        """Both."""
        return "up", "down"

    def respond(self, seen: Seen) -> Any:
        """Up, the likelier the better the video is."""
        return "up" if seen.rng.random() < logistic(seen.quality[seen.videos[0].video_id]) else "down"


KIND = Thumb
''',
    "templates/task/questions/thumb.js": """
KINDS.thumb = ({ name, answer, change }) => {
  const options = [["up", say("thumb_up")], ["down", say("thumb_down")]];
  return optionButtons({ name, options, chosen: [answer], onchoose: change });
};
""",
    "templates/task/questions/thumb.en.toml": """
question_thumb = "Up or down?"
instructions_thumb = "Raise or lower your thumb."
thumb_up = "Up"
thumb_down = "Down"
""",
    "templates/task/questions/thumb.ja.toml": """
question_thumb = "上か下か？"
instructions_thumb = "上か下かを選んでください。"
thumb_up = "上"
thumb_down = "下"
""",
    "analysis/thumb/__init__.py": '"""Thumbs."""\n',
    "analysis/thumb/question.py": '''
"""Thumb as a kind of question: how many are up."""

from dataclasses import dataclass

from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows
from analysis.records.questions import Findings, Measure


@dataclass(frozen=True, kw_only=True, slots=True)
class ThumbDetails:
    """What only thumbs have."""

    up: int
    """How many are up."""


class Thumb:
    """The kind."""

    columns: tuple[str, ...] = ("video_id", "method")
    details: type = ThumbDetails

    def mistake(self, answer: str) -> str | None:
        """What is wrong with an answer."""
        return None if answer in ("up", "down") else "is neither up nor down"

    def analyse(self, rows: QuestionRows, plan: QuestionPlan) -> Findings:
        """The thumbs that are up."""
        up = [code for code, word in enumerate(rows.words("answer")) if word == "up"]
        number = sum(int(code) in up for code in rows.code("answer"))
        measure = Measure(name="thumbs up", unit="thumbs", percent=False, more="has more thumbs up than")
        return Findings(measure=measure, methods=[], comparisons=[], units="videos", details=ThumbDetails(up=number))


KIND = Thumb()
''',
    "templates/report/questions/thumb.html.j2": "<section><p>{{ question.details.up }} thumbs are up.</p></section>\n",
    "templates/report/questions/thumb.md.j2": "{{ question.details.up }} thumbs are up.\n",
    "docs/questions.md": "\n## thumb\n\nUp or down.\n",
}

GO = """
import json, sys
from pathlib import Path
import analysis, crowd
root = Path(sys.argv[1])
assert Path(crowd.__file__).is_relative_to(root / "tree"), crowd.__file__
crowd.publish(root / "study", root / "videos")
crowd.simulate(root / "study", qualities=root / "qualities.csv", seed=1)
crowd.collect(root / "study")
report, page = analysis.write_report(root / "study")
(thumb,) = [one for one in report.questions if one.kind == "thumb"]
read = analysis.Report.load(page.parent) == report
print(json.dumps({"up": thumb.details.up, "page": page.read_text(), "read": read}))
"""


@pytest.mark.thorough
def test_a_kind_of_question_is_added_in_its_four_places(tmp_path: Path) -> None:
    """It is asked on the page, answered by simulated participants, checked, stored, analysed and reported."""
    tree = tmp_path / "tree"
    for package in ("crowd", "analysis", "templates", "vidgen", "docs"):
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__", "*.pt"))
    for name, text in FILES.items():
        (tree / name).parent.mkdir(exist_ok=True)
        with (tree / name).open("a", encoding="utf-8") as file:
            file.write(text.lstrip())
    registry = tree / "crowd/questions/__init__.py"
    registry.write_text(registry.read_text(encoding="utf-8").replace('    "text",\n)', '    "text",\n    "thumb",\n)'))
    names = [(method, number) for method in "ab" for number in "012"]
    rows = [{"file_name": f"{one}-{two}.mp4", "method": one, "prompt": f"trick {two}"} for one, two in names]
    for row in rows:
        write_clip(tmp_path / "videos" / row["file_name"], fallback=False)
    write_metadata(tmp_path / "videos", rows)
    (tmp_path / "study").mkdir()
    (tmp_path / "study/study.toml").write_text('[[questions]]\nid = "liked"\nkind = "thumb"\n')
    (tmp_path / "qualities.csv").write_text("method,quality\na,9\nb,-9\n")
    done = subprocess.run(
        [sys.executable, "-c", GO, tmp_path],
        env={**os.environ, "PYTHONPATH": str(tree)},
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["up"] == 9 * 3
    assert "27 thumbs are up" in found["page"]
    assert found["read"] is True
    hit = (tmp_path / "study/design.json").read_text(encoding="utf-8")
    assert '"kind": "thumb"' in hit
