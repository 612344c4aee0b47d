"""The pictures of the lessons, and the sound of the book."""

import io
import wave
from pathlib import Path

from make_sample_course.pictures import (
    BLACK,
    BLUE,
    BROWN,
    GREEN,
    GREY,
    ICE,
    LILAC,
    MINT,
    NAVY,
    ORANGE,
    RED,
    SILVER,
    SKY,
    VIOLET,
    WHITE,
    YELLOW,
    Canvas,
)

RAIN = (61.5, 44.0, 39.5, 31.0, 58.5, 72.0, 80.5, 66.0, 47.5, 38.0, 55.0, 33.0)
LIMIT = 50
SAMPLE_RATE = 8000


def draw_robot() -> bytes:
    """A robot that says hello."""
    canvas = Canvas(560, 300)
    canvas.box((0, 260), (560, 40), MINT)
    canvas.line((130, 60), (130, 30), GREY, 6)
    canvas.disc((130, 26), 10, RED)
    canvas.frame((70, 60), (120, 90), (SKY, NAVY))
    for x in (105, 155):
        canvas.disc((x, 95), 14, WHITE)
        canvas.disc((x + 3, 97), 6, NAVY)
    canvas.box((100, 126), (60, 8), NAVY)
    canvas.frame((60, 156), (140, 84), (BLUE, NAVY))
    canvas.disc((95, 190), 8, YELLOW)
    canvas.disc((130, 190), 8, GREEN)
    canvas.disc((165, 190), 8, RED)
    for x in (85, 150):
        canvas.box((x, 240), (26, 24), GREY)
    canvas.line((200, 170), (240, 130), GREY, 8)
    canvas.line((60, 170), (24, 214), GREY, 8)
    canvas.frame((270, 50), (250, 100), (WHITE, NAVY))
    canvas.line((274, 130), (225, 112), NAVY, 3)
    canvas.centred((395, 100), "HELLO!", RED, 9)
    return canvas.png()


def draw_number_line() -> bytes:
    """The numbers from minus five to five."""
    canvas = Canvas(640, 130)
    canvas.arrow((20, 60), (620, 60), NAVY)
    for number in range(-5, 6):
        x = 320 + number * 54
        canvas.box((x - 2, 46), (4, 28), NAVY)
        canvas.centred((x, 96), str(number), RED if number < 0 else NAVY, 4)
    canvas.disc((320 + 2 * 54 + 27, 60), 8, ORANGE)
    canvas.centred((320 + 2 * 54 + 27, 26), "2.5", ORANGE, 4)
    return canvas.png()


def draw_decision_tree() -> bytes:
    """Which questions the ticket machine asks."""
    canvas = Canvas(640, 330)
    for row, (question, answer) in enumerate((("AGE < 6?", "FREE"), ("AGE < 18?", "4 OR 5"), ("AGE < 65?", "9 OR 12"))):
        y = 20 + row * 90
        canvas.frame((40, y), (220, 56), (YELLOW, NAVY))
        canvas.centred((150, y + 29), question)
        canvas.arrow((262, y + 28), (398, y + 28), GREEN)
        canvas.centred((328, y + 12), "YES", GREEN, 3)
        canvas.frame((402, y), (200, 56), (MINT, NAVY))
        canvas.centred((502, y + 29), answer)
        canvas.arrow((150, y + 58), (150, y + 87), RED)
        canvas.centred((184, y + 72), "NO", RED, 3)
    canvas.frame((40, 290), (220, 38), (MINT, NAVY))
    canvas.centred((150, 309), "6")
    return canvas.png()


def draw_stars() -> bytes:
    """Five rows of stars."""
    canvas = Canvas(200, 220)
    canvas.box((0, 0), (200, 220), ICE)
    for row in range(5):
        canvas.write((24, 20 + row * 38), "*" * (row + 1), ORANGE, 6)
    return canvas.png()


def draw_turtle() -> bytes:
    """A turtle and the square it walked."""
    canvas = Canvas(360, 300)
    corners = [(80, 230), (280, 230), (280, 50), (80, 50), (80, 230)]
    for start, end in zip(corners, corners[1:], strict=False):
        canvas.line(start, end, BLUE, 5)
    for x, y in ((64, 216), (96, 216), (64, 246), (96, 246)):
        canvas.disc((x, y), 8, GREEN)
    canvas.disc((108, 231), 9, GREEN)
    canvas.disc((80, 231), 22, BROWN)
    canvas.disc((80, 231), 14, ORANGE)
    canvas.centred((180, 262), "100 STEPS", GREY, 3)
    canvas.centred((306, 140), "90", GREY, 3)
    return canvas.png()


def draw_machine() -> bytes:
    """A function as a machine."""
    canvas = Canvas(600, 220)
    canvas.centred((60, 110), "X", RED, 10)
    canvas.arrow((100, 110), (178, 110), NAVY)
    canvas.frame((182, 40), (236, 140), (LILAC, VIOLET))
    canvas.centred((300, 90), "SQUARE", VIOLET, 7)
    canvas.centred((300, 140), "X * X", NAVY, 6)
    canvas.arrow((420, 110), (498, 110), NAVY)
    canvas.centred((550, 110), "49", RED, 8)
    canvas.centred((60, 160), "7", GREY, 5)
    return canvas.png()


def draw_boxes() -> bytes:
    """A list as four boxes in a row."""
    canvas = Canvas(560, 180)
    for index, value in enumerate((14, 17, 21, 19)):
        x = 30 + index * 126
        canvas.frame((x, 30), (120, 84), (ICE, NAVY))
        canvas.centred((x + 60, 72), str(value), NAVY, 9)
        canvas.centred((x + 60, 144), str(index), RED, 6)
    return canvas.png()


def draw_growth() -> bytes:
    """How long a list is after each step."""
    canvas = Canvas(480, 260)
    for step, (length, label) in enumerate(((2, "START"), (3, "APPEND"), (2, "POP"), (3, "APPEND"), (4, "APPEND"))):
        x = 20 + step * 92
        for box in range(length):
            canvas.frame((x, 186 - box * 44), (80, 40), (SKY if box < length - 1 else GREEN, NAVY))
        canvas.centred((x + 40, 244), label, NAVY, 3)
    return canvas.png()


def draw_rain() -> bytes:
    """The rain of twelve months as bars, with a line at fifty."""
    canvas = Canvas(640, 320)
    for month, rain in enumerate(RAIN):
        height = int(rain * 3)
        canvas.box((50 + month * 48, 270 - height), (34, height), BLUE if rain > LIMIT else SKY)
        canvas.centred((67 + month * 48, 290), str(month + 1), NAVY, 3)
    canvas.box((36, 270 - LIMIT * 3), (590, 2), RED)
    canvas.write((4, 262 - LIMIT * 3), str(LIMIT), RED, 3)
    canvas.box((36, 270), (590, 3), NAVY)
    canvas.write((50, 8), "RAIN IN MM", NAVY, 4)
    return canvas.png()


def draw_diary() -> bytes:
    """A sketch of the final project."""
    canvas = Canvas(520, 320)
    canvas.frame((10, 10), (500, 300), (WHITE, BLACK))
    canvas.box((13, 13), (494, 36), NAVY)
    canvas.write((28, 22), "WEATHER DIARY", WHITE, 4)
    for row, text in enumerate(("1 ADD A DAY", "2 SHOW ALL", "3 WARMEST?", "4 QUIT")):
        canvas.frame((30, 68 + row * 48), (210, 38), (ICE, SILVER))
        canvas.write((42, 78 + row * 48), text, NAVY, 4)
    heights = (40, 70, 56, 110, 92, 130)
    for n in range(5):
        canvas.line((280 + n * 40, 240 - heights[n]), (320 + n * 40, 240 - heights[n + 1]), RED, 4)
    canvas.box((270, 244), (222, 3), GREY)
    canvas.disc((460, 84), 18, YELLOW)
    canvas.write((28, 276), "> -", GREEN, 4)
    return canvas.png()


def welcome_sound() -> bytes:
    """Two soft notes, as a WAV file."""
    buffer = io.BytesIO()
    samples = bytearray()
    for period, length in ((20, 3200), (16, 4800)):
        for n in range(length):
            loudness = 40 * (length - n) // length
            samples.append(128 + loudness * (abs(n % period * 2 - period) * 2 - period) // period)
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes(bytes(samples))
    return buffer.getvalue()


MEDIA = {
    "a1-hello/.guides/img/robot.png": draw_robot,
    "a2-numbers/.guides/img/number-line.png": draw_number_line,
    "a3-decisions/.guides/img/decision-tree.png": draw_decision_tree,
    "a4-loops/.guides/img/stars-pattern.png": draw_stars,
    "a4-loops/.guides/img/turtle-square.png": draw_turtle,
    "a5-functions/.guides/img/function-machine.png": draw_machine,
    "a6-book/.guides/img/boxes.png": draw_boxes,
    "a6-book/.guides/img/growth chart.png": draw_growth,
    "a6-book/.guides/media/welcome.wav": welcome_sound,
    "a7-files/.guides/img/rain-chart.png": draw_rain,
    "a8-project/.guides/img/diary-sketch.png": draw_diary,
}


def write_media(projects: Path) -> None:
    """Write all pictures and sounds into the guide projects."""
    for name, draw in MEDIA.items():
        path = projects / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(draw())
