"""The QR code of a link, read again by the standard: format, mask, zigzag, blocks, checks that are all 0."""

import random
import shutil
import subprocess
from functools import reduce

import pytest

from engine.lectures.assets import asset

PER_BLOCK = {1: (7, 1), 2: (10, 1), 3: (15, 1), 4: (20, 1), 5: (26, 1), 6: (18, 2), 7: (20, 2), 9: (30, 2),
             10: (18, 4), 14: (30, 4), 15: (22, 6), 20: (28, 8)}          # ISO 18004, table 9, level L
CENTRES   = {1: [], 2: [6, 18], 3: [6, 22], 4: [6, 26], 5: [6, 30], 6: [6, 34], 7: [6, 22, 38],
             9: [6, 26, 46], 10: [6, 28, 50], 14: [6, 26, 46, 66], 15: [6, 26, 48, 70], 20: [6, 34, 62, 90]}
LONGEST   = {1: 17, 2: 32, 3: 53, 4: 78, 5: 106, 6: 134, 7: 154, 9: 230, 10: 271, 14: 458, 15: 520, 20: 858}
MASKS     = [lambda i, j: (i + j) % 2, lambda i, j: i % 2, lambda i, j: j % 3, lambda i, j: (i + j) % 3,
             lambda i, j: (i // 2 + j // 3) % 2, lambda i, j: i * j % 2 + i * j % 3,
             lambda i, j: (i * j % 2 + i * j % 3) % 2, lambda i, j: ((i + j) % 2 + i * j % 3) % 2]


def coded(text):
    """The rows of the code as the page makes it, "1" for dark; "null" where there is none."""
    if shutil.which("node") is None:
        pytest.skip("no node: apt-get install -y nodejs")
    program = asset("qr.js") + """
        const found = matrix(require("fs").readFileSync(0, "utf8"));
        console.log(found ? found.map(row => row.map(Number).join("")).join("\\n") : "null");"""
    done = subprocess.run(["node", "-e", program], input=text, capture_output=True, encoding="utf-8",
                          check=True)
    return done.stdout.split()


def is_pattern(version, i, j):
    """Whether a module belongs to a pattern, and not to the data."""
    size = 17 + 4 * version
    corner = (i < 9 and j < 9) or (i < 9 and j >= size - 8) or (i >= size - 8 and j < 9)
    told = version >= 7 and ((i < 6 and size - 11 <= j < size - 8) or (j < 6 and size - 11 <= i < size - 8))
    at = CENTRES[version]
    ends = [(at[0], at[0]), (at[0], at[-1]), (at[-1], at[0])] if at else []
    small = any(abs(i - a) <= 2 and abs(j - b) <= 2 for a in at for b in at if (a, b) not in ends)
    return corner or told or small or i == 6 or j == 6


def format_of(rows):
    """The level and mask that the code names; both copies must agree and be a word of the code."""
    size = len(rows)
    first  = [rows[8][j] for j in (0, 1, 2, 3, 4, 5, 7, 8)] + [rows[i][8] for i in (7, 5, 4, 3, 2, 1, 0)]
    second = [rows[size - 1 - k][8] for k in range(7)] + [rows[8][size - 8 + k] for k in range(8)]
    assert first == second and rows[size - 8][8] == "1"
    word = int("".join(first), 2) ^ 0b101010000010010
    rest = word
    for k in range(14, 9, -1):
        if rest >> k & 1:
            rest ^= 0b10100110111 << (k - 10)
    assert rest == 0, "the checks of the format"
    return word >> 13, word >> 10 & 7


def powers():
    """2^k in the field, and its inverse."""
    exp = [1]
    for _ in range(254):
        x = exp[-1] << 1
        exp.append(x ^ 0x11D if x > 255 else x)
    return exp, {x: k for k, x in enumerate(exp)}


EXP, LOG = powers()


def syndrome(words, k):
    """The block as a polynomial at 2^k, which is 0 in a code without an error."""
    return reduce(lambda z, x: (EXP[(LOG[z] + k) % 255] if z else 0) ^ x, words, 0)


def read(rows):
    """The version and the text of a code."""
    size = len(rows)
    version, (level, mask) = (size - 17) // 4, format_of(rows)
    assert level == 1 and set(map(len, rows)) == {size}
    bits, up = "", True
    for right in [j for j in range(size - 1, 0, -2) if j > 6] + [5, 3, 1]:
        for i in (range(size - 1, -1, -1) if up else range(size)):
            for j in (right, right - 1):
                if not is_pattern(version, i, j):
                    bits += str(int(rows[i][j]) ^ (MASKS[mask](i, j) == 0))
        up = not up
    words = [int(bits[k:k + 8], 2) for k in range(0, len(bits) // 8 * 8, 8)]
    checks, count = PER_BLOCK[version]
    inside = len(words) - checks * count
    lengths = [inside // count + (k >= count - inside % count) for k in range(count)]
    blocks, rest = [[] for _ in range(count)], iter(words)
    for k in range(max(lengths)):
        for block, length in zip(blocks, lengths):
            if k < length:
                block.append(next(rest))
    for k in range(checks * count):
        blocks[k % count].append(next(rest))
    assert all(syndrome(block, k) == 0 for block in blocks for k in range(checks))
    text = "".join(f"{x:08b}" for block, length in zip(blocks, lengths) for x in block[:length])
    assert text[:4] == "0100"
    wide = 8 if version < 10 else 16
    many = int(text[4:4 + wide], 2)
    return version, bytes(int(text[k:k + 8], 2) for k in range(4 + wide, 4 + wide + 8 * many, 8)).decode()


@pytest.mark.parametrize("version", LONGEST)
def test_a_text_that_fills_a_version_is_read_again(version):
    letters = random.Random(version).choices("abcdefghijklmnopqrstuvwxyz0123456789#&=./%", k=LONGEST[version])
    text = "".join(letters)
    assert read(coded(text)) == (version, text)


@pytest.mark.parametrize("text", ["", "a", "file:///C:/lecture.html#w=0.3&b=-1&k=12&view=unit", "größe 👩‍🔬"])
def test_any_text_is_read_again(text):
    assert read(coded(text))[1] == text


def test_the_finders_and_the_timing():
    rows = coded("https://example.org/page.html#w=0.3")
    finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    assert [row[:7] for row in rows[:7]] == finder == [row[-7:] for row in rows[:7]]
    assert [row[:7] for row in rows[-7:]] == finder
    assert rows[6][8:-8] == ("10" * 50)[:len(rows) - 16] == "".join(row[6] for row in rows[8:-8])


def test_a_version_from_7_on_names_itself():
    rows = coded("x" * 150)
    assert len(rows) == 45
    bits = "".join(rows[i][34 + k] for i in range(6) for k in range(3))[::-1]
    assert bits == f"{0x07C94:018b}" == "".join(rows[34 + k][j] for j in range(6) for k in range(3))[::-1]


def test_what_is_too_long_has_none():
    assert coded("x" * 859) == ["null"]
