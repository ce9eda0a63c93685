//! The load generator: one thread, one epoll loop and connections that send, wait for the answer, and send
//! again. The same for every model, and as cheap as the cheapest of them.
//!
//! ```text
//!  gather:  connect ─▶ one request ─▶ quiet        who is not answered was not served
//!  drive:   request ─▶ answer ─▶ request …         over some or all of those who are quiet
//!  churn:   connect ─▶ request ─▶ answer ─▶ close ─▶ connect …
//! ```

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, Shutdown, SocketFlags, SocketType, bind, connect, recv, send,
    shutdown, socket_with, sockopt,
};

use super::attendance::Attendance;
use super::traffic::{Gauge, Traffic};

/// Bytes of a request, and of its answer.
pub const REQUEST: usize = 64;
/// Connections under way at once while a crowd gathers: fewer than fit into a server's backlog.
const AT_ONCE: usize = 256;
/// Connections from one source address: fewer than it has ports.
const PER_SOURCE: usize = 20_000;
/// Those who are heard at once.
const EVENTS: usize = 512;
/// The longest sleep, after which the clock is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Answers without which a window goes on, and how many times as long it then may be.
const ENOUGH: u64 = 50;
const LONGER: u32 = 10;

/// Peers of one server. Their connections are reset when they go away, which leaves nothing in TIME_WAIT; but
/// those of churn, which have to end like others, do so before, and wait there on our side.
pub struct Crowd {
    epoll: OwnedFd,
    peers: Vec<Peer>,
    events: Vec<epoll::Event>,
    server: SocketAddr,
    opened: usize,
}

#[derive(Debug)]
struct Peer {
    socket: OwnedFd,
    state: State,
    /// When the request was sent, or the connection begun with one that is to be closed after it.
    since: Instant,
    /// Bytes of the answer that have come.
    got: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Connecting,
    Waiting,
    Quiet,
    Gone,
}

/// What is to be done.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// So many peers have a request on its way, at any time.
    pub active: usize,
    /// Each request on a connection of its own.
    pub renew: bool,
    pub until: Until,
    /// How long no answer may come before it is taken for the end.
    pub patience: Duration,
}

#[derive(Debug, Clone, Copy)]
pub enum Until {
    Time { warm_up: Duration, window: Duration },
    Requests(u64),
}

enum Step {
    Nothing,
    Answered,
    /// It waited for an answer, or to connect.
    Lost(Errno),
    /// It was quiet.
    Dropped,
}

impl Crowd {
    pub fn new(server: SocketAddr) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        Ok(Self { epoll, peers: Vec::new(), events: Vec::with_capacity(EVENTS), server, opened: 0 })
    }

    /// Connects so many, and has each served once.
    pub fn gather(&mut self, count: usize, patience: Duration) -> io::Result<Attendance> {
        let mut found = Attendance { asked: count, ..Attendance::default() };
        let (mut tried, mut last) = (0, Instant::now());
        while last.elapsed() < patience {
            while tried < count && found.waiting < AT_ONCE {
                tried += 1;
                match self.open() {
                    Ok(peer) => self.peers.push(peer),
                    Err(error) => {
                        found.fail(error);
                        continue;
                    }
                }
                found.waiting += 1;
            }
            // When all have been heard, one last look: some may have been dropped since.
            let all = found.waiting == 0;
            self.wait(if all { Duration::ZERO } else { LOOK })?;
            for place in 0..self.events.len() {
                match self.step(self.events[place])? {
                    Step::Nothing => continue,
                    Step::Dropped => {
                        found.served -= 1;
                        found.dropped += 1;
                        continue;
                    }
                    Step::Answered => found.served += 1,
                    Step::Lost(Errno::PIPE | Errno::CONNRESET) => found.closed += 1,
                    Step::Lost(error) => found.fail(error),
                }
                found.waiting -= 1;
                last = Instant::now();
            }
            if all {
                break;
            }
        }
        self.give_up()?;
        Ok(found)
    }

    /// An answer that comes too late is nobody's.
    fn give_up(&mut self) -> io::Result<()> {
        for peer in
            self.peers.iter_mut().filter(|peer| matches!(peer.state, State::Connecting | State::Waiting))
        {
            epoll::delete(&self.epoll, &peer.socket)?;
            peer.state = State::Gone;
        }
        Ok(())
    }

    /// Sends and receives, and measures. `meter` reads the time that the server spent on a CPU.
    pub fn drive(&mut self, work: Work, meter: &dyn Fn() -> Duration) -> io::Result<Traffic> {
        let mut traffic = Traffic::default();
        let begin = Instant::now();
        let (warm_up, window) = match work.until {
            Until::Time { warm_up, window } => (warm_up, window),
            Until::Requests(_) => (Duration::ZERO, Duration::MAX),
        };
        let mut under_way = self.begin(work, &mut traffic)?;
        let mut sent = under_way as u64;
        let (mut last, mut start, mut over) = (begin, None::<Gauge>, false);
        loop {
            let now = Instant::now();
            if start.is_none() && now >= begin + warm_up {
                start = Some(Gauge::read(meter));
            }
            let silent = now.saturating_duration_since(last) > work.patience;
            // Too few answers say nothing: if somebody else has the core, the window waits for some.
            let finished = start.as_ref().is_some_and(|start| match traffic.requests {
                ..ENOUGH => start.at.elapsed() / LONGER >= window,
                _ => start.at.elapsed() >= window,
            });
            if !over && (finished || silent || under_way == 0) {
                over = true;
                if let Some(start) = &start {
                    start.close(meter, &mut traffic);
                }
            }
            if under_way == 0 || silent {
                break;
            }
            self.wait(LOOK)?;
            for place in 0..self.events.len() {
                let event = self.events[place];
                let slot = event.data.u64() as usize;
                let at = match self.step(event)? {
                    Step::Nothing => continue,
                    Step::Dropped => {
                        // In churn it is meant to end.
                        traffic.lost += usize::from(!work.renew);
                        continue;
                    }
                    Step::Lost(_) => {
                        traffic.lost += 1;
                        None
                    }
                    Step::Answered => Some(Instant::now()),
                };
                under_way -= 1;
                if let Some(at) = at {
                    last = at;
                    if !over && start.is_some() {
                        traffic.requests += 1;
                        let took = at.saturating_duration_since(self.peers[slot].since).as_nanos();
                        traffic.latencies.push(u32::try_from(took).unwrap_or(u32::MAX));
                    }
                }
                let more = match work.until {
                    Until::Requests(count) => sent < count,
                    Until::Time { .. } => !over,
                };
                if more && self.again(slot, work.renew, &mut traffic)? {
                    sent += 1;
                    under_way += 1;
                } else if work.renew {
                    // Or it would hold up those that are served after it. Fails if it is closed already.
                    let _ = shutdown(&self.peers[slot].socket, Shutdown::Write);
                }
            }
        }
        traffic.unanswered = under_way;
        traffic.latencies.sort_unstable();
        Ok(traffic)
    }

    /// The first requests, of peers that are spread evenly over all that are quiet.
    fn begin(&mut self, work: Work, traffic: &mut Traffic) -> io::Result<usize> {
        let mut begun = 0;
        if work.renew {
            for _ in 0..work.active {
                match self.open() {
                    Ok(peer) => self.peers.push(peer),
                    Err(error) => {
                        traffic.not_opened(&error);
                        continue;
                    }
                }
                begun += 1;
            }
            return Ok(begun);
        }
        let quiet = |slot: &usize| self.peers[*slot].state == State::Quiet;
        let quiet: Vec<usize> = (0..self.peers.len()).filter(quiet).collect();
        let active = work.active.min(quiet.len());
        for number in 0..active {
            begun += usize::from(self.ask(quiet[number * quiet.len() / active], traffic)?);
        }
        Ok(begun)
    }

    /// The next request; false if there is none.
    fn again(&mut self, slot: usize, renew: bool, traffic: &mut Traffic) -> io::Result<bool> {
        if !renew {
            return self.ask(slot, traffic);
        }
        match self.open_at(slot) {
            Ok(peer) => self.peers[slot] = peer,
            Err(error) => {
                traffic.not_opened(&error);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Another request of one who is quiet; false if it is not there any more.
    fn ask(&mut self, slot: usize, traffic: &mut Traffic) -> io::Result<bool> {
        let peer = &mut self.peers[slot];
        if peer.state != State::Quiet {
            return Ok(false);
        }
        peer.since = Instant::now();
        if peer.send().is_err() {
            traffic.lost += 1;
            peer.state = State::Gone;
            epoll::delete(&self.epoll, &peer.socket)?;
            return Ok(false);
        }
        Ok(true)
    }

    fn open(&mut self) -> io::Result<Peer> {
        self.open_at(self.peers.len())
    }

    fn open_at(&mut self, slot: usize) -> io::Result<Peer> {
        let since = Instant::now();
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
        // One address has not ports enough for more; 127.0.0.2 and the next are ours just as well.
        if let Ok(source @ 1..) = u8::try_from(self.opened / PER_SOURCE % 200) {
            bind(&socket, &SocketAddr::from((Ipv4Addr::new(127, 0, 0, 1 + source), 0)))?;
        }
        self.opened += 1;
        match connect(&socket, &self.server) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        let mut peer = Peer { socket, state: State::Connecting, since, got: 0 };
        // On loopback it is connected by now, unless the server's backlog is full.
        let wanted = match peer.send() {
            Ok(()) => epoll::EventFlags::IN,
            Err(Errno::AGAIN | Errno::NOTCONN) => epoll::EventFlags::IN | epoll::EventFlags::OUT,
            Err(error) => return Err(error.into()),
        };
        epoll::add(&self.epoll, &peer.socket, epoll::EventData::new_u64(slot as u64), wanted)?;
        Ok(peer)
    }

    fn wait(&mut self, most: Duration) -> io::Result<()> {
        self.events.clear();
        let timeout = Timespec { tv_sec: 0, tv_nsec: most.as_nanos() as i64 };
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// What has become of a peer. An error if the answer is wrong: nothing else that was measured counts then.
    fn step(&mut self, event: epoll::Event) -> io::Result<Step> {
        let data = event.data;
        let peer = &mut self.peers[data.u64() as usize];
        if peer.state == State::Connecting {
            return Ok(match peer.send() {
                Ok(()) => {
                    epoll::modify(&self.epoll, &peer.socket, data, epoll::EventFlags::IN)?;
                    Step::Nothing
                }
                Err(Errno::AGAIN | Errno::NOTCONN) => Step::Nothing,
                Err(error) => self.lose(data, error)?,
            });
        }
        let mut piece = [0; 2 * REQUEST];
        let count = match recv(&peer.socket, &mut piece, RecvFlags::empty()) {
            Ok((0, _)) => return Ok(self.lose(data, Errno::PIPE)?),
            Ok((count, _)) => count,
            Err(Errno::AGAIN | Errno::INTR) => return Ok(Step::Nothing),
            Err(error) => return Ok(self.lose(data, error)?),
        };
        if ANSWER.get(peer.got..peer.got + count) != Some(&piece[..count]) || peer.state != State::Waiting {
            return Err(io::Error::other("the answer is not the request in upper case"));
        }
        peer.got += count;
        if peer.got < REQUEST {
            return Ok(Step::Nothing);
        }
        peer.state = State::Quiet;
        Ok(Step::Answered)
    }

    fn lose(&mut self, data: epoll::EventData, why: Errno) -> rustix::io::Result<Step> {
        let peer = &mut self.peers[data.u64() as usize];
        epoll::delete(&self.epoll, &peer.socket)?;
        let before = std::mem::replace(&mut peer.state, State::Gone);
        Ok(if before == State::Quiet { Step::Dropped } else { Step::Lost(why) })
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for peer in &self.peers {
            let _ = sockopt::set_socket_linger(&peer.socket, Some(Duration::ZERO));
        }
    }
}

impl Peer {
    fn send(&mut self) -> rustix::io::Result<()> {
        // A request is far less than what a socket holds, so all of it is taken or nothing.
        send(&self.socket, &ASKED, SendFlags::NOSIGNAL)?;
        (self.state, self.got) = (State::Waiting, 0);
        Ok(())
    }
}

const ASKED: [u8; REQUEST] = letters(b'a');
const ANSWER: [u8; REQUEST] = letters(b'A');

const fn letters(first: u8) -> [u8; REQUEST] {
    let mut text = [b'\n'; REQUEST];
    let mut place = 0;
    while place < REQUEST - 1 {
        text[place] = first + (place % 26) as u8;
        place += 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::thread;

    use super::*;

    /// Serves one peer, and so many requests of it.
    fn server(requests: usize) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let addr = listener.local_addr().expect("bound");
        thread::spawn(move || {
            let (peer, _) = listener.accept().expect("a peer");
            (0..requests).for_each(|_| answer(&peer));
        });
        addr
    }

    fn work(requests: u64) -> Work {
        let patience = Duration::from_millis(300);
        Work { active: 1, renew: false, until: Until::Requests(requests), patience }
    }

    #[test]
    fn every_request_is_counted() {
        let mut crowd = Crowd::new(server(6)).expect("an epoll");
        let found = crowd.gather(1, Duration::from_secs(5)).expect("right answers");
        assert_eq!((found.served, found.complaint()), (1, None));

        let traffic = crowd.drive(work(5), &|| Duration::ZERO).expect("right answers");

        assert_eq!((traffic.requests, traffic.lost, traffic.unanswered), (5, 0, 0));
        assert_eq!(traffic.latencies.len(), 5);
    }

    #[test]
    fn a_server_that_leaves_is_noticed() {
        let mut crowd = Crowd::new(server(3)).expect("an epoll");
        crowd.gather(1, Duration::from_secs(5)).expect("right answers");

        let traffic = crowd.drive(work(5), &|| Duration::ZERO).expect("right answers");

        assert_eq!((traffic.requests, traffic.lost, traffic.unanswered), (2, 1, 0));
    }

    /// Lets two in, and does with them what is said.
    fn server_of_two(serve: impl FnOnce(&TcpStream, TcpStream) + Send + 'static) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let addr = listener.local_addr().expect("bound");
        thread::spawn(move || {
            let [mut first, second] = [(); 2].map(|()| listener.accept().expect("a peer").0);
            serve(&first, second);
            // Until the crowd goes.
            let _ = first.read(&mut [0]);
        });
        addr
    }

    fn answer(mut peer: &TcpStream) {
        let mut request = [0; REQUEST];
        peer.read_exact(&mut request).expect("a request");
        request.make_ascii_uppercase();
        peer.write_all(&request).expect("it listens");
    }

    #[test]
    fn who_is_dropped_while_others_are_still_to_be_served_is_not_served() {
        let addr = server_of_two(|first, second| {
            answer(&second);
            drop(second);
            answer(first);
        });
        let mut crowd = Crowd::new(addr).expect("an epoll");

        let found = crowd.gather(2, Duration::from_secs(5)).expect("right answers");

        let complaint = "1 of 2 served, 1 served once and then dropped";
        assert_eq!(found.complaint().as_deref(), Some(complaint));
    }

    #[test]
    fn who_is_dropped_while_quiet_is_lost() {
        let addr = server_of_two(|first, second| {
            [first, &second, first].into_iter().for_each(answer);
            drop(second);
            answer(first);
        });
        let mut crowd = Crowd::new(addr).expect("an epoll");
        crowd.gather(2, Duration::from_secs(5)).expect("right answers");

        let traffic = crowd.drive(work(2), &|| Duration::ZERO).expect("right answers");

        assert_eq!((traffic.requests, traffic.lost, traffic.unanswered), (2, 1, 0));
    }

    #[test]
    fn connections_that_we_cannot_open_are_our_failure() {
        // TCP has no broadcast.
        let mut crowd = Crowd::new(SocketAddr::from(([255, 255, 255, 255], 9))).expect("an epoll");

        let work = Work { active: 3, renew: true, ..work(5) };
        let traffic = crowd.drive(work, &|| Duration::ZERO).expect("nothing is answered");

        assert_eq!((traffic.requests, traffic.lost, traffic.failed), (0, 0, 3));
        assert!(traffic.why.is_some());
    }

    #[test]
    fn an_answer_that_comes_after_we_gave_up_is_not_counted() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let addr = listener.local_addr().expect("bound");
        thread::spawn(move || {
            let (served, _) = listener.accept().expect("a peer");
            let (late, _) = listener.accept().expect("a peer");
            answer(&served);
            thread::sleep(Duration::from_millis(300));
            answer(&late);
            (0..2).for_each(|_| answer(&served));
        });
        let mut crowd = Crowd::new(addr).expect("an epoll");

        let found = crowd.gather(2, Duration::from_millis(100)).expect("right answers");
        let traffic = crowd.drive(Work { patience: Duration::from_secs(5), ..work(2) }, &|| Duration::ZERO);

        assert_eq!((found.served, found.waiting), (1, 1));
        let traffic = traffic.expect("right answers");
        assert_eq!((traffic.requests, traffic.lost, traffic.unanswered), (2, 0, 0));
    }

    #[test]
    fn those_who_are_not_let_in_wait_in_vain() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let mut crowd = Crowd::new(listener.local_addr().expect("bound")).expect("an epoll");

        let found = crowd.gather(3, Duration::from_millis(50)).expect("no answers");

        assert_eq!(found.complaint().as_deref(), Some("0 of 3 served, 3 waited in vain"));
    }
}
