"""The platforms that speak Mechanical Turk's requester protocol of 2017-01-17, through boto3.

The names of its operations and of their parameters stand here and in `crowd.localplatform`, and nowhere else.
"""

from crowd.platforms.requester.requester import Requester
from crowd.platforms.requester.wire import Wire, make_client

__all__ = ["Requester", "Wire", "make_client"]
