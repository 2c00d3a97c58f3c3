"""Whatever a command is given that it cannot use ends in one clear line and exit status 1 or 2."""

import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crowd.design.design import Design
from tests.cli.program import program, said, vidgen
from tests.crowd.clips import write_metadata, write_videos
from vidgen.cli import COMMANDS

ANSWERS = "worker_id,video_id,method,label,answer\nw1,v1,new,ball going up,{answer}\nw2,v1,new,ball going up,Other\n"


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """A server that did not come up leaves its signal handlers behind, which its process would not outlive."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, tiny_weights: Path) -> Iterator[dict[str, Any]]:
    """What the cases name in braces."""
    root = tmp_path_factory.mktemp("bad")
    videos = write_videos(root / "videos", methods=("new", "old"), labels=("ball going up", "ball going left"))
    cars = write_videos(root / "cars", methods=("new",), labels=("car moving right",))
    clip = (videos / "new-0-0.mp4").read_bytes()
    for name, rows, files in (
        ("columns", [{"file_name": "a.mp4", "label": "car moving right"}], {"a.mp4": clip}),
        ("missing", [{"file_name": "gone.mp4", "method": "new", "label": "car moving right"}], {}),
        ("broken", [{"file_name": "bad.mp4", "method": "new", "label": "car moving right"}], {"bad.mp4": b"no video"}),
        ("cut", [{"file_name": "cut.mp4", "method": "new", "label": "car moving right"}], {"cut.mp4": clip[:900]}),
    ):
        write_metadata(root / name, rows)
        for file_name, content in files.items():
            (root / name / file_name).write_bytes(content)
    write_videos(root / "long", methods=("new",), labels=("very " * 12_000 + "long", "ball"))
    for name, classes in (("alike", ("Dog", "dog")), ("strange_class", ("a\ufffeb", "c"))):
        for label in classes:
            (root / name / "train" / label).mkdir(parents=True)
            (root / name / "train" / label / "a.mp4").write_bytes(clip)
    (root / "empty").mkdir()
    (root / "file").write_text("I am a file")
    (root / "full").mkdir()
    (root / "full" / "letter.txt").write_text("Dear reader")
    for name, content in (
        ("good", ANSWERS.format(answer="ball going up")),
        ("strange", ANSWERS.format(answer="a dog")),
        ("narrow", "worker_id,video_id,answer\nw1,v1,Other\n"),
        ("hollow", ""),
        ("bytes", "\x00\x01\x02"),
    ):
        (root / f"{name}.csv").write_text(content)
    (root / "answers.txt").write_text("hello")
    (root / "latin.csv").write_bytes("video_id,assignment_id,amount_usd,reason\nv,X,1,Größe\n".encode("cp1252"))
    (root / "bonuses.csv").write_text("assignment_id,amount_usd,reason\nX,1,Thanks\nX,1,\n")
    (root / "dangling").symlink_to(root / "gone")
    (root / "table.parquet").write_bytes(b"PAR1 not really")
    for name, content in (
        ("toml", "title = "),
        ("key", '[study]\ntitel = "x"\n'),
        ("value", "[pay]\nreward_usd = 5\n"),
        ("plain", ""),
        ("pairs", '[[questions]]\nid = "a"\nkind = "preference"\n'),
        ("captions", '\n[[questions]]\nid = "a"\nkind = "caption"\ncolumn = "label"\n'),
        ("sentences", '[[questions]]\nid = "a"\nkind = "statement"\n'),
        ("twice", '[[questions]]\nid = "a"\nkind = "text"\n[[questions]]\nid = "a"\nkind = "text"\n'),
        ("after", '[[questions]]\nid = "a"\nkind = "text"\nask_if = "b = 1"\n'),
        ("much", f'[[questions]]\nid = "a"\nkind = "rating"\nhelp = "{"very " * 14_000}long"\n'),
    ):
        (root / name).mkdir()
        (root / name / "study.toml").write_text(content)
    (root / "secrets").mkdir()
    (root / "secrets" / "secrets.json").write_text("{}")
    (root / "good_study").mkdir()
    (root / "good_study" / "study.toml").touch()
    (root / "swapped").mkdir()
    for name, source in (("c3d", "judge"), ("tempcae", "c3d"), ("judge", "tempcae")):
        shutil.copy(tiny_weights / f"{source}.safetensors", root / "swapped" / f"{name}.safetensors")
    published = root / "published"
    assert vidgen("publish-tasks", videos, "--study", published, "--anyway").exit_code == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield {
            "root": root,
            "videos": videos,
            "cars": cars,
            "published": published,
            "weights": tiny_weights,
            "port": taken.getsockname()[1],
        } | {path.name.partition(".")[0] if path.is_file() else path.name: path for path in root.iterdir()}


#: Command, arguments, exit status, what the line says.
CASES = [
    (
        "demo",
        "--out {root}/d1 --methods dream",
        2,
        "'--methods': unknown method 'dream'; known methods: proposed, comparison",
    ),
    ("demo", "--out {root}/d2 --per-label 0", 2, "--per-label"),
    ("demo", "", 2, "Missing option '--out'"),
    ("make-dataset", "--out {full}", 1, "{full} is not empty and holds no run"),
    ("make-dataset", "--out {root}/m --split exam", 2, "'--split': unknown split 'exam'; known splits: all, train"),
    ("make-dataset", "--out {file}/m --per-class 1", 1, "{file}"),
    ("train", "--out {root}/t --preset huge", 2, "unknown preset 'huge'; known presets: compact"),
    ("train", "--out {root}/t --networks c3d,gan", 2, "unknown network 'gan'; known networks: tempcae, c3d, judge"),
    ("train", "--out {root}/t --data {root}/nowhere", 1, "--data {root}/nowhere: there is no such directory"),
    ("train", "--out {root}/t --data {empty}", 1, "{empty}: no videos"),
    ("train", "--out {root}/t --data {broken}", 1, "bad.mp4"),
    ("train", "--out {root}/t --data {alike}", 1, "{alike}: classes 'Dog' and 'dog' differ in capitals only"),
    ("train", "--out {root}/t --data {strange_class}", 1, "a class holds U+FFFE, a character that no page can show"),
    ("train", "--out {root}/t --device tpu", 2, "unknown device 'tpu'; known devices: auto, cpu, cuda"),
    ("train", "--out {root}/t --effort 0", 2, "'--effort': 0.0 is not in the range more than 0, to 1000"),
    ("train", "--out {full}", 1, "{full} is not empty"),
    (
        "generate-batch",
        "--out {root}/g --labels dog-up --weights {weights}",
        1,
        "unknown label 'dog-up'; known labels: car",
    ),
    ("generate-batch", "--out {root}/g --methods dream", 2, "unknown method 'dream'; known methods: proposed"),
    ("generate-batch", "--out {root}/g --methods ,", 2, "no method given; known methods: proposed"),
    ("generate-batch", "--out {root}/g --preset huge", 2, "unknown preset 'huge'; known presets: compact, full"),
    ("generate-batch", "--out {root}/g --preset full", 1, "comes without weights: train them with 'vidgen train"),
    ("generate-batch", "--out {root}/g --weights {empty}", 1, "{empty}/c3d.safetensors: No such file"),
    ("generate-batch", "--out {root}/g --weights {swapped}", 1, "{swapped}/c3d.safetensors"),
    ("generate-batch", "--out {full} --weights {weights}", 1, "{full} is not empty and holds no run"),
    ("generate-batch", "--out {file}/g --weights {weights}", 1, "{file}"),
    ("generate-batch", "--out {root}/g --device tpu", 2, "unknown device 'tpu'"),
    ("generate-batch", "--out {root}/g --per-label x", 2, "'x' is not a valid integer"),
    (
        "new-study",
        "{root}/nowhere --study {root}/n",
        1,
        "VIDEOS_DIR {root}/nowhere: there is no such directory; name one",
    ),
    ("new-study", "{columns} --study {root}/n", 1, "{columns}/metadata.csv: no column method"),
    ("new-study", "{videos} --study {published}", 1, "is there already"),
    ("new-study", "{videos} --study {root}/n --language xx", 2, "unknown language 'xx'; known languages: en, ja"),
    ("new-study", "{videos} --study {file}", 1, "{file}"),
    ("new-study", "{cars} --study {root}/n --ask ranking", 1, "questions: 'ranking' compares methods, and all videos"),
    ("new-study", "{videos} --study {root}/n --ask statement", 1, "'statement' needs the column statement in metadata"),
    (
        "new-study",
        "{videos} --study {root}/n --ask likert",
        2,
        "unknown kind 'likert'; known kinds: naming, caption, pre",
    ),
    (
        "plan-study",
        "{cars} --study {pairs}",
        1,
        "{pairs}/study.toml:1: questions: 'a' compares methods, and all videos",
    ),
    (
        "publish-tasks",
        "{cars} --study {pairs}",
        1,
        "{pairs}/study.toml:1: questions: 'a' compares methods, and all vid",
    ),
    (
        "rehearse",
        "--study {pairs} --videos {cars}",
        1,
        "/study.toml:1: questions: 'a' compares methods, and all videos",
    ),
    (
        "plan-study",
        "{videos} --study {captions}",
        1,
        "{captions}/study.toml:2: questions: 'a' shows 4 captions, and th",
    ),
    ("publish-tasks", "{videos} --study {sentences}", 1, "study.toml:1: questions: 'a' needs the column statement in"),
    ("plan-study", "{videos} --study {twice}", 1, "{twice}/study.toml:5: questions: two have the id 'a'"),
    (
        "publish-tasks",
        "{videos} --study {after}",
        1,
        "{after}/study.toml:4: questions: 'a' is asked after 'b', which is",
    ),
    ("plan-study", "{videos} --study {much}", 1, "without any item it would still be too large (its items have "),
    (
        "plan-study",
        "{videos} --study {plain} --assume a.b=1",
        1,
        "assume: 'a' is no question that compares methods by s",
    ),
    (
        "plan-study",
        "{videos} --study {plain} --assume a",
        2,
        "'a' is not QUESTION.NAME=NUMBER, e.g. better.sd_prompt=0",
    ),
    ("plan-study", "{videos} --study {plain} --metric clip", 2, "--metric needs --correlation: how well it agrees wit"),
    ("plan-study", "{missing} --study {root}/n", 1, "missing gone.mp4"),
    ("plan-study", "{videos} --study {toml}", 1, "{toml}/study.toml: not TOML"),
    ("plan-study", "{videos} --study {key}", 1, "unknown key 'titel'"),
    ("rehearse", "", 2, "Missing option '--study'"),
    ("rehearse", "--study {root}/nowhere", 1, "{root}/nowhere/study.toml: no such file; the nearest study is "),
    ("rehearse", "--study {plain}", 1, "{plain}: is not published, so it does not say where its videos are; add --v"),
    ("rehearse", "--study {plain} --videos {root}/nowhere", 1, "--videos {root}/nowhere: there is no such directory"),
    ("rehearse", "--study {plain} --videos {broken}", 1, "{broken}/bad.mp4: broken video"),
    ("rehearse", "--study {plain} --videos {videos} --out {full}", 1, "{full}: is not an empty directory"),
    ("rehearse", "--study {plain} --videos {videos} --out {file}", 1, "--out {file}: is a file; name a directory"),
    ("rehearse", "--study {key} --videos {videos}", 1, "unknown key 'titel'"),
    ("rehearse", "--study {plain} --videos {videos} --accuracy 2", 2, "'--accuracy': 2.0 is not in the range 0 to 1"),
    (
        "rehearse",
        "--study {plain} --videos {videos} --carelessness 2",
        2,
        "'--carelessness': 2.0 is not in the range 0 to 1",
    ),
    (
        "rehearse",
        "--study {plain} --videos {videos} --probabilities {root}/no.csv",
        1,
        "--probabilities {root}/no.csv: there is no such file",
    ),
    ("judge", "{root}/nowhere --weights {weights}", 1, "VIDEOS_DIR {root}/nowhere: there is no such directory"),
    ("judge", "{columns} --weights {weights}", 1, "{columns}/metadata.csv: no column method"),
    ("judge", "{missing} --weights {weights}", 1, "{missing}/gone.mp4: No such file"),
    ("judge", "{broken} --weights {weights}", 1, "{broken}/bad.mp4: no video that can be decoded"),
    ("judge", "{cut} --weights {weights}", 1, "{cut}/cut.mp4: no video that can be decoded"),
    ("judge", "{videos} --weights {weights}", 1, "the judge knows no label 'ball going up'; it knows car moving"),
    ("judge", "{cars} --weights {empty}", 1, "{empty}/judge.safetensors: No such file"),
    ("judge", "{cars} --weights {swapped}", 1, "{swapped}/judge.safetensors"),
    ("publish-tasks", "{root}/nowhere --study {root}/p", 1, "VIDEOS_DIR {root}/nowhere: there is no such directory"),
    ("plan-study", "{long} --study {root}/n", 1, "of them are 4 options: ask about fewer or shorter labels"),
    ("publish-tasks", "{long} --study {root}/p", 1, "of them are 4 options: ask about fewer or shorter labels"),
    ("publish-tasks", "{columns} --study {root}/p", 1, "{columns}/metadata.csv: no column method"),
    ("publish-tasks", "{missing} --study {root}/p", 1, "missing gone.mp4, listed in metadata.csv"),
    ("publish-tasks", "{broken} --study {root}/p", 1, "{broken}/bad.mp4: broken video"),
    ("publish-tasks", "{cut} --study {root}/p", 1, "{cut}/cut.mp4: broken video"),
    ("publish-tasks", "{videos} --study {file}", 1, "{file}"),
    ("publish-tasks", "{videos} --study {toml}", 1, "{toml}/study.toml: not TOML"),
    ("publish-tasks", "{videos} --study {value}", 1, "{value}/study.toml:2: reward_usd: must be text, is 5"),
    (
        "publish-tasks",
        "{cars} --study {published}",
        1,
        "label 'car moving right' is no option; options are ball going up",
    ),
    (
        "publish-tasks",
        "{videos} --study {root}/p --platform prolific",
        2,
        "unknown platform 'prolific'; known platforms: local",
    ),
    (
        "publish-tasks",
        "{cars} --study {root}/p2 --cap much",
        2,
        "'--cap': 'much' is not an amount in dollars and whole cents",
    ),
    (
        "serve-tasks",
        "--study {good_study} --port {port}",
        1,
        "listen on 127.0.0.1:{port}: Address already in use; choose",
    ),
    ("serve-tasks", "--study {root}/publshed", 1, "there is no such folder; the nearest study is {published}"),
    ("serve-tasks", "--study {empty}", 1, "it holds no study; the nearest study is "),
    ("erase", "--study {published}", 2, "name a --participant, or say --expired"),
    (
        "erase",
        "--study {published} --participant 99",
        1,
        "'99': nobody has this number, worker id, link or recruiter's",
    ),
    ("erase", "--study {published} --expired", 1, "keep_days in [privacy] is 0, so nothing expires"),
    ("demo-prolific", "", 2, "Missing option '--study'"),
    ("demo-prolific", "--study {root}/publshed", 1, "there is no such folder; the nearest study is {published}"),
    ("demo-prolific", "--study {published} --speed 0", 2, "'--speed': 0.0 is not in the range 1 to 3600"),
    ("demo-prolific", "--study {published} --balance 1.005", 2, "'--balance': '1.005' is not an amount"),
    ("demo-prolific", "--study {published} --state {file}", 1, "{file}: is no state of a simulated Prolific"),
    ("serve-tasks", "--study {file}", 1, "{file}: is a file; name a directory"),
    ("serve-tasks", "--study {secrets}", 1, "{secrets}/secrets.json: not a study's secrets file"),
    ("serve-tasks", "--study {published} --port 99999", 2, "--port"),
    ("serve-tasks", "--study {published} --participants 20", 1, "open on this machine only: serve the study with"),
    ("serve-tasks", "--study {published} --public-url study.example.org", 1, "is not an address that participants can"),
    ("invite", "--study {root}/publishedd", 1, "there is no such folder; the nearest study is {published}"),
    ("invite", "--study {published}", 1, "is not being served"),
    ("invite", "--study {published} --count 0", 2, "--count"),
    ("simulate-answers", "--study {empty}", 1, "{empty}: nothing was published from here: it holds no study"),
    ("simulate-answers", "--study {good_study}", 1, "{good_study}: nothing was published from here; publish with"),
    ("simulate-answers", "--study {published} --accuracy 2", 2, "'--accuracy': 2.0 is not in the range"),
    (
        "simulate-answers",
        "--study {published} --probabilities {root}/no.csv",
        1,
        "--probabilities {root}/no.csv: there is no such file",
    ),
    ("simulate-answers", "--study {published} --confusion {good}", 1, "{good}: needs the column"),
    (
        "simulate-answers",
        "--study {published} --accuracy 1 --probabilities {good}",
        2,
        "give only one of --probabilities and",
    ),
    ("check", "--study {root}/nowhere", 1, "there is no such folder; the nearest study is "),
    ("backup", "--study {published}", 2, "Missing option '--to'"),
    ("backup", "--study {published} --to {published}/b.zip", 1, "lies in the study itself"),
    ("restore", "{root}/nowhere.zip --study {root}/again", 1, "{root}/nowhere.zip: "),
    ("restore", "{file} --study {root}/again", 1, "is no backup of a study, or damaged"),
    ("erase", "--study {published}", 2, "name a --participant, or say --expired"),
    ("claim-study", "--study {toml}", 1, "there is nothing to claim"),
    ("invite", "--study {published} --revoke 7", 1, "'7': nobody has this number, worker id or link"),
    ("completion-codes", "--study {root}/nowhere", 1, "there is no such folder; the nearest study is "),
    ("completion-codes", "--study {published} 3XXXXXXX", 1, "3XXXXXXX: no task of this study ended with that code"),
    ("collect-answers", "--study {empty}", 1, "{empty}: nothing was published from here"),
    ("collect-answers", "--study {root}/nowhere", 1, "{root}/nowhere: nothing was published from here"),
    ("study-status", "--study {empty}", 1, "{empty}: nothing was published from here"),
    ("recruit", "--study {published}", 1, "recruiter links: is not asked by programs"),
    ("recruit", "--study {published} --pause --end", 2, "give only one of --pause and --end."),
    ("recruit", "--study {published} --open --places 3", 2, "--places"),
    ("rehearse-recruiting", "--study {published}", 1, "links"),
    ("recover", "--study {empty}", 1, "{empty}: nothing was published from here: it holds no study"),
    ("extend-study", "--study {published}", 2, "Give --answers, --until or both."),
    ("extend-study", "--study {empty} --answers 9", 1, "{empty}: nothing was published from here"),
    ("extend-study", "--study {published} --until soon", 2, "--until"),
    ("approve-answers", "--study {empty}", 1, "{empty}: nothing was published from here"),
    ("reject-answers", "--study {empty} --assignment 3X --rule min_answer_s --reason no", 1, "nothing was published"),
    ("reject-answers", "--study {published}", 2, "Missing option"),
    ("pay-bonus", "--study {published} --amount 1", 2, "Give --amount, --reason and --assignment, or --from."),
    ("pay-bonus", "--study {published} --from {root}/no.csv", 1, "--from {root}/no.csv: there is no such file"),
    ("expire-study", "--study {empty}", 1, "{empty}: nothing was published from here"),
    ("delete-study", "--study {empty} --yes", 1, "{empty}: nothing was published from here"),
    ("accuracy-report", "", 2, "give either --study or --answers"),
    ("accuracy-report", "--release {published}", 1, "{published}: is no release, which has a release.json"),
    (
        "accuracy-report",
        "--release {published} --mixed",
        2,
        "--release analyses by the plan of the release; for",
    ),
    ("accuracy-report", "--answers {root}/no.csv", 1, "--answers {root}/no.csv: there is no such file"),
    ("accuracy-report", "--answers {strange}", 1, "answer 'a dog' is no option; the options are ball going up, Other"),
    ("accuracy-report", "--answers {narrow}", 1, "narrow.csv"),
    ("accuracy-report", "--answers {hollow}", 1, "hollow.csv: an empty file"),
    ("accuracy-report", "--answers {bytes}", 1, "bytes.csv"),
    ("accuracy-report", "--answers {answers}", 1, "no column worker_id, video_id, method, label, answer; found hello"),
    ("accuracy-report", "--answers {table}", 1, "table.parquet: not a readable table"),
    ("accuracy-report", "--answers {good} --out {file}", 1, "{file}"),
    ("accuracy-report", "--answers {empty}", 1, "{empty}"),
    ("accuracy-report", "--study {published}", 1, "no answers.parquet; run `"),
    ("accuracy-report", "--study {root}/nowhere", 1, "{root}/nowhere: no such study directory"),
    ("power", "--nonsense", 2, "No such option"),
    ("preregister", "{videos} --study {published}", 1, "{published}: was published already; a plan is registered bef"),
    ("preregister", "{videos} --study {root}/nowhere", 1, "study.toml: is missing, and is what is registered"),
    ("preregister", "{videos} --study {good_study} --out {file}", 1, "{file}: is there already, and is not written ov"),
    ("preregister", "{videos} --study {key}", 1, "titel"),
    ("release", "--study {published} --out {root}/r --licence CC0-1.0", 2, "Missing option '--author'"),
    (
        "release",
        "--study {published} --out {root}/r --licence GPL --author A",
        2,
        "unknown licence 'GPL'; known licenc",
    ),
    ("release", "--study {published} --out {root}/r --licence CC0-1.0 --author A", 1, "no answers.parquet; run `"),
    ("release", "--study {published} --out {full} --licence CC0-1.0 --author A", 1, "{full}: is there already"),
    ("release", "--study {empty} --out {root}/r --licence CC0-1.0 --author A", 1, "it holds no study"),
    ("bench-gpu", "--runs refined", 1, "unknown preset ''"),
    ("bench-gpu", "--runs dream/full", 1, "unknown method 'dream'; known methods: "),
    ("bench-gpu", "--steps 0", 2, "0 is not in the range"),
    ("bench-gpu", "--device tpu", 2, "unknown device 'tpu'; known devices: auto, cpu, cuda"),
    ("demo", "--out {file}", 1, "--out {file}: is a file; name a directory"),
    ("make-dataset", "--out {file}", 1, "--out {file}: is a file; name a directory"),
    ("train", "--out {root}/t --networks ,", 2, "no network given; known networks: tempcae, c3d, judge"),
    ("train", "--out {root}/t --effort nan", 2, "'--effort': 'nan' is not a number"),
    ("train", "--out {root}/t --effort inf", 2, "'--effort': inf is not in the range"),
    ("generate-batch", "--out {root}/g --weights {file}", 1, "--weights {file}: is a file; name a directory"),
    ("generate-batch", "--out {root}/g --weights {empty}", 1, "`vidgen train` writes it"),
    ("new-study", "{videos} --study {file}", 1, "--study {file}: is a file; name a directory"),
    ("new-study", "{file} --study {root}/n", 1, "VIDEOS_DIR {file}: is a file; name a directory"),
    ("plan-study", "{videos} --study {file}", 1, "--study {file}: is a file; name a directory"),
    ("judge", "{cars} --out {full}", 1, "--out {full}: is a directory; name a file"),
    ("judge", "{cars} --out {root}/no/j.json", 1, "--out {root}/no/j.json: there is no directory {root}/no; make it"),
    ("study-status", "--study {empty}", 1, "it holds no study; the nearest study is"),
    ("approve-answers", "--study {published} --assignment X", 1, "answers.csv names those that were collected"),
    ("pay-bonus", "--study {published} --from {good} --amount 1", 2, "or --from, not both"),
    ("accuracy-report", "--answers {good} --out {file}", 1, "--out {file}: is a file; name a directory"),
    ("accuracy-report", "--answers {good} --out {file}/x", 1, "--out {file}/x: {file} is a file; name another place"),
    ("power", "--videos 22 --plot {root}/p.xyz", 1, "plot: .xyz cannot be drawn; .svg, .pdf and .png can"),
    ("power", "--videos 22 --plot {full}", 1, "--plot {full}: is a directory; name a file"),
    ("power", "--videos 22 --plot {root}/no/p.svg", 1, "there is no directory {root}/no; make it first"),
    ("bench-gpu", "--out {full}", 1, "--out {full}: is a directory; name a file"),
    ("demo", "--out {full}", 1, "{full}: holds letter.txt, which no demo made; choose another --out"),
    ("demo", "--out {published}", 1, "which no demo made; choose another --out"),
    ("demo", "--out {root}/d --methods proposed,proposed", 2, "'--methods': method 'proposed' stands twice"),
    ("demo", "--out {dangling}", 1, "--out {dangling}: {dangling} is a link to {root}/gone, which is not there"),
    ("make-dataset", "--out {dangling}/x", 1, "{dangling} is a link to {root}/gone, which is not there; name another"),
    ("make-dataset", "--out {root}/m --per-class 0", 2, "'--per-class': 0 is not in the range 1 to "),
    ("make-dataset", "--out {root}/m --per-class nan", 2, "'--per-class': 'nan' is not a valid integer"),
    ("train", "--out {root}/t --networks c3d,c3d", 2, "'--networks': network 'c3d' stands twice"),
    ("train", "--out {root}/t --seed 99999999999999999999", 2, "'--seed': 99999999999999999999 is not in the range"),
    ("generate-batch", "--out {root}/g --per-label 99999999999999999999", 2, "is not in the range 1 to 10000"),
    ("generate-batch", "--out {root}/g --weights {root}/no", 1, "--weights {root}/no: there is no such directory"),
    ("judge", "{empty} --weights {weights}", 1, "it lists the videos, with the columns file_name, method, label"),
    ("new-study", "{dangling} --study {root}/n", 1, "VIDEOS_DIR {dangling}: there is no such directory"),
    ("rehearse", "--study {bytes} --videos {videos}", 1, "{bytes}"),
    ("rehearse", "--study {plain} --videos {videos} --confusion {latin}", 1, "{latin}: not a UTF-8 CSV file"),
    ("publish-tasks", "{videos} --study {root}/p --bucket b", 2, "--bucket goes with --media s3: say that, too"),
    ("publish-tasks", "{videos} --study {root}/p --media own --links public", 2, "--links goes with --media s3"),
    ("publish-tasks", "{videos} --study {root}/p --media s3 --bucket b --links base-url", 1, "is needed with --links"),
    ("publish-tasks", "{videos} --study {root}/p --cap nan", 2, "'--cap': 'nan' is not an amount in dollars"),
    (
        "publish-tasks",
        "{cars} --study {published}",
        1,
        "correct it in metadata.csv, or add it to options in study.toml",
    ),
    ("serve-tasks", "--study {published} --videos {root}/no", 1, "--videos {root}/no: there is no such directory"),
    ("simulate-answers", "--study {published} --probabilities {latin}", 1, "{latin}: not a UTF-8 CSV file"),
    (
        "simulate-answers",
        "--study {published} --probabilities {empty}",
        1,
        "--probabilities {empty}: is a directory; name a file",
    ),
    ("simulate-answers", "--study {published} --carelessness nan", 2, "'--carelessness': 'nan' is not a number"),
    ("simulate-answers", "--study {published} --workers 99999999", 2, "'--workers': 99999999 is not in the range"),
    ("collect-answers", "--study {published} --watch --every inf", 2, "'--every': inf is not in the range"),
    ("collect-answers", "--study {published} --watch --every nan", 2, "'--every': 'nan' is not a number"),
    ("recover", "--study {published} --platform mturk", 1, "this study was published on local; leave --platform out"),
    ("recover", "--study {published} --platform x", 2, "unknown platform 'x'; known platforms: local"),
    ("recover", "--study {root}/publishedd", 1, "there is no such folder; the nearest study is {published}"),
    ("extend-study", "--study {published} --until 9999-12-31", 1, "must be to come, within 100 years (UTC)"),
    ("extend-study", "--study {published} --answers 12 --until 2020-01-01", 1, "must be to come, within 100 years"),
    ("extend-study", "--study {published} --answers 1", 1, "9 are asked for already; give a larger number"),
    ("delete-study", "--study {published}", 1, "not confirmed, so nothing was deleted: run the command again and type"),
    ("pay-bonus", "--study {published} --from {latin}", 1, "{latin}: not a UTF-8 CSV file"),
    ("pay-bonus", "--study {published} --from {bonuses}", 1, "{bonuses}:3: bonus for X has no reason"),
    ("pay-bonus", "--study {published} --amount x --reason y --assignment X", 2, "'--amount': 'x' is not an amount"),
    ("pay-bonus", "--study {published} --amount 0 --reason y --assignment X", 1, "is nothing; amounts begin at 0.01"),
    ("accuracy-report", "--answers {good} --out {dangling}", 1, "is a link to {root}/gone, which is not there"),
    ("accuracy-report", "--answers {good} --seed -1", 2, "'--seed': -1 is not in the range"),
    ("power", "--kind text --videos 9", 2, "unknown kind 'text'; known kinds: naming, caption, preference, rating, st"),
    ("power", "--kind rating --videos 9 --people nested", 2, "--people is for naming; leave out --people or --kind"),
    (
        "power",
        "--kind rating --videos 9 --assume sd=1",
        1,
        "sd: is no assumption of this kind of question; it has mean",
    ),
    ("power", "", 2, "give --videos, to learn the difference, or --difference"),
    ("power", "--videos 22 --comparisons 99999999999999999999", 2, "'--comparisons': 99999999999999999999 is not in"),
    ("power", "--videos 22 --simulate 99999999999999999999", 2, "'--simulate': 99999999999999999999 is not in"),
    ("power", "--videos 22 --accuracy nan", 2, "'--accuracy': 'nan' is not a number"),
    ("completion", "tcsh", 2, "'tcsh' is not one of"),
]


@pytest.mark.parametrize(
    "words",
    [
        "demo --out",
        "publish-tasks {videos} --study",
        "collect-answers --study",
        "accuracy-report --answers {good} --out",
        "accuracy-report --answers",
        "simulate-answers --study {published} --probabilities",
        "rehearse --videos {videos} --study",
        "power --videos 22 --plot",
    ],
)
def test_an_empty_path_is_not_the_current_directory(places, words):
    """What a shell makes of a variable that is not set is refused, and nothing is read or written here."""
    result = vidgen(*words.format(**places).split(), "")
    assert result.exit_code == 2, result.output
    assert "is empty; name a file or directory" in result.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "work"),
    [
        ("judge {cars} --out {root}/no/j.json", "vidgen.judging.load_judge"),
        ("accuracy-report --answers {good} --out {file}", "analysis.analyse"),
        ("power --videos 22 --plot {root}/p.xyz --simulate 9", "analysis.planning.answered"),
        ("power --videos 22 --plot {root}/no/p.svg --simulate 9", "analysis.planning.answered"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_the_work(places, words, work, monkeypatch):
    """What takes minutes has not begun when the place of its result is refused."""

    def never(*arguments, **options):
        raise AssertionError("the work was begun")

    monkeypatch.setattr(work, never)
    result = vidgen(*words.format(**places).split())
    assert (result.exit_code, len(said(result.stderr))) == (1, 1), result.output


def test_an_end_that_is_refused_asks_for_no_answers(places):
    """`extend-study` looks at --until before --answers spends anything."""
    before = Design.load(places["published"])
    words = ("extend-study", "--study", places["published"], "--answers", 12, "--until")
    assert [vidgen(*words, until).exit_code for until in ("2020-01-01", "9999-12-31")] == [1, 1]
    assert Design.load(places["published"]) == before


def test_a_missing_video_is_named_before_the_judge_looks(places, tmp_path, monkeypatch):
    """The last of the files is missed before the first one is looked at."""
    rows = [{"file_name": f"{name}.mp4", "method": "new", "label": "car moving right"} for name in ("a", "z")]
    write_metadata(tmp_path, rows)
    shutil.copy(next(places["cars"].glob("*.mp4")), tmp_path / "a.mp4")
    monkeypatch.setattr("vidgen.judging._seen", lambda *_: pytest.fail("the judge looked"))
    result = vidgen("judge", tmp_path, "--weights", places["weights"])
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == f"Error: {tmp_path}/z.mp4: No such file or directory"


def test_the_plan_of_the_defaults_says_that_it_is(places):
    """A study directory without a study file may be a mistyped one."""
    result = vidgen("plan-study", places["videos"], "--study", places["root"] / "mistyped", "--anyway")
    assert result.exit_code == 0
    assert (
        f"note: {places['root']}/mistyped/study.toml is not there, so this is a study with the defaults"
        in result.stderr
    )


def test_every_command_is_in_the_table():
    """No command is left out below."""
    assert {name for name, *_ in CASES} == set(COMMANDS)


@pytest.mark.parametrize(("name", "arguments", "status", "line"), CASES, ids=[f"{one[0]} {one[1]}" for one in CASES])
def test_bad_input_ends_in_one_line(places, name, arguments, status, line):
    """One line on stderr that says what is wrong with which value, exit status 1 or 2, never a traceback."""
    result = vidgen(name, *arguments.format(**places).split())
    assert result.exit_code == status, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    lines = said(result.stderr)
    assert "Traceback" not in result.output
    assert lines[-1].startswith("Error: ")
    assert line.format(**places) in lines[-1]
    if status == 1:
        assert len(lines) == 1, lines
        assert len(lines[0]) < 600
    else:
        assert lines[0].startswith("Usage: vidgen")


@pytest.mark.parametrize(
    ("name", "arguments", "line"),
    [
        ("accuracy-report", "--answers {strange}", "is no option"),
        ("publish-tasks", "{missing} --study {root}/q", "missing gone.mp4"),
        ("vidgen", "serve-tasks --study {good_study} --port {port}", "Address already in use"),
    ],
)
def test_the_installed_programs_do_the_same(places, name, arguments, line):
    """What a user's shell sees: exit status 1, one line on stderr, nothing on stdout."""
    done = program(*arguments.format(**places).split(), name=name)
    assert (done.returncode, done.stdout) == (1, "")
    (only,) = done.stderr.splitlines()
    assert only.startswith("Error: ")
    assert line in only


def test_the_traceback_is_there_for_who_asks(places, monkeypatch):
    """`VIDGEN_DEBUG=1` lets the error through."""
    monkeypatch.setenv("VIDGEN_DEBUG", "1")
    result = vidgen("collect-answers", "--study", places["empty"])
    assert isinstance(result.exception, ValueError)
