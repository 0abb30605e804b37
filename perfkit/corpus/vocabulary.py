"""Words of the trade: what a wholesaler of gifts and homeware might print on an order."""

from __future__ import annotations

import random
from typing import NamedTuple

__all__ = ["BUYERS", "KINDS", "SECTIONS", "Kind", "describe"]


class Kind(NamedTuple):
    """A kind of product: noun, materials, list price range in dollars, and what suits it."""

    noun: str
    materials: tuple[str, ...]
    cheapest: int
    dearest: int
    shape: str
    features: tuple[str, ...]
    vessel: bool = False
    sets: bool = False


_CLAY = ("Stoneware", "Terracotta", "Ceramic", "Terra-cotta")
_WOOD = ("Mango Wood", "Acacia Wood", "Paulownia Wood", "Fir Wood", "Reclaimed Wood")
_CLOTH = ("Cotton", "Cotton Slub", "Linen Blend", "Woven Cotton", "Wool Blend", "Velvet")
_METAL = ("Metal", "Galvanized Metal", "Embossed Tin", "Brass", "Pewter", "Enameled Metal")
_GRASS = ("Seagrass", "Hand-Woven Rattan", "Bankuan", "Water Hyacinth", "Jute")

_SEWN = ("w/ Fringe", "w/ Tassels & Pom Poms", "w/ Ruffle", "w/ Embroidery & French Knots",
         "w/ 12 Patterns", "w/ Crochet Trim")  # fmt: skip
_HUNG = ('w/ 3/4" Leather Loop', "w/ Snowflakes", "w/ Gold Electroplating", "w/ Jute Hanger",
         "w/ Holly & Berries", "w/ Glitter & Ribbon")  # fmt: skip
_TABLE = ("w/ Handle", "w/ Holly & Berries", "w/ Wax Relief Flowers", "w/ Lid",
          "w/ Gold Electroplating", "w/ 12 Patterns")  # fmt: skip
_STANDS = ("w/ Stand", "w/ Handles", "w/ LED Light & 6 Hour Timer", "w/ Rope & 2 Hooks")

KINDS = (
    Kind("Ornament", (*_METAL, "Glass", "Wool Felt", "Wood"), 2, 8, "ornament", _HUNG),
    Kind("Lumbar Pillow", _CLOTH, 12, 40, "pillow", _SEWN),
    Kind("Tea Towel", _CLOTH[:4], 5, 12, "pillow", _SEWN, sets=True),
    Kind("Vase", (*_CLAY, "Glass", "Recycled Glass"), 6, 60, "vase", _TABLE[:3], vessel=True),
    Kind("Planter", (*_CLAY, *_METAL[:2]), 8, 90, "basket", _STANDS[:2]),
    Kind("Photo Frame", ("Bone", "Resin", "Wood", "Brass & Glass"), 9, 25, "frame", _STANDS[:1]),
    Kind("Cheese Board", (*_WOOD, "Marble & Acacia Wood"), 10, 35, "board", _HUNG[:1]),
    Kind("Platter", _CLAY, 9, 30, "pillow", _TABLE[:3]),
    Kind("Basket", _GRASS, 14, 80, "basket", _STANDS[1:2], sets=True),
    Kind("Taper Candle Holder", (*_METAL, "Glass", "Marble"), 4, 20, "vase", _TABLE[:3], sets=True),
    Kind("Bottle Brush Tree", ("Sisal", "Faux Fur", "Paper"), 3, 18, "tree", _STANDS, sets=True),
    Kind("Throw", _CLOTH, 25, 70, "pillow", _SEWN),
    Kind("Mug", _CLAY[:3], 5, 10, "mug", _TABLE, vessel=True),
    Kind("Pitcher", (*_CLAY[:3], *_METAL[1:3]), 9, 38, "mug", _TABLE, vessel=True),
    Kind("Bowl", (*_CLAY, *_WOOD), 4, 28, "basket", _TABLE[1:], vessel=True, sets=True),
    Kind(
        "Wreath", ("Dried Lavender", "Faux Pine", "Faux Cedar & Berry"), 15, 55, "ornament", _HUNG
    ),
    Kind("Garland", ("Wool Felt", "Wood Bead", "Paper"), 7, 24, "tree", _HUNG),
    Kind("Wall Decor", (*_METAL, *_WOOD[:2]), 20, 120, "frame", _STANDS[1:]),
    Kind("Console Table", _WOOD, 420, 1450, "frame", ("w/ 2 Drawers", "w/ Shelf & 3 Hooks")),
    Kind("Serving Spoon", (*_WOOD[:2], "Brass", "Horn"), 3, 12, "board", _HUNG[:1], sets=True),
    Kind("Lantern", ("Metal & Glass", "Rattan & Glass"), 14, 75, "vase", _STANDS[1:3]),
)

_ADJECTIVES = (
    "Hand-Painted", "Vintage Reproduction", "Hand-Stamped", "Embroidered", "Carved", "Antiqued",
    "Distressed", "Debossed", "Whitewashed", "Decorative", "Scalloped", "Fluted", "Pleated",
)  # fmt: skip

_COLOURS = (
    "Red & Green", "Natural Color", "White", "Crème Color", "Aged Gold Finish",
    "Antique Brass Finish",
    "Matte Black", "Blue & White", "Multi Color", "Cream Color & Brown", "Sage", "Rust Color",
)  # fmt: skip

_ENDINGS = (
    "3 Colors", "4 Styles", "2 Sizes", "Set of 2", "Boxed Set of 6", "Reactive Glaze",
    "Each One Will Vary", "6 Styles, 2 Each", "Made in India",
)  # fmt: skip

_LONG = (
    "(Each Piece Is Finished by Hand, So Size & Color Will Vary)",
    '(Shown w/ 5-1/2" Easel, Sold Separately), Ships in 2 Cartons',
    "Packed in a Cotton Drawstring Bag w/ Story Card & 3 Hang Tags",
    'In Kraft Gift Box w/ 1/2" Ribbon & Care Card, 4 Styles, 3 of Each',
)

SECTIONS = (
    "Creative Co-Op Seasonal", "Creative Co-Op Everyday", "Creative Co-Op Home",
    "Creative Co-Op Holiday", "Creative Co-Op Garden", "Creative Co-Op Textiles",
)  # fmt: skip

#: Made-up shops: (name, street, city line).
BUYERS = (
    ("The Gilded Fern Gift Shop", "214 Main Street", "Brevard, NC 28712"),
    ("Juniper & Thyme Home", "88 W Court Square, Suite 3", "Decatur, GA 30030"),
    ("Magpie Mercantile LLC", "1501 Oak Hollow Road", "Fayetteville, AR 72703"),
    ("Harbor House Gifts", "37 Wharf Lane", "Mystic, CT 06355"),
    ("Prairie Lantern Company", "605 N 4th Avenue", "Fargo, ND 58102"),
    ("Blue Heron Trading Post", "9 County Road 12", "Marfa, TX 79843"),
)

_FRACTIONS = ("", "", "", "-1/4", "-1/2", "-3/4", "-1/8", ".25", ".5")


def _inches(rng: random.Random, low: int = 2, high: int = 20) -> str:
    return f'{rng.randint(low, high)}{rng.choice(_FRACTIONS)}"'


def _size(rng: random.Random, vessel: bool) -> str:
    form = rng.randrange(6 if vessel else 5)
    if form == 0:
        return f"{_inches(rng)}H"
    if form == 1:
        return f"{_inches(rng)}L x {_inches(rng)}W x {_inches(rng)}H"
    if form == 2:
        return f"{_inches(rng)} Round x {_inches(rng)}H"
    if form == 3:
        return f"{_inches(rng)}Lx{_inches(rng)}H"
    if form == 4:
        return f"{_inches(rng)}L x {_inches(rng)}W"
    return f"{rng.randint(4, 64)} oz."


def describe(rng: random.Random, kind: Kind, pieces: int) -> str:
    """A description with sizes, quotes, fractions and commas; about one in eight is long."""
    words = [f"S/{pieces}"] if pieces > 1 else []
    words.append(_size(rng, kind.vessel))
    if rng.random() < 0.45:
        words.append(rng.choice(_ADJECTIVES))
    words += [rng.choice(kind.materials), kind.noun + ("s" if pieces > 1 else "")]
    if rng.random() < 0.5:
        words.append(rng.choice(kind.features))
    text = " ".join(words)
    if rng.random() < 0.6:
        text += ", " + rng.choice(_COLOURS)
    if rng.random() < 0.4:
        text += ", " + rng.choice(_ENDINGS)
    if rng.random() < 0.13:
        more = rng.choice(_LONG)
        text += f" {more}" if more.startswith("(") else f", {more}"
    return text
