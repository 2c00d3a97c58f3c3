"""The study file as the platform follows it: its language, whom to ask, and how long answers are taken."""

from pathlib import Path

from crowd.study import LANGUAGES, Study, wording


class StudyFile:
    """Reads ``study.toml`` again when it has changed; the platform also works where there is none."""

    def __init__(self, study_dir: Path):
        self._path = study_dir / "study.toml"
        self._read_at = 0
        self._study: Study | None = None

    def study(self) -> Study | None:
        """The study; the one read before while the file cannot be read, None where it never could."""
        try:
            changed = self._path.stat().st_mtime_ns
            if changed != self._read_at:
                self._read_at = changed
                self._study = Study.load(self._path)
        except (OSError, ValueError):
            pass  # being edited, or a study of somebody else's
        return self._study

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
