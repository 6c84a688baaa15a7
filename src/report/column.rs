//! Columns as data: one definition drives the writers, the dictionary and the map layers.

/// What one field of one row holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Not known. An empty CSV field, a JSON null, an SQL NULL; never zero.
    Empty,
    /// Words or an id.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction, not yet rounded.
    Real(f64),
    /// Yes or no.
    Boolean(bool),
}

impl Cell {
    /// The words, or nothing when there are none.
    #[must_use]
    pub fn text(words: &str) -> Self {
        if words.is_empty() {
            Self::Empty
        } else {
            Self::Text(words.to_owned())
        }
    }

    /// The words of an optional text.
    #[must_use]
    pub fn some_text(words: Option<&str>) -> Self {
        words.map_or(Self::Empty, Self::text)
    }

    /// A number that may be unknown.
    #[must_use]
    pub fn real(value: Option<f64>) -> Self {
        value.map_or(Self::Empty, Self::Real)
    }

    /// A whole number that may be unknown.
    #[must_use]
    pub fn integer(value: Option<i64>) -> Self {
        value.map_or(Self::Empty, Self::Integer)
    }

    /// A yes or no that may be unknown.
    #[must_use]
    pub fn boolean(value: Option<bool>) -> Self {
        value.map_or(Self::Empty, Self::Boolean)
    }
}

/// What kind of value a column holds, and by which rule its numbers are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words or an id.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A number rounded to so many decimals.
    Decimals(usize),
    /// A number rounded to so many significant digits.
    Digits(usize),
}

impl Kind {
    /// The name of the type in `dictionary.csv`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Decimals(_) | Self::Digits(_) => "real",
        }
    }

    /// The rounding rule in words; empty where nothing is rounded.
    #[must_use]
    pub fn rounding(self) -> String {
        match self {
            Self::Decimals(places) => format!("{places} decimals"),
            Self::Digits(digits) => format!("{digits} significant digits"),
            Self::Text | Self::Integer | Self::Boolean => String::new(),
        }
    }

    /// Half of the last digit; nothing where it goes with the number.
    #[must_use]
    pub fn half_digit(self) -> f64 {
        match self {
            Self::Decimals(places) => 0.5 * 0.1_f64.powf(places as f64),
            Self::Integer => 0.5,
            Self::Text | Self::Boolean | Self::Digits(_) => 0.0,
        }
    }

    /// `value` in plain decimal notation, rounded by the rule of the kind, without trailing zeros
    /// and without a negative zero.
    #[must_use]
    pub fn written(self, value: f64) -> String {
        let text = match self {
            Self::Digits(digits) => {
                let scientific = format!("{value:.*e}", digits.saturating_sub(1));
                // The shortest text that reads back as the rounded number; Rust prints no exponent.
                scientific
                    .parse::<f64>()
                    .map_or(scientific, |rounded| rounded.to_string())
            }
            Self::Decimals(places) => format!("{value:.places$}"),
            Self::Integer => format!("{value:.0}"),
            Self::Text | Self::Boolean => value.to_string(),
        };
        let text = if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.')
        } else {
            &text
        };
        if text == "-0" { "0" } else { text }.to_owned()
    }

    /// `value` rounded by the rule of the kind, as a number: what [`Kind::written`] reads back as.
    #[must_use]
    pub fn rounded(self, value: f64) -> f64 {
        self.written(value).parse().unwrap_or(value)
    }
}

/// What a column is, apart from where its values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnFacts {
    /// Lower snake case with the unit in the name.
    pub name: &'static str,
    /// Short title for people, used as alias in map layers; empty where the column is in none.
    pub title: &'static str,
    /// Unit; empty for words, ids and plain counts.
    pub unit: &'static str,
    /// What the values mean.
    pub meaning: &'static str,
    /// What the sign says, where the column can be negative.
    pub sign: &'static str,
    /// Type and rounding.
    pub kind: Kind,
}

/// A column of rows of one type.
#[derive(Debug, Clone, Copy)]
pub struct Column<Row> {
    /// What the column is.
    pub facts: ColumnFacts,
    /// The value of a row.
    pub cell: fn(&Row) -> Cell,
}

impl<Row> Column<Row> {
    /// A column of `kind`, without unit, title or sign.
    #[must_use]
    pub const fn new(
        kind: Kind,
        name: &'static str,
        meaning: &'static str,
        cell: fn(&Row) -> Cell,
    ) -> Self {
        Self {
            facts: ColumnFacts {
                name,
                title: "",
                unit: "",
                meaning,
                sign: "",
                kind,
            },
            cell,
        }
    }

    /// A column of words.
    #[must_use]
    pub const fn text(name: &'static str, meaning: &'static str, cell: fn(&Row) -> Cell) -> Self {
        Self::new(Kind::Text, name, meaning, cell)
    }

    /// A column of whole numbers.
    #[must_use]
    pub const fn integer(
        name: &'static str,
        meaning: &'static str,
        cell: fn(&Row) -> Cell,
    ) -> Self {
        Self::new(Kind::Integer, name, meaning, cell)
    }

    /// The same column with a unit.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.facts.unit = unit;
        self
    }

    /// The same column with a title.
    #[must_use]
    pub const fn title(mut self, title: &'static str) -> Self {
        self.facts.title = title;
        self
    }

    /// The same column with a sign rule.
    #[must_use]
    pub const fn sign(mut self, sign: &'static str) -> Self {
        self.facts.sign = sign;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_and_written_without_trailing_zeros() {
        assert_eq!(Kind::Decimals(4).written(148_503.123_456), "148503.1235");
        assert_eq!(Kind::Decimals(4).written(10.0), "10");
        assert_eq!(Kind::Decimals(2).written(-0.001), "0");
        assert_eq!(Kind::Digits(4).written(0.000_123_456), "0.0001235");
        assert_eq!(Kind::Digits(12).written(25_662_421.0), "25662421");
        assert_eq!(Kind::Digits(3).written(123_456.0), "123000");
        assert_eq!(Kind::Digits(3).written(0.0), "0");
    }

    #[test]
    fn the_rounded_number_is_what_is_written() {
        let kind = Kind::Decimals(6);
        let value = 55.178_901_234_5;
        assert_eq!(kind.written(value), kind.rounded(value).to_string());
    }

    #[test]
    fn no_words_are_an_empty_cell() {
        assert_eq!(Cell::text(""), Cell::Empty);
        assert_eq!(Cell::some_text(None), Cell::Empty);
    }
}
