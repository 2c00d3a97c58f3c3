"""The recruiters that there are, and what each is like; nothing is opened or asked here."""

from crowd.recruiters.protocol import RecruiterDescription

#: Where people come from unless the study names another recruiter.
DEFAULT = "links"

DESCRIPTIONS = {
    about.name: about
    for about in (
        RecruiterDescription(
            name=DEFAULT, source="", sends=False, pays=False, automatic=False, tasks_per_participant=0, module="links"
        ),
        RecruiterDescription(
            name="panel", source="", sends=True, pays=True, automatic=False, tasks_per_participant=1, module="panel"
        ),
        RecruiterDescription(
            name="prolific",
            source="Prolific",
            sends=True,
            pays=True,
            automatic=True,
            tasks_per_participant=1,
            module="prolific",
        ),
    )
}

NAMES = tuple(DESCRIPTIONS)


def describe(name: str) -> RecruiterDescription:
    """What the recruiter of that name is like.

    Raises:
        ValueError: no recruiter has that name.
    """
    if name not in DESCRIPTIONS:
        raise ValueError(f"recruiter: there is no {name!r}; there are {', '.join(NAMES)}")
    return DESCRIPTIONS[name]
