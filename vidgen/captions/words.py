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
    "train": (("train", "trains"),),
    "helicopter": (("helicopter", "helicopters"),),
    "tractor": (("tractor", "tractors"),),
    "submarine": (("submarine", "submarines"),),
    "fish": (("fish", "fish"), ("fish", "fishes")),
    "butterfly": (("butterfly", "butterflies"),),
    "duck": (("duck", "ducks"),),
    "turtle": (("turtle", "turtles"), ("tortoise", "tortoises")),
    "snail": (("snail", "snails"),),
    "cat": (("cat", "cats"),),
    "rabbit": (("rabbit", "rabbits"), ("bunny", "bunnies")),
    "umbrella": (("umbrella", "umbrellas"),),
    "kite": (("kite", "kites"),),
    "star": (("star", "stars"),),
    "heart": (("heart", "hearts"),),
    "robot": (("robot", "robots"),),
    "house": (("house", "houses"),),
    "tree": (("tree", "trees"),),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Verb:
    """A verb: third person, plural, participle."""

    one: str
    many: str
    ing: str


def _verb(one: str, ing: str) -> Verb:
    many = {"flies": "fly", "goes": "go"}.get(one, one[:-1])
    return Verb(one=one, many=many, ing=ing)


_DRIVE, _RIDE, _ROLL = _verb("drives", "driving"), _verb("rides", "riding"), _verb("rolls", "rolling")
_FLY, _FLOAT, _FLUTTER = _verb("flies", "flying"), _verb("floats", "floating"), _verb("flutters", "fluttering")
_SAIL, _SWIM, _DIVE = _verb("sails", "sailing"), _verb("swims", "swimming"), _verb("dives", "diving")
_WALK, _RUN, _HOP = _verb("walks", "walking"), _verb("runs", "running"), _verb("hops", "hopping")
_CRAWL, _DRIFT, _TRAVEL = _verb("crawls", "crawling"), _verb("drifts", "drifting"), _verb("travels", "travelling")
#: What each kind does; every kind also moves and goes.
VERBS: dict[str, tuple[Verb, ...]] = {
    "car": (_DRIVE,),
    "rocket": (_FLY,),
    "airplane": (_FLY,),
    "ship": (_SAIL,),
    "bicycle": (_RIDE, _ROLL),
    "balloon": (_FLOAT, _FLY),
    "train": (_TRAVEL, _ROLL),
    "helicopter": (_FLY,),
    "tractor": (_DRIVE,),
    "submarine": (_DIVE, _TRAVEL),
    "fish": (_SWIM,),
    "butterfly": (_FLY, _FLUTTER),
    "duck": (_SWIM, _WALK),
    "turtle": (_CRAWL, _SWIM),
    "snail": (_CRAWL,),
    "cat": (_WALK, _RUN),
    "rabbit": (_HOP, _RUN),
    "umbrella": (_FLOAT, _DRIFT),
    "kite": (_FLY,),
    "star": (_DRIFT, _FLY),
    "heart": (_FLOAT, _DRIFT),
    "robot": (_WALK,),
    "house": (_DRIFT,),
    "tree": (_DRIFT,),
}
ANY_KIND = (_verb("moves", "moving"), _verb("goes", "going"))
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
    "up": (_verb("rises", "rising"), _verb("climbs", "climbing")),
    "down": (_verb("sinks", "sinking"), _verb("descends", "descending")),
    "orbit": (_verb("circles", "circling"),),
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
