"""Writes docs/study-file.md, what `vidgen new-study` writes: `python -m docs.generate_study_file`."""

from pathlib import Path

from crowd.design.study import Study

PAGE = Path(__file__).with_name("study-file.md")
_HEAD = """# The study file

`vidgen new-study` writes `study.toml` with every setting, its meaning and its default. What follows is such a file for
videos with three labels; it is made by `python -m docs.generate_study_file`. Every key may be left out. Errors name the
file and the line.

[Running a study](running-a-study.md#2-the-study-file) says which settings deserve thought, [Kinds of
question](questions.md) what stands in `[[questions]]`, [Recruiting](recruiting.md) what stands in `[recruit]`, and
[Statistics](statistics.md) what `[analysis]` does.

"""


def text() -> str:
    """The page."""
    study = Study(options=("a cat jumps", "a dog runs", "a ball rolls"))
    lines = [line for line in study.to_toml().splitlines() if not line.startswith("written_by = ")]
    return _HEAD + "```toml\n" + "\n".join(lines).rstrip() + "\n```\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
