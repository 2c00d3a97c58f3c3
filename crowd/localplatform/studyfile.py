"""The study file as the platform follows it: its language, whom to ask, and how long answers are taken."""

from pathlib import Path

from crowd.design.study import Study
from crowd.design.terms import as_published
from crowd.design.wording import LANGUAGES, wording
from crowd.fileformat import parsed
from crowd.studydir import StudyDirectory


class StudyFile:
    """What the platform's pages need of a study: as it was published, else as ``study.toml`` has it now.

    Both files are read again when they change; the platform also works where there is neither.
    """

    def __init__(self, study_dir: Path):
        files = StudyDirectory(study_dir)
        self._files = files.study_file, files.design
        self._read_at: tuple[int, ...] = ()
        self._study: Study | None = None

    def study(self) -> Study | None:
        """The study; the one read before while a file cannot be read, None where none ever could."""
        try:
            changed = tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in self._files)
            if changed != self._read_at:
                self._read_at = changed
                self._study = self._read()
        except (OSError, ValueError, AttributeError):
            pass  # being edited, or a study of somebody else's
        return self._study

    def _read(self) -> Study | None:
        study_file, design = self._files
        published = parsed(design).get("shown") if design.exists() else None
        try:
            now = Study.load(study_file) if study_file.exists() else None
        except ValueError:
            if not published:
                raise
            now = self._study
        return as_published(now or Study(), published) if published else now

    @property
    def grace_s(self) -> int:
        """Seconds for which answers are still taken after a deadline."""
        study = self.study()
        return study.grace_s if study else 0

    @property
    def foreign_pages(self) -> str:
        """How pages of other programs are shown that do not say it themselves, "open" or "strict"."""
        study = self.study()
        return study.foreign_pages if study else "open"

    @property
    def notifications(self) -> str:
        """Where notifications to SQS and SNS go: an address, "aws", or empty for nowhere."""
        study = self.study()
        return study.notifications if study else ""

    def values(self) -> dict[str, object]:
        """`language`, `words` and `contact` for the templates; English where no study is known."""
        study = self.study()
        language = study.language if study else next(iter(LANGUAGES))
        return {
            "language": language,
            "words": wording(language, "participant"),
            "contact": study.contact if study else "",
        }
