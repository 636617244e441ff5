//! Names and questions that are almost the same.

use std::collections::{BTreeMap, BTreeSet};

use super::used::Used;
use super::{Finding, Subject};
use crate::diag::Code;
use crate::evidence::{Key, Place};
use crate::lang::Text;
use crate::text;

/// How two names are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// A few letters differ in one word.
    Letters,
    /// One word is the plural of the other.
    Plural,
    /// The same words in another order, or joined in another way.
    Words,
}

/// Reports evidence keys that could be mistaken for each other.
pub fn keys(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let dictionary = &subject.edition.dictionary;
    let names: Vec<&str> = dictionary.names().collect();
    for (a, b, likeness) in near(&names) {
        let pair = dictionary
            .find(a)
            .and_then(|k| dictionary.get(k))
            .zip(dictionary.find(b).and_then(|k| dictionary.get(k)));
        let Some((first, second)) = pair else { continue };
        let how = match likeness {
            Likeness::Letters => text!("只差一两个字母", "a letter or two differ"),
            Likeness::Plural => text!("只有单复数之别", "one is the plural of the other"),
            Likeness::Words => {
                text!("词相同，只是次序或连接不同", "the same words, ordered or joined in another way")
            }
        };
        let message =
            Text::new(format!("证据项 `{b}` 与 `{a}` "), format!("the evidence keys `{b}` and `{a}`: "));
        findings.push(pair_of(Code::SimilarKeys, first, second, message.then(how)).help(text!(
            "是同一件事就合并，否则换个不易混的名称",
            "merge them if they are one thing, else choose names that cannot be mistaken"
        )));
    }
}

fn pair_of(code: Code, first: &Key, second: &Key, message: Text) -> Finding {
    let at = |key: &Key| format!("evidence:{}", key.name);
    let name = &first.name;
    Finding::new(code, at(second), second.span, message).other(
        at(first),
        first.span,
        text!("`{name}`", "`{name}`"),
    )
}

/// Pairs of names that are almost the same. Names are compared only where all but one word, all letters or all
/// words agree, so that the work grows with the number of names and not with its square.
pub fn near<'a>(names: &[&'a str]) -> Vec<(&'a str, &'a str, Likeness)> {
    let mut buckets: BTreeMap<String, Vec<(&'a str, Vec<&'a str>)>> = BTreeMap::new();
    for name in names {
        let words: Vec<&str> = name.split(['.', '-', '[', ']']).filter(|w| !w.is_empty()).collect();
        let mut sorted: Vec<&str> = words.iter().map(|w| singular(w)).collect();
        sorted.sort_unstable();
        let mut keys = vec![format!("sorted {}", sorted.join(" ")), format!("joined {}", words.concat())];
        for i in 0..words.len() {
            let rest = words.iter().enumerate().map(|(j, w)| if i == j { "*" } else { w });
            keys.push(format!("but {}", rest.collect::<Vec<_>>().join(" ")));
        }
        for key in keys {
            buckets.entry(key).or_default().push((name, words.clone()));
        }
    }
    let mut found = BTreeMap::new();
    for all in buckets.values() {
        for (i, (a, left)) in all.iter().enumerate() {
            for (b, right) in all.iter().take(i) {
                if let Some(likeness) = alike(left, right).filter(|_| a != b) {
                    let (low, high) = if a < b { (*a, *b) } else { (*b, *a) };
                    found.entry((low, high)).or_insert(likeness);
                }
            }
        }
    }
    found.into_iter().map(|((a, b), likeness)| (a, b, likeness)).collect()
}

fn alike(left: &[&str], right: &[&str]) -> Option<Likeness> {
    if left == right {
        // A list and a prefix may share their words: `books[].shelved`, `books.shelved`.
        return None;
    }
    if left.concat() == right.concat() {
        return Some(Likeness::Words);
    }
    let differing: Vec<(&str, &str)> =
        left.iter().zip(right).filter(|(a, b)| a != b).map(|(a, b)| (*a, *b)).collect();
    match differing.as_slice() {
        [(a, b)] if left.len() == right.len() => {
            if singular(a) == singular(b) {
                return Some(Likeness::Plural);
            }
            let longer = a.chars().count().max(b.chars().count());
            let allowed = if longer < 5 { 0 } else { 1 + usize::from(longer >= 10) };
            let numbered = |word: &str| word.chars().any(|c| c.is_ascii_digit());
            let close = !numbered(a) && !numbered(b) && strsim::damerau_levenshtein(a, b) <= allowed;
            close.then_some(Likeness::Letters)
        }
        _ => {
            let sorted = |words: &[&str]| {
                let mut words: Vec<String> = words.iter().map(|w| singular(w).to_owned()).collect();
                words.sort_unstable();
                words
            };
            (left.len() == right.len() && sorted(left) == sorted(right)).then_some(Likeness::Words)
        }
    }
}

/// A word without the ending of the English plural.
fn singular(word: &str) -> &str {
    word.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with(['s', 'u', 'i'])).unwrap_or(word)
}

/// Reports questions that could be mistaken for each other and are asked together: about records of one list or
/// facts outside, by clauses of one category or of all.
pub fn questions(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let keys = &subject.edition.dictionary.keys;
    let askers = askers(subject);
    let mut said = BTreeSet::new();
    for pick in [|t: &Text| t.zh.clone(), |t: &Text| t.en.clone()] {
        let shingled: Vec<Vec<String>> = keys.iter().map(|k| shingles(&pick(&k.question))).collect();
        for (i, j) in near_sets(&shingled) {
            let Some((first, second)) = keys.get(i).zip(keys.get(j)) else { continue };
            if in_one_place(first, second) && meet(askers.get(i), askers.get(j)) && said.insert((i, j)) {
                let (a, b) = (&first.name, &second.name);
                let message = text!(
                    "`{b}` 与 `{a}` 的问题几乎相同",
                    "the questions of `{b}` and `{a}` are almost the same"
                );
                findings.push(
                    pair_of(Code::SimilarQuestions, first, second, message)
                        .help(text!("写明两者的区别，或合并", "say in which they differ, or merge them")),
                );
            }
        }
    }
}

/// Whether two keys stand in one place: fields of one list, or facts of one scope.
fn in_one_place(first: &Key, second: &Key) -> bool {
    match (first.place, second.place) {
        (Place::Field { list: a, .. }, Place::Field { list: b, .. }) => a == b,
        (a, b) => a == b,
    }
}

/// For each key: the categories whose clauses look at it; `None` stands for clauses of all categories.
type Askers = BTreeSet<Option<usize>>;

fn askers(subject: &Subject<'_>) -> Vec<Askers> {
    let mut all = vec![Askers::new(); subject.edition.dictionary.keys.len()];
    for clause in &subject.edition.clauses {
        let mut used = Used::default();
        used.clause(clause);
        for key in used.keys {
            if let Some(askers) = all.get_mut(key.0) {
                askers.insert(clause.category);
            }
        }
    }
    all
}

fn meet(first: Option<&Askers>, second: Option<&Askers>) -> bool {
    let Some((a, b)) = first.zip(second) else { return true };
    let everywhere = |askers: &Askers| askers.is_empty() || askers.contains(&None);
    everywhere(a) || everywhere(b) || a.intersection(b).next().is_some()
}

/// The runs of three letters of a text, without spaces and signs, each once; numbers stay whole, because
/// questions that differ in a number differ.
fn shingles(text: &str) -> Vec<String> {
    let letters: Vec<char> =
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let mut all: BTreeSet<String> = letters.windows(3).map(|w| w.iter().collect()).collect();
    let number = |c: &char| c.is_ascii_digit() || "一二三四五六七八九十百两".contains(*c);
    let digits: String = letters.iter().filter(|c| number(c)).collect();
    // Twenty marks outweigh any likeness of the rest.
    all.extend((0..20).filter(|_| !digits.is_empty()).map(|i| format!("{digits}#{i}")));
    all.into_iter().collect()
}

/// Nine tenths of what either of two sets has is in both.
const ALIKE: (usize, usize) = (9, 10);

/// Pairs of sets that are alike. Of each set only its rarest members are indexed: two sets that are alike
/// share one of these, so that few pairs have to be compared.
fn near_sets(sets: &[Vec<String>]) -> Vec<(usize, usize)> {
    let mut frequency: BTreeMap<&str, usize> = BTreeMap::new();
    for member in sets.iter().flatten() {
        *frequency.entry(member).or_default() += 1;
    }
    let mut index: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut pairs = BTreeSet::new();
    for (i, set) in sets.iter().enumerate() {
        let mut rare: Vec<&str> = set.iter().map(String::as_str).collect();
        rare.sort_by_key(|m| (frequency.get(m).copied().unwrap_or_default(), *m));
        let kept = set.len() - (set.len() * ALIKE.0).div_ceil(ALIKE.1) + 1;
        for member in rare.into_iter().take(kept) {
            let others = index.entry(member).or_default();
            pairs.extend(others.iter().map(|j| (*j, i)));
            others.push(i);
        }
    }
    let close = |&(i, j): &(usize, usize)| {
        let Some((a, b)) = sets.get(i).zip(sets.get(j)) else { return false };
        let shared = a.iter().filter(|m| b.binary_search(m).is_ok()).count();
        shared > 0 && shared * ALIKE.1 >= (a.len() + b.len() - shared) * ALIKE.0
    };
    pairs.into_iter().filter(close).collect()
}
