//! What the documents promise: the programs in `docs/clients` work as they are, `docs/walk-in.md` shows them
//! as they are, and both readmes tell the same.

#[path = "../support/mod.rs"]
mod support;

mod program;
mod programs;
mod readme;

use std::path::PathBuf;

/// A file of the repository.
fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

/// What is in it.
fn text(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
