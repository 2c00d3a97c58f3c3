"""The questions of HITs as participants are shown them."""

from collections import OrderedDict
from dataclasses import replace

from crowd.hit_annotation import key_in
from crowd.localplatform.errors import ApiError
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.operations.questions import Question, parse_question
from crowd.localplatform.participation import RefusedError
from crowd.localplatform.store import Transaction, hits

#: Questions that are kept in memory, of 65,535 bytes at most each.
_KEPT = 256


class ShownQuestions:
    """The questions of one platform, each read once."""

    def __init__(self, platform: Marketplace):
        self._platform = platform
        self._read: OrderedDict[str, Question] = OrderedDict()

    async def of(self, hit_id: str) -> Question:
        """The HIT's question.

        Raises:
            RefusedError: it is one that an earlier release took and this one cannot show.
        """
        if hit_id not in self._read:
            try:
                self._read[hit_id] = await self._platform.atransact(_question, hit_id)
            except ApiError:  # stored by an earlier release, which did not hold questions to their schemas
                raise RefusedError("no-such-task") from None
            if len(self._read) > _KEPT:
                self._read.popitem(last=False)
        return self._read[hit_id]

    def is_foreign(self, question: Question) -> bool:
        """Whether the page is kept apart from this server's: one elsewhere, or one whose frame is open."""
        policy = question.policy or self._platform.study_file.foreign_pages
        return question.kind == "external" or (question.kind == "html" and policy == "open")


def _question(tx: Transaction, hit_id: str) -> Question:
    question = parse_question(hits.question(tx, hit_id))
    if question.policy is None and key_in(hits.created(tx, hit_id)["annotation"]) is not None:
        return replace(question, policy="strict")  # a page of our own, from before pages said so
    return question
