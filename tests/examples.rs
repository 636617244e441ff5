//! Promise: every example dossier gives the grades that its story tells.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use guiju::eval::evaluate;
use guiju::source::Sources;

/// Category, guaranteed, possible, award.
type Graded = (&'static str, u32, u32, u8);

const STORIES: &[(&str, &[Graded])] = &[
    ("consultancy-level-2", &[("consulting", 2, 2, 2)]),
    ("consulting-and-emergency", &[("consulting", 3, 3, 3), ("emergency", 1, 1, 1)]),
    ("emergency-level-3", &[("emergency", 3, 3, 3)]),
    ("industrial-control-level-4", &[("industrial-control", 4, 4, 4)]),
    ("newcomer-monitoring", &[("monitoring", 1, 1, 1)]),
    ("operations-hardly-begun", &[("operations", 0, 2, 0)]),
    ("software-interval", &[("software", 2, 3, 2)]),
    (
        "three-categories-three-grades",
        &[("data", 1, 1, 1), ("integration", 3, 3, 3), ("operations", 2, 2, 2)],
    ),
];

#[test]
fn examples_give_the_grades_of_their_stories() {
    let folder = common::root().join(common::shipped()).join("examples");
    let edition = common::edition(&common::shipped(), &mut Sources::default());
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, STORIES.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "every example has a story");
    for (name, grades) in STORIES {
        let text = std::fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap();
        let dossier =
            common::dossier("example.toml", &text, &edition).unwrap_or_else(|printed| panic!("{printed}"));
        let assessment = evaluate(&edition, &dossier, dossier.default_view());
        let mut actual: Vec<Graded> = Vec::new();
        for result in &assessment.categories {
            let id = &edition.standard.categories[result.entry.category.unwrap()].id;
            let id = grades.iter().find(|g| g.0 == id).unwrap_or_else(|| panic!("{name}: {id}")).0;
            actual.push((id, result.attained.guaranteed, result.attained.possible, result.award));
        }
        actual.sort_unstable();
        assert_eq!(&actual, grades, "{name}");
    }
}
