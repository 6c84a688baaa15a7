//! What the reader of TOML says, and what the schema says of a key, in plain words.

use serde_json::Value as Schema;

use super::keys::kinds;

/// Words of the types of programs, and what they ask of a person.
const EXPECTED: [(&str, &str); 12] = [
    ("a nonzero usize", "a whole number of at least 1"),
    ("a nonzero u32", "a whole number of at least 1"),
    ("u8", "a whole number from 0 to 255"),
    ("u32", "a whole number of at least 0"),
    ("u64", "a whole number of at least 0"),
    ("usize", "a whole number of at least 0"),
    ("i32", "a whole number"),
    ("i64", "a whole number"),
    ("f64", "a number"),
    ("a string", "a text in quotes"),
    ("path string", "a path in quotes"),
    ("a sequence", "a list in brackets"),
];

/// What a key is for, as its declaration says it, with the words that it can have.
pub(super) fn meaning(key: &str, declared: &Schema, words: &[&str]) -> String {
    let told = declared.get("description").and_then(Schema::as_str);
    let told = told.unwrap_or_default().replace('\n', " ");
    let told = told.trim_end_matches('.');
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match (told.is_empty(), words.is_empty()) {
        (true, true) => format!("`{key}`"),
        (false, true) => format!("`{key}`: {told}"),
        (true, false) => format!("`{key}`, one of {}", words.join(", ")),
        (false, false) => format!("`{key}`, one of {}: {told}", words.join(", ")),
    }
}

/// A message about a value of the wrong kind says what was found and what was expected.
pub(super) fn plain(message: &str) -> String {
    let message = message.trim().replace('\n', " ");
    let told = ["invalid type: ", "invalid value: ", "unknown variant "]
        .iter()
        .find_map(|head| message.strip_prefix(head))
        .and_then(|rest| rest.split_once(", expected "));
    let Some((found, expected)) = told else {
        // Of a value that can be of several kinds all are named.
        return if message.contains("expected") {
            message
        } else {
            format!("expected {message}")
        };
    };
    let plain = EXPECTED.iter().find(|(word, _)| *word == expected);
    let expected = match plain {
        Some((_, plain)) => plain,
        None if expected.starts_with("struct ") => "a table of keys",
        None => expected,
    };
    let found = match found {
        "map" => "a table or a date",
        "sequence" => "a list",
        other => other,
    };
    format!("found {found}, expected {expected}")
}

/// Why a value is of none of the kinds that a schema has, in the words of the reader.
pub(super) fn misfit(value: &toml::Value, schema: &Schema, root: &Schema) -> Option<String> {
    let kinds = kinds(schema, root).into_iter();
    let types: Vec<&str> = kinds
        .flat_map(|kind| match kind.get("type") {
            Some(Schema::Array(types)) => types.iter().filter_map(Schema::as_str).collect(),
            Some(one) => one.as_str().into_iter().collect::<Vec<&str>>(),
            None => Vec::new(),
        })
        .filter(|kind| *kind != "null")
        .collect();
    let (found, own) = found(value);
    let fits = |kind: &&str| *kind == own || *kind == "number" && own == "integer";
    if types.is_empty() || types.iter().any(fits) {
        return None;
    }
    let expected: Vec<&str> = types
        .into_iter()
        .map(|kind| match kind {
            "string" => "a text in quotes",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "true or false",
            "array" => "a list in brackets",
            _ => "a table of keys",
        })
        .collect();
    Some(format!(
        "invalid type: {found}, expected {}",
        expected.join(" or ")
    ))
}

/// What a value is, in the words of the reader, and the type that a schema calls it.
fn found(value: &toml::Value) -> (String, &'static str) {
    match value {
        toml::Value::String(text) => (format!("string {text:?}"), "string"),
        toml::Value::Integer(number) => (format!("integer `{number}`"), "integer"),
        toml::Value::Float(number) => (format!("floating point `{number}`"), "number"),
        toml::Value::Boolean(is) => (format!("boolean `{is}`"), "boolean"),
        toml::Value::Array(_) => ("sequence".to_owned(), "array"),
        toml::Value::Table(_) | toml::Value::Datetime(_) => ("map".to_owned(), "object"),
    }
}

/// Of a value in place of a word the reader says no more than that it is no word.
pub(super) fn no_word(value: &toml::Value, message: &str) -> Option<String> {
    let is_said = message.contains("unit variant");
    is_said.then(|| format!("invalid type: {}, expected a string", found(value).0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_programs_are_no_words_for_people() {
        for (message, expected) in [
            (
                "invalid type: floating point `10000.0`, expected u32",
                "found floating point `10000.0`, expected a whole number of at least 0",
            ),
            (
                "invalid value: integer `0`, expected a nonzero usize",
                "found integer `0`, expected a whole number of at least 1",
            ),
            (
                "invalid type: map, expected i32\n",
                "found a table or a date, expected a whole number",
            ),
            (
                "a number, or two: width and height",
                "expected a number, or two: width and height",
            ),
        ] {
            assert_eq!(plain(message), expected);
        }
    }
}
