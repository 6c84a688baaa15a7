"""Runs one peer on one task, in a process of its own, and writes its table as CSV.

    peer.py exactextract|exactextract-feature|gdal|gdal-raster|rasterstats|pygeoprocessing
            TASK FOLDER ZONES OUT

Tasks: `classes` (share of every class of lc_2016.tif in every zone) and `crosstab` (share of every
combination of lc_2016.tif and lc_2021.tif, and the sum of agb.tif within it). No peer knows a crosstab:
they get both years as one raster, lc_both.tif, made beforehand, and the biomass as weights, whose
shares by class times their total are the sums. That is kinder to them than a run of their own.

Columns of the table: zone, class, cells; for `crosstab` also sum.
"""

import csv
import sys
from pathlib import Path


def rows_of(zone, count, classes, shares, weights=None, total=None):
    """Rows of the table from the shares of the classes in one zone."""
    if weights is None:
        return [(zone, int(c), count * f) for c, f in zip(classes, shares)]
    return [
        (zone, int(c), count * f, 0.0 if total is None else w * total)
        for c, f, w in zip(classes, shares, weights)
    ]


def exactextract(task, folder, zones, strategy):
    import geopandas
    from exactextract import exact_extract

    zones = geopandas.read_file(zones)
    if task == "classes":
        found = exact_extract(
            str(folder / "lc_2016.tif"), zones, ["count", "unique", "frac"],
            include_cols=["zone"], strategy=strategy, output="pandas",
        )
        for p in found.to_dict("records"):
            yield from rows_of(p["zone"], p["count"], p["unique"], p["frac"])
        return
    found = exact_extract(
        str(folder / "lc_both.tif"), zones,
        ["count", "unique", "frac", "weighted_frac(default_weight=0)", "sumw=weighted_sum(default_weight=0)",
         "meanw=weighted_mean(default_weight=0)"],
        weights=str(folder / "agb.tif"), include_cols=["zone"], strategy=strategy,
        output="pandas",
    )
    for p in found.to_dict("records"):
        total = p["sumw"] / p["meanw"] if p["meanw"] else 0.0
        yield from rows_of(p["zone"], p["count"], p["unique"], p["frac"], p["weighted_frac"], total)


def gdal(task, folder, zones, strategy, scratch):
    """`gdal raster zonal-stats` of the GDAL that pyogrio carries, through its C interface."""
    import ctypes
    import json
    import site

    # The library and what it needs come with the package; Python's own import loads them.
    import pyogrio  # noqa: F401

    libraries = [p for s in site.getsitepackages() for p in Path(s).glob("pyogrio.libs/libgdal*.so*")]
    lib = ctypes.CDLL(str(libraries[0]))
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for name, result, arguments in [
        ("GDALGetGlobalAlgorithmRegistry", pointer, []),
        ("GDALAlgorithmRegistryInstantiateAlg", pointer, [pointer, text]),
        ("GDALAlgorithmInstantiateSubAlgorithm", pointer, [pointer, text]),
        ("GDALAlgorithmParseCommandLineArguments", ctypes.c_bool, [pointer, pointer]),
        ("GDALAlgorithmRun", ctypes.c_bool, [pointer, pointer, pointer]),
        ("GDALAlgorithmFinalize", ctypes.c_bool, [pointer]),
        ("CPLGetLastErrorMsg", text, []),
    ]:
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    lib.GDALAllRegister()
    stats = ["count", "unique", "frac"]
    raster = folder / "lc_2016.tif"
    extra = []
    if task == "crosstab":
        # It has no sums by class; these make it read and weigh the biomass all the same.
        stats += ["weighted_sum", "weighted_mean"]
        raster = folder / "lc_both.tif"
        extra = ["--weights", str(folder / "agb.tif")]
    words = [str(raster), str(scratch), "--zones", str(zones), "--pixels", "fractional", "--strategy",
             strategy, "--include-field", "zone", "--overwrite", "--output-format", "GeoJSONSeq", *extra]
    for stat in stats:
        words += ["--stat", stat]
    registry = lib.GDALGetGlobalAlgorithmRegistry()
    algorithm = lib.GDALAlgorithmRegistryInstantiateAlg(registry, b"raster")
    algorithm = lib.GDALAlgorithmInstantiateSubAlgorithm(algorithm, b"zonal-stats")
    array = (text * (len(words) + 1))(*[w.encode() for w in words], None)
    if not lib.GDALAlgorithmParseCommandLineArguments(algorithm, array):
        sys.exit(f"refused: {lib.CPLGetLastErrorMsg().decode()}")
    if not (lib.GDALAlgorithmRun(algorithm, None, None) and lib.GDALAlgorithmFinalize(algorithm)):
        sys.exit(f"failed: {lib.CPLGetLastErrorMsg().decode()}")
    with open(scratch) as lines:
        for line in lines:
            p = json.loads(line.strip("\x1e\n"))["properties"]
            listed = lambda v: json.loads(v) if isinstance(v, str) else v
            p = {k: listed(v) for k, v in p.items()}
            yield from rows_of(p["zone"], p["count"], p["unique"], p["frac"])


def rasterstats(task, folder, zones):
    """By cell centres: its counts are near the exact ones, not equal to them."""
    from rasterstats import zonal_stats

    if task != "classes":
        sys.exit("rasterstats has no weights")
    found = zonal_stats(str(zones), str(folder / "lc_2016.tif"), categorical=True, geojson_out=True)
    for feature in found:
        p = dict(feature["properties"])
        zone = p.pop("zone")
        yield from [(zone, int(c), n) for c, n in p.items() if isinstance(c, (int, float))]


def pygeoprocessing(task, folder, zones):
    """The engine of InVEST, by cell centres; overlapping polygons it burns in turn."""
    from pygeoprocessing import zonal_statistics

    if task != "classes":
        sys.exit("pygeoprocessing has no crosstab and no weights")
    found = zonal_statistics((str(folder / "lc_2016.tif"), 1), str(zones), aggregate_layer_name=zones.stem,
                             working_dir=str(folder), include_value_counts=True)
    # The ids of features of a GeoPackage are those of the zones here.
    for zone, stats in found.items():
        yield from [(zone, int(c), n) for c, n in stats["value_counts"].items()]


PEERS = ["exactextract", "exactextract-feature", "gdal", "gdal-raster", "rasterstats", "pygeoprocessing"]
TASKS = ["classes", "crosstab"]


def main():
    if len(sys.argv) != 6 or sys.argv[1] not in PEERS or sys.argv[2] not in TASKS:
        sys.exit(f"usage: peer.py PEER TASK FOLDER ZONES OUT\npeers: {', '.join(PEERS)}\ntasks: {', '.join(TASKS)}")
    peer, task, folder, zones, out = sys.argv[1:]
    folder, zones, out = Path(folder), Path(zones), Path(out)
    if peer.startswith("exactextract"):
        strategy = "feature-sequential" if peer.endswith("feature") else "raster-sequential"
        rows = exactextract(task, folder, zones, strategy)
    elif peer.startswith("gdal"):
        strategy = "raster" if peer.endswith("raster") else "feature"
        rows = gdal(task, folder, zones, strategy, out.with_suffix(".geojsonl"))
    elif peer == "pygeoprocessing":
        rows = pygeoprocessing(task, folder, zones)
    else:
        rows = rasterstats(task, folder, zones)
    with open(out, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["zone", "class", "cells"] + (["sum"] if task == "crosstab" and not peer.startswith("gdal") else []))
        table.writerows(rows)


if __name__ == "__main__":
    main()
