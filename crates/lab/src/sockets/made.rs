//! Files that we made: sockets and pipes with a name stay when a program ends, unless it removes them.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A file that is removed when this is dropped, unless another has taken its place by then.
///
/// Not after SIGKILL or a loss of power: so whoever makes one must know what to do with a stale one.
#[derive(Debug)]
pub struct Made {
    path: PathBuf,
    identity: (u64, u64),
}

impl Made {
    /// From now on ours to remove.
    pub fn at(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: identity(&fs::symlink_metadata(path)?) })
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|there| identity(&there) == self.identity) {
            // If it can't be removed, there is nobody left to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The device and the number on it: the same for no two files that are there at the same time.
fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}
