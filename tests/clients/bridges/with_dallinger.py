"""Dallinger's facade of Mechanical Turk, a method a call."""

import os

from dallinger.mturk import MTurkQualificationRequirements, MTurkQuestions, MTurkService
from lines import serve


class _Local(MTurkService):
    host = os.environ["ENDPOINT"]


service = _Local(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], "us-east-1")


def _call(name, parameters):
    if name == "create_hit":
        parameters |= {
            "question": MTurkQuestions.external("https://study.example/ad"),
            "qualifications": [
                MTurkQualificationRequirements.min_approval(95),
                MTurkQualificationRequirements.restrict_to_countries(["US"]),
                MTurkQualificationRequirements.must_not_have(parameters.pop("unwanted")),
            ],
        }
    result = getattr(service, name)(**parameters)
    return list(result) if name.startswith(("get_hits", "get_workers")) else result


serve(_call)
