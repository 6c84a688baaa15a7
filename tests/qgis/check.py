#!/usr/bin/env python3
"""Opens an output of terrasink in the real QGIS, headless, and looks at every layer.

    tests/qgis/check.py OUT [--pictures DIR]

OUT is an output directory, or a .gpkg or .geojson file. One line is printed for each layer. For
layers of a GeoPackage the style must come from the file itself. Exit code: 0 all is well,
1 something is wrong, 2 wrong usage, 3 there is no QGIS for this Python.
"""

import argparse
import glob
import os
import sys
import tempfile

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

try:
    from qgis.core import (
        Qgis,
        QgsApplication,
        QgsMapRendererParallelJob,
        QgsMapSettings,
        QgsProject,
        QgsRasterLayer,
        QgsVectorLayer,
        QgsWkbTypes,
    )
    from qgis.PyQt.QtCore import QSize
    from qgis.PyQt.QtGui import QColor, QImage
except ImportError as error:
    print(f"no QGIS for this Python: {error}", file=sys.stderr)
    sys.exit(3)

SIDE = 800
# The least share of pixels that a layer must colour.
LEAST_FILL = 0.05
LEAST_DOTS = 0.002


class Wrong(Exception):
    """Something that a person would see as broken."""


def require(truth, message):
    if not truth:
        raise Wrong(message)


def picture(layers, extent, crs, path):
    """Renders `layers` and returns the share of pixels that are not background."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(crs)
    settings.setOutputSize(QSize(SIDE, SIDE))
    settings.setBackgroundColor(QColor("white"))
    wide = type(extent)(extent)
    wide.scale(1.05)
    settings.setExtent(wide)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    errors = [error.message for error in job.errors()]
    require(not errors, f"cannot be drawn: {errors}")
    image = job.renderedImage()
    require(image.save(path), f"cannot save {path}")
    image = image.convertToFormat(QImage.Format_RGB32)
    white = QColor("white").rgb()
    painted = sum(
        image.pixel(x, y) != white for x in range(0, SIDE, 2) for y in range(0, SIDE, 2)
    )
    return painted / (SIDE // 2) ** 2


def classes(renderer):
    """How many classes a renderer has."""
    if renderer.type() == "graduatedSymbol":
        return len(renderer.ranges())
    if renderer.type() == "categorizedSymbol":
        return len(renderer.categories())
    return 1


def look(layer, name, pictures, styled, least=None):
    """Checks one layer and describes it."""
    require(layer.isValid(), "is not valid")
    crs = layer.crs()
    require(crs.isValid(), "has no coordinate system")
    require(layer.featureCount() > 0, "has no features")
    renderer = layer.renderer()
    require(renderer is not None, "has no renderer")
    if styled:
        themed = renderer.type() in ("graduatedSymbol", "categorizedSymbol")
        require(themed, f"is drawn as {renderer.type()}, expected classes")
        require(classes(renderer) > 0, "has no classes")
        named = [field.name() for field in layer.fields() if field.alias()]
        require(named, "has no aliases")
    extent = layer.extent()
    require(not extent.isEmpty() and extent.isFinite(), f"has the extent {extent.toString(1)}")
    dots = layer.geometryType() == QgsWkbTypes.PointGeometry
    path = os.path.join(pictures, f"{name}.png")
    share = picture([layer], extent, crs, path)
    wanted = (LEAST_DOTS if dots else LEAST_FILL) if least is None else least
    require(share >= wanted, f"colours {share:.2%} of the picture, expected {wanted:.2%}")
    aliases = sum(bool(field.alias()) for field in layer.fields())
    return (
        f"{crs.authid() or crs.description()}, {layer.featureCount()} features, "
        f"{renderer.type()} with {classes(renderer)} classes, {aliases} aliases, "
        f"{share:.1%} coloured, {path}"
    )


def check_map(path, pictures, report):
    """Checks a map of `rasters/`: its style must come from the file beside it."""

    def map_check():
        layer = QgsRasterLayer(path, os.path.basename(path), "gdal")
        require(layer.isValid(), "is not valid")
        require(layer.crs().isValid(), "has no coordinate system")
        renderer = layer.renderer()
        require(renderer.type() == "singlebandpseudocolor", f"is drawn as {renderer.type()}")
        drawn = map_classes(renderer)
        require(drawn > 0, "has no classes")
        file = os.path.join(pictures, f"{os.path.basename(path)}.png")
        share = picture([layer], layer.extent(), layer.crs(), file)
        require(share >= LEAST_FILL, f"colours {share:.2%} of the picture")
        return f"{layer.crs().authid()}, {drawn} classes, {share:.1%} coloured, {file}"

    report(os.path.basename(path), map_check)


def map_classes(renderer):
    """How many classes a map is drawn in."""
    return len(renderer.shader().rasterShaderFunction().colorRampItemList())


def check_geopackage(path, pictures, report):
    from osgeo import ogr

    ogr.UseExceptions()
    source = ogr.Open(path)
    names = [
        source.GetLayer(index).GetName()
        for index in range(source.GetLayerCount())
        if source.GetLayer(index).GetGeomType() != ogr.wkbNone
    ]
    full = [name for name in names if source.GetLayerByName(name).GetFeatureCount() > 0]
    query = source.ExecuteSQL("SELECT name FROM qgis_projects ORDER BY name")
    projects = [feature.GetField(0) for feature in query]
    source.ReleaseResultSet(query)
    source = None

    def layer_check(name):
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        # Ecosystems may be a few small patches.
        least = 0.001 if name == "ecosystems" else None
        text = look(layer, name, pictures, True, least)
        own, _, styles, _, _ = layer.listStylesInDatabase()
        return f"{text}, styles: {', '.join(styles[:own])}"

    report("regions in the file", lambda: require("regions" in full, f"layers: {names}"))
    for name in full:
        report(name, lambda name=name: layer_check(name))

    def project_check(name):
        project = QgsProject()
        uri = f"geopackage:{path}?projectName={name}"
        require(project.read(uri), f"cannot be read: {project.error()}")
        layers = [node.layer() for node in project.layerTreeRoot().findLayers()]
        require(len(layers) >= len(full), f"shows {len(layers)} of {len(full)} layers")
        for layer in layers:
            require(layer is not None and layer.isValid(), "has a layer that cannot be opened")
        require(project.crs().isValid(), "has no coordinate system")
        extent = project.viewSettings().defaultViewExtent()
        require(not extent.isEmpty(), "has no view")
        themes = {layer.name(): layer.styleManager().styles() for layer in layers}
        picture_path = os.path.join(pictures, "project.png")
        share = picture(layers, extent, project.crs(), picture_path)
        require(share >= LEAST_FILL, f"colours {share:.2%} of the picture")
        for layer in layers:
            styles = layer.styleManager()
            for style in styles.styles():
                require(styles.setCurrentStyle(style), f"has no style {style}")
                is_map = isinstance(layer, QgsRasterLayer)
                drawn = (map_classes if is_map else classes)(layer.renderer())
                require(drawn > 0, f"style {style} has no classes")
                file = os.path.join(pictures, f"{layer.name()} {style}.png".replace("/", " per "))
                picture([layer], extent, project.crs(), file)
        return f"{project.title()}, {project.crs().authid()}, {themes}, {share:.1%} coloured"

    report("a project in the file", lambda: require(projects, "there is none"))
    for name in projects:
        report(f"project {name}", lambda name=name: project_check(name))


def check_geojson(path, pictures, report):
    def layer_check():
        layer = QgsVectorLayer(path, "regions", "ogr")
        text = look(layer, "regions-geojson", pictures, False)
        require(layer.crs().authid() in ("EPSG:4326", "OGC:CRS84"), layer.crs().authid())
        broken = [
            feature["region_id"]
            for feature in layer.getFeatures()
            if feature.hasGeometry() and not feature.geometry().isGeosValid()
        ]
        require(not broken, f"invalid outlines: {broken}")
        return text

    report(os.path.basename(path), layer_check)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("out", help="an output directory, a .gpkg or a .geojson file")
    parser.add_argument("--pictures", help="where the pictures go (default: a temporary place)")
    arguments = parser.parse_args()
    pictures = arguments.pictures or tempfile.mkdtemp(prefix="terrasink-qgis-")
    os.makedirs(pictures, exist_ok=True)
    out = os.path.abspath(arguments.out)
    if os.path.isdir(out):
        files = [os.path.join(out, name) for name in ("terrasink.gpkg", "regions.geojson")]
        files += sorted(glob.glob(os.path.join(out, "rasters", "*.tif")))
    else:
        files = [out]

    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    print(f"QGIS {Qgis.QGIS_VERSION}")
    failures = 0

    def report(name, check):
        nonlocal failures
        try:
            print(f"ok    {name}: {check() or 'yes'}")
        except Wrong as problem:
            failures += 1
            print(f"WRONG {name}: {problem}")

    for path in files:
        if not os.path.isfile(path):
            failures += 1
            print(f"WRONG {path}: does not exist")
        elif path.endswith(".gpkg"):
            check_geopackage(path, pictures, report)
        elif path.endswith(".tif"):
            check_map(path, pictures, report)
        else:
            check_geojson(path, pictures, report)
    sys.stdout.flush()
    # Leaving through exitQgis() with layers alive crashes after success.
    os._exit(1 if failures else 0)


if __name__ == "__main__":
    main()
