"""Holds the pass against other programs on the same files, and prints one table.

    python3 benches/peers/run.py [--cells 4000] [--stands 20000] [--runs 3] [--folder target/peers]
                                 [--peers exactextract gdal ...]

Makes a virtual environment with the peers, the data (make_data.py) and the release build, runs
every program in turn, compares their figures zone by zone, and prints medians of wall time, CPU
time (all threads and children) and peak memory. The ratio is CPU time over that of terrasink.
rasterstats and pygeoprocessing (the engine of InVEST) count cells by their centre: their figures
are held against those of `--cells centre`. README.md tells what each peer needs.
"""

import argparse
import csv
import os
import platform
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = ["exactextract", "rasterstats", "geopandas", "rasterio", "scipy", "shapely", "pandas"]
# Needs the Python bindings of the GDAL of the system, and Cython before 3.1 where it is built.
INVEST = ["pygeoprocessing"]
BY_CENTRE = ["rasterstats", "pygeoprocessing"]
TASKS = {
    "counties, classes": ("counties", "classes", ["exactextract", "gdal", "rasterstats", "pygeoprocessing"]),
    "counties, crosstab and sum": ("counties", "crosstab", ["exactextract"]),
    "stands, classes": ("stands", "classes", ["exactextract-feature", "gdal"]),
}


def environment(folder):
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
    return python


def invest_environment(folder):
    """Another environment, with the bindings of GDAL; why there is none, where it cannot be made."""
    python = folder / "venv-invest" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "venv-invest", with_pip=True, system_site_packages=True)
    has = lambda module: subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0
    if not has("osgeo.gdal"):
        return python, "this Python has no bindings of GDAL (osgeo)"
    if not has("pygeoprocessing"):
        limits = folder / "limits.txt"
        limits.write_text("cython<3.1\n")
        made = subprocess.run([python, "-m", "pip", "install", "-q", *INVEST], capture_output=True, text=True,
                              env={**os.environ, "PIP_CONSTRAINT": str(limits)})
        if made.returncode != 0:
            return python, (made.stderr.strip().splitlines() or ["pip failed"])[-1]
    return python, None


def measured(command):
    """Wall seconds, CPU seconds and MiB at the peak of one run."""
    begun = time.perf_counter()
    child = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begun
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(said.strip().splitlines()[-1] if said.strip() else "it failed")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def ours(task, folder, zones, out, threads, edges="exact"):
    program = ROOT / "target" / "release" / "terrasink"
    rasters = [f"--by=lc_2016={folder / 'lc_2016.tif'}"]
    if task == "crosstab":
        rasters += [f"--by=lc_2021={folder / 'lc_2021.tif'}", f"--raster=agb={folder / 'agb.tif'}"]
    return [program, "zonal", *rasters, "--zones", zones, "--id", "zone", "--out", out, "--overwrite",
            "--quiet", "--threads", threads, "--cells", edges]


def table(path, mine):
    """Cells by zone and class, so that tables of all programs compare."""
    found = {}
    with open(path) as file:
        for row in csv.DictReader(file):
            if mine:
                codes = [row[key] for key in row if key.startswith("lc_")]
                if "nodata" in codes:
                    continue
                code = int(codes[0]) * 256 + int(codes[1]) if len(codes) == 2 else int(codes[0])
                key, cells = (int(row["zone_id"]), code), float(row["cell_fraction_sum"])
            else:
                key, cells = (int(row["zone"]), int(row["class"])), float(row["cells"])
            found[key] = found.get(key, 0.0) + cells
    return found


def difference(found, expected):
    """Greatest difference of a class of a zone, over the cells of the zone."""
    totals = {}
    for (zone, _), cells in expected.items():
        totals[zone] = totals.get(zone, 0.0) + cells
    keys = found.keys() | expected.keys()
    return max(abs(found.get(k, 0.0) - expected.get(k, 0.0)) / totals.get(k[0], 1.0) for k in keys)


def whole(least, most=None):
    """A type of options: whole numbers from `least` on."""
    def parse(word):
        number = int(word) if word.lstrip("+-").isdigit() else None
        if number is None or number < least or most is not None and number > most:
            upper = "" if most is None else f" and at most {most}"
            raise argparse.ArgumentTypeError(f"found {word}, expected a whole number of at least {least}{upper}")
        return number
    return parse


def main():
    known = sorted({peer for _, _, peers in TASKS.values() for peer in peers})
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cells", type=whole(100, 100_000), default=4000,
                        help="cells of the rasters along one side, 100 to 100000 (default: 4000)")
    parser.add_argument("--stands", type=whole(1), default=20_000,
                        help="polygons of the second set of zones (default: 20000)")
    parser.add_argument("--runs", type=whole(1), default=3,
                        help="runs of every program; the table has medians (default: 3)")
    parser.add_argument("--folder", type=Path, default=ROOT / "target" / "peers",
                        help="where environments, data and tables are kept for the next run\n(default: target/peers)")
    parser.add_argument("--peers", nargs="+", choices=known, metavar="PEER", default=known,
                        help=f"only these: {', '.join(known)}")
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    python = environment(folder)
    of_invest, missing = invest_environment(folder) if "pygeoprocessing" in arguments.peers else (python, None)
    subprocess.run(["cargo", "build", "--release", "--locked", "--bin", "terrasink", "--example", "decode"],
                   cwd=ROOT, check=True)
    data = folder / f"data-{arguments.cells}"
    subprocess.run([python, HERE / "make_data.py", data, "--cells", str(arguments.cells),
                    "--stands", str(arguments.stands)], check=True)
    print(f"{arguments.cells} x {arguments.cells} cells, {os.cpu_count()} cores, {platform.machine()}, "
          f"medians of {arguments.runs} runs\n")
    print("| task | program | wall s | CPU s | ns CPU/cell | peak MiB | ratio | differs by |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    decode = ROOT / "target" / "release" / "examples" / "decode"
    for name, (zones, task, peers) in TASKS.items():
        path = data / f"{zones}.gpkg"
        rasters = ["lc_2016.tif"] + (["lc_2021.tif", "agb.tif"] if task == "crosstab" else [])
        commands = {"terrasink, 1 thread": ours(task, data, path, folder / "mine.csv", 1),
                    "terrasink, 2 threads": ours(task, data, path, folder / "mine.csv", 2),
                    "decoding alone, 1 thread": [decode, 1, *[data / raster for raster in rasters]]}
        peers = [peer for peer in peers if peer in arguments.peers]
        by_centre = [peer for peer in peers if peer in BY_CENTRE]
        if by_centre:
            commands["terrasink by centre, 1 thread"] = ours(task, data, path, folder / "centre.csv", 1, "centre")
        for peer in peers:
            own = of_invest if peer == "pygeoprocessing" else python
            commands[peer] = [own, HERE / "peer.py", peer, task, data, path, folder / f"{peer}.csv"]
        runs = {program: [] for program in commands}
        failed = {}
        if missing and "pygeoprocessing" in peers:
            failed["pygeoprocessing"] = missing
        for _ in range(arguments.runs):
            for program, command in commands.items():
                if program in failed:
                    continue
                try:
                    runs[program].append(measured(command))
                except RuntimeError as error:
                    failed[program] = str(error)
        mine = table(folder / "mine.csv", True)
        centre = table(folder / "centre.csv", True) if by_centre else None
        base = statistics.median(run[1] for run in runs["terrasink, 1 thread"])
        for program in commands:
            if program in failed:
                print(f"| {name} | {program} | did not run: {failed[program][:60]} | | | | | |")
                continue
            wall, cpu, peak = (statistics.median(run[i] for run in runs[program]) for i in range(3))
            differs = ""
            if program in peers:
                found = table(folder / f"{program}.csv", False)
                differs = f"{difference(centre if program in by_centre else mine, found):.1e}"
            print(f"| {name} | {program} | {wall:.2f} | {cpu:.2f} | {cpu / arguments.cells**2 * 1e9:.1f} | "
                  f"{peak:.0f} | {cpu / base:.1f} | {differs} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
