//! The file of a Unix socket: left over from a dead server, taken by a live one, whose it is, and its end.
//!
//! A socket file outlives the server that made it. Whether it is stale is asked of the file itself: nobody
//! answers there, then it is removed. Anything that is not a socket is never removed.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use rustix::io::Errno;
use socket2::{Domain, SockAddr, Socket, Type};

/// Who shall own a socket file: names or numbers. Names are looked up in `/etc/passwd` and `/etc/group`,
/// so users of a directory service are written as numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owner {
    /// User name or id; `None` leaves it.
    pub user: Option<String>,
    /// Group name or id; `None` leaves it.
    pub group: Option<String>,
}

impl FromStr for Owner {
    type Err = std::convert::Infallible;

    /// `user`, `user:group` or `:group`, as for `chown(1)`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (user, group) = text.split_once(':').unwrap_or((text, ""));
        let given = |part: &str| (!part.is_empty()).then(|| part.to_owned());
        Ok(Self { user: given(user), group: given(group) })
    }
}

impl Owner {
    /// The ids.
    ///
    /// # Errors
    /// A name that is not in the file, or a file that cannot be read.
    pub(crate) fn ids(&self) -> io::Result<(Option<u32>, Option<u32>)> {
        let id = |name: &Option<String>, file, what| match name {
            None => Ok(None),
            Some(name) => match name.parse() {
                Ok(id) => Ok(Some(id)),
                Err(_) => find_id(&fs::read_to_string(file)?, name, what).map(Some),
            },
        };
        Ok((id(&self.user, "/etc/passwd", "user")?, id(&self.group, "/etc/group", "group")?))
    }
}

/// The id in a file of lines `name:password:id:…` (`passwd(5)`, `group(5)`).
fn find_id(file: &str, name: &str, what: &str) -> io::Result<u32> {
    let row = file.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let id = row.and_then(|rest| rest.split(':').nth(1)?.parse().ok());
    id.ok_or_else(|| io::Error::other(format!("there is no {what} `{name}` on this machine")))
}

/// A socket file that we made, removed with this value unless somebody has replaced it.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl SocketFile {
    fn of(path: &Path) -> io::Result<Self> {
        let meta = fs::symlink_metadata(path)?;
        Ok(Self { path: path.to_owned(), device: meta.dev(), inode: meta.ino() })
    }

    fn set_access(&self, mode: Option<u32>, owner: &Owner) -> io::Result<()> {
        let (user, group) = owner.ids()?;
        if user.is_some() || group.is_some() {
            lchown(&self.path, user, group)?;
        }
        mode.map_or(Ok(()), |mode| fs::set_permissions(&self.path, fs::Permissions::from_mode(mode)))
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let ours = fs::symlink_metadata(&self.path)
            .is_ok_and(|meta| (meta.dev(), meta.ino()) == (self.device, self.inode));
        if ours {
            // Nothing to be done if this fails: the next start finds it stale.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A listening socket at `path`, with its file.
pub(crate) fn listen(
    path: &Path,
    backlog: i32,
    mode: Option<u32>,
    owner: &Owner,
) -> io::Result<(OwnedFd, SocketFile)> {
    // Nobody can connect before `listen`, so that there is no moment with wider access.
    let (socket, file) = bind(path, Type::STREAM, mode, owner)?;
    socket.listen(backlog)?;
    Ok((socket.into(), file))
}

/// A datagram socket at `path`, with its file.
pub(crate) fn bind_datagram(
    path: &Path,
    mode: Option<u32>,
    owner: &Owner,
) -> io::Result<(OwnedFd, SocketFile)> {
    let (socket, file) = bind(path, Type::DGRAM, mode, owner)?;
    Ok((socket.into(), file))
}

fn bind(path: &Path, kind: Type, mode: Option<u32>, owner: &Owner) -> io::Result<(Socket, SocketFile)> {
    let too_long = |_| io::Error::other("its path is too long for a socket (at most 107 bytes)");
    let addr = SockAddr::unix(path).map_err(too_long)?; // unix(7)
    remove_stale(path, &addr, kind)?;
    let socket = Socket::new(Domain::UNIX, kind.nonblocking(), None)?;
    if let Some(mode) = mode {
        // The file begins with what the socket has (less the umask): a datagram socket can be sent to as
        // soon as it is bound.
        rustix::fs::fchmod(&socket, rustix::fs::Mode::from_raw_mode(mode))?;
    }
    socket.bind(&addr)?;
    let file = SocketFile::of(path)?;
    file.set_access(mode, owner)?;
    Ok((socket, file))
}

fn remove_stale(path: &Path, addr: &SockAddr, kind: Type) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(meta) if meta.file_type().is_socket() => {}
        Ok(_) => {
            return Err(io::Error::other(
                "there is a file of that name which is not a socket; it is left alone",
            ));
        }
    }
    // Non-blocking, because a live server whose queue is full would make us wait.
    let probe = Socket::new(Domain::UNIX, kind.nonblocking(), None)?;
    match probe.connect(addr) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(error),
        Ok(()) | Err(_) => Err(Errno::ADDRINUSE.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_written_as_for_chown() {
        let owner = |user: Option<&str>, group: Option<&str>| {
            Ok(Owner { user: user.map(Into::into), group: group.map(Into::into) })
        };
        assert_eq!("irc:adm".parse(), owner(Some("irc"), Some("adm")));
        assert_eq!("irc".parse(), owner(Some("irc"), None));
        assert_eq!("irc:".parse(), owner(Some("irc"), None));
        assert_eq!(":adm".parse(), owner(None, Some("adm")));
    }

    #[test]
    fn a_name_is_matched_whole() {
        let file = "root:x:0:0::/root:/bin/sh\nircd:x:77:7::/:/bin/false\nirc:x:39:39::/:/bin/false\n";
        assert_eq!(find_id(file, "irc", "user").expect("there"), 39);
        assert_eq!(
            find_id(file, "ir", "user").expect_err("not there").to_string(),
            "there is no user `ir` on this machine"
        );
    }

    #[test]
    fn numbers_need_no_name() {
        let owner = Owner { user: Some("4711".into()), group: None };
        assert_eq!(owner.ids().expect("ids"), (Some(4711), None));
    }
}
