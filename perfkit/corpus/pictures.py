"""Pictures: small drawings of products, made from shapes; no photograph is used."""

from __future__ import annotations

import io
import random
from functools import lru_cache
from typing import Any

from perfkit.errors import MissingExtraError

__all__ = ["SHAPES", "picture"]

_SIDE = 190
#: Picture ``index`` shows shape ``index % len(SHAPES)``.
SHAPES = ("vase", "pillow", "ornament", "frame", "basket", "tree", "mug", "board")


@lru_cache(maxsize=512)
def picture(index: int) -> bytes:
    """A JPEG of about 8 to 15 kB, the same for the same index."""
    try:
        from PIL import Image, ImageDraw, ImageFilter
    except ImportError as error:
        raise MissingExtraError("pillow", "workbench", "Making product images") from error
    rng = random.Random(f"picture {index}")
    shape = SHAPES[index % len(SHAPES)]
    image = Image.new("RGB", (_SIDE, _SIDE), (250, 250, 248))
    shadow = ImageDraw.Draw(image)
    shadow.ellipse((35, 150, 155, 174), fill=(214, 212, 208))
    image = image.filter(ImageFilter.GaussianBlur(6))
    mask = Image.new("L", (_SIDE, _SIDE), 0)
    _outline(ImageDraw.Draw(mask), shape)
    base = tuple(rng.randint(70, 215) for _ in range(3))
    body = Image.merge("RGB", [_shade(Image, level, rng) for level in base])
    _pattern(ImageDraw.Draw(body), base, rng)
    # Grain gives the picture the byte size of a photograph.
    grain = Image.frombytes("L", (_SIDE, _SIDE), rng.randbytes(_SIDE * _SIDE))
    body = Image.blend(body, Image.merge("RGB", [grain] * 3), 0.27)
    image.paste(body, (0, 0), mask.filter(ImageFilter.GaussianBlur(0.8)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=93, optimize=True)
    return out.getvalue()


def _shade(image: Any, level: int, rng: random.Random) -> Any:
    """One channel, lighter towards one side."""
    ramp = image.linear_gradient("L").resize((_SIDE, _SIDE)).rotate(rng.choice((90, 60, 120)))
    return ramp.point([max(0, min(255, level + (v - 128) // 3)) for v in range(256)])


def _pattern(draw: Any, base: tuple[int, ...], rng: random.Random) -> None:
    ink = tuple(max(0, level - 55) for level in base)
    kind, step = rng.choice(("stripes", "dots", "lattice", "plain")), rng.randint(9, 20)
    for place in range(0, 2 * _SIDE, step):
        if kind == "stripes":
            draw.line((0, place, _SIDE, place), fill=ink, width=3)
        elif kind == "lattice":
            draw.line((0, place, place, 0), fill=ink, width=1)
            draw.line((_SIDE - place, 0, _SIDE, place), fill=ink, width=1)
        elif kind == "dots":
            for other in range(0, _SIDE, step):
                draw.ellipse((place, other, place + 4, other + 4), fill=ink)


def _outline(draw: Any, shape: str) -> None:
    if shape == "vase":
        draw.ellipse((50, 70, 140, 165), fill=255)
        draw.polygon([(78, 30), (112, 30), (106, 90), (84, 90)], fill=255)
        draw.ellipse((72, 22, 118, 38), fill=255)
    elif shape == "pillow":
        draw.rounded_rectangle((18, 55, 172, 150), 26, fill=255)
    elif shape == "ornament":
        draw.ellipse((45, 55, 145, 160), fill=255)
        draw.rectangle((86, 40, 104, 60), fill=255)
        draw.ellipse((88, 22, 102, 42), outline=255, width=3)
    elif shape == "frame":
        draw.rectangle((40, 25, 150, 165), fill=255)
        draw.rectangle((62, 48, 128, 142), fill=40)
    elif shape == "basket":
        draw.polygon([(30, 85), (160, 85), (142, 165), (48, 165)], fill=255)
        draw.arc((50, 25, 140, 145), 180, 360, fill=255, width=7)
    elif shape == "tree":
        for top, half in ((20, 28), (55, 42), (92, 56)):
            draw.polygon([(95, top), (95 - half, top + 55), (95 + half, top + 55)], fill=255)
        draw.rectangle((87, 145, 103, 168), fill=255)
    elif shape == "mug":
        draw.rounded_rectangle((45, 50, 125, 160), 12, fill=255)
        draw.ellipse((108, 72, 160, 132), outline=255, width=11)
    else:
        draw.rounded_rectangle((55, 55, 135, 168), 14, fill=255)
        draw.rounded_rectangle((86, 18, 104, 70), 8, fill=255)
