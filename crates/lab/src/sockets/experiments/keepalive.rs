//! A peer that is gone without a word: a cut cable, a lost power, a laptop that went to sleep.
//!
//! Its kernel sends neither FIN nor RST, so who only reads waits for ever: silence is all that an idle
//! connection has to say anyway. SO_KEEPALIVE asks after TCP_KEEPIDLE seconds of silence (7,200, if nobody
//! sets it), again each TCP_KEEPINTVL, and gives up after TCP_KEEPCNT without an answer: ETIMEDOUT. Who has
//! data under way finds out without it, when enough retransmissions are not acknowledged (some 15 minutes);
//! TCP_USER_TIMEOUT says how soon. Neither says whether the *program* there lives: its kernel answers for it,
//! so a protocol needs a PING of its own.
//!
//! No cable is cut here: the peer's socket gets a filter that drops all that comes (SO_ATTACH_FILTER), which
//! looks just so from our end. Newer kernels permit that only to root, or in a network namespace of one's
//! own. `tests/sockets/buffered.rs` takes down the link between two network namespaces besides.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rustix::net::sockopt;
use socket2::{SockFilter, SockRef};

use super::{Report, connected, name};
use crate::sockets::events::{readable, wait};

const SECOND: Duration = Duration::from_secs(1);
/// Idle, and one interval for each of two questions, make three seconds; and as much again for a busy
/// machine.
const LONG_ENOUGH: Duration = Duration::from_secs(6);
const NOT_PERMITTED: &str = "SO_ATTACH_FILTER is not permitted (EPERM): do it as root, or with \
    unshare -rn sh -c 'ip link set lo up; saloon lab options keepalive'";

pub fn run(report: &mut Report) -> anyhow::Result<()> {
    let (asking, dead_1) = connected()?;
    let (trusting, dead_2) = connected()?;
    let (mut sending, dead_3) = connected()?;
    let (asking_the_living, _living) = connected()?;
    for peer in [&dead_1, &dead_2, &dead_3] {
        match deafen(peer) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                report.not_done("a dead peer", "ETIMEDOUT", NOT_PERMITTED);
                return Ok(());
            }
            result => result?,
        }
    }
    for stream in [&asking, &asking_the_living] {
        sockopt::set_tcp_keepidle(stream, SECOND)?;
        sockopt::set_tcp_keepintvl(stream, SECOND)?;
        sockopt::set_tcp_keepcnt(stream, 2)?;
        sockopt::set_socket_keepalive(stream, true)?;
    }
    sockopt::set_tcp_user_timeout(&sending, 1000)?;
    sending.write_all(b"are you there?")?;

    let begin = Instant::now();
    let (mut found_by_asking, mut found_by_sending) = (None, None);
    while let Some(left) = LONG_ENOUGH.checked_sub(begin.elapsed())
        && (found_by_asking.is_none() || found_by_sending.is_none())
    {
        // One that has been found is not waited for: its error was taken, and what is left is the end.
        let first = readable(&asking).filter(|_| found_by_asking.is_none());
        let second = readable(&sending).filter(|_| found_by_sending.is_none());
        let [asked, sent] = wait([first, second], Some(left))?;
        if asked {
            found_by_asking = Some((read(&asking)?, begin.elapsed()));
        }
        if sent {
            found_by_sending = Some((read(&sending)?, begin.elapsed()));
        }
    }
    let mut found = |what, expected, found: Option<(String, Duration)>| {
        let (error, time) = found.unwrap_or_else(|| ("nothing".to_owned(), LONG_ENOUGH));
        let seen = format!("{error}, after {:.1} s", time.as_secs_f64());
        report.check(what, expected, seen, error == "ETIMEDOUT");
    };
    let expected = "ETIMEDOUT, after some 3 s";
    found("a dead peer, asked after 1 s and twice each 1 s (SO_KEEPALIVE)", expected, found_by_asking);
    let expected = "ETIMEDOUT, after 1 s or a little more";
    found("a dead peer that owes an acknowledgement for 1 s (TCP_USER_TIMEOUT)", expected, found_by_sending);
    report.equal("a dead peer, without either, at the same time", "nothing (EAGAIN)", read(&trusting)?);
    report.equal(
        "a living peer that says nothing, with SO_KEEPALIVE",
        "nothing (EAGAIN)",
        read(&asking_the_living)?,
    );

    // Else the kernel goes on trying to say goodbye to the dead.
    for stream in [&asking, &trusting, &sending, &dead_1, &dead_2, &dead_3] {
        sockopt::set_socket_linger(stream, Some(Duration::ZERO))?;
    }
    Ok(())
}

/// From now on nothing that comes reaches this socket: a filter of one instruction, "keep 0 bytes of it".
fn deafen(peer: &TcpStream) -> io::Result<()> {
    const RETURN_CONSTANT: u16 = 0x06; // BPF_RET | BPF_K
    SockRef::from(peer).attach_filter(&[SockFilter::new(RETURN_CONSTANT, 0, 0, 0)])
}

fn read(mut stream: &TcpStream) -> io::Result<String> {
    stream.set_nonblocking(true)?;
    Ok(match stream.read(&mut [0; 64]) {
        Ok(count) => format!("{count} bytes"),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => "nothing (EAGAIN)".to_owned(),
        Err(error) => name(error),
    })
}
