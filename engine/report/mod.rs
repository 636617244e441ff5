//! Results in the form in which people and programs read them.

pub mod document;
pub mod evaluation;
pub mod explanation;
pub mod form;
pub mod layout;
pub mod listing;
pub mod phrase;
pub mod schema;
pub mod summary;
pub mod template;
pub mod trials;
pub mod words;
