//! "Did you mean …?": the nearest known name.

/// The candidate most like `wrong`, if any is near enough to be a slip of the fingers.
///
/// ```
/// assert_eq!(base::nearest("registres", ["registers", "rules"]), Some("registers"));
/// assert_eq!(base::nearest("xyz", ["registers"]), None);
/// ```
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match wrong.chars().count() {
        0..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(wrong, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// What a message adds when there is a near name: `; did you mean "registers"?`, else nothing.
///
/// ```
/// assert_eq!(base::did_you_mean(Some("rules")), "; did you mean \"rules\"?");
/// assert_eq!(base::did_you_mean(None), "");
/// ```
pub fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"))
}
