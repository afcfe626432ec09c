"""The Chinese type of the printed list: the characters that a rulebook needs, as TrueType outlines, made once.

The packaged font is variable and has CFF2 outlines, which PDF viewers do not read. Instancing and converting it takes
a few seconds, so the result is kept in the data folder, named by what it contains.
"""

from __future__ import annotations

import hashlib
import os
from importlib.resources import files
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.varLib import instancer

PACKAGED = files("manimgx_fonts_cjk") / "NotoSansCJK-VF.otf.ttc"
SIMPLIFIED_CHINESE = 2
"""The place of the simplified Chinese face in the packaged collection."""
REGULAR = 400
LARGEST_ERROR = 1.0
"""How far, in thousandths of the type size, an outline may move when its curves become quadratic."""
NOT_NEEDED = ["DSIG", "VORG", "BASE", "GSUB", "GPOS", "GDEF", "vhea", "vmtx", "VVAR", "STAT"]
MAXIMA = (
    "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
    "maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours", "maxCompositePoints",
    "maxCompositeContours", "maxComponentDepth",
)  # fmt: skip


def font_file(folder: Path, characters: frozenset[str]) -> Path:
    """The font for these characters; made on first use. Several processes may make it at once: all are the same."""
    wanted = "".join(sorted(characters))
    file = folder / "fonts" / f"{hashlib.sha256(wanted.encode()).hexdigest()[:16]}.ttf"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        with TTFont(str(PACKAGED), fontNumber=SIMPLIFIED_CHINESE, lazy=True) as packaged:
            _reduce(packaged, wanted).save(draft)
        draft.replace(file)
    return file


def _reduce(font: TTFont, characters: str) -> TTFont:
    options = subset.Options()
    options.layout_features = []
    options.notdef_outline = True
    options.drop_tables += NOT_NEEDED
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    return _with_truetype_outlines(instancer.instantiateVariableFont(font, {"wght": REGULAR}, inplace=True))


def _with_truetype_outlines(font: TTFont) -> TTFont:
    order, drawn = font.getGlyphOrder(), font.getGlyphSet()
    font["loca"], outlines = newTable("loca"), newTable("glyf")
    outlines.glyphs, outlines.glyphOrder = {name: _quadratic(drawn, name) for name in order}, order
    font["glyf"] = outlines
    for table in ("CFF ", "CFF2"):
        if table in font:
            del font[table]
    font.sfntVersion = "\x00\x01\x00\x00"
    font["maxp"].tableVersion, font["maxp"].maxZones = 0x00010000, 1
    for name in MAXIMA:
        setattr(font["maxp"], name, 0)
    font["post"].formatType = 3.0
    return font


def _quadratic(drawn: object, name: str) -> object:
    pen = TTGlyphPen(None)
    drawn[name].draw(Cu2QuPen(pen, LARGEST_ERROR, reverse_direction=True))  # type: ignore[index]
    return pen.glyph()
