//! Finds the name that somebody probably meant.

/// The candidate closest to what was written, if it is close enough to be worth naming.
#[must_use]
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        // A third of the letters may differ: enough for typing errors, too little for another word.
        .filter(|(distance, name)| *distance <= written.chars().count().max(name.chars().count()) / 3)
        .min_by_key(|(distance, name)| (*distance, *name))
        .map(|(_, name)| name)
}
