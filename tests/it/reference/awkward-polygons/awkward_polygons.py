"""Makes rasters and awkward polygons, and what exactextract finds of them.

    python awkward_polygons.py

Writes classes.tif, values.tif, zones.geojson and exactextract.csv and exactextract_values.csv beside itself. Coordinates of the
polygons are in cells, from the upper left corner of 40 x 40 cells of 30 m (EPSG:5070).
"""
import json
import math
from pathlib import Path

import geopandas
import numpy
import rasterio
import shapely
from exactextract import exact_extract
from rasterio.transform import from_origin

HERE, N, CELL, X0, Y0 = Path(__file__).parent, 40, 30.0, 900_000.0, 1_800_000.0



def polygon(outer, *holes):
    return shapely.Polygon(outer, holes)


def square(x0, y0, x1, y1):
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def star(x, y, outer, inner, spikes):
    turn = [math.pi * k / spikes for k in range(2 * spikes)]
    return [(x + (inner if k % 2 else outer) * math.cos(a), y + (inner if k % 2 else outer) * math.sin(a))
            for k, a in enumerate(turn)]


def comb(x, y, teeth, width, height):
    points = [(x, y)]
    for tooth in range(teeth):
        left = x + tooth * 2 * width
        points += [(left, y + height), (left + width, y + height), (left + width, y + 0.5), (left + 2 * width, y + 0.5)]
    return points + [(x + teeth * 2 * width, y)]


ZONES = {
    "square with a hole": polygon(square(3.3, 3.7, 12.1, 11.9), square(5.5, 5.25, 9.75, 9.5)),
    "hole on borders of cells": polygon(square(20, 3, 27, 9), square(22, 5, 24, 7)),
    "ring and island": shapely.MultiPolygon([
        polygon(square(14.2, 14.2, 25.8, 25.8), square(16.4, 16.4, 23.6, 23.6)),
        polygon(square(18.1, 18.1, 21.9, 20.2)),
    ]),
    "sliver": polygon([(1.0, 38.9), (38.7, 2.2), (38.7, 2.201)]),
    "level sliver": polygon(square(2.5, 30.4, 37.5, 30.402)),
    "parts that touch in a corner": shapely.MultiPolygon([
        polygon(square(4, 20, 8, 24)), polygon(square(8, 24, 11.5, 27.5)),
    ]),
    "hole that touches the outline": polygon([(28, 12), (36, 12), (36, 20), (28, 20)], [(32, 12), (34, 15), (30, 15)]),
    "partly outside, left and above": polygon(square(-7.3, -4.6, 5.4, 2.8)),
    "partly outside, right and below": polygon([(33.3, 36.6), (47.0, 31.0), (45.0, 49.0)]),
    "all cells and more": polygon(square(-2.5, -2.5, 43.25, 41.75)),
    "edges on borders of cells": polygon([(10, 30), (20, 30), (20, 34), (15, 34), (15, 38), (10, 38)]),
    "edges on borders and through cells": polygon([(22, 30), (30, 30), (30, 33.5), (26.5, 33.5), (26.5, 38), (22, 38)]),
    "diagonal through corners": polygon([(5, 5), (15, 15), (5, 15)]),
    "within a cell": polygon([(7.2, 33.3), (7.7, 33.4), (7.4, 33.8)]),
    "within a cell, with a hole": polygon(square(9.1, 35.1, 9.9, 35.9), square(9.3, 35.3, 9.6, 35.7)),
    "small, on the corner of four cells": polygon(square(30.99, 25.99, 31.01, 26.02)),
    "star": polygon(star(30.2, 26.4, 6.5, 1.1, 17)),
    "comb with teeth narrower than a cell": polygon(comb(2.3, 11.2, 23, 0.37, 7.7)),
    "many vertices": polygon([(12 + (4 + math.sin(31 * a) / 2) * math.cos(a), 25 + (4 + math.sin(31 * a) / 2) * math.sin(a))
                              for a in numpy.linspace(0, 2 * math.pi, 4000, endpoint=False)]),
}

rng = numpy.random.default_rng(7)
coarse = rng.integers(1, 7, (N // 4, N // 4), dtype=numpy.uint8)
classes = numpy.kron(coarse, numpy.ones((4, 4), numpy.uint8))
strewn = rng.random((N, N)) < 0.15
classes[strewn] = rng.integers(1, 7, int(strewn.sum()), dtype=numpy.uint8)
values = numpy.round(rng.random((N, N)) * 200, 1).astype(numpy.float32)
values[rng.random((N, N)) < 0.05] = -9999
profile = dict(driver="GTiff", width=N, height=N, count=1, crs="EPSG:5070", compress="deflate",
               transform=from_origin(X0, Y0, CELL, CELL))
with rasterio.open(HERE / "classes.tif", "w", dtype="uint8", nodata=0, **profile) as out:
    out.write(classes, 1)
with rasterio.open(HERE / "values.tif", "w", dtype="float32", nodata=-9999, **profile) as out:
    out.write(values, 1)

features = []
for number, (name, shape) in enumerate(ZONES.items(), 1):
    assert shape.is_valid, name
    placed = shapely.transform(shape, lambda at: numpy.stack([X0 + at[:, 0] * CELL, Y0 - at[:, 1] * CELL], 1))
    features.append({"type": "Feature", "properties": {"zone": number, "name": name},
                     "geometry": json.loads(shapely.to_geojson(placed))})
crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5070"}}
lines = ",\n".join(json.dumps(feature) for feature in features)
(HERE / "zones.geojson").write_text(f'{{"type": "FeatureCollection", "crs": {json.dumps(crs)}, "features": [\n{lines}\n]}}\n')

zones = geopandas.read_file(HERE / "zones.geojson")
found = exact_extract(str(HERE / "classes.tif"), zones, ["count", "unique", "frac"], include_cols=["zone"], output="pandas")
with open(HERE / "exactextract.csv", "w") as out:
    out.write("zone,class,cells\n")
    for row in found.to_dict("records"):
        for code, share in zip(row["unique"], row["frac"]):
            out.write(f"{row['zone']},{int(code)},{row['count'] * share:.10g}\n")
found = exact_extract(str(HERE / "values.tif"), zones, ["sum", "mean", "min", "max", "count"], include_cols=["zone"], output="pandas")
with open(HERE / "exactextract_values.csv", "w") as out:
    out.write("zone,cells,sum,mean,min,max\n")
    for row in found.to_dict("records"):
        out.write(f"{row['zone']},{row['count']:.10g},{row['sum']:.10g},{row['mean']:.10g},{row['min']:.10g},{row['max']:.10g}\n")
