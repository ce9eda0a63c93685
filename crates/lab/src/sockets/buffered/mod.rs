//! Buffers and callbacks: who uses this neither reads, nor writes, nor waits. It is the shape of libevent's
//! `bufferevent`, and of what came after it.
//!
//! The calls: those of `epoll-lt`, all of them in [`base`] and [`connection`]. What is here is what a user of
//! such a library writes: *read* is called when there is input, *written* when the output has sunk, *event*
//! at the end, at an error and when time is up. That is level 3 of a ladder: `poll` says who is ready,
//! `reactor` calls back when one is ready, this calls back when the work is done. `async` is level 4.
//!
//! Watermarks keep it bounded. Whoever writes into a buffer is never told to wait, so without them one peer
//! who does not read fills the memory. Above the high mark of its output we stop reading from it (so the
//! kernel's buffers fill, then its own, and it waits); below the low one we go on.
//!
//! What a thousand idle peers cost: two empty buffers, two boxes and a place in a table each: some 800 bytes.
//!
//! Where it breaks: each byte is copied twice more, and who writes a reply learns of its fate later, or
//! never. A callback that waits stops everybody. And epoll takes no regular file (EPERM), so `talk < FILE`
//! has to treat the file as always ready.
//!
//! Read `options` next, or the models again, from `poll` on.

mod base;
mod connection;
#[cfg(test)]
mod tests;

use std::io::{self, Write as _};
use std::time::Duration;

use anyhow::Context as _;
use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, socket_with, sockopt};

use self::base::{Base, Callbacks, Key};
use self::connection::{Connection, Event, Waiting};
use super::command::{BufferedServe, BufferedTalk};
use super::note;
use crate::ground::{Blocking, Counts, Ground, PIECE, stop_signals};

/// Between these the output of `talk` is kept.
const LOW: usize = 16 * 1024;
const HIGH: usize = 64 * 1024;

/// Serves until a signal.
pub fn serve(options: &BufferedServe) -> anyhow::Result<()> {
    let mut base = Base::new()?;
    base.stop_at(stop_signals()?)?;
    let door = Ground { addr: options.addr, counts: Counts::shared()? }.open(Blocking::Nothing)?;
    door.announce()?;
    let (low, high) = (usize::from(options.low), options.high.try_into()?);
    let (idle, stall, keepalive) = (options.idle, options.stall, options.keepalive);
    base.listen(door, options.peers, move |peer| {
        if let Some(seconds) = keepalive {
            keep_alive(&peer, Duration::from_secs(seconds.into()))?;
        }
        let who = peer.peer_addr()?.to_string();
        let mut connection = Connection::new(peer.into());
        connection.timeouts(idle, stall);
        connection.input_marks(low, low.max(PIECE));
        connection.output_low(high / 4);
        Ok((connection, Box::new(Echo { who, high })))
    })?;
    Ok(base.run()?)
}

/// After so much silence ask, and again after as much; no answer to three is the end (tcp(7)).
fn keep_alive(peer: &std::net::TcpStream, after: Duration) -> rustix::io::Result<()> {
    sockopt::set_tcp_keepidle(peer, after)?;
    sockopt::set_tcp_keepintvl(peer, after)?;
    sockopt::set_tcp_keepcnt(peer, 3)?;
    sockopt::set_socket_keepalive(peer, true)
}

/// One peer of the server.
struct Echo {
    who: String,
    high: usize,
}

impl Callbacks for Echo {
    fn read(&mut self, peer: &mut Connection, _: &mut Base) {
        answer(peer);
        peer.read_more(peer.output_len() < self.high);
    }

    fn written(&mut self, peer: &mut Connection, _: &mut Base) {
        peer.read_more(true);
    }

    fn event(&mut self, peer: &mut Connection, _: &mut Base, what: Event) {
        match what {
            Event::Connected => {}
            // The peer has no more to say, but still listens: close after the last answer. What is below the
            // low mark has not been read yet.
            Event::End => {
                answer(peer);
                peer.close_when_written();
            }
            Event::TimeUp(waiting) => {
                let what = if waiting == Waiting::Read { "nothing came" } else { "no answer was taken" };
                note(format_args!("{}: {what} for too long", self.who));
                peer.close();
            }
            Event::Failed(error) => {
                note(format_args!("{}: {error}", self.who));
                peer.close();
            }
        }
    }
}

fn answer(peer: &mut Connection) {
    let mut input = peer.take_input();
    input.make_ascii_uppercase();
    peer.write(&input);
}

/// Passes the input on, and prints the answers, until the server closes.
pub fn talk(options: &BufferedTalk) -> anyhow::Result<()> {
    let family = if options.addr.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)?;
    match connect(&socket, &options.addr) {
        // It goes on, and `written` or an error will tell: connect(2), EINPROGRESS.
        Ok(()) | Err(rustix::io::Errno::INPROGRESS) => {}
        Err(error) => return Err(error).with_context(|| format!("can't connect to {}", options.addr)),
    }
    let mut base = Base::new()?;
    let mut server = Connection::connecting(socket);
    server.timeouts(None, Some(options.stall));
    server.output_low(LOW);
    base.add(server, Box::new(Server { stdin: None }))?;
    base.run()
        .with_context(|| format!("the connection to {} (does a server say it listens there?)", options.addr))
}

/// What comes from the server is printed.
struct Server {
    /// Not before we are connected.
    stdin: Option<Key>,
}

impl Callbacks for Server {
    fn read(&mut self, server: &mut Connection, base: &mut Base) {
        // It waits, if nobody takes it, and everything with it. That is what we want of a program with one
        // connection; with two, the output would have to be a connection, too.
        let mut stdout = io::stdout().lock();
        if let Err(error) = stdout.write_all(&server.take_input()).and_then(|()| stdout.flush()) {
            base.stop(Err(error));
        }
    }

    fn written(&mut self, _: &mut Connection, base: &mut Base) {
        if let Some(stdin) = self.stdin.and_then(|key| base.connection(key)) {
            stdin.read_more(true);
        }
    }

    fn event(&mut self, server: &mut Connection, base: &mut Base, what: Event) {
        match what {
            Event::Connected => {
                let stdin = rustix::io::fcntl_dupfd_cloexec(io::stdin(), 0).map_err(io::Error::from);
                let input = Input { server: server.key };
                match stdin.and_then(|fd| base.add(Connection::new(fd), Box::new(input))) {
                    Ok(key) => self.stdin = Some(key),
                    Err(error) => base.stop(Err(error)),
                }
            }
            Event::End => base.stop(Ok(())),
            Event::TimeUp(_) => base.stop(Err(io::ErrorKind::TimedOut.into())),
            Event::Failed(error) => base.stop(Err(error)),
        }
    }
}

/// What is typed goes to the server.
struct Input {
    server: Key,
}

impl Callbacks for Input {
    fn read(&mut self, stdin: &mut Connection, base: &mut Base) {
        let input = stdin.take_input();
        match base.connection(self.server) {
            Some(server) => {
                server.write(&input);
                stdin.read_more(server.output_len() < HIGH);
            }
            None => stdin.close(),
        }
    }

    fn written(&mut self, _: &mut Connection, _: &mut Base) {}

    fn event(&mut self, stdin: &mut Connection, base: &mut Base, what: Event) {
        stdin.close();
        match what {
            Event::Failed(error) => base.stop(Err(error)),
            _ => drop(base.connection(self.server).map(Connection::finish_when_written)),
        }
    }
}
