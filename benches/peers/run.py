"""Holds the pass against other programs on the same files, and prints one table.

    python3 benches/peers/run.py [--cells 4000] [--runs 3] [--folder target/peers]

Makes a virtual environment with the peers, the data (make_data.py) and the release build, runs
every program in turn, compares their figures zone by zone, and prints medians of wall time, CPU
time (all threads and children) and peak memory. The ratio is CPU time over that of terrasink.
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
TASKS = {
    "counties, classes": ("counties", "classes", ["exactextract", "gdal", "rasterstats"]),
    "counties, crosstab and sum": ("counties", "crosstab", ["exactextract"]),
    "stands, classes": ("stands", "classes", ["exactextract-feature", "gdal"]),
}


def environment(folder):
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
    return python


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


def ours(task, folder, zones, out, threads):
    program = ROOT / "target" / "release" / "terrasink"
    rasters = [f"--by=lc_2016={folder / 'lc_2016.tif'}"]
    if task == "crosstab":
        rasters += [f"--by=lc_2021={folder / 'lc_2021.tif'}", f"--raster=agb={folder / 'agb.tif'}"]
    return [program, "zonal", *rasters, "--zones", zones, "--id", "zone", "--out", out, "--overwrite",
            "--quiet", "--threads", threads]


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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cells", type=int, default=4000, help="cells along one side")
    parser.add_argument("--stands", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=ROOT / "target" / "peers")
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    python = environment(folder)
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
        for peer in peers:
            commands[peer] = [python, HERE / "peer.py", peer, task, data, path, folder / f"{peer}.csv"]
        runs = {program: [] for program in commands}
        failed = {}
        for _ in range(arguments.runs):
            for program, command in commands.items():
                if program in failed:
                    continue
                try:
                    runs[program].append(measured(command))
                except RuntimeError as error:
                    failed[program] = str(error)
        mine = table(folder / "mine.csv", True)
        base = statistics.median(run[1] for run in runs["terrasink, 1 thread"])
        for program in commands:
            if program in failed:
                print(f"| {name} | {program} | did not run: {failed[program][:60]} | | | | | |")
                continue
            wall, cpu, peak = (statistics.median(run[i] for run in runs[program]) for i in range(3))
            differs = ""
            if program in peers:
                differs = f"{difference(mine, table(folder / f'{program}.csv', False)):.1e}"
            print(f"| {name} | {program} | {wall:.2f} | {cpu:.2f} | {cpu / arguments.cells**2 * 1e9:.1f} | "
                  f"{peak:.0f} | {cpu / base:.1f} | {differs} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
