"""The verbs of a platform as operations of Mechanical Turk's requester protocol."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Unpack

from crowd.hit_annotation import annotation as annotation_of
from crowd.hit_annotation import key_in
from crowd.platforms.protocol import (
    BonusPayment,
    Description,
    HitType,
    Ids,
    NoSuchHitError,
    PublishedHit,
    Reach,
    Submission,
)
from crowd.platforms.requester.hittypes import as_parameters
from crowd.platforms.requester.wire import Wire
from crowd.pricing import dollars

#: A moment in the past, which ends a HIT at once; the same one always, as an operation that is repeated must be.
_PAST = "2015-01-01T00:00:00+00:00"


@dataclass(frozen=True, kw_only=True, slots=True)
class Requester:
    """A requester's account; satisfies `crowd.platforms.Platform`, where the verbs are explained."""

    about: Description
    wire: Wire
    link_origin: str
    count_reach: Callable[[], Reach] = Reach
    """Counts people; the protocol has no operation for it."""

    @property
    def name(self) -> str:
        """The platform's name."""
        return self.about.name

    def balance(self) -> Decimal:
        """GetAccountBalance."""
        return Decimal(self.wire.call("GetAccountBalance", {})["AvailableBalance"])

    def find(self, study_id: str) -> dict[str, PublishedHit]:
        """ListHITs, of all HITs of the account; the study's are recognised by their annotation."""
        found: dict[str, PublishedHit] = {}
        for page in self.wire.pages("ListHITs", {}):
            for listed in page["HITs"]:
                text = listed.get("RequesterAnnotation")
                key = key_in(text)
                if key is None or text != annotation_of(study_id, key):
                    continue
                hit = _published(listed)
                if key not in found or hit.created_at < found[key].created_at:
                    found[key] = hit
        return found

    def inspect(self, hit_id: str) -> PublishedHit:
        """GetHIT."""
        return _published(self.wire.call("GetHIT", {"HITId": hit_id})["HIT"])

    def submissions(self, hit_id: str) -> Iterator[list[Submission]]:
        """ListAssignmentsForHIT."""
        with suppress(NoSuchHitError):
            for page in self.wire.pages("ListAssignmentsForHIT", {"HITId": hit_id}):
                yield [_submission(assignment) for assignment in page["Assignments"]]

    def submission(self, assignment_id: str) -> Submission:
        """GetAssignment."""
        return _submission(self.wire.call("GetAssignment", {"AssignmentId": assignment_id})["Assignment"])

    def bonuses(self, hit_id: str) -> Iterator[BonusPayment]:
        """ListBonusPayments."""
        for page in self.wire.pages("ListBonusPayments", {"HITId": hit_id}):
            for payment in page["BonusPayments"]:
                yield BonusPayment(
                    assignment_id=payment["AssignmentId"],
                    worker_id=payment["WorkerId"],
                    amount_usd=dollars(payment["BonusAmount"], "BonusAmount"),
                    reason=payment["Reason"],
                )

    def find_qualification(self, name: str) -> Ids | None:
        """ListQualificationTypes."""
        query = {"Query": name, "MustBeRequestable": False, "MustBeOwnedByCaller": True}
        for page in self.wire.pages("ListQualificationTypes", query):
            for found in page["QualificationTypes"]:
                if found["Name"] == name:
                    return {"qualification_id": found["QualificationTypeId"]}
        return None

    def reach(self) -> Reach:
        """No operation tells it."""
        return self.count_reach()

    def register(self, **hit_type: Unpack[HitType]) -> Ids:
        """CreateHITType."""
        return {"hit_type_id": self.wire.call("CreateHITType", as_parameters(hit_type))["HITTypeId"]}

    def create(
        self, *, hit_type_id: str, annotation: str, num_assignments: int, lifetime_s: int, question: str, token: str
    ) -> Ids:
        """CreateHITWithHITType."""
        parameters = {
            "HITTypeId": hit_type_id,
            "RequesterAnnotation": annotation,
            "MaxAssignments": num_assignments,
            "LifetimeInSeconds": lifetime_s,
            "Question": question,
            "UniqueRequestToken": token,
        }
        hit = self.wire.call("CreateHITWithHITType", parameters)["HIT"]
        return {"hit_id": hit["HITId"], "hit_type_id": hit["HITTypeId"]}

    def extend(self, *, hit_id: str, num_additional: int, token: str) -> Ids:
        """CreateAdditionalAssignmentsForHIT."""
        parameters = {"HITId": hit_id, "NumberOfAdditionalAssignments": num_additional, "UniqueRequestToken": token}
        self.wire.call("CreateAdditionalAssignmentsForHIT", parameters)
        return {}

    def keep_open(self, *, hit_id: str, until: str) -> Ids:
        """UpdateExpirationForHIT."""
        self.wire.call("UpdateExpirationForHIT", {"HITId": hit_id, "ExpireAt": until})
        return {}

    def close(self, *, hit_id: str) -> Ids:
        """UpdateExpirationForHIT, into the past."""
        return self.keep_open(hit_id=hit_id, until=_PAST)

    def delete(self, *, hit_id: str) -> Ids:
        """DeleteHIT."""
        self.wire.call("DeleteHIT", {"HITId": hit_id})
        return {}

    def approve(self, *, assignment_id: str) -> Ids:
        """ApproveAssignment."""
        self.wire.call("ApproveAssignment", {"AssignmentId": assignment_id})
        return {}

    def reject(self, *, assignment_id: str, reason: str) -> Ids:
        """RejectAssignment."""
        self.wire.call("RejectAssignment", {"AssignmentId": assignment_id, "RequesterFeedback": reason})
        return {}

    def bonus(self, *, assignment_id: str, worker_id: str, amount_usd: str, reason: str, token: str) -> Ids:
        """SendBonus."""
        parameters = {
            "AssignmentId": assignment_id,
            "WorkerId": worker_id,
            "BonusAmount": amount_usd,
            "Reason": reason,
            "UniqueRequestToken": token,
        }
        self.wire.call("SendBonus", parameters)
        return {}

    def create_qualification(self, *, name: str, description: str) -> Ids:
        """CreateQualificationType."""
        parameters = {"Name": name, "Description": description, "QualificationTypeStatus": "Active"}
        made = self.wire.call("CreateQualificationType", parameters)["QualificationType"]
        return {"qualification_id": made["QualificationTypeId"]}

    def exclude(self, *, qualification_id: str, worker_id: str) -> Ids:
        """AssociateQualificationWithWorker, without a message to the worker."""
        parameters = {
            "QualificationTypeId": qualification_id,
            "WorkerId": worker_id,
            "IntegerValue": 1,
            "SendNotification": False,
        }
        self.wire.call("AssociateQualificationWithWorker", parameters)
        return {}


def _published(hit: Mapping[str, Any]) -> PublishedHit:
    wanted, available = int(hit["MaxAssignments"]), int(hit["NumberOfAssignmentsAvailable"])
    return PublishedHit(
        hit_id=hit["HITId"],
        hit_type_id=hit["HITTypeId"],
        reward_usd=dollars(hit["Reward"], "Reward"),
        created_at=hit["CreationTime"],
        ends_at=hit["Expiration"],
        status=hit["HITStatus"],
        num_assignments=wanted,
        num_available=available,
        num_submitted=wanted - available - int(hit["NumberOfAssignmentsPending"]),
        num_reviewed=int(hit["NumberOfAssignmentsCompleted"]),
    )


def _submission(assignment: Mapping[str, Any]) -> Submission:
    return Submission(
        assignment_id=assignment["AssignmentId"],
        hit_id=assignment["HITId"],
        worker_id=assignment["WorkerId"],
        status=assignment["AssignmentStatus"],
        submitted_at=assignment["SubmitTime"].timestamp(),
        answer=assignment["Answer"],
    )
