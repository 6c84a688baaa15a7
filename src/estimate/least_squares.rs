//! Weighted least squares for a handful of columns.

use ndarray::{Array1, Array2};

/// A column that is a combination of those before it, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dependent(pub(super) usize);

/// Below this share of its own length, what is left of a column after the columns before it are taken
/// out is rounding: with eleven of the sixteen digits of a double gone, nothing can be fitted to it.
const INDEPENDENCE: f64 = 1e-11;

/// The fit of `y ≈ X β`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fit {
    /// `β = (Xᵀ W X)⁻¹ Xᵀ W y`.
    pub(super) coefficients: Array1<f64>,
    /// `(Xᵀ W X)⁻¹`.
    pub(super) inverse: Array2<f64>,
}

/// Solves the normal equations by Cholesky's method, columns scaled to unit length.
pub(super) fn fit(
    design: &Array2<f64>,
    y: &Array1<f64>,
    weights: &Array1<f64>,
) -> Result<Fit, Dependent> {
    let mut weighted = design.clone();
    for (mut row, &weight) in weighted.rows_mut().into_iter().zip(weights) {
        row *= weight;
    }
    let normal = design.t().dot(&weighted);
    let scale: Array1<f64> = normal.diag().mapv(f64::sqrt);
    if let Some(column) = scale.iter().position(|length| !length.is_normal()) {
        return Err(Dependent(column));
    }
    let p = normal.nrows();
    let scaled = Array2::from_shape_fn((p, p), |(i, j)| normal[[i, j]] / (scale[i] * scale[j]));
    let factor = cholesky(&scaled)?;
    let mut inverse = Array2::zeros((p, p));
    for column in 0..p {
        let mut unit = Array1::zeros(p);
        unit[column] = 1.0;
        inverse.column_mut(column).assign(&solve(&factor, unit));
    }
    for ((i, j), value) in inverse.indexed_iter_mut() {
        *value /= scale[i] * scale[j];
    }
    let moments = weighted.t().dot(y) / &scale;
    let coefficients = solve(&factor, moments) / &scale;
    Ok(Fit {
        coefficients,
        inverse,
    })
}

/// The lower triangle `L` with `L Lᵀ = matrix`, whose diagonal is one.
fn cholesky(matrix: &Array2<f64>) -> Result<Array2<f64>, Dependent> {
    let p = matrix.nrows();
    let mut lower = Array2::<f64>::zeros((p, p));
    for i in 0..p {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| lower[[i, k]] * lower[[j, k]]).sum();
            let left = matrix[[i, j]] - known;
            if i == j {
                if left.is_nan() || left <= INDEPENDENCE {
                    return Err(Dependent(i));
                }
                lower[[i, i]] = left.sqrt();
            } else {
                lower[[i, j]] = left / lower[[j, j]];
            }
        }
    }
    Ok(lower)
}

/// Solves `L Lᵀ x = right`.
fn solve(lower: &Array2<f64>, mut right: Array1<f64>) -> Array1<f64> {
    let p = lower.nrows();
    for i in 0..p {
        let known: f64 = (0..i).map(|k| lower[[i, k]] * right[k]).sum();
        right[i] = (right[i] - known) / lower[[i, i]];
    }
    for i in (0..p).rev() {
        let known: f64 = (i + 1..p).map(|k| lower[[k, i]] * right[k]).sum();
        right[i] = (right[i] - known) / lower[[i, i]];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_line_through_points_on_it_is_found() {
        let design = array![[1.0, 2.0], [1.0, 5.0], [1.0, 11.0]];
        let y = array![7.0, 16.0, 34.0];
        let fit = fit(&design, &y, &array![1.0, 2.0, 3.0]).unwrap();
        assert!((fit.coefficients[0] - 1.0).abs() < 1e-12);
        assert!((fit.coefficients[1] - 3.0).abs() < 1e-12);
    }

    #[test]
    fn the_inverse_undoes_the_normal_matrix() {
        let design = array![[1.0, 2.0], [1.0, 5.0], [1.0, 11.0]];
        let fit = fit(&design, &array![0.0, 0.0, 0.0], &array![1.0, 1.0, 1.0]).unwrap();
        let identity = design.t().dot(&design).dot(&fit.inverse);
        assert!((identity[[0, 0]] - 1.0).abs() < 1e-12 && identity[[0, 1]].abs() < 1e-12);
    }

    #[test]
    fn a_column_that_repeats_another_is_named() {
        let design = array![[1.0, 2.0, 4.0], [1.0, 5.0, 10.0], [1.0, 11.0, 22.0]];
        let y = array![7.0, 16.0, 34.0];
        let refused = fit(&design, &y, &array![1.0, 1.0, 1.0]);
        assert_eq!(refused, Err(Dependent(2)));
    }
}
