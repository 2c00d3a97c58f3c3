"""The questions of HITs, as shown to participants."""

from collections import OrderedDict
from dataclasses import replace

from crowd.hit_annotation import key_in
from crowd.localplatform.errors import ApiError
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.operations.questions import Question, parse_question
from crowd.localplatform.participation import RefusedError
from crowd.localplatform.store import Transaction, hits

#: Most questions kept in memory; each has at most 65,535 bytes.
_KEPT = 256


class ShownQuestions:
    """A cache of one platform's questions."""

    def __init__(self, platform: Marketplace):
        self._platform = platform
        self._read: OrderedDict[str, Question] = OrderedDict()

    async def of(self, hit_id: str) -> Question:
        """The HIT's question.

        Raises:
            RefusedError: an earlier release accepted the question, but it cannot be shown.
        """
        if hit_id not in self._read:
            try:
                self._read[hit_id] = await self._platform.aread(_question, hit_id)
            except ApiError:  # stored by an earlier release, which did not check questions against their schemas
                raise RefusedError("no-such-task") from None
            if len(self._read) > _KEPT:
                self._read.popitem(last=False)
        return self._read[hit_id]

    def is_foreign(self, question: Question) -> bool:
        """Whether the page is isolated from this server's pages: one on another site, or with the policy "open"."""
        policy = question.policy or self._platform.study_file.foreign_pages
        return question.kind == "external" or (question.kind == "html" and policy == "open")


def _question(tx: Transaction, hit_id: str) -> Question:
    asked = hits.asked(tx, hit_id)
    question = parse_question(asked["question"])
    if question.policy is None and key_in(asked["annotation"]) is not None:
        return replace(question, policy="strict")  # a page of an earlier vidgen, which did not state its policy
    return question
