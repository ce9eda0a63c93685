//! "Did you mean …?": the known word nearest to one that is not known.

/// The word at the fewest changes from the given one, if they are few enough to be a slip.
pub(super) fn suggest<'w>(given: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let near = known.into_iter().map(|word| (distance(given, word), word)).min_by_key(|(steps, _)| *steps);
    near.filter(|(steps, word)| *steps <= 2.max(word.chars().count() / 3)).map(|(_, word)| word)
}

/// Ends a sentence with the suggestion, if there is one.
pub(super) fn did_you_mean<'w>(given: &str, known: impl IntoIterator<Item = &'w str>) -> String {
    suggest(given, known).map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default()
}

/// How many letters must be put in, taken out or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_changed_letters() {
        for (a, b, steps) in
            [("", "", 0), ("ping", "ping", 0), ("pign", "ping", 2), ("", "abc", 3), ("motd", "mtd", 1)]
        {
            assert_eq!(distance(a, b), steps, "{a} {b}");
        }
    }

    #[test]
    fn only_slips_are_suggested() {
        let known = ["registration", "ping", "disconnect"];
        assert_eq!(suggest("pings", known), Some("ping"));
        assert_eq!(suggest("registraton", known), Some("registration"));
        assert_eq!(suggest("colour", known), None);
    }
}
