#!/usr/bin/env python3
"""Makes the stand registers and regions of this folder: nothing in them is of a real place.

Plain Python, no packages; the same bytes every time. `python3 make.py` in this folder.
"""
import math
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS, ROWS, SIDE = 24, 18, 500.0
WEST, SOUTH = 39_460_000.0, 2_930_000.0  # CGCS2000, 3-degree zone 39, zone before the easting
PRJ = (
    'PROJCS["CGCS2000_3_Degree_GK_Zone_39",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],'
    'PARAMETER["False_Easting",39500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
state = 20240601


def chance():
    """A number from 0 to 1: a linear congruential generator, so that every machine agrees."""
    global state
    state = (1103515245 * state + 12345) % 2**31
    return state / 2**31


def corner(column, row):
    x, y = WEST + column * SIDE, SOUTH + row * SIDE
    inner = 0 < column < COLUMNS and 0 < row < ROWS
    return (round(x + (chance() - 0.5) * 260 * inner, 2), round(y + (chance() - 0.5) * 260 * inner, 2))


CORNERS = {(c, r): corner(c, r) for r in range(ROWS + 1) for c in range(COLUMNS + 1)}


def quad(column, row):
    """A cell, clockwise as shapefiles want it."""
    at = [(column, row), (column, row + 1), (column + 1, row + 1), (column + 1, row)]
    return [CORNERS[place] for place in at]


def area(ring):
    closed = ring + ring[:1]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(closed, closed[1:]))) / 2


def write(name, polygons, fields, rows):
    """A shapefile of single-ring polygons with a dBASE table in GBK."""
    box = lambda points: (
        min(p[0] for p in points), min(p[1] for p in points),
        max(p[0] for p in points), max(p[1] for p in points),
    )
    records = []
    for ring in polygons:
        ring = ring + ring[:1]
        record = struct.pack("<i4d2ii", 5, *box(ring), 1, len(ring), 0)
        records.append(record + b"".join(struct.pack("<2d", *p) for p in ring))
    whole = box([p for ring in polygons for p in ring])
    head = lambda words: struct.pack(">7i", 9994, 0, 0, 0, 0, 0, words) + struct.pack(
        "<2i8d", 1000, 5, *whole, 0, 0, 0, 0
    )
    place, shp, shx = 50, b"", b""
    for number, record in enumerate(records, 1):
        shp += struct.pack(">2i", number, len(record) // 2) + record
        shx += struct.pack(">2i", place, len(record) // 2)
        place += 4 + len(record) // 2
    with open(os.path.join(HERE, name + ".shp"), "wb") as file:
        file.write(head(50 + len(shp) // 2) + shp)
    with open(os.path.join(HERE, name + ".shx"), "wb") as file:
        file.write(head(50 + len(shx) // 2) + shx)
    with open(os.path.join(HERE, name + ".prj"), "w") as file:
        file.write(PRJ)
    with open(os.path.join(HERE, name + ".cpg"), "w") as file:
        file.write("GBK")
    width = 1 + sum(field[2] for field in fields)
    table = struct.pack("<4BI2H20x", 3, 124, 6, 1, len(rows), 33 + 32 * len(fields), width)
    for title, kind, size, decimals in fields:
        table += title.encode("gbk").ljust(11, b"\0") + kind.encode() + bytes(4)
        table += bytes([size, decimals]) + bytes(14)
    table += b"\r"
    for row in rows:
        table += b" "
        for (_, kind, size, decimals), value in zip(fields, row):
            if value is None:
                text = b""
            elif kind == "N":
                text = f"{value:.{decimals}f}".encode()
            else:
                text = str(value).encode("gbk")
            table += text.rjust(size) if kind == "N" else text.ljust(size)
    with open(os.path.join(HERE, name + ".dbf"), "wb") as file:
        file.write(table + b"\x1a")


# Three townships: the first follows the borders of stands, the others part stands between them.
SPLIT, LINE = 9, SOUTH + 4_600.0
border = [CORNERS[(SPLIT, row)] for row in range(ROWS + 1)]
low = [p for p in border if p[1] < LINE]
high = [p for p in border if p[1] >= LINE]
(x0, y0), (x1, y1) = low[-1], high[0]
on_line = (x0 + (LINE - y0) / (y1 - y0) * (x1 - x0), LINE)
EAST, NORTH = WEST + COLUMNS * SIDE, SOUTH + ROWS * SIDE
regions = [
    [(WEST, SOUTH), (WEST, NORTH)] + border[::-1],
    [on_line] + high + [(EAST, NORTH), (EAST, LINE)],
    low + [on_line, (EAST, LINE), (EAST, SOUTH)],
]
names = [("999901", "造例甲乡"), ("999902", "造例乙乡"), ("999903", "造例丙乡")]
write("xiang", regions, [("乡代码", "C", 6, 0), ("乡名", "C", 20, 0)], names)

# Kinds of stands: land class, species, how fast volume grows (m3/ha/yr).
KINDS = [
    ("111", "马尾松", 5.2), ("111", "杉木", 8.1), ("111", "栎类", 3.4), ("111", "阔叶混", 4.1),
    ("111", "针阔混", 4.6), ("113", "", 0.0), ("131", "", 0.0), ("120", "马尾松", 0.6),
    ("210", "", 0.0), ("230", "", 0.0),
]
WEIGHTS = [24, 26, 12, 10, 8, 5, 3, 2, 8, 2]


def kind():
    pick = chance() * sum(WEIGHTS)
    for kind, weight in zip(KINDS, WEIGHTS):
        pick -= weight
        if pick < 0:
            return kind
    return KINDS[-1]


def age_group(age):
    for limit, name in [(11, "幼龄林"), (21, "中龄林"), (26, "近熟林"), (36, "成熟林")]:
        if age < limit:
            return name
    return "过熟林"


stands = []
for row in range(ROWS):
    for column in range(COLUMNS):
        land, species, growth = kind()
        stands.append({
            "cell": (column, row), "land": land, "species": species,
            "growth": growth * (0.7 + 0.6 * chance()), "age": 4 + int(chance() * 30),
            "planted": species == "杉木" or chance() < 0.3, "noise": (chance() - 0.5) * 0.01,
            "fate": chance(),
        })


def volume(stand, age):
    """Growth that levels off with age."""
    return stand["growth"] * 40 * (1 - math.exp(-age / 40)) ** 1.4


def register(year):
    polygons, rows = [], []
    for number, stand in enumerate(stands):
        column, row = stand["cell"]
        ring = quad(column, row)
        if year == 2024 and number == 100:
            # Drawn anew, and over its neighbour: an overlap for the register's keeper to find.
            ring[3] = (ring[3][0] + 30.0, ring[3][1])
        if year == 2024 and number == 201:
            # A gap: one corner pulled in.
            ring[2] = (ring[2][0] - 40.0, ring[2][1] - 40.0)
        land, species, age = stand["land"], stand["species"], stand["age"] + year - 2014
        if year == 2024 and land == "111" and stand["fate"] < 0.03:
            land, species = "161", ""  # felled
        elif year == 2024 and land == "111" and stand["fate"] < 0.05:
            age = 6  # felled and planted again
        has_trees = land in ("111", "120")
        density = volume(stand, age) if has_trees else None
        mu = area(quad(column, row)) / 10_000 * 15 * (1 + stand["noise"])
        per_area = density / 15 if year == 2014 and density is not None else density
        rows.append([
            f"{1 + row // 6:03d}", f"{(row % 6) * COLUMNS + column + 1:03d}", round(mu), land,
            ("人工" if stand["planted"] else "天然") if has_trees or land == "113" else "",
            species, age if has_trees else None, age_group(age) if has_trees else "", per_area,
        ])
        polygons.append(ring)
    fields = [
        ("林班", "C", 4, 0), ("小班", "C", 4, 0), ("小班面积", "N", 9, 0), ("地类", "C", 4, 0),
        ("起源", "C", 4, 0), ("优势树种", "C", 12, 0), ("平均年龄", "N", 4, 0), ("龄组", "C", 8, 0),
        ("每亩蓄积" if year == 2014 else "公顷蓄积", "N", 9, 3),
    ]
    write(f"xiaoban_{year}", polygons, fields, rows)


register(2014)
register(2024)
