//! What can go wrong, in words for people.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::place::MOVED;

/// The store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another server has it open.
    #[error("{} is in use by another server (process {pid})", path.display())]
    InUse {
        /// The lock file.
        path: PathBuf,
        /// The process, as far as it is known.
        pid: String,
    },
    /// It was written by a later release.
    #[error("{} has format {found}, and this release knows formats up to {known}", path.display())]
    TooNew {
        /// The database.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// What is in it can't be right.
    #[error("{}: {what}", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The system or SQLite says no.
    #[error("{}: {what}", path.display())]
    Failed {
        /// What it was about.
        path: PathBuf,
        /// What went wrong.
        what: String,
    },
}

impl StoreError {
    pub(crate) fn failed(path: &Path, what: impl ToString) -> Self {
        Self::Failed { path: path.to_owned(), what: what.to_string() }
    }
}

/// Says what an error is about.
pub(crate) trait About<T> {
    fn about(self, path: &Path) -> Result<T, StoreError>;
}

impl<T> About<T> for rusqlite::Result<T> {
    fn about(self, path: &Path) -> Result<T, StoreError> {
        self.map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                StoreError::Damaged { path: path.to_owned(), what: words(&error) }
            }
            _ => StoreError::failed(path, words(&error)),
        })
    }
}

impl<T> About<T> for std::io::Result<T> {
    fn about(self, path: &Path) -> Result<T, StoreError> {
        self.map_err(|error| StoreError::failed(path, error))
    }
}

/// Why the database says no, for people who have never heard of it.
pub(crate) fn words(error: &rusqlite::Error) -> String {
    use ErrorCode as Code;
    if error.sqlite_error().is_some_and(|error| error.extended_code == MOVED) {
        return "the file of the database has been moved away or deleted".to_owned();
    }
    let plain = match error.sqlite_error_code() {
        Some(Code::DiskFull) => "the disk is full",
        Some(Code::ReadOnly) => "the disk or the database is read-only",
        Some(Code::SystemIoFailure) => "the disk fails",
        Some(Code::DatabaseCorrupt) => "the database is damaged",
        Some(Code::NotADatabase) => "this is no database of ours",
        Some(Code::CannotOpen) => "the database cannot be opened",
        Some(Code::PermissionDenied) => "permission denied",
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => "the database is locked by another process",
        Some(Code::OutOfMemory) => "there is no memory left",
        _ => return error.to_string(),
    };
    format!("{plain} ({error})")
}
