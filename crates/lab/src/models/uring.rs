//! The kernel does it, and tells what is done: `io_uring`, two queues in memory that we share with it.
//!
//! The calls: `io_uring_setup(2)` once, then `io_uring_enter(2)`, which hands over all that was queued and
//! waits for something to be done. All others ask when they *may* read and then read; here the read itself is
//! queued, with the buffer to read into. One call carries the work of all peers that were ready.
//!
//! ```text
//!  queue ──▶ accept ──▶ a new connection ──▶ recv ──▶ send ──▶ the rest of it ──▶ recv …
//!                                             └── 0 or an error: close ◀──┘
//! ```
//!
//! What a thousand idle peers cost: a thousand descriptors, an operation each in the kernel, some 250 bytes,
//! and a *buffer* each of 16 KiB. That is the price of letting the kernel read: it must know where to before
//! anything is there. Provided buffers (IORING_REGISTER_PBUF_RING) are the way out, and the next exercise.
//!
//! Where it breaks: where it is forbidden. Sandboxes (the default of container engines) and
//! kernel.io_uring_disabled refuse it, and there is no falling back: the program is written the other way
//! round. And a buffer belongs to the kernel until it says "done", whatever happens meanwhile. The compiler
//! can't check that, hence `unsafe`, and the rule that a connection goes away only when its operation is done.
//!
//! Read `async` next.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::mem::ManuallyDrop;
use std::net::{Shutdown, TcpStream};
use std::ops::Range;
use std::os::fd::{AsRawFd, FromRawFd as _, OwnedFd};
use std::ptr;
use std::thread;

use io_uring::squeue::Entry;
use io_uring::types::Fd;
use io_uring::{IoUring, opcode};
use nix::errno::Errno;
use nix::libc::{POLLIN, SOCK_CLOEXEC};

use crate::Unavailable;
use crate::ground::{Blocking, Counts, Door, Ground, PIECE, REST, stop_signals};

/// What a completion is about, if not a connection: those go by the numbers of their descriptors.
const STOP: u64 = u64::MAX;
const ACCEPTED: u64 = u64::MAX - 1;
const AT_THE_DOOR: u64 = u64::MAX - 2;

/// Serves until a signal.
pub fn run(ground: &Ground) -> anyhow::Result<()> {
    let mut ring = ring()?;
    let stop = stop_signals()?;
    // The sockets block: io_uring takes O_NONBLOCK as "don't wait for it" and would answer EAGAIN.
    let door = ground.open(Blocking::Everything)?;
    door.announce()?;

    let (connections, todo) = (HashMap::new(), VecDeque::from([wait_for(&stop, STOP), accept(&door)]));
    let server = Server { door, counts: ground.counts, connections, todo, stopping: false };
    // Never dropped: should we leave by an error, the kernel may still write into the buffers.
    let mut server = ManuallyDrop::new(server);
    while !(server.stopping && server.connections.is_empty()) {
        server.hand_over(&mut ring)?;
        for done in ring.completion() {
            server.done(done.user_data(), done.result());
        }
    }
    Ok(())
}

/// A ring that works when we call it, and not whenever something has come, if the kernel is new enough (6.1).
fn ring() -> anyhow::Result<IoUring> {
    let modern = IoUring::builder().setup_single_issuer().setup_defer_taskrun().build(1024);
    let ring = match modern {
        Err(error) if errno(&error) == Errno::EINVAL => IoUring::new(1024),
        other => other,
    };
    ring.map_err(|error| match errno(&error) {
        Errno::EPERM | Errno::EACCES | Errno::ENOSYS | Errno::ENOMEM => {
            let why = format!("{error} (is there a sandbox, kernel.io_uring_disabled, or an old kernel?)");
            Unavailable { what: "io_uring", why }.into()
        }
        _ => error.into(),
    })
}

struct Server {
    door: Door,
    counts: &'static Counts,
    connections: HashMap<u64, Connection>,
    /// What is to be handed over.
    todo: VecDeque<Entry>,
    stopping: bool,
}

struct Connection {
    peer: TcpStream,
    /// The kernel's while an operation is under way, and one always is.
    piece: Box<[u8]>,
    /// The part of `piece` that is to be sent; if there is none, we receive.
    pending: Range<usize>,
}

impl Server {
    /// Hands over as much as there is room for in the queue, and waits until something is done.
    fn hand_over(&mut self, ring: &mut IoUring) -> io::Result<()> {
        while let Some(entry) = self.todo.pop_front() {
            // SAFETY: sockets and buffers that an entry names are in `connections` until it is done. There is
            // no safe way: the ring can't know that.
            #[allow(unsafe_code)]
            if unsafe { ring.submission().push(&entry) }.is_err() {
                self.todo.push_front(entry);
                break;
            }
        }
        // What found no room must not wait for something to be done first.
        match ring.submit_and_wait(usize::from(self.todo.is_empty())) {
            // EBUSY: so much is done that the kernel takes no more before we have looked.
            Err(error) if !matches!(errno(&error), Errno::EINTR | Errno::EBUSY) => Err(error),
            _ => Ok(()),
        }
    }

    fn done(&mut self, key: u64, result: i32) {
        match key {
            STOP => {
                self.stopping = true;
                // What is under way is done at once, with 0 or EPIPE.
                self.connections
                    .values()
                    .for_each(|connection| drop(connection.peer.shutdown(Shutdown::Both)));
            }
            ACCEPTED | AT_THE_DOOR if self.stopping => {}
            ACCEPTED => self.accepted(result),
            AT_THE_DOOR => {
                match self.door.accept_without_room() {
                    Ok(Some(peer)) => self.add(peer),
                    Ok(None) => {}
                    Err(_) => thread::sleep(REST),
                }
                self.todo.push_back(accept(&self.door));
            }
            connection => self.go_on(connection, result),
        }
    }

    fn accepted(&mut self, result: i32) {
        // EMFILE, and what else there may be, comes at once and not when somebody is there: ask who is there
        // before trying again.
        if result < 0 {
            return self.todo.push_back(wait_for(&self.door, AT_THE_DOOR));
        }
        // SAFETY: the kernel made this descriptor, and told nobody but us.
        #[allow(unsafe_code)]
        let peer = unsafe { OwnedFd::from_raw_fd(result) };
        self.counts.connection();
        self.add(peer.into());
        self.todo.push_back(accept(&self.door));
    }

    fn add(&mut self, peer: TcpStream) {
        let key = peer.as_raw_fd().cast_unsigned().into();
        let connection = Connection { peer, piece: vec![0; PIECE].into(), pending: 0..0 };
        self.todo.push_back(self.connections.entry(key).or_insert(connection).operation(key));
    }

    /// The one operation of a connection is done: the next one, or the end.
    fn go_on(&mut self, key: u64, result: i32) {
        let Some(connection) = self.connections.get_mut(&key) else { return };
        match usize::try_from(result) {
            Ok(0) | Err(_) => return drop(self.connections.remove(&key)),
            Ok(received) if connection.pending.is_empty() => {
                self.counts.bytes(received);
                connection.piece[..received].make_ascii_uppercase();
                connection.pending = 0..received;
            }
            Ok(sent) => connection.pending.start += sent,
        }
        self.todo.push_back(connection.operation(key));
    }
}

impl Connection {
    /// Sends what is pending, or receives. Never both: a peer that does not read is not read.
    fn operation(&mut self, key: u64) -> Entry {
        let fd = Fd(self.peer.as_raw_fd());
        let operation = if self.pending.is_empty() {
            opcode::Recv::new(fd, self.piece.as_mut_ptr(), PIECE as u32).build()
        } else {
            let part = &self.piece[self.pending.clone()];
            opcode::Send::new(fd, part.as_ptr(), part.len() as u32).build()
        };
        operation.user_data(key)
    }
}

fn accept(door: &Door) -> Entry {
    let accept = opcode::Accept::new(Fd(door.as_raw_fd()), ptr::null_mut(), ptr::null_mut());
    accept.flags(SOCK_CLOEXEC).build().user_data(ACCEPTED)
}

fn wait_for(fd: &impl AsRawFd, key: u64) -> Entry {
    opcode::PollAdd::new(Fd(fd.as_raw_fd()), POLLIN as u32).build().user_data(key)
}

fn errno(error: &io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap_or(0))
}
