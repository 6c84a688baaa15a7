//! A map that the program draws, as a cloud-optimised `GeoTIFF` of single precision.
//!
//! Blocks are written in their order, so equal maps are equal bytes. The map is first a plain tiled
//! file beside its own, which goes when it is complete.

use std::fs;
use std::path::{Path, PathBuf};

use gdal::errors::GdalError;
use gdal::raster::{Buffer, RasterCreationOptions};
use gdal::spatial_ref::SpatialRef;
use gdal::{Dataset, DriverManager};

use super::warp::escaped;
use crate::grid::{BLOCK, Grid, Window};

/// Why a map could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} of the map `{}`: {reason}", path.display())]
pub struct MapRasterError {
    /// The file.
    pub path: PathBuf,
    /// What was tried.
    pub action: &'static str,
    /// The cause.
    pub reason: String,
}

/// What the cells of a map hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapFacts {
    /// What was mapped, in words.
    pub description: String,
    /// Unit of the values.
    pub unit: String,
}

/// A map while it is drawn.
pub struct MapRaster {
    path: PathBuf,
    cells: PathBuf,
    dataset: Dataset,
    grid: Grid,
}

impl MapRaster {
    /// Begins the map of a grid; it is complete after [`MapRaster::complete`].
    ///
    /// # Errors
    ///
    /// [`MapRasterError`] when the file cannot be made.
    pub fn begin(path: &Path, grid: &Grid) -> Result<Self, MapRasterError> {
        let cells = path.with_extension("cells.tif");
        let options = RasterCreationOptions::from_iter([
            "TILED=YES".to_owned(),
            format!("BLOCKXSIZE={BLOCK}"),
            format!("BLOCKYSIZE={BLOCK}"),
            "COMPRESS=DEFLATE".to_owned(),
            "ZLEVEL=1".to_owned(),
            "BIGTIFF=IF_SAFER".to_owned(),
        ]);
        let (width, height) = (grid.width as usize, grid.height as usize);
        let t = grid.transform;
        let create = || -> Result<Dataset, GdalError> {
            let driver = DriverManager::get_driver_by_name("GTiff")?;
            let mut dataset = driver
                .create_with_band_type_with_options::<f32, _>(&cells, width, height, 1, &options)?;
            dataset.set_geo_transform(&[t.x0, t.dx, 0.0, t.y0, 0.0, t.dy])?;
            let known = grid.crs.authority.as_deref();
            let known = known.and_then(|code| SpatialRef::from_definition(code).ok());
            let reference = match known {
                Some(reference) => reference,
                None => SpatialRef::from_wkt(&grid.crs.wkt)?,
            };
            dataset.set_spatial_ref(&reference)?;
            Ok(dataset)
        };
        let dataset = create().map_err(failed(path, "create the file"))?;
        Ok(Self {
            path: path.to_owned(),
            cells,
            dataset,
            grid: grid.clone(),
        })
    }

    /// Writes the cells of a window, row by row; a cell without a value is not a number.
    ///
    /// # Errors
    ///
    /// [`MapRasterError`] when they cannot be written.
    pub fn write(&mut self, window: Window, values: Vec<f32>) -> Result<(), MapRasterError> {
        let (rows, cols) = (window.rows as usize, window.cols as usize);
        #[expect(clippy::cast_possible_wrap, reason = "GDAL counts cells in 31 bits")]
        let place = (window.col as isize, window.row as isize);
        let mut buffer = Buffer::new((cols, rows), values);
        self.dataset
            .rasterband(1)
            .and_then(|mut band| band.write(place, (cols, rows), &mut buffer))
            .map_err(failed(&self.path, "write cells"))
    }

    /// Gives the map its overviews, its unit and its name.
    ///
    /// # Errors
    ///
    /// [`MapRasterError`] when the file cannot be completed.
    pub fn complete(self, facts: &MapFacts) -> Result<(), MapRasterError> {
        let failure = failed(&self.path, "complete the file");
        let described = self.described(facts);
        let finish = || -> Result<(), GdalError> {
            self.dataset.close()?;
            let options = RasterCreationOptions::from_iter([
                "COMPRESS=DEFLATE".to_owned(),
                "PREDICTOR=YES".to_owned(),
                format!("BLOCKSIZE={BLOCK}"),
                "OVERVIEW_RESAMPLING=AVERAGE".to_owned(),
                "BIGTIFF=IF_SAFER".to_owned(),
            ]);
            let driver = DriverManager::get_driver_by_name("COG")?;
            let copy = Dataset::open(&described)?.create_copy(&driver, &self.path, &options)?;
            copy.close()
        };
        finish().map_err(failure)?;
        fs::remove_file(&self.cells).map_err(|error| MapRasterError {
            path: self.cells.clone(),
            action: "take back the cells",
            reason: error.to_string(),
        })
    }

    /// The cells with what they hold, as the text of a virtual raster: the unit of a band cannot be
    /// set on a file.
    fn described(&self, facts: &MapFacts) -> String {
        let (grid, t) = (&self.grid, self.grid.transform);
        let axes = if grid.crs.is_geographic() {
            "2,1"
        } else {
            "1,2"
        };
        let srs = grid.crs.authority.as_deref().unwrap_or(&grid.crs.wkt);
        format!(
            "<VRTDataset rasterXSize=\"{width}\" rasterYSize=\"{height}\">\
             <SRS dataAxisToSRSAxisMapping=\"{axes}\">{srs}</SRS>\
             <GeoTransform>{x0}, {dx}, 0, {y0}, 0, {dy}</GeoTransform>\
             <Metadata><MDI key=\"AREA_OR_POINT\">Area</MDI></Metadata>\
             <VRTRasterBand dataType=\"Float32\" band=\"1\" blockXSize=\"{BLOCK}\" blockYSize=\"{BLOCK}\">\
             <Description>{description}</Description><UnitType>{unit}</UnitType>\
             <NoDataValue>nan</NoDataValue><ColorInterp>Gray</ColorInterp>\
             <SimpleSource><SourceFilename relativeToVRT=\"0\">{path}</SourceFilename>\
             <SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>",
            width = grid.width,
            height = grid.height,
            srs = escaped(srs),
            x0 = t.x0,
            dx = t.dx,
            y0 = t.y0,
            dy = t.dy,
            description = escaped(&facts.description),
            unit = escaped(&facts.unit),
            path = escaped(&self.cells.display().to_string()),
        )
    }
}

fn failed(path: &Path, action: &'static str) -> impl Fn(GdalError) -> MapRasterError + use<> {
    let path = path.to_owned();
    move |error| MapRasterError {
        path: path.clone(),
        action,
        reason: error.to_string(),
    }
}
