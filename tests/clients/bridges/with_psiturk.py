"""psiTurk's services for Mechanical Turk, a method a call."""

import configparser
import datetime
import os

import boto3
from lines import serve
from psiturk.amt_services import MTurkServices


class _Local(MTurkServices):
    def setup_mturk_connection(self):
        self.mtc = boto3.client("mturk", region_name="us-east-1", endpoint_url=os.environ["ENDPOINT"])
        return True


services = _Local(config=configparser.ConfigParser())


def _call(name, parameters):
    for time in ("duration", "lifetime"):
        if time in parameters.get("hit_config", {}):
            parameters["hit_config"][time] = datetime.timedelta(seconds=parameters["hit_config"][time])
    response = getattr(services, name)(**parameters)
    if not response.success:
        raise response.exception
    data = response.data
    return [getattr(one, "options", one) for one in data] if isinstance(data, list) else getattr(data, "options", data)


serve(_call)
