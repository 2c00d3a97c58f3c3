"""More answers per video for a study that is published."""

from dataclasses import replace
from pathlib import Path

from crowd.calls import Progress
from crowd.design import Design, HitDesign
from crowd.ledger import Ledger
from crowd.media import Media, remembered
from crowd.money import FEES
from crowd.platforms import open_platform
from crowd.publishing import Published, bring_up, load
from crowd.spending import Consent
from crowd.videofolder import check


def extend(
    study_dir: str | Path,
    answers_per_video: int,
    *,
    media: Media | None = None,
    consent: Consent | None = None,
    progress: Progress | None = None,
) -> Published:
    """Ask until each video has that many answers in all; run again, it finishes and asks for no more.

    The last round of each block grows as far as one HIT may, then come further rounds.

    Raises:
        ValueError: the study asks for more already, or the money does not suffice.
        OSError: the platform does not answer.
    """
    root = Path(study_dir)
    study, planned = load(root)
    check(planned, root)
    target = grown(planned, answers_per_video, most=study.assignments_per_hit)
    with Ledger(root, create=False) as ledger, open_platform(ledger.platform, root) as platform:
        return bring_up(platform, ledger, study, target, media or remembered(ledger), consent or Consent(), progress)


def grown(planned: Design, answers_per_video: int, *, most: int) -> Design:
    """The design with that many assignments per block; a HIT gets `most` at most, in as many rounds as it takes.

    Raises:
        ValueError: a block has more already.
    """
    hits: list[HitDesign] = []
    for keys in planned.rounds.values():
        rounds = [planned.hit(key) for key in keys]
        missing = answers_per_video - sum(hit.num_assignments for hit in rounds)
        if missing < 0:
            raise ValueError(f"answers {answers_per_video}: {answers_per_video - missing} are asked for already")
        last = rounds[-1]
        # A HIT that began below the higher fee cannot grow into it.
        room = most if last.num_assignments >= FEES.large_hit else min(most, FEES.large_hit - 1)
        more = min(missing, max(0, room - last.num_assignments))
        rounds[-1] = replace(last, num_assignments=last.num_assignments + more)
        missing -= more
        while missing:
            number, size = len(rounds) + 1, min(missing, most)
            rounds.append(replace(last, key=f"{last.block}-r{number}", round=number, num_assignments=size))
            missing -= size
        hits += rounds
    return replace(planned, hits=tuple(hits))
