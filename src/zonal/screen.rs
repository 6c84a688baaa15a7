//! Screens: classes of one layer that hold only where the values of another are large enough.

use std::collections::BTreeSet;

use super::reader::{BlockReader, ClassBlock, ClassCells, Damage, Rasters, ReadError, ValueBlock};
use crate::grid::Window;

/// Cells of some classes are held against a value layer: where it is below the least value they have
/// another code, where it has no value they are without data.
#[derive(Debug, Clone, PartialEq)]
pub struct Screen {
    /// The class layer, by its place.
    pub of: usize,
    /// Codes that are held against the values.
    pub classes: BTreeSet<i64>,
    /// The value layer, by its place.
    pub by: usize,
    /// Cells with less are screened out.
    pub least: f64,
    /// Code of a cell that is screened out.
    pub below: i64,
}

/// Rasters of which one class layer may be screened.
#[derive(Debug)]
pub struct Screened<'a, R> {
    inner: &'a R,
    screen: Option<&'a Screen>,
}

impl<'a, R: Rasters> Screened<'a, R> {
    /// Screens a class layer of `inner`, or none.
    pub const fn new(inner: &'a R, screen: Option<&'a Screen>) -> Self {
        Self { inner, screen }
    }
}

impl<'a, R: Rasters> Rasters for Screened<'a, R> {
    type Reader = ScreenReader<'a, R::Reader>;

    fn reader(&self) -> Result<Self::Reader, ReadError> {
        Ok(ScreenReader {
            inner: self.inner.reader()?,
            screen: self.screen,
            values: ValueBlock::default(),
        })
    }
}

/// What one thread reads screened layers with.
#[derive(Debug)]
pub struct ScreenReader<'a, B> {
    inner: B,
    screen: Option<&'a Screen>,
    values: ValueBlock,
}

impl<B: BlockReader> BlockReader for ScreenReader<'_, B> {
    fn classes(
        &mut self,
        layer: usize,
        window: Window,
        out: &mut ClassBlock,
    ) -> Result<(), ReadError> {
        self.inner.classes(layer, window, out)?;
        let Some(screen) = self.screen.filter(|screen| screen.of == layer) else {
            return Ok(());
        };
        self.inner.values(screen.by, window, &mut self.values)?;
        self.values.blank();
        hold(screen, out, &self.values);
        Ok(())
    }

    fn values(
        &mut self,
        layer: usize,
        window: Window,
        out: &mut ValueBlock,
    ) -> Result<(), ReadError> {
        self.inner.values(layer, window, out)
    }

    fn sound_classes(&mut self, layer: usize, window: Window, out: &mut ClassBlock) -> Vec<Damage> {
        let mut damage = self.inner.sound_classes(layer, window, out);
        if let Some(screen) = self.screen.filter(|screen| screen.of == layer) {
            let by = (self.inner).sound_values(screen.by, window, &mut self.values);
            damage.extend(by);
            self.values.blank();
            hold(screen, out, &self.values);
        }
        damage
    }

    fn sound_values(&mut self, layer: usize, window: Window, out: &mut ValueBlock) -> Vec<Damage> {
        self.inner.sound_values(layer, window, out)
    }
}

/// Holds the cells of a block against values, of which those that are not a number are unknown.
fn hold(screen: &Screen, block: &mut ClassBlock, values: &ValueBlock) {
    let mut codes = codes(&block.cells);
    let data = |place: usize, code: i64| {
        Some(code) != block.nodata && block.mask.as_ref().is_none_or(|mask| mask[place])
    };
    let mut mask = Vec::with_capacity(codes.len());
    for (place, code) in codes.iter_mut().enumerate() {
        let mut known = data(place, *code);
        if known && screen.classes.contains(code) {
            let value = values.value(place);
            if value.is_nan() {
                known = false;
            } else if value < screen.least {
                *code = screen.below;
            }
        }
        mask.push(known);
    }
    block.cells = ClassCells::I64(codes);
    block.nodata = None;
    block.mask = Some(mask);
}

fn codes(cells: &ClassCells) -> Vec<i64> {
    fn wide<T: Copy + Into<i64>>(cells: &[T]) -> Vec<i64> {
        cells.iter().map(|cell| (*cell).into()).collect()
    }
    match cells {
        ClassCells::U8(cells) => wide(cells),
        ClassCells::U16(cells) => wide(cells),
        ClassCells::I16(cells) => wide(cells),
        ClassCells::U32(cells) => wide(cells),
        ClassCells::I32(cells) => wide(cells),
        ClassCells::I64(cells) => cells.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::ValueCells;
    use super::*;

    #[test]
    fn low_cells_change_their_code_and_unknown_ones_have_none() {
        let screen = Screen {
            of: 0,
            classes: BTreeSet::from([20, 30]),
            by: 0,
            least: 5.0,
            below: 1000,
        };
        let mut block = ClassBlock {
            cells: ClassCells::U8(vec![20, 30, 20, 10, 255, 30]),
            nodata: Some(255),
            mask: None,
        };
        let heights = ValueBlock {
            cells: ValueCells::F32(vec![5.0, 4.9, f32::NAN, f32::NAN, 9.0, 9.0]),
            ..ValueBlock::default()
        };
        hold(&screen, &mut block, &heights);
        assert_eq!(
            block.cells,
            ClassCells::I64(vec![20, 1000, 20, 10, 255, 30])
        );
        assert_eq!(
            block.mask,
            Some(vec![true, true, false, true, false, true]),
            "a cell below the canopy needs no height"
        );
    }
}
