"""What the platform says to participants, in the language of its study."""

from pathlib import Path

from crowd.study import LANGUAGES, Study, wording


class Speech:
    """The words of the participants' pages; English while there is no readable study file."""

    def __init__(self, study_dir: Path):
        self._path = study_dir / "study.toml"
        self._read_at = 0
        self._language = next(iter(LANGUAGES))

    def values(self) -> dict[str, object]:
        """`language` and `words` for the templates."""
        try:
            changed = self._path.stat().st_mtime_ns
            if changed != self._read_at:
                self._read_at = changed
                self._language = Study.load(self._path).language
        except (OSError, ValueError):
            pass  # being edited, or a study of somebody else's: what was spoken before goes on
        return {"language": self._language, "words": wording(self._language, "participant")}
