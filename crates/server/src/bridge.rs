//! The private side of the dialect `group` (`docs/dialects.md`, "Private messages"): its users send private
//! messages to each other as datagrams, to the port behind the one they are known by. For users of other
//! dialects the server owns these ports, and carries the messages in both directions.
//!
//! Ports are opened for users that a `group` user has been shown, and closed when they leave.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dialect::Dialect;
use hub::{Event, Identity, SessionId};
use transport::{Events, Interest, Poll};

use crate::config::Config;
use crate::core::worker_of;
use crate::inbox::Post;
use crate::shared::Shared;
use crate::worker::Conn;

/// Most bytes of a datagram.
const MOST: usize = 65_535;
/// The token of what ends the thread.
const STOP: u64 = u64::MAX;

/// The ports of users of other dialects, and the peers that may write to them.
#[derive(Debug, Default)]
pub struct Bridge(Option<Ports>);

#[derive(Debug)]
struct Ports {
    ip: IpAddr,
    first: u16,
    poll: Poll,
    waker: transport::Waker,
    /// By seat; none where the port can't be opened, which is not tried again.
    sockets: Mutex<BTreeMap<u16, Option<Arc<UdpSocket>>>>,
    /// Sessions of `group`, by the address they are known by.
    peers: Mutex<HashMap<SocketAddr, SessionId>>,
}

impl Bridge {
    /// One for the doors of this configuration; nothing if none of them speaks `group`.
    ///
    /// # Errors
    /// The system is out of descriptors.
    pub fn new(config: &Config) -> io::Result<Self> {
        let group = config.listen.iter().filter(|listen| listen.dialect.only(Dialect::Group));
        let mut ips = group.filter_map(|listen| listen.addr.endpoint()).map(|endpoint| endpoint.host.ip());
        let Some(first_ip) = ips.next() else { return Ok(Self(None)) };
        let ip = if ips.all(|ip| ip == first_ip) { first_ip } else { Ipv4Addr::UNSPECIFIED.into() };
        let (poll, waker) = (Poll::new()?, transport::Waker::new()?);
        poll.add(&waker, STOP, Interest::READ)?;
        let first = config.server.virtual_ports;
        Ok(Self(Some(Ports { ip, first, poll, waker, sockets: Mutex::default(), peers: Mutex::default() })))
    }

    /// A connection has a session now.
    pub fn arrived(&self, conn: &Conn) {
        if let (Some(ports), Some(addr)) = (&self.0, known_by(conn)) {
            lock(&ports.peers).insert(addr, conn.id);
        }
    }

    /// A connection is over.
    pub fn left(&self, conn: &Conn) {
        if let (Some(ports), Some(addr)) = (&self.0, known_by(conn)) {
            let mut peers = lock(&ports.peers);
            if peers.get(&addr) == Some(&conn.id) {
                peers.remove(&addr);
            }
        }
    }

    /// A `group` user is told this: whoever it is about can be written to from now on, or no longer.
    pub fn shown(&self, event: &Event) {
        let Some(ports) = &self.0 else { return };
        match event {
            Event::Said { who, .. } | Event::Joined { who, .. } => ports.open(who),
            Event::Entered { names: Some(names), .. } => {
                names.members.iter().for_each(|(_, who)| ports.open(who))
            }
            Event::Quit { who, .. } => {
                who.place.seat.map(|seat| lock(&ports.sockets).remove(&seat));
            }
            _ => {}
        }
    }

    /// Sends a private message to a `group` user, from the port of the user with that seat. Says whether it
    /// went out.
    pub fn send(&self, seat: u16, to: SocketAddr, bytes: &[u8]) -> bool {
        let Some(ports) = &self.0 else { return false };
        let socket = lock(&ports.sockets).get(&seat).cloned().flatten();
        let Some(port) = to.port().checked_add(1) else { return false };
        let sent = socket.map(|socket| socket.send_to(bytes, (to.ip(), port)));
        sent.is_some_and(|sent| sent.is_ok_and(|count| count == bytes.len()))
    }

    /// Carries what arrives, on a thread of its own, until [`stop`](Self::stop).
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(shared: &Arc<Shared>) -> io::Result<()> {
        if shared.bridge.0.is_none() {
            return Ok(());
        }
        let shared = Arc::clone(shared);
        std::thread::Builder::new().name("private".into()).spawn(move || carry(&shared))?;
        Ok(())
    }

    /// Ends the thread.
    pub fn stop(&self) {
        if let Some(ports) = &self.0 {
            lock(&ports.sockets).clear();
            ports.waker.wake();
        }
    }
}

impl Ports {
    fn open(&self, who: &Identity) {
        let group = who.handle.as_ref().is_some_and(|handle| handle.dialect == Dialect::Group.name());
        let Some(seat) = who.place.seat.filter(|_| !group) else { return };
        let mut sockets = lock(&self.sockets);
        if sockets.contains_key(&seat) {
            return;
        }
        let Some(port) = self.first.checked_add(seat).and_then(|port| port.checked_add(1)) else { return };
        let bound = self.bind(port, seat);
        if let Err(error) = &bound {
            tracing::warn!(port, %error, "no private messages between group users and the one known by that port");
        }
        sockets.insert(seat, bound.ok().map(Arc::new));
    }

    fn bind(&self, port: u16, seat: u16) -> io::Result<UdpSocket> {
        let socket = UdpSocket::bind((self.ip, port))?;
        socket.set_nonblocking(true)?;
        self.poll.add(&socket, seat.into(), Interest::READ)?;
        Ok(socket)
    }
}

/// Takes what arrives to the sessions it comes from.
fn carry(shared: &Shared) {
    let Some(ports) = &shared.bridge.0 else { return };
    let mut events = Events::with_capacity(64);
    let mut buffer = vec![0; MOST];
    loop {
        if let Err(error) = ports.poll.wait(&mut events, None) {
            return tracing::error!(%error, "waiting for private messages failed");
        }
        for event in events.iter() {
            if event.token == STOP {
                return;
            }
            let socket = lock(&ports.sockets).get(&(event.token as u16)).cloned().flatten();
            let Some(socket) = socket else { continue };
            while let Ok((count, from)) = socket.recv_from(&mut buffer) {
                // Whoever is not connected is nobody.
                let Some(port) = from.port().checked_sub(1) else { continue };
                let from = SocketAddr::new(from.ip().to_canonical(), port);
                let session = lock(&ports.peers).get(&from).copied();
                if let Some(session) = session {
                    let post = Post::Private(session, event.token as u16, buffer[..count].to_vec());
                    shared.inboxes[worker_of(session)].send(post);
                }
            }
        }
    }
}

fn known_by(conn: &Conn) -> Option<SocketAddr> {
    conn.ip.filter(|_| conn.dialect() == Dialect::Group).map(|ip| SocketAddr::new(ip, conn.port))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
