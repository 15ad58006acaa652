"""film: pictures of one size as a GIF that plays them, in a palette that keeps the colours they are drawn in.

A GIF has 256 colours. Those that lines, boxes and letters are drawn in come first, however small what they
colour, so that none turns into its neighbour; the shades of the edges of letters share the rest.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..extras import needed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

INSTEAD     = "save as .html or as frames/, which need nothing"
COLOURS     = 256
STEP, PAUSE = 1500, 4000     # milliseconds: for a picture; for the first and the last


def drawn_in(svg: str) -> list[int]:
    """The colours that an SVG names, as 0xRRGGBB."""
    found = re.findall(r"#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})\b", svg)
    return list(dict.fromkeys(int(code if len(code) == 6 else "".join(2 * c for c in code), 16)
                              for code in found))


def film(pictures: Sequence[bytes], first: Iterable[int]) -> bytes:
    """The GIF of PNG files of one size; `first`: colours to keep as they are.

    Raises:
        ModuleNotFoundError: Pillow or NumPy is not installed; both come with matplotlib.
    """
    needed("PIL.Image", "a .gif file", INSTEAD)
    import numpy as np
    from PIL import Image
    counts: Counter[int] = Counter()
    for png in pictures:
        shades, many = np.unique(pixels(png), return_counts=True)
        counts.update(dict(zip(shades.tolist(), many.tolist())))
    kept  = [colour for colour in first if colour in counts]
    kept += [colour for colour, _ in counts.most_common() if colour not in kept]
    table = np.array(kept[:COLOURS])
    rgb   = channels(table)
    shown = []
    for png in pictures:
        shades, place = np.unique(pixels(png), return_inverse=True)
        nearest = np.array([int(np.argmin(((rgb - shade) ** 2).sum(axis=1))) for shade in channels(shades)])
        image = Image.fromarray(nearest[place].reshape(pixels(png).shape).astype(np.uint8), mode="P")
        image.putpalette(rgb.astype(np.uint8).tobytes())
        shown.append(image)
    file = io.BytesIO()
    shown[0].save(file, format="gif", save_all=True, append_images=shown[1:], loop=0, optimize=False,
                  duration=[PAUSE, *[STEP] * (len(shown) - 2), PAUSE][:len(shown)])
    return file.getvalue()


def pixels(png: bytes) -> NDArray[np.int64]:
    """Each pixel as 0xRRGGBB."""
    import numpy as np
    from PIL import Image
    rgb = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(np.int64)
    packed: NDArray[np.int64] = rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]
    return packed


def channels(colours: NDArray[np.int64]) -> NDArray[np.int64]:
    """Red, green and blue of each 0xRRGGBB."""
    import numpy as np
    return np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=-1)
