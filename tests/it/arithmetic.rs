//! The arithmetic that tables print, redone as a person with a pocket calculator does.

use crate::outputs::{COUNTIES, Outputs, WARDS, number};
use crate::scratch::samples;

/// The value of sums and products of numbers with units: `2 ha x (3 - 1) t_c/ha x 44/12`.
fn value(words: &mut std::iter::Peekable<std::vec::IntoIter<String>>) -> f64 {
    let mut sum = product(words);
    while let Some(sign) = words.next_if(|word| word == "+" || word == "-") {
        let more = product(words);
        sum += if sign == "+" { more } else { -more };
    }
    sum
}

fn product(words: &mut std::iter::Peekable<std::vec::IntoIter<String>>) -> f64 {
    let mut result = factor(words);
    while let Some(by) = words.next_if(|word| word == "x" || word == "/") {
        let other = factor(words);
        result = if by == "x" {
            result * other
        } else {
            result / other
        };
    }
    result
}

fn factor(words: &mut std::iter::Peekable<std::vec::IntoIter<String>>) -> f64 {
    let word = words.next().expect("a number");
    let found = if word == "(" {
        let inner = value(words);
        assert_eq!(words.next().as_deref(), Some(")"));
        inner
    } else if let Some((over, under)) = word.split_once('/') {
        over.parse::<f64>().unwrap() / under.parse::<f64>().unwrap()
    } else {
        word.parse()
            .unwrap_or_else(|_| panic!("`{word}` is no number"))
    };
    // What follows a number up to the next sign is its unit.
    let is_unit = |word: &String| !["x", "/", "+", "-", ")"].contains(&word.as_str());
    while words.next_if(is_unit).is_some() {}
    found
}

/// Compares every printed figure of a table with its arithmetic, and gives the number of them.
fn redone(outputs: &Outputs, table: &str, column: &str) -> usize {
    let mut seen = 0;
    for row in outputs.table(table) {
        let arithmetic = &row["arithmetic"];
        if row[column].is_empty() || arithmetic.is_empty() {
            continue;
        }
        let left = arithmetic.split(" = ").next().unwrap();
        let words = left.replace('(', " ( ").replace(')', " ) ");
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        let ours = value(&mut words.into_iter().peekable());
        let printed = number(&row, column);
        // Figures have three decimals, areas six.
        let tolerance = 0.000_6 + 1e-6 * printed.abs();
        assert!(
            (ours - printed).abs() < tolerance,
            "{ours} and {printed}: {arithmetic}"
        );
        seen += 1;
    }
    seen
}

#[test]
fn a_pocket_calculator_gets_the_figures_of_the_tables() {
    let mangrove = Outputs::of(&samples().join("guyana-mangrove/mangrove.toml"), &[]);
    let both = |outputs: &Outputs| {
        [
            redone(outputs, "tables/carbon.csv", "carbon_tc"),
            redone(
                outputs,
                "tables/sequestration.csv",
                "sequestration_tco2e_yr",
            ),
        ]
    };
    assert_eq!(both(&mangrove), [15, 9]);
    let [stocks, removals] = both(&WARDS);
    assert!(stocks > 100 && removals > 100, "{stocks} {removals}");
    assert!(both(&COUNTIES)[0] > 10);
}
