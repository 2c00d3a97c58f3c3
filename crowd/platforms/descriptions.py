"""The platforms that there are, and what each is like; nothing is opened or asked here."""

from crowd.platforms.protocol import Description
from crowd.pricing import FEES, NO_FEES

#: Where studies are published unless another platform is named.
DEFAULT = "local"

DESCRIPTIONS = {
    about.name: about
    for about in (
        Description(
            name=DEFAULT,
            fees=NO_FEES,
            source="",
            real_money=False,
            pays=False,
            serves_media=True,
            in_study_dir=True,
            module="local",
        ),
        *(
            Description(
                name=name,
                fees=FEES,
                source=source,
                real_money=real_money,
                pays=True,
                serves_media=False,
                in_study_dir=False,
                module="mturk",
            )
            for name, real_money, source in (
                ("mturk-sandbox", False, "the sandbox of Amazon Mechanical Turk"),
                ("mturk", True, "Amazon Mechanical Turk"),
            )
        ),
    )
}

#: Nothing else, and no bare URL, is ever published to.
NAMES = tuple(DESCRIPTIONS)


def describe(name: str) -> Description:
    """What the platform of that name is like.

    Raises:
        ValueError: no platform has that name; URLs are not accepted.
    """
    if name not in DESCRIPTIONS:
        raise ValueError(f"platform {name!r} is unknown; there are {', '.join(NAMES)}")
    return DESCRIPTIONS[name]
