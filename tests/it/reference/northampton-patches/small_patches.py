"""Area of forest patches below 0.5 ha by ward, 2001 and 2019: scipy's labels, rasterio's cells.

    python small_patches.py ../../../../data-samples/northampton > small_patches_by_ward.csv
"""
import sys
from pathlib import Path

import geopandas
import numpy
import rasterio
from rasterio.features import geometry_mask
from scipy import ndimage

folder = Path(sys.argv[1])
wards = geopandas.read_file(folder / "wards.gpkg")
print("ward,epoch,neighbours,cells_forest,cells_small")
for epoch in (2001, 2019):
    with rasterio.open(folder / f"nlcd_{epoch}.tif") as source:
        forest = numpy.isin(source.read(1), (41, 42, 43))
        transform, crs = source.transform, source.crs
    cell_ha = abs(transform.a * transform.e) / 10_000
    for neighbours, structure in ((4, None), (8, numpy.ones((3, 3)))):
        labels, _ = ndimage.label(forest, structure)
        sizes = numpy.bincount(labels.ravel()) * cell_ha
        sizes[0] = 1e9
        small = sizes[labels] < 0.5
        for _, ward in wards.to_crs(crs).iterrows():
            inside = geometry_mask([ward.geometry], forest.shape, transform, invert=True)
            print(
                ward["ward"], epoch, neighbours,
                int((forest & inside & ~small).sum()), int((small & inside).sum()), sep=",",
            )
