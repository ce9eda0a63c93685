//! Where the database is, and the lock that keeps a second server away from it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rustix::fs::{FlockOperation, flock};

use crate::StoreError;
use crate::error::About;

/// The database that a path means: the path itself if it ends in `.db` or `.sqlite` or is a file, or else
/// `saloon.db` in the directory of that name.
pub fn database(path: &Path) -> PathBuf {
    let named = path.extension().is_some_and(|end| end == "db" || end == "sqlite");
    if (named && !path.is_dir()) || path.is_file() { path.to_owned() } else { path.join("saloon.db") }
}

/// A file beside the database: its name with an ending more.
pub(crate) fn beside(db: &Path, ending: &str) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Makes the directory of the database, for its owner alone, if it is missing.
pub(crate) fn make_directory(db: &Path) -> Result<(), StoreError> {
    match db.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => {
            DirBuilder::new().recursive(true).mode(0o700).create(parent).about(parent)
        }
        _ => Ok(()),
    }
}

/// Makes the file, readable by its owner alone, if it is missing. The files that SQLite puts beside it get the
/// same mode.
pub(crate) fn make_file(db: &Path) -> Result<(), StoreError> {
    OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(db).about(db).map(drop)
}

/// Makes what was renamed or created in a file's directory outlast a loss of power.
pub(crate) fn sync_directory(file: &Path) -> Result<(), StoreError> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent).and_then(|directory| directory.sync_all()).about(parent)
}

/// Which file a database is. One that is moved away or deleted under us can be written still, and nobody would ever
/// read that.
#[derive(Debug)]
pub(crate) struct FileId(Option<(u64, u64)>);

impl FileId {
    /// That of an open database.
    pub fn of(conn: &Connection) -> Self {
        let file = conn.path().and_then(|path| std::fs::metadata(path).ok());
        Self(file.map(|file| (file.dev(), file.ino())))
    }

    /// Whether the file is still there.
    ///
    /// # Errors
    /// It is not.
    pub fn check(&self, conn: &Connection) -> rusqlite::Result<()> {
        match self.0.is_some() && self.0 == Self::of(conn).0 {
            true => Ok(()),
            false => Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(MOVED), None)),
        }
    }
}

/// SQLite's number for that.
pub(crate) const MOVED: i32 = rusqlite::ffi::SQLITE_READONLY_DBMOVED;

/// Held by who may write the database; given up when it is dropped, or the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, and leaves the number of this process in its file.
    pub fn take(db: &Path) -> Result<Self, StoreError> {
        let path = beside(db, ".lock");
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .about(&path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(in_use(path, &mut file)),
            Err(error) => return Err(StoreError::failed(&path, error)),
        }
        file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).about(&path)?;
        Ok(Self { _file: file })
    }
}

fn in_use(path: PathBuf, file: &mut File) -> StoreError {
    let mut pid = String::new();
    let _ = file.take(20).read_to_string(&mut pid);
    let pid = pid.trim();
    StoreError::InUse { path, pid: if pid.is_empty() { "unknown" } else { pid }.to_owned() }
}
