"""The study file of a release: no setting of the owner's, and nothing that participants were promised is changed."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from analysis.bundle.identifiers import identifying_texts
from analysis.bundle.public_study import videos_of, without_settings
from crowd.design.design import Design, PublishedFile
from crowd.design.study import Study
from crowd.design.terms import terms
from crowd.recruiters import NAMES
from crowd.videos.metadata import Video

PLANTED = "ann.planted@mail.example"
#: Fields that hold no text of the author's: they are chosen, counted, or amounts.
FIELDS = [item.name for item in fields(Study)]


def with_text(name: str) -> Study | None:
    """A study whose field of that name holds the planted text; None where it can hold none."""
    named = ({"id": "q", "kind": "rating", "text": "How good?", "help": PLANTED},)
    values = {
        "questions": named,
        "examples": ({"file_name": "a.mp4", "text": PLANTED},),
        "quiz": ({"text": PLANTED, "options": ["a", "b"], "right": "a"},),
        "wording": {"start": PLANTED},
        "option_texts": {"Other": PLANTED},
        "notifications": f"https://{PLANTED}/hook",
        "recruit": {"panel": {"id_parameter": "pid", "complete": f"https://x.example/{{id}}?{PLANTED}"}},
        "comparisons": (f"{PLANTED} - b",),
    }
    for value in (values.get(name), PLANTED, (PLANTED,)):
        try:
            if value is not None:
                return replace(Study(), **{name: value})
        except (ValueError, TypeError, AttributeError):
            continue
    return None


@pytest.mark.parametrize("name", FIELDS)
def test_a_text_in_any_field_is_taken_out_or_found(name: str) -> None:
    """An address that stands in a field of the study file is not published, or it is announced."""
    study = with_text(name)
    if study is None:
        assert name not in ("title", "description", "contact", "consent", "payment", "wording", "quiz", "questions")
        return
    public = without_settings(study).to_toml()
    assert (PLANTED in public) == (name not in ("notifications", "recruit"))
    assert PLANTED not in public or PLANTED in [one.text for one in identifying_texts({"study.toml": public})]


@pytest.mark.parametrize("recruiter", NAMES)
def test_the_terms_are_as_published(recruiter: str, tmp_path: Path) -> None:
    """What participants see and are paid does not change, whatever recruiter sent them, and the file can be read."""
    own = {"panel": {"id_parameter": "pid", "complete": "https://x.example/{id}?code=SECRET"}}
    study = Study(recruiter=recruiter, recruit=own, budget_usd="7.00", notifications="aws")
    public = without_settings(study)
    assert terms(public) == terms(study)
    assert public.plan == study.plan
    assert "SECRET" not in public.to_toml()
    public.save(tmp_path / "study.toml")
    assert terms(Study.load(tmp_path / "study.toml")) == terms(study)


def test_every_file_of_a_video_has_a_row() -> None:
    """With its role, size, hash and link."""
    video = Video(video_id="v", file_name="a/v.mp4", method="m", label="l", fallback="a/v.gif", reference="r.png")
    file = PublishedFile(num_bytes=3, sha256="00")
    design = Design(hits=(), videos=(video,), options=(), seed=0, videos_dir="", files={"a/v.mp4": file})
    rows = videos_of(design, links_below="https://x.example/")
    assert [(row["role"], row["sha256"], row["link"]) for row in rows] == [
        ("video", "00", "https://x.example/a/v.mp4"),
        ("fallback", "", "https://x.example/a/v.gif"),
        ("reference", "", "https://x.example/r.png"),
    ]
