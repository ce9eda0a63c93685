//! The loop: waits with epoll for all connections at once, moves their bytes, and calls back.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::mem::take;
use std::net::TcpStream;
use std::time::Instant;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::signalfd::SignalFd;

use super::connection::{Connection, Event};
use crate::ground::Door;
use crate::sockets::note;

/// What is called. Whatever one of them does, it must not wait.
pub trait Callbacks {
    /// Input has come, and there is at least as much as the low mark.
    fn read(&mut self, connection: &mut Connection, base: &mut Base);
    /// Output was taken, and there is at most as much as the low mark left.
    fn written(&mut self, connection: &mut Connection, base: &mut Base);
    /// Something became of the connection.
    fn event(&mut self, connection: &mut Connection, base: &mut Base, what: Event);
}

/// A connection's number. No other will ever have it, so one that is kept too long leads to nobody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u64);

const STOP: u64 = u64::MAX;
const DOOR: u64 = u64::MAX - 1;

struct Member {
    connection: Connection,
    callbacks: Box<dyn Callbacks>,
    /// What epoll has been told.
    waits_for: EpollFlags,
    due: Option<Instant>,
}

/// Makes a connection of a peer that was let in.
type Welcome = Box<dyn FnMut(TcpStream) -> io::Result<(Connection, Box<dyn Callbacks>)>>;

/// The base of all: libevent's word.
pub struct Base {
    epoll: Epoll,
    members: HashMap<Key, Member>,
    newest: u64,
    /// When whose time is up, the next first.
    deadlines: BTreeSet<(Instant, Key)>,
    /// Those that a callback of another wrote to, or told to read.
    touched: Vec<Key>,
    /// Regular files: epoll does not take them (EPERM), because they never have to be waited for.
    always_ready: BTreeSet<Key>,
    stop: Option<SignalFd>,
    door: Option<(Door, usize, Welcome)>,
    outcome: Option<io::Result<()>>,
}

impl Base {
    pub fn new() -> nix::Result<Self> {
        Ok(Self {
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
            members: HashMap::new(),
            newest: 0,
            deadlines: BTreeSet::new(),
            touched: Vec::new(),
            always_ready: BTreeSet::new(),
            stop: None,
            door: None,
            outcome: None,
        })
    }

    /// Ends when this is readable.
    pub fn stop_at(&mut self, stop: SignalFd) -> nix::Result<()> {
        self.epoll.add(&stop, EpollEvent::new(EpollFlags::EPOLLIN, STOP))?;
        self.stop = Some(stop);
        Ok(())
    }

    /// Lets peers in; while there are so many connections, others are turned away.
    pub fn listen(
        &mut self,
        door: Door,
        at_most: usize,
        welcome: impl FnMut(TcpStream) -> io::Result<(Connection, Box<dyn Callbacks>)> + 'static,
    ) -> nix::Result<()> {
        self.epoll.add(&door, EpollEvent::new(EpollFlags::EPOLLIN, DOOR))?;
        self.door = Some((door, at_most, Box::new(welcome)));
        Ok(())
    }

    /// Takes a connection in.
    pub fn add(&mut self, mut connection: Connection, callbacks: Box<dyn Callbacks>) -> io::Result<Key> {
        self.newest += 1;
        let key = Key(self.newest);
        connection.key = key;
        let member = Member { connection, callbacks, waits_for: EpollFlags::empty(), due: None };
        self.put_back(key, member)?;
        Ok(key)
    }

    /// Another connection, to write to or to tell to read; None if it is gone.
    pub fn connection(&mut self, key: Key) -> Option<&mut Connection> {
        self.touched.push(key);
        self.members.get_mut(&key).map(|member| &mut member.connection)
    }

    /// Ends the loop when all that are ready now have been called. What is said first is the outcome: behind an
    /// error, reading may find an end like any other.
    pub fn stop(&mut self, outcome: io::Result<()>) {
        self.outcome.get_or_insert(outcome);
    }

    /// Waits and calls back, until a signal or `stop`.
    pub fn run(&mut self) -> io::Result<()> {
        let mut events = [EpollEvent::empty(); 256];
        loop {
            for key in take(&mut self.touched) {
                if let Some(member) = self.members.remove(&key) {
                    self.put_back(key, member)?;
                }
            }
            let count = match self.epoll.wait(&mut events, self.patience()) {
                Err(Errno::EINTR) => 0,
                result => result?,
            };
            for event in &events[..count] {
                match event.data() {
                    STOP => return Ok(()),
                    DOOR => self.let_in()?,
                    key => self.ready(Key(key), event.events())?,
                }
            }
            for key in self.always_ready.clone() {
                self.ready(key, EpollFlags::EPOLLIN)?;
            }
            while let Some(&(at, key)) = self.deadlines.first()
                && at <= Instant::now()
            {
                self.time_up(key)?;
            }
            if let Some(outcome) = self.outcome.take() {
                return outcome;
            }
        }
    }

    /// How long to wait at most: until somebody's time is up.
    fn patience(&self) -> EpollTimeout {
        if !self.always_ready.is_empty() {
            return EpollTimeout::ZERO;
        }
        let Some((at, _)) = self.deadlines.first() else { return EpollTimeout::NONE };
        // A millisecond more, as the rest of one is cut off: else we would be too early, and ask again.
        let millis = at.saturating_duration_since(Instant::now()).as_millis() + 1;
        EpollTimeout::try_from(millis.min(60_000)).unwrap_or(EpollTimeout::ZERO)
    }

    fn let_in(&mut self) -> io::Result<()> {
        let Some((mut door, at_most, mut welcome)) = self.door.take() else { return Ok(()) };
        while let Some(peer) = door.accept() {
            // An error is that of a peer who has left already; to drop it is to close.
            if self.members.len() < at_most
                && let Ok((connection, callbacks)) = welcome(peer)
                && let Err(error) = self.add(connection, callbacks)
            {
                // ENOSPC: fs.epoll.max_user_watches. The others stay.
                note(format_args!("one more can't be watched, and is turned away: {error}"));
            }
        }
        self.door = Some((door, at_most, welcome));
        Ok(())
    }

    /// Moves bytes, and calls back. The member is out of the table meanwhile, so that it and the base can be
    /// changed at once.
    fn ready(&mut self, key: Key, flags: EpollFlags) -> io::Result<()> {
        let Some(mut member) = self.members.remove(&key) else { return Ok(()) };
        let (connection, callbacks) = (&mut member.connection, &mut member.callbacks);
        // Errors come unasked, and whoever reads or writes next is told which it is.
        let broken = flags.intersects(EpollFlags::EPOLLERR | EpollFlags::EPOLLHUP);
        if (broken || flags.contains(EpollFlags::EPOLLOUT)) && connection.wants_output() {
            match connection.flush() {
                Ok(true) => callbacks.written(connection, self),
                Ok(false) => {}
                Err(what) => callbacks.event(connection, self, what),
            }
        }
        let open = !connection.is_closed();
        if (broken || flags.contains(EpollFlags::EPOLLIN)) && connection.wants_input() && open {
            match connection.fill() {
                Ok(true) => callbacks.read(connection, self),
                Ok(false) => {}
                Err(what) => callbacks.event(connection, self, what),
            }
        }
        self.put_back(key, member)
    }

    fn time_up(&mut self, key: Key) -> io::Result<()> {
        let Some(mut member) = self.members.remove(&key) else { return Ok(()) };
        if let Some((at, waiting)) = member.connection.due()
            && at <= Instant::now()
        {
            member.connection.wait_again();
            member.callbacks.event(&mut member.connection, self, Event::TimeUp(waiting));
        }
        self.put_back(key, member)
    }

    /// Tells epoll and the deadlines what the connection wants now, or lets go of it.
    fn put_back(&mut self, key: Key, mut member: Member) -> io::Result<()> {
        let open = member.connection.settle();
        let mut wanted = EpollFlags::empty();
        wanted.set(EpollFlags::EPOLLIN, open && member.connection.wants_input());
        wanted.set(EpollFlags::EPOLLOUT, open && member.connection.wants_output());
        if wanted != member.waits_for {
            self.watch(key, &member, wanted)?;
            member.waits_for = wanted;
        }
        let due = member.connection.due().map(|(at, _)| at).filter(|_| open);
        if due != member.due {
            member.due.map(|at| self.deadlines.remove(&(at, key)));
            due.map(|at| self.deadlines.insert((at, key)));
            member.due = due;
        }
        if open {
            self.members.insert(key, member);
        }
        Ok(())
    }

    fn watch(&mut self, key: Key, member: &Member, wanted: EpollFlags) -> io::Result<()> {
        let event = EpollEvent::new(wanted, key.0);
        if member.waits_for.is_empty() {
            match self.epoll.add(&member.connection, event) {
                Err(Errno::EPERM) => drop(self.always_ready.insert(key)),
                result => result?,
            }
        } else if !wanted.is_empty() {
            if !self.always_ready.contains(&key) {
                self.epoll.modify(&member.connection, &mut { event })?;
            }
        } else if !self.always_ready.remove(&key) {
            // Not with no flags, as hang-ups come unasked. And not just by closing it: a descriptor that was
            // duplicated, like that of our input, stays registered (epoll(7), question 6).
            self.epoll.delete(&member.connection)?;
        }
        Ok(())
    }
}
