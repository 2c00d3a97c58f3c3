"""The study directory: the name of every file in it, and which folders are one.

No other module spells these names. What a file holds is the business of the module that writes it: `crowd.design`,
`crowd.ledger`, `crowd.task.answers` and so on take its path from here. `crowd.fileformat` refuses files of newer
releases by the versions that stand here.
"""

import difflib
from pathlib import Path
from typing import Self, overload

from crowd.commandline import to_paste


class DataFile:
    """A file of a directory: its name there, and the version of its schema that this release writes.

    It is an attribute of the directory's class. On an object it gives the path: ``StudyDirectory("mine").design`` is
    ``Path("mine/design.json")``, and ``StudyDirectory.design.name`` is ``"design.json"``.
    """

    def __init__(self, name: str, version: int | None = None) -> None:
        self.name = name
        """Relative to the directory, with ``/`` between folders."""
        self.version = version
        """None where the file says none: tables in CSV, pages, locks, and SQLite files, which count migrations."""

    @overload
    def __get__(self, directory: None, owner: type) -> Self: ...

    @overload
    def __get__(self, directory: "_Directory", owner: type) -> Path: ...

    def __get__(self, directory: "_Directory | None", owner: type) -> Self | Path:
        return self if directory is None else directory.root / self.name


class _Directory:
    """A folder whose files have names of ours."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)

    @classmethod
    def files(cls) -> tuple[DataFile, ...]:
        """Every file that such a directory may hold."""
        return tuple(file for file in vars(cls).values() if isinstance(file, DataFile))


class StudyDirectory(_Directory):
    """The files of one study; none of them need be there."""

    study_file = DataFile("study.toml", version=2)
    """What its author declares (`crowd.design.study`)."""
    design = DataFile("design.json", version=3)
    """What was published (`crowd.design.design`)."""
    ledger = DataFile("ledger.sqlite")
    """What was meant by each paid call and came of it (`crowd.ledger`)."""
    lock = DataFile(".lock")
    """Held by the command that decides about the study (`crowd.lifecycle.lock`)."""

    private = DataFile("private")
    """The folder that only the study's owner may open."""
    secrets = DataFile("private/secrets.json", version=2)
    """The keys of the study (`crowd.credentials`)."""
    former_secrets = DataFile("secrets.json")
    """Where releases up to 0.1 kept the secrets, which are still read there."""
    database = DataFile("private/database.json", version=1)
    """The address of the PostgreSQL database with the local platform's tasks (`crowd.localplatform.store.places`)."""
    place = DataFile("private/place.json", version=1)
    """Where the study is, so that copies are noticed (`crowd.lifecycle.place`)."""
    metrics_key = DataFile("private/metrics_key")
    """The key of the measurements, for Prometheus (`crowd.localplatform.health`)."""
    recruiter = DataFile("private/recruiter.json", version=1)
    """Completion codes, and which study at the recruiter is this one (`crowd.recruiters`)."""
    erased = DataFile("private/erased.json", version=1)
    """Whose data were erased, as keyed hashes (`crowd.lifecycle.erasures`)."""
    ignored = DataFile(".gitignore")
    """Keeps secrets and ids out of a repository."""

    store = DataFile("platform.sqlite")
    """The local platform's HITs, assignments and participants (`crowd.localplatform.store`)."""
    announcement = DataFile("platform.json", version=2)
    """Where the running server listens (`crowd.localplatform.discovery`)."""
    server_lock = DataFile("platform.lock")
    """Held by the running server."""
    sheet = DataFile("participants.html")
    """Everybody's link, to cut out."""
    recipients = DataFile("participants.csv")
    """Everybody's link, for a mail program."""

    answers = DataFile("answers.parquet", version=3)
    """The answers table (`crowd.task.answers`)."""
    answers_csv = DataFile("answers.csv")
    """The same rows for spreadsheets."""
    funnel = DataFile("funnel.json", version=2)
    """How many were asked, came and count (`crowd.lifecycle.collect`)."""
    simulation = DataFile("simulation.json", version=2)
    """What simulated participants answered from (`crowd.simulated.http`)."""
    preregistration = DataFile("preregistration.md")
    """The plan as a document to register before publication (`analysis.preregistration`)."""

    def answer_tables(self) -> list[Path]:
        """The answers tables that are there, the one to read first."""
        return [path for path in (self.answers, self.answers_csv) if path.exists()]

    def holds_study(self) -> bool:
        """Whether the folder is a study: made, published, served, or holding its answers."""
        return any((self.root / name).is_file() for name in MARKS)


class ReportDirectory(_Directory):
    """The files of a report (`analysis.report`)."""

    data = DataFile("report.json", version=3)
    page = DataFile("report.html")
    text = DataFile("report.md")
    table = DataFile("table1.tex")
    """The tables, to be put into a paper with `input`."""
    methods = DataFile("methods.md")
    """How the study was run, with a checklist and marked blanks."""
    methods_latex = DataFile("methods.tex")
    figures = DataFile("figures")


class BackupArchive(_Directory):
    """The entries of a backup (`crowd.lifecycle.backup`)."""

    manifest = DataFile("manifest.json", version=1)
    study = DataFile("study/")
    """The study directory's files stand below."""
    videos = DataFile("videos/")
    """The videos' files stand below, and in a restored study as well."""


class ReleaseDirectory(_Directory):
    """The files of a release (`analysis.bundle`); the study's own files have their names in a study directory."""

    about = DataFile("release.json", version=1)
    """What is in it, under which licence, and what was removed."""
    readme = DataFile("README.md")
    instructions = DataFile("instructions.md")
    """What participants read and agreed to."""
    codebook = DataFile("codebook.csv")
    """The columns of the answers."""
    video_table = DataFile("videos.csv")
    """Every video with its hash and link."""
    videos = DataFile("videos")
    """The folder of the videos, if they are in it."""
    screens = DataFile("screens")
    """The folder of pictures of the pages, if they are in it."""
    citation = DataFile("CITATION.cff")
    crate = DataFile("ro-crate-metadata.json")
    """The bundle described as an RO-Crate."""
    sums = DataFile("SHA256SUMS")
    report = DataFile("report")
    """The folder of the report that the bundle gives."""


#: A folder with one of these files is a study.
MARKS = frozenset(
    file.name
    for file in (
        StudyDirectory.study_file,
        StudyDirectory.design,
        StudyDirectory.ledger,
        StudyDirectory.store,
        StudyDirectory.secrets,
        StudyDirectory.former_secrets,
        StudyDirectory.answers,
    )
)


def is_study(directory: Path) -> bool:
    """Whether something of a study is in that folder."""
    return StudyDirectory(directory).holds_study()


def existing_study(directory: Path) -> Path:
    """The folder itself.

    Raises:
        ValueError: it is no study; the message names the one that was probably meant.
    """
    if is_study(directory):
        return directory
    what = "there is no such folder"
    if directory.exists():
        what = "it holds no study" if directory.is_dir() else "it is a file"
    raise ValueError(f"{directory}: nothing was published from here: {what}; {instead_of(directory)}")


def instead_of(directory: Path) -> str:
    """What to do where a study was expected in that folder, in words."""
    if near := nearest(directory):
        return f"the nearest study is {near}"
    return f"make one with `{to_paste('publish-tasks', 'VIDEOS_DIR', '--study', directory)}`"


def nearest(directory: Path) -> Path | None:
    """The study in, beside or above that folder, or in the current one, whose name is most alike; None without any."""
    places = [directory, directory.parent, Path.cwd() if directory.is_absolute() else Path()]
    found = {path for place in places for path in (place, *_folders(place)) if is_study(path)}
    return max(
        sorted(found), key=lambda path: difflib.SequenceMatcher(None, path.name, directory.name).ratio(), default=None
    )


def _folders(place: Path) -> list[Path]:
    try:
        return [path for path in place.iterdir() if path.is_dir()]
    except OSError:
        return []
