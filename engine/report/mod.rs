//! Results in the form in which people and programs read them.

pub mod document;
pub mod evaluation;
pub mod explanation;
pub mod form;
pub mod impact;
pub mod instrument;
pub mod layout;
pub mod listing;
pub mod phrase;
pub mod portability;
pub mod schema;
pub mod sheet;
pub mod site;
pub mod slot;
pub mod summary;
pub mod template;
pub mod thresholds;
pub mod timeline;
pub mod trials;
pub mod words;
pub mod written;
