"""The settings of the study file that the platform uses, such as the language and the contact."""

from pathlib import Path

from crowd.design.study import Study
from crowd.design.terms import as_published
from crowd.fileformat import parsed
from crowd.recruiters import Door, describe, open_door, settings_of
from crowd.studydir import StudyDirectory
from crowd.wording import LANGUAGES, wording


class StudyFile:
    """The settings that the platform's pages use: those published, else those now in ``study.toml``.

    Both files are read again when they change; the platform also works without them.
    """

    def __init__(self, study_dir: Path):
        files = StudyDirectory(study_dir)
        self._files = files.study_file, files.design
        self._read_at: tuple[int, ...] = ()
        self._study: Study | None = None

    def study(self) -> Study | None:
        """The study as last read; None if it could never be read."""
        try:
            changed = tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in self._files)
            if changed != self._read_at:
                self._read_at = changed
                self._study = self._read()
        except (OSError, ValueError, AttributeError):
            pass  # the file is being edited, or is not one of vidgen's
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
        """Seconds after a deadline during which answers are still accepted."""
        study = self.study()
        return study.grace_s if study else 0

    @property
    def foreign_pages(self) -> str:
        """The policy, "open" or "strict", for pages of other programs that do not state one."""
        study = self.study()
        return study.foreign_pages if study else "open"

    @property
    def notifications(self) -> str:
        """Where notifications to SQS and SNS are sent: an address, "aws", or "" for none."""
        study = self.study()
        return study.notifications if study else ""

    @property
    def sending_recruiter(self) -> str | None:
        """The recruiter that sends people to ``/join``; None if people have links of their own."""
        study = self.study()
        return study.recruiter if study and describe(study.recruiter).sends else None

    @property
    def is_paid_elsewhere(self) -> bool:
        """Whether what people get comes from the recruiter."""
        study = self.study()
        return study is not None and describe(study.recruiter).pays

    def door(self, recruiter: str) -> Door | None:
        """The recruiter's way in and out of the study; None if the study file lacks what it needs."""
        study = self.study()
        try:
            table = study.recruit.get(recruiter, {}) if study else {}
            return open_door(recruiter, settings_of(recruiter, table), self._files[0].parent)
        except ValueError:
            return None

    def values(self) -> dict[str, object]:
        """`language`, `words` and `contact` for the templates; in English if there is no study."""
        study = self.study()
        language = study.language if study else next(iter(LANGUAGES))
        return {
            "language": language,
            "words": wording(language, "participant"),
            "contact": study.contact if study else "",
        }
