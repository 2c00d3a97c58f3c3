"""Studies with people: design, task pages, platforms, answers.

What a command of a study does is one function here. Paths can be text or `pathlib.Path`. Modules are imported on first
use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from crowd.siblings import take, warn_of

if TYPE_CHECKING:
    from crowd.design.design import Design as Design
    from crowd.design.planning import Needs as Needs
    from crowd.design.study import Study as Study
    from crowd.ledger.budget import Consent as Consent
    from crowd.ledger.calls import Tally as Tally
    from crowd.lifecycle.apply import Published as Published
    from crowd.lifecycle.arrivals import Recruitment as Recruitment
    from crowd.lifecycle.backup import back_up as back_up
    from crowd.lifecycle.backup import restore as restore
    from crowd.lifecycle.backup_manifest import Backup as Backup
    from crowd.lifecycle.bonuses import Bonus as Bonus
    from crowd.lifecycle.bonuses import bonus as bonus
    from crowd.lifecycle.bonuses import read_bonuses as read_bonuses
    from crowd.lifecycle.came_from import CameFrom as CameFrom
    from crowd.lifecycle.check import Finding as Finding
    from crowd.lifecycle.check import check as check
    from crowd.lifecycle.close import close as close
    from crowd.lifecycle.close import delete as delete
    from crowd.lifecycle.close import keep_open as keep_open
    from crowd.lifecycle.collect import Collected as Collected
    from crowd.lifecycle.collect import collect as collect
    from crowd.lifecycle.completion_codes import CompletionCodes as CompletionCodes
    from crowd.lifecycle.completion_codes import Work as Work
    from crowd.lifecycle.completion_codes import completion_codes as completion_codes
    from crowd.lifecycle.drafting import Drafted as Drafted
    from crowd.lifecycle.drafting import draft as draft
    from crowd.lifecycle.drafting import notify as notify
    from crowd.lifecycle.erase import Erased as Erased
    from crowd.lifecycle.erase import erase as erase
    from crowd.lifecycle.erase import erase_expired as erase_expired
    from crowd.lifecycle.extend import extend as extend
    from crowd.lifecycle.invite import ConsentText as ConsentText
    from crowd.lifecycle.invite import Invitation as Invitation
    from crowd.lifecycle.invite import Participant as Participant
    from crowd.lifecycle.invite import consent_texts as consent_texts
    from crowd.lifecycle.invite import invite as invite
    from crowd.lifecycle.invite import participants as participants
    from crowd.lifecycle.invite import revoke as revoke
    from crowd.lifecycle.new_study import NewStudy as NewStudy
    from crowd.lifecycle.new_study import new_study as new_study
    from crowd.lifecycle.place import claim as claim
    from crowd.lifecycle.plan import PlannedStudy as PlannedStudy
    from crowd.lifecycle.plan import plan as plan
    from crowd.lifecycle.publish import publish as publish
    from crowd.lifecycle.recover import Recovered as Recovered
    from crowd.lifecycle.recover import recover as recover
    from crowd.lifecycle.recruiting import add_places as add_places
    from crowd.lifecycle.recruiting import end_at_recruiter as end_at_recruiter
    from crowd.lifecycle.recruiting import open_at_recruiter as open_at_recruiter
    from crowd.lifecycle.recruiting import pause as pause
    from crowd.lifecycle.recruiting import places_needed as places_needed
    from crowd.lifecycle.recruiting import recruitment as recruitment
    from crowd.lifecycle.review import approve as approve
    from crowd.lifecycle.review import reject as reject
    from crowd.lifecycle.serve import Served as Served
    from crowd.lifecycle.serve import serve as serve
    from crowd.lifecycle.status import Status as Status
    from crowd.lifecycle.status import status as status
    from crowd.lifecycle.undecided import ask_to_return as ask_to_return
    from crowd.lifecycle.undecided import reject_visit as reject_visit
    from crowd.lifecycle.video_folder import locate_videos as locate_videos
    from crowd.lifecycle.watch import watch as watch
    from crowd.media.places import Media as Media
    from crowd.media.places import OwnMedia as OwnMedia
    from crowd.media.s3 import S3Media as S3Media
    from crowd.media.s3 import S3Settings as S3Settings
    from crowd.simulated.http import SimulatedWork as SimulatedWork
    from crowd.simulated.http import simulate as simulate
    from crowd.simulated.prolific.demo import DemoProlific as DemoProlific
    from crowd.simulated.prolific.demo import demo_prolific as demo_prolific
    from crowd.simulated.rehearsal import Rehearsal as Rehearsal
    from crowd.simulated.rehearsal import rehearse as rehearse
    from crowd.simulated.workers import ResponseStyle as ResponseStyle

#: Where each public name is defined, in the order of a study's life.
_HOMES = {
    "new_study": "crowd.lifecycle.new_study",
    "plan": "crowd.lifecycle.plan",
    "rehearse": "crowd.simulated.rehearsal",
    "publish": "crowd.lifecycle.publish",
    "serve": "crowd.lifecycle.serve",
    "invite": "crowd.lifecycle.invite",
    "participants": "crowd.lifecycle.invite",
    "consent_texts": "crowd.lifecycle.invite",
    "revoke": "crowd.lifecycle.invite",
    "simulate": "crowd.simulated.http",
    "demo_prolific": "crowd.simulated.prolific.demo",
    "draft": "crowd.lifecycle.drafting",
    "open_at_recruiter": "crowd.lifecycle.recruiting",
    "recruitment": "crowd.lifecycle.recruiting",
    "add_places": "crowd.lifecycle.recruiting",
    "pause": "crowd.lifecycle.recruiting",
    "end_at_recruiter": "crowd.lifecycle.recruiting",
    "notify": "crowd.lifecycle.drafting",
    "ask_to_return": "crowd.lifecycle.undecided",
    "reject_visit": "crowd.lifecycle.undecided",
    "places_needed": "crowd.lifecycle.recruiting",
    "collect": "crowd.lifecycle.collect",
    "watch": "crowd.lifecycle.watch",
    "status": "crowd.lifecycle.status",
    "completion_codes": "crowd.lifecycle.completion_codes",
    "approve": "crowd.lifecycle.review",
    "reject": "crowd.lifecycle.review",
    "bonus": "crowd.lifecycle.bonuses",
    "read_bonuses": "crowd.lifecycle.bonuses",
    "extend": "crowd.lifecycle.extend",
    "keep_open": "crowd.lifecycle.close",
    "close": "crowd.lifecycle.close",
    "check": "crowd.lifecycle.check",
    "erase": "crowd.lifecycle.erase",
    "erase_expired": "crowd.lifecycle.erase",
    "back_up": "crowd.lifecycle.backup",
    "restore": "crowd.lifecycle.backup",
    "claim": "crowd.lifecycle.place",
    "locate_videos": "crowd.lifecycle.video_folder",
    "recover": "crowd.lifecycle.recover",
    "delete": "crowd.lifecycle.close",
    # What the functions take …
    "Study": "crowd.design.study",
    "Consent": "crowd.ledger.budget",
    "Bonus": "crowd.lifecycle.bonuses",
    "ResponseStyle": "crowd.simulated.workers",
    "Media": "crowd.media.places",
    "OwnMedia": "crowd.media.places",
    "S3Media": "crowd.media.s3",
    "S3Settings": "crowd.media.s3",
    # … and what they return.
    "NewStudy": "crowd.lifecycle.new_study",
    "PlannedStudy": "crowd.lifecycle.plan",
    "Needs": "crowd.design.planning",
    "Design": "crowd.design.design",
    "Rehearsal": "crowd.simulated.rehearsal",
    "Published": "crowd.lifecycle.apply",
    "Served": "crowd.lifecycle.serve",
    "Invitation": "crowd.lifecycle.invite",
    "Participant": "crowd.lifecycle.invite",
    "Drafted": "crowd.lifecycle.drafting",
    "ConsentText": "crowd.lifecycle.invite",
    "Recruitment": "crowd.lifecycle.arrivals",
    "SimulatedWork": "crowd.simulated.http",
    "DemoProlific": "crowd.simulated.prolific.demo",
    "Collected": "crowd.lifecycle.collect",
    "Status": "crowd.lifecycle.status",
    "CameFrom": "crowd.lifecycle.came_from",
    "CompletionCodes": "crowd.lifecycle.completion_codes",
    "Work": "crowd.lifecycle.completion_codes",
    "Tally": "crowd.ledger.calls",
    "Erased": "crowd.lifecycle.erase",
    "Finding": "crowd.lifecycle.check",
    "Backup": "crowd.lifecycle.backup_manifest",
    "Recovered": "crowd.lifecycle.recover",
}

__all__ = [*_HOMES]

take("templates")
warn_of("analysis")

if not TYPE_CHECKING:  # for type checkers a name that is not listed above is an error

    def __getattr__(name: str) -> Any:
        """Import on first use: `import crowd` stays quick."""
        if name not in _HOMES:
            raise AttributeError(f"module 'crowd' has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)

    def __dir__() -> list[str]:
        return __all__
