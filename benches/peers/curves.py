"""How the cost of the pass grows: over cells, over zones, and over coordinate systems.

    python3 benches/peers/curves.py [--runs 3] [--folder target/peers]

The tasks are those of run.py, by county, on one thread. All grids hold the same cells, and all
sets of zones have borders of the same roughness. Three tables are printed.
"""

import argparse
import statistics
import subprocess
from pathlib import Path

from run import HERE, ROOT, environment, measured, ours, whole


def make(python, folder, cells, grid="equal-area", counties=340, zones_only=False):
    name = f"curve-{cells}-{grid}" if not zones_only else f"curve-{cells}-{grid}-{counties}"
    words = [python, HERE / "make_data.py", folder / name, "--cells", cells, "--grid", grid, "--counties", counties]
    subprocess.run([str(word) for word in words + ["--zones-only"] * zones_only], check=True)
    return folder / name


def cost(task, data, zones, out, runs):
    """Median CPU seconds of one thread, and the peak in MiB."""
    found = [measured(ours(task, data, zones, out, 1)) for _ in range(runs)]
    return statistics.median(run[1] for run in found), statistics.median(run[2] for run in found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=whole(1), default=3,
                        help="runs of every case; the tables have medians (default: 3)")
    parser.add_argument("--folder", type=Path, default=ROOT / "target" / "peers",
                        help="where the data are kept for the next run (default: target/peers)")
    arguments = parser.parse_args()
    folder, runs = arguments.folder, arguments.runs
    folder.mkdir(parents=True, exist_ok=True)
    python = environment(folder)
    subprocess.run(["cargo", "build", "--release", "--locked", "--bin", "terrasink"], cwd=ROOT, check=True)
    out = folder / "curve.csv"

    print("| cells | million cells | CPU s | ns CPU/cell | peak MiB |\n|---|---:|---:|---:|---:|")
    for cells in (2500, 5000, 10_000, 20_000):
        data = make(python, folder, cells)
        seconds, peak = cost("classes", data, data / "counties.gpkg", out, runs)
        print(f"| {cells} x {cells} | {cells**2 / 1e6:.0f} | {seconds:.2f} | {seconds / cells**2 * 1e9:.2f} | {peak:.0f} |",
              flush=True)

    print("\n| zones on 10000 x 10000 cells | CPU s | peak MiB |\n|---:|---:|---:|")
    data = make(python, folder, 10_000)
    for counties in (20, 85, 340, 1360, 5440):
        zones = make(python, folder, 10_000, counties=counties, zones_only=True) / "counties.gpkg"
        seconds, peak = cost("classes", data, zones, out, runs)
        print(f"| {counties} | {seconds:.2f} | {peak:.0f} |", flush=True)

    print("\n| grid, 10000 x 10000 cells | classes, CPU s | to equal-area | crosstab and sum, CPU s | to equal-area |")
    print("|---|---:|---:|---:|---:|")
    base = {}
    for grid in ("equal-area", "utm", "web-mercator", "geographic"):
        data = make(python, folder, 10_000, grid)
        row = f"| {grid} |"
        for task in ("classes", "crosstab"):
            seconds, _ = cost(task, data, data / "counties.gpkg", out, runs)
            row += f" {seconds:.2f} | {seconds / base.setdefault(task, seconds):.2f} |"
        print(row, flush=True)


if __name__ == "__main__":
    main()
