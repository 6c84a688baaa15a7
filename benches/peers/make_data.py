"""Makes rasters and polygons with the structure of real ones, the same for the same arguments.

    make_data.py DIR --cells 4000 [--grid equal-area|utm|web-mercator|geographic] [--counties 340]
                 [--stands 20000] [--cuts 500]

Classes come in correlated patches (two fields of several octaves, cut into 15 classes) with 1.5 % of
single cells strewn over them, about as ragged as the land cover of Rhode Island in data-samples/ (0.18 bytes
a cell deflated, class changes every 4 to 6 cells of a row); the second year differs from the first in patches. Biomass is float32
and follows the class. Counties tile the raster and share rough borders; stands are a tessellation
with crooked edges. All grids hold the same cells, so that only the areas of cells differ.
"""

import argparse
import json
from pathlib import Path

import geopandas
import numpy as np
import rasterio
import scipy.spatial
import shapely
from rasterio.crs import CRS
from rasterio.transform import from_origin

# Coordinate system, corner (x, y) and cell size by name.
GRIDS = {
    "equal-area": ("EPSG:5070", 900_000.0, 1_800_000.0, 30.0),
    "utm": ("EPSG:32650", 200_000.0, 4_400_000.0, 30.0),
    "web-mercator": ("EPSG:3857", 12_000_000.0, 4_900_000.0, 30.0),
    "geographic": ("EPSG:4326", 108.0, 40.0, 0.000_25),
}
STRIPE = 512
SPECKLE = 0.015
NODATA = 255
CODES = np.array([11, 21, 22, 23, 24, 31, 41, 42, 43, 52, 71, 81, 82, 90, 95], dtype=np.uint8)
# Mean biomass by place in CODES, t/ha.
BIOMASS = np.array([0, 5, 4, 2, 1, 1, 140, 180, 160, 40, 8, 6, 7, 120, 20], dtype=np.float32)


class Field:
    """Smooth noise of several octaves, row by row: lattices of random numbers, interpolated."""

    def __init__(self, cells, octaves, rng):
        self.octaves = []
        for period, weight in octaves:
            count = int(np.ceil(cells / period)) + 2
            lattice = rng.standard_normal((count, count)).astype(np.float32) * np.float32(weight)
            x = np.arange(cells) / period
            left = x.astype(int)
            t = (x - left).astype(np.float32)
            t = t * t * (3 - 2 * t)
            across = lattice[:, left] * (1 - t) + lattice[:, left + 1] * t
            self.octaves.append((period, across))

    def rows(self, first, number):
        total = None
        for period, across in self.octaves:
            y = np.arange(first, first + number) / period
            top = y.astype(int)
            t = (y - top).astype(np.float32)
            t = (t * t * (3 - 2 * t))[:, None]
            part = across[top] * (1 - t) + across[top + 1] * t
            total = part if total is None else total + part
        return total


def make_rasters(folder, cells, grid):
    name, x0, y0, size = GRIDS[grid]
    rng = np.random.default_rng(2026)
    octaves = [(900, 1.0), (310, 0.8), (101, 0.55), (37, 0.35), (13, 0.3), (5, 0.3), (2.3, 0.16)]
    relief, moisture = Field(cells, octaves, rng), Field(cells, octaves, rng)
    change = Field(cells, [(400, 1.0), (90, 0.6), (23, 0.25)], rng)
    growth = Field(cells, [(200, 0.25), (40, 0.15), (9, 0.08)], rng)
    profile = {
        "driver": "GTiff", "width": cells, "height": cells, "count": 1, "tiled": True,
        "blockxsize": 512, "blockysize": 512, "crs": CRS.from_string(name),
        "transform": from_origin(x0, y0, size, size), "compress": "deflate", "BIGTIFF": "IF_SAFER",
        "NUM_THREADS": "ALL_CPUS",
    }
    classes = {**profile, "dtype": "uint8", "nodata": NODATA}
    values = {**profile, "dtype": "float32", "nodata": -9999.0, "predictor": 3}
    # The combination of both years in one raster, for peers that know no crosstab.
    both = {**profile, "dtype": "uint16", "nodata": 65535}
    with (
        rasterio.open(folder / "lc_2016.tif", "w", **classes) as first,
        rasterio.open(folder / "lc_2021.tif", "w", **classes) as second,
        rasterio.open(folder / "lc_both.tif", "w", **both) as crossed,
        rasterio.open(folder / "agb.tif", "w", **values) as agb,
    ):
        for row in range(0, cells, STRIPE):
            rows = min(STRIPE, cells - row)
            a = np.digitize(relief.rows(row, rows), [-1.0, -0.3, 0.4, 1.2])
            b = np.digitize(moisture.rows(row, rows), [-0.6, 0.5])
            place = (a * 3 + b).astype(np.uint8)
            strewn = rng.random(place.shape, dtype=np.float32) < SPECKLE
            place[strewn] = rng.integers(0, len(CODES), int(strewn.sum()), dtype=np.uint8)
            changed = change.rows(row, rows) > 1.6
            later = np.where(changed, (place + 4) % len(CODES), place)
            one, two = CODES[place], CODES[later]
            mass = BIOMASS[later] * (1 + growth.rows(row, rows))
            mass += rng.random(mass.shape, dtype=np.float32) * BIOMASS[later] * 0.05
            mass = np.round(np.maximum(mass, 0), 1).astype(np.float32)
            mass[two == 11] = -9999.0
            window = rasterio.windows.Window(0, row, cells, rows)
            first.write(one, 1, window=window)
            second.write(two, 1, window=window)
            crossed.write(one.astype(np.uint16) * 256 + two, 1, window=window)
            agb.write(mass, 1, window=window)


def rough(start, end, cuts, roughness, rng):
    """A border from `start` to before `end`, by moving midpoints aside, half as far at each step."""
    line = np.array([start, end])
    scale = roughness * np.hypot(*(line[1] - line[0]))
    while len(line) <= cuts:
        middle = (line[:-1] + line[1:]) / 2
        step = line[1:] - line[:-1]
        normal = np.stack([-step[:, 1], step[:, 0]], axis=1)
        normal /= np.maximum(np.hypot(*normal.T), 1e-12)[:, None]
        middle += normal * (rng.random(len(middle)) - 0.5)[:, None] * scale
        line = np.insert(line, np.arange(1, len(line)), middle, axis=0)
        scale *= 0.5
    return line


def make_counties(cells, count, cuts, rng):
    """Regions that tile the raster, in cells; borders are shared vertex by vertex."""
    down = max(1, round(np.sqrt(count * 1.18)))
    while count % down:
        down -= 1
    across = count // down
    corner = np.zeros((down + 1, across + 1, 2))
    for row in range(down + 1):
        for col in range(across + 1):
            shift = (rng.random(2) - 0.5) * 0.4
            if col in (0, across):
                shift[0] = 0
            if row in (0, down):
                shift[1] = 0
            corner[row, col] = ((col + shift[0]) * cells / across, (row + shift[1]) * cells / down)
    inner = lambda line, outer: line if not outer else line[[0, -1]]
    level = {
        (r, c): inner(rough(corner[r, c], corner[r, c + 1], cuts, 0.12, rng), r in (0, down))
        for r in range(down + 1) for c in range(across)
    }
    upright = {
        (r, c): inner(rough(corner[r, c], corner[r + 1, c], cuts, 0.12, rng), c in (0, across))
        for r in range(down) for c in range(across + 1)
    }
    shapes = []
    for r in range(down):
        for c in range(across):
            ring = np.concatenate([
                level[r, c][:-1], upright[r, c + 1][:-1],
                level[r + 1, c][::-1][:-1], upright[r, c][::-1],
            ])
            shapes.append(shapely.Polygon(np.clip(ring, 0, cells)))
    return shapes


def make_stands(cells, count, rng):
    """A tessellation with crooked edges, in cells."""
    points = rng.random((count, 2)) * cells
    mirror = [points * [-1, 1], points * [1, -1], [2 * cells, 0] + points * [-1, 1],
              [0, 2 * cells] + points * [1, -1]]
    near = np.concatenate([points, *mirror])
    diagram = scipy.spatial.Voronoi(near)
    edges = {}

    def edge(a, b):
        key = (min(a, b), max(a, b))
        if key not in edges:
            start, end = diagram.vertices[key[0]], diagram.vertices[key[1]]
            local = np.random.default_rng(key)
            edges[key] = rough(start, end, 4, 0.15, local)
        return edges[key] if a == key[0] else edges[key][::-1]

    shapes = []
    for number in range(count):
        region = diagram.regions[diagram.point_region[number]]
        ring = np.concatenate([edge(a, b)[:-1] for a, b in zip(region, region[1:] + region[:1])])
        shapes.append(shapely.Polygon(np.clip(ring, 0, cells)))
    return shapes


def write_zones(folder, name, grid, shapes):
    crs, x0, y0, size = GRIDS[grid]
    shapes = np.asarray(shapes)
    invalid = ~shapely.is_valid(shapes)
    shapes[invalid] = shapely.make_valid(shapes[invalid])
    parts = lambda s: [p for p in shapely.get_parts(s) if p.geom_type in ("Polygon", "MultiPolygon")]
    shapes = [shapely.MultiPolygon([q for p in parts(s) for q in shapely.get_parts(p)]) for s in shapes]
    placed = shapely.transform(shapes, lambda at: np.stack([x0 + at[:, 0] * size, y0 - at[:, 1] * size], 1))
    table = geopandas.GeoDataFrame({"zone": np.arange(1, len(placed) + 1)}, geometry=placed, crs=crs)
    table.to_file(folder / f"{name}.gpkg", layer=name, driver="GPKG", engine="pyogrio")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="where rasters and polygons are written")
    parser.add_argument("--cells", type=int, default=4000, help="cells along one side")
    parser.add_argument("--grid", choices=GRIDS, default="equal-area",
                        help="coordinate system of the cells (default: equal-area)")
    parser.add_argument("--counties", type=int, default=340, help="regions that tile the raster, 0 for none")
    parser.add_argument("--cuts", type=int, default=500, help="vertices of a border between two corners")
    parser.add_argument("--stands", type=int, default=0, help="small polygons, 0 for none")
    parser.add_argument("--zones-only", action="store_true", help="polygons only")
    arguments = parser.parse_args()
    folder = arguments.folder
    wanted = {k: v for k, v in vars(arguments).items() if k != "folder"}
    done = folder / "made.json"
    if done.exists() and json.loads(done.read_text()) == json.loads(json.dumps(wanted)):
        return
    folder.mkdir(parents=True, exist_ok=True)
    if not arguments.zones_only:
        make_rasters(folder, arguments.cells, arguments.grid)
    if arguments.counties:
        rng = np.random.default_rng(340)
        shapes = make_counties(arguments.cells, arguments.counties, arguments.cuts, rng)
        write_zones(folder, "counties", arguments.grid, shapes)
    if arguments.stands:
        shapes = make_stands(arguments.cells, arguments.stands, np.random.default_rng(20_000))
        write_zones(folder, "stands", arguments.grid, shapes)
    done.write_text(json.dumps(wanted))


if __name__ == "__main__":
    main()
