"""A crowdsourcing marketplace on this machine that speaks Mechanical Turk's requester API.

`running` serves a study; `invite` makes links for participants.
"""

from crowd.localplatform.discovery import endpoint_of
from crowd.localplatform.people import invite
from crowd.localplatform.server import Running, running

__all__ = ["Running", "endpoint_of", "invite", "running"]
