"""The words of captions: how each attribute of a scene is said."""

from dataclasses import dataclass

from vidgen.captions.scene import COLORS

#: Nouns of each kind, singular and plural; the first is what captions say most.
NOUNS: dict[str, tuple[tuple[str, str], ...]] = {
    "car": (("car", "cars"), ("automobile", "automobiles")),
    "rocket": (("rocket", "rockets"), ("spaceship", "spaceships")),
    "airplane": (("airplane", "airplanes"), ("plane", "planes")),
    "ship": (("ship", "ships"), ("boat", "boats")),
    "bicycle": (("bicycle", "bicycles"), ("bike", "bikes")),
    "balloon": (("balloon", "balloons"), ("hot-air balloon", "hot-air balloons")),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Verb:
    """A verb: third person, plural, participle."""

    one: str
    many: str
    ing: str


DRIVE, RIDE = Verb(one="drives", many="drive", ing="driving"), Verb(one="rides", many="ride", ing="riding")
FLY, FLOAT = Verb(one="flies", many="fly", ing="flying"), Verb(one="floats", many="float", ing="floating")
SAIL, SWIM = Verb(one="sails", many="sail", ing="sailing"), Verb(one="swims", many="swim", ing="swimming")
WALK, RUN = Verb(one="walks", many="walk", ing="walking"), Verb(one="runs", many="run", ing="running")
CRAWL, ROLL = Verb(one="crawls", many="crawl", ing="crawling"), Verb(one="rolls", many="roll", ing="rolling")
MOVE, GO = Verb(one="moves", many="move", ing="moving"), Verb(one="goes", many="go", ing="going")
RISE, CLIMB = Verb(one="rises", many="rise", ing="rising"), Verb(one="climbs", many="climb", ing="climbing")
SINK, DESCEND = Verb(one="sinks", many="sink", ing="sinking"), Verb(one="descends", many="descend", ing="descending")
CIRCLE = Verb(one="circles", many="circle", ing="circling")
#: What each kind does; every kind also moves and goes.
VERBS: dict[str, tuple[Verb, ...]] = {
    "car": (DRIVE,),
    "rocket": (FLY,),
    "airplane": (FLY,),
    "ship": (SAIL,),
    "bicycle": (RIDE,),
    "balloon": (FLOAT, FLY),
}
ANY_KIND = (MOVE, GO)
#: How a motion is said after a verb.
WAYS: dict[str, tuple[str, ...]] = {
    "right": ("right", "to the right", "rightwards"),
    "left": ("left", "to the left", "leftwards"),
    "up": ("up", "upwards"),
    "down": ("down", "downwards"),
    "diagonally up": ("diagonally up", "diagonally upwards", "up at an angle"),
    "diagonally down": ("diagonally down", "diagonally downwards", "down at an angle"),
    "stop-and-go": ("in stops and starts", "with a stop on the way", "in stop-and-go"),
    "orbit": ("in a circle", "in circles", "round and round"),
}
#: Verbs that say the motion themselves.
MOVING_VERBS: dict[str, tuple[Verb, ...]] = {
    "up": (RISE, CLIMB),
    "down": (SINK, DESCEND),
    "diagonally up": (),
    "diagonally down": (),
    "orbit": (CIRCLE,),
}
ADVERBS: dict[str, tuple[str, ...]] = {"slow": ("slowly",), "fast": ("quickly", "fast")}
ADJECTIVES: dict[str, tuple[str, ...]] = {
    "small": ("small", "little", "tiny"),
    "big": ("big", "large", "huge"),
    **{color: (color,) for color in COLORS},
    "grey": ("grey", "gray"),
}
#: Prepositions; those of the sides stand after a comma, as "drives left left of" would be misread.
PREPOSITIONS: dict[str, tuple[str, ...]] = {
    "above": ("above", "over"),
    "below": ("below", "under", "beneath"),
    "left of": ("to the left of", "on the left of"),
    "right of": ("to the right of", "on the right of"),
}
NUMERALS: dict[int, tuple[str, ...]] = {2: ("two",), 3: ("three",)}
ARTICLES = ("a", "an", "the", "one")
#: "light blue background" is said on, against or in front of.
BEFORE_BACKGROUND = ("on", "against", "in front of")
