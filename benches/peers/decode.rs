//! The floor of every pass: decodes every block of rasters once with GDAL and does nothing with it.
//!
//!     decode THREADS RASTER...
//!
//! Each thread opens its own datasets and takes blocks from a common counter, as the engine does.

use std::error::Error;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use gdal::Dataset;
use gdal::raster::GdalDataType;

fn decode(paths: &[String], next: &AtomicUsize) -> Result<u64, Box<dyn Error + Send + Sync>> {
    let datasets = paths
        .iter()
        .map(Dataset::open)
        .collect::<Result<Vec<_>, _>>()?;
    let mut sum = 0_u64;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        for dataset in &datasets {
            let band = dataset.rasterband(1)?;
            let (width, height) = dataset.raster_size();
            let (cols, rows) = band.block_size();
            let across = width.div_ceil(cols);
            if number >= across * height.div_ceil(rows) {
                return Ok(sum);
            }
            let place = (number % across, number / across);
            sum += match band.band_type() {
                GdalDataType::Float32 => u64::from(band.read_block::<f32>(place)?.data()[0] > 0.0),
                GdalDataType::UInt16 => u64::from(band.read_block::<u16>(place)?.data()[0]),
                _ => u64::from(band.read_block::<u8>(place)?.data()[0]),
            };
        }
    }
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let threads: usize = arguments
        .next()
        .ok_or("decode THREADS RASTER...")?
        .parse()?;
    let paths: Vec<String> = arguments.collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .map(|_| scope.spawn(|| decode(&paths, &next)))
            .collect();
        let mut sum = decode(&paths, &next)?;
        for thread in others {
            sum += thread.join().expect("decoding does not panic")?;
        }
        writeln!(std::io::stdout(), "{sum}")?;
        Ok(())
    })
}
