"""`vidgen resume-study`."""

from pathlib import Path

from vidgen.cli import command as declare
from vidgen.cli.shared import outcome, progress_bar, study_option


@declare("resume-study", "vidgen resume-study --study my-study")
@study_option
def command(study_dir: Path) -> None:
    """Open a paused study again. Its tasks stay open for as long as they would have without the pause."""
    import crowd

    with progress_bar("resuming", "HIT") as progress:
        outcome(crowd.resume_study(study_dir, progress=progress), "HIT", "open again")
