"""The text of consent: what participants agree to, with who answers for the study."""

from crowd.design.study import Study

#: Fields of the study file that stand below the text, in this order; the wording of each begins with `CONSENT`.
FACTS = ("institution", "ethics_approval", "min_age", "data_retention")
#: What the keys of these words begin with; the text itself has this key.
CONSENT = "consent"


def consent_text(study: Study, words: dict[str, str]) -> str:
    """The text that participants of a study agree to, a paragraph for each thing that the study declares.

    Args:
        study: the study.
        words: what the page says, by key (`crowd.task.page.page_words`); those of this text are taken out.
    """
    own = words.pop(CONSENT)
    known = {name: (words.pop(f"{CONSENT}_{name}"), getattr(study, name)) for name in FACTS}
    facts = [text.replace(f"{{{name}}}", str(value)) for name, (text, value) in known.items() if value]
    return "\n\n".join([study.consent or own, *facts])
