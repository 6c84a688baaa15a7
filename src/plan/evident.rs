//! Values of a wrong kind of which it is evident what they were meant to be: a plan that is refused for
//! them is read as it is told to be mended, so that what else is wrong is told in the same pass.

use serde_json::Value as Schema;

use super::keys::{items_of, kinds, suggestion, table_of, words_of};
use super::words::misfit;

/// What a value that its key does not take was evidently meant to be: the word that is like it, the number
/// in quotes, the list of the one table.
pub(super) fn evident(
    value: &toml::Value,
    declared: &Schema,
    root: &Schema,
) -> Option<toml::Value> {
    match value {
        toml::Value::String(text) => {
            let one = word(text, &words_of(declared, root));
            let one = one.or_else(|| number(text, declared, root));
            one.or_else(|| texts(value, declared, root))
        }
        toml::Value::Float(number) if has(declared, root, "integer") && number.fract() == 0.0 => {
            format!("{number}").parse().ok().map(toml::Value::Integer)
        }
        toml::Value::Table(_) if table_of(declared, root).is_none() => {
            items_of(declared, root).map(|_| toml::Value::Array(vec![value.clone()]))
        }
        toml::Value::Array(items) if items_of(declared, root).is_none() => match &items[..] {
            [only @ toml::Value::Table(_)] => table_of(declared, root).map(|_| only.clone()),
            _ => None,
        },
        toml::Value::Array(items) => {
            let of = items_of(declared, root)?;
            let items = items.iter().map(|item| {
                let fits = misfit(item, of, root).is_none();
                if fits {
                    Some(item.clone())
                } else {
                    evident(item, of, root)
                }
            });
            items.collect::<Option<Vec<_>>>().map(toml::Value::Array)
        }
        _ => None,
    }
}

/// The word that a text is like.
fn word(text: &str, words: &[&str]) -> Option<toml::Value> {
    suggestion(text, words.iter().copied()).map(toml::Value::from)
}

/// The list of the one text, where a key takes such.
fn texts(text: &toml::Value, declared: &Schema, root: &Schema) -> Option<toml::Value> {
    let items = items_of(declared, root)?;
    has(items, root, "string").then(|| toml::Value::Array(vec![text.clone()]))
}

/// The number that a text holds.
fn number(text: &str, declared: &Schema, root: &Schema) -> Option<toml::Value> {
    let text = text.trim();
    if has(declared, root, "integer") {
        return text.parse().ok().map(toml::Value::Integer);
    }
    let is_number = has(declared, root, "number");
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.filter(|_| is_number).map(toml::Value::Float)
}

/// Whether a value of a schema can be of a type.
fn has(declared: &Schema, root: &Schema, kind: &str) -> bool {
    kinds(declared, root)
        .into_iter()
        .any(|one| match one.get("type") {
            Some(Schema::Array(types)) => types.iter().any(|of| of.as_str() == Some(kind)),
            Some(of) => of.as_str() == Some(kind),
            None => false,
        })
}
