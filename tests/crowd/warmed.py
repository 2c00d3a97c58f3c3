"""Imported where faulted processes are forked from, so that each begins with what botocore reads from its files."""

from crowd.platforms.requester import make_client
from crowd.platforms.servicemodel import botocore_session

make_client(botocore_session(), "http://127.0.0.1:9", proxies={})
