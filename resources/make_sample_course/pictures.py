"""A small canvas with sixteen colours, lines, discs and letters, and a writer for PNG files."""

import struct
import zlib
from dataclasses import dataclass, field

PALETTE = bytes.fromhex(
    "ffffff 1d3557 2a6f97 89c2d9 e9f5f9 e63946 f4a261 ffd166 52b788 b7e4c7 6c757d ced4da 7b2cbf e0aaff 5c4033 000000"
)
WHITE, NAVY, BLUE, SKY, ICE, RED, ORANGE, YELLOW, GREEN, MINT, GREY, SILVER, VIOLET, LILAC, BROWN, BLACK = range(16)

# Three by five dots a letter: five octal digits, one a row.
DOTS = (
    "A=25755 B=65656 C=34443 D=65556 E=74647 F=74644 G=34553 H=55755 I=72227 J=11152 K=55655 L=44447 M=57755 "
    "N=65555 O=25552 P=65644 Q=25573 R=65655 S=34216 T=72222 U=55557 V=55552 W=55775 X=55255 Y=55222 Z=71247 "
    "0=75557 1=26227 2=71747 3=71717 4=55711 5=74717 6=74757 7=71111 8=75757 9=75717 .=00002 ,=00024 !=22202 "
    "?=71202 +=02720 -=00700 *=52725 :=02020 >=42124 <=12421 /=11244 (=12221 )=42224"
)
LETTERS = dict(item.split("=") for item in DOTS.split())
LETTER_WIDTH, LETTER_HEIGHT = 4, 5


@dataclass
class Canvas:
    """A picture of palette numbers, one byte for each dot."""

    width: int
    height: int
    dots: bytearray = field(init=False)

    def __post_init__(self) -> None:
        """Begin with white paper."""
        self.dots = bytearray(self.width * self.height)

    def box(self, corner: tuple[int, int], size: tuple[int, int], colour: int) -> None:
        """Fill a box; what lies outside the picture is cut off."""
        left, right = max(corner[0], 0), min(corner[0] + size[0], self.width)
        for row in range(max(corner[1], 0), min(corner[1] + size[1], self.height)):
            if right > left:
                self.dots[row * self.width + left : row * self.width + right] = bytes([colour]) * (right - left)

    def frame(self, corner: tuple[int, int], size: tuple[int, int], colours: tuple[int, int]) -> None:
        """Fill a box and draw a border of three dots round it."""
        self.box(corner, size, colours[1])
        self.box((corner[0] + 3, corner[1] + 3), (size[0] - 6, size[1] - 6), colours[0])

    def disc(self, centre: tuple[int, int], radius: int, colour: int) -> None:
        """Fill a disc."""
        for row in range(-radius, radius + 1):
            half = int((radius * radius - row * row) ** 0.5)
            self.box((centre[0] - half, centre[1] + row), (2 * half + 1, 1), colour)

    def line(self, start: tuple[int, int], end: tuple[int, int], colour: int, thickness: int = 3) -> None:
        """Draw a straight line."""
        steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
        for step in range(steps + 1):
            x = start[0] + (end[0] - start[0]) * step // steps
            y = start[1] + (end[1] - start[1]) * step // steps
            self.box((x - thickness // 2, y - thickness // 2), (thickness, thickness), colour)

    def arrow(self, start: tuple[int, int], end: tuple[int, int], colour: int) -> None:
        """Draw a line to the right or downwards, with a head at its end."""
        self.line(start, end, colour)
        down = end[1] - start[1] > end[0] - start[0]
        for n in range(10):
            if down:
                self.box((end[0] - n, end[1] - n), (2 * n + 1, 1), colour)
            else:
                self.box((end[0] - n, end[1] - n), (1, 2 * n + 1), colour)

    def write(self, corner: tuple[int, int], text: str, colour: int = NAVY, size: int = 4) -> None:
        """Write capital letters, digits and a few signs."""
        for index, letter in enumerate(text.upper()):
            for row, bits in enumerate(LETTERS.get(letter, "00000")):
                for column in range(3):
                    if int(bits) >> (2 - column) & 1:
                        x = corner[0] + (index * LETTER_WIDTH + column) * size
                        self.box((x, corner[1] + row * size), (size, size), colour)

    def centred(self, centre: tuple[int, int], text: str, colour: int = NAVY, size: int = 4) -> None:
        """Write with the middle of the text at a place."""
        width = (len(text) * LETTER_WIDTH - 1) * size
        self.write((centre[0] - width // 2, centre[1] - LETTER_HEIGHT * size // 2), text, colour, size)

    def png(self) -> bytes:
        """Return the picture as a PNG file with a palette."""
        rows = [self.dots[n : n + self.width] for n in range(0, len(self.dots), self.width)]
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 3, 0, 0, 0)
        lines = b"".join(b"\0" + row for row in rows)
        parts = {
            b"IHDR": header,
            b"PLTE": PALETTE,
            b"IDAT": zlib.compress(lines, 9),
            b"IEND": b"",
        }
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts.items())


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a part of a PNG file: its length, kind, data and check sum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
