//! A pipe with a name: programs that don't know each other meet at a file.
//!
//! The calls: `mknod` makes it (S_IFIFO; mkfifo(3)), `open` takes one end, and `poll` waits for it. No byte
//! of it is on disk. Without O_NONBLOCK `open` itself waits, until somebody opens the other end. With it a
//! reader is let in at once, and a writer without a reader gets ENXIO.
//!
//! What a thousand idle pipes cost: a descriptor at either end, and 64 KiB at most that may lie in each.
//!
//! Where it breaks: at the end. When the last writer closes, or is killed, the reader sees POLLHUP, and
//! `read` gives 0 bytes; and that stays so, so a loop that goes on to ask spins. To read on, when the next
//! writer comes, there is the trick of `--stay`: open it O_RDWR and be a writer, too, then there is no last
//! one. (Closing and opening anew loses what is written in between.) A writer whose last reader goes gets
//! SIGPIPE or EPIPE. Up to 4,096 bytes (PIPE_BUF) are written in one piece; longer lines of several writers
//! can mix.
//!
//! Read `buffered` next: events without a `poll` in sight.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::mem::replace;
use std::os::fd::AsFd as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use nix::poll::PollFlags;
use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, mknodat, open};
use rustix::io::Errno;

use super::command::{FifoRead, FifoWrite};
use super::events::{Lines, PIPE_BUF, put, readable, wait, writable};
use super::made::Made;
use super::note;
use crate::ground::{PIECE, stop_signals};

/// How often to look for a reader. poll(2) has no event for it: there is no descriptor yet.
const AGAIN: Duration = Duration::from_millis(50);

/// Prints what is written, until the last writer is gone (or, with `--stay`, on and on) or a signal.
pub fn read(options: &FifoRead) -> anyhow::Result<()> {
    let stop = stop_signals()?;
    let _made = make(&options.path)?;
    let ends = if options.stay { OFlags::RDWR } else { OFlags::RDONLY };
    let mut fifo = open_end(&options.path, ends).map_err(|error| refused(&options.path, error))?;
    note(format_args!("reading {}", options.path.display()));

    let mut piece = [0; PIECE];
    loop {
        // Before the first writer comes, poll is silent. After the last one has gone, it never is again.
        let [stopped, _] = wait([readable(&stop), readable(&fifo)], None)?;
        if stopped {
            return Ok(());
        }
        match fifo.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => {
                if !put(&stop, &piece[..count])? {
                    return Ok(());
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(error) => return Err(error.into()),
        }
    }
    note("the last writer is gone");
    Ok(())
}

/// Waits for a reader, and writes the lines of the input to it.
pub fn write(options: &FifoWrite) -> anyhow::Result<()> {
    let stop = stop_signals()?;
    let path = options.path.display();
    let mut told = false;
    let mut fifo = loop {
        match open_end(&options.path, OFlags::WRONLY) {
            Ok(fifo) => break fifo,
            Err(error @ (Errno::NXIO | Errno::NOENT)) if !options.no_wait => {
                if !replace(&mut told, true) {
                    note(format_args!("nobody reads {path} yet: {error}"));
                }
                if let [true] = wait([readable(&stop)], Some(AGAIN))? {
                    return Ok(());
                }
            }
            Err(Errno::NXIO) => bail!("nobody reads {path} (ENXIO)"),
            Err(error) => return Err(refused(&options.path, error)),
        }
    };

    let mut lines = Lines::of_stdin();
    let mut pending = Vec::new();
    while lines.is_open() || !pending.is_empty() {
        // We wait for input or for room, never for both: so `pending` is never more than what is read at
        // once. And always for POLLERR, which comes unasked: the last reader has gone.
        let (input, room) = if pending.is_empty() {
            (lines.interest(), Some((fifo.as_fd(), PollFlags::empty())))
        } else {
            (None, writable(&fifo))
        };
        let [stopped, typed, ready] = wait([readable(&stop), input, room], None)?;
        if stopped {
            return Ok(());
        }
        if ready && pending.is_empty() {
            bail!("the last reader is gone");
        }
        if typed {
            pending = lines.read()?.into_iter().flat_map(|line| [&line[..], b"\n"].concat()).collect();
        }
        if ready {
            match fifo.write(piece(&pending)) {
                Ok(count) => drop(pending.drain(..count)),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                    bail!("the last reader is gone (EPIPE)")
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

fn refused(path: &Path, error: Errno) -> anyhow::Error {
    match error {
        Errno::SPIPE => anyhow!("{} is there, and is no fifo", path.display()),
        _ => anyhow!(error).context(format!("can't open {}", path.display())),
    }
}

/// Opens one end at once. What is not a fifo is not touched: ESPIPE.
fn open_end(path: &Path, ends: OFlags) -> rustix::io::Result<File> {
    let file = open(path, ends | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    let kind = FileType::from_raw_mode(fstat(&file)?.st_mode);
    if kind == FileType::Fifo { Ok(file.into()) } else { Err(Errno::SPIPE) }
}

/// Makes the fifo, and removes it at the end, unless it is there already.
fn make(path: &Path) -> anyhow::Result<Option<Made>> {
    match mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0) {
        Ok(()) => Ok(Some(Made::at(path)?)),
        Err(Errno::EXIST) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("can't make {}", path.display())),
    }
}

/// How much to write at once: whole lines, as many as the pipe takes in one piece; it takes all of that or
/// none.
fn piece(pending: &[u8]) -> &[u8] {
    let piece = &pending[..pending.len().min(PIPE_BUF)];
    match piece.iter().rposition(|byte| *byte == b'\n') {
        Some(end) => &piece[..=end],
        None => piece, // a longer line, which can't be helped
    }
}
