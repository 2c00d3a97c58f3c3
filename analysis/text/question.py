"""Text as a kind of question: free texts, listed by method and video."""

from dataclasses import dataclass

from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows
from analysis.records.questions import Findings, Measure
from analysis.text.listing import listed
from analysis.text.records import TextDetails, TextGiven

MEASURE = Measure(name="texts", unit="texts", percent=False, more="has more texts than")


@dataclass(frozen=True, slots=True)
class TextKind:
    """The kind."""

    columns: tuple[str, ...] = ()
    details: type = TextDetails

    def mistake(self, answer: str) -> str | None:
        """Nothing: any text is one."""
        return None

    def analyse(self, rows: QuestionRows, plan: QuestionPlan) -> Findings:
        """The texts; what they say is for people to code, as a column of a table of their own."""
        found = listed(
            _words(rows, "answer"),
            [str(rows.workers.worker_id[code]) for code in rows.worker],
            _words(rows, "video_id"),
            _words(rows, "method"),
        )
        texts = [
            TextGiven(method=row.method, video_id=row.video_id, worker_id=row.worker_id, text=row.text) for row in found
        ]
        return Findings(
            measure=MEASURE, methods=[], comparisons=[], units="participants", details=TextDetails(texts=texts)
        )


KIND = TextKind()


def _words(rows: QuestionRows, name: str) -> list[str]:
    """(rows,) the words of a column, an empty text where it is blank."""
    words = [*rows.words(name), ""]
    return [words[code] for code in rows.code(name)]
