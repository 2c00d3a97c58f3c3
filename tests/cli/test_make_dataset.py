import pytest
from click.testing import CliRunner

from vidgen.cli import load
from vidgen.dataset.folder import read_folder
from vidgen.dataset.shards import read_shards


def run(*arguments):
    return CliRunner().invoke(load("make-dataset"), list(map(str, arguments)))


def test_the_command_makes_a_dataset_that_can_be_read(tmp_path):
    """The command writes what was asked for, says so in one line, and finds it finished the second time."""
    arguments = (
        "--out",
        tmp_path / "data",
        "--per-class",
        1,
        "--split",
        "test",
        "--background",
        "soft",
        "--workers",
        1,
    )
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert f"11 clips of 11 classes (test 11) in {tmp_path / 'data'}" in result.stdout
    assert len(read_folder(tmp_path / "data").part("test")[0]) == 11
    assert run(*arguments).exit_code == 0


def test_the_large_dataset_is_made_in_shards(tmp_path):
    """The command writes the clips of the split in shards, says so in one line, and finds them the second time."""
    arguments = ("--out", tmp_path / "data", "--size", "large", "--clips", 3, "--split", "test", "--workers", 1)
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert f"3 clips (test 3) in {tmp_path / 'data'}" in result.stdout
    assert [sample.row["split"] for sample in read_shards(tmp_path / "data", "test")] == ["test"] * 3
    assert run(*arguments).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--per-class", 0), "'--per-class': 0 is not in the range 1 to "),
        (("--split", "exam"), "unknown split 'exam'; known splits: all, train, validation, judge, test"),
        (("--background", "pink"), "unknown background 'pink'; known backgrounds: white, soft"),
        (("--seed", -1), "'--seed': -1 is not in the range 0 to"),
        (("--size", "huge"), "unknown size 'huge'; known sizes: small, large"),
        (("--size", "large", "--per-class", 3), "--per-class does not go with --size large"),
        (("--size", "large", "--background", "soft"), "--background does not go with --size large"),
        (("--clips", 3), "--clips does not go with --size small"),
        (("--workers", 0), "'--workers': 0 is not in the range 1 to "),
    ],
)
def test_bad_values_end_in_one_line(tmp_path, arguments, message):
    """A value that an option cannot have is a usage error, said in one line; nothing is written."""
    result = run("--out", tmp_path / "data", *arguments)
    assert result.exit_code == 2
    line = result.stderr.splitlines()[-1]
    assert line.startswith("Error: ")
    assert message in line
    assert not (tmp_path / "data").exists()


def test_foreign_directories_are_refused_in_one_line(tmp_path):
    """A directory with something else in it is refused."""
    (tmp_path / "letter.txt").write_text("Dear reader")
    result = run("--out", tmp_path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {tmp_path} is not empty")
    assert result.stderr.count("\n") == 1
