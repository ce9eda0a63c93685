//! An open connection, whatever carries it. One thread may receive while another sends.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::pair::PairSocket;
use crate::secure::TlsWire;
use crate::unixgram::Unixgram;

/// How long a datagram socket waits before it looks whether it is still wanted.
pub const LOOK_UP: Duration = Duration::from_millis(300);
/// How long a peer may take to read what it is sent.
pub const MOST_UNREAD: Duration = Duration::from_secs(10);

/// An open connection.
#[derive(Debug)]
pub enum Wire {
    /// TCP.
    Tcp(TcpStream),
    /// TLS on TCP.
    Tls(Box<TlsWire>),
    /// A Unix stream socket.
    Unix(UnixStream),
    /// UDP, to one address.
    Udp(UdpSocket),
    /// A Unix datagram socket, to one other.
    Unixgram(Unixgram),
    /// UDP, to whoever sent last.
    Pair(PairSocket),
}

/// What came.
#[derive(Debug)]
pub enum Arrival {
    /// So many bytes.
    Bytes(usize),
    /// So many bytes, from somebody who had not been the last to send.
    From(std::net::SocketAddr, usize),
    /// The other end will send no more.
    End,
    /// Nothing for now.
    Nothing,
}

impl Wire {
    /// Waits for what comes next.
    ///
    /// # Errors
    /// The connection broke.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<Arrival> {
        let received = match self {
            Self::Tcp(stream) => stream_arrival((&*stream).read(buffer)),
            Self::Unix(stream) => stream_arrival((&*stream).read(buffer)),
            Self::Tls(stream) => stream_arrival(stream.receive(buffer)),
            Self::Udp(socket) => socket.recv(buffer).map(Arrival::Bytes),
            Self::Unixgram(socket) => socket.receive(buffer).map(Arrival::Bytes),
            Self::Pair(socket) => socket.receive(buffer),
        };
        match received {
            Err(error) if is_pause(&error) => Ok(Arrival::Nothing),
            other => other,
        }
    }

    /// Sends one unit, in one call where that makes a difference.
    ///
    /// # Errors
    /// The connection broke.
    pub fn send(&self, unit: &[u8]) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => (&*stream).write_all(unit),
            Self::Unix(stream) => (&*stream).write_all(unit),
            Self::Tls(stream) => stream.send(unit),
            Self::Udp(socket) => socket.send(unit).map(drop),
            Self::Unixgram(socket) => socket.send(unit),
            Self::Pair(socket) => socket.send(unit),
        }
    }

    /// Says that no more will be sent.
    ///
    /// # Errors
    /// The connection broke.
    pub fn finish(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Write),
            Self::Unix(stream) => stream.shutdown(Shutdown::Write),
            Self::Tls(stream) => stream.finish(),
            Self::Udp(_) | Self::Unixgram(_) | Self::Pair(_) => Ok(()),
        }
    }

    /// Ends it, also for whoever is receiving.
    pub fn close(&self) {
        // Whatever fails here is closed already.
        let _ = match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
            Self::Tls(stream) => stream.close(),
            Self::Udp(_) | Self::Unixgram(_) | Self::Pair(_) => Ok(()),
        };
    }
}

fn stream_arrival(read: io::Result<usize>) -> io::Result<Arrival> {
    match read {
        Ok(0) => Ok(Arrival::End),
        Ok(length) => Ok(Arrival::Bytes(length)),
        Err(error) => Err(error),
    }
}

/// Whether nothing is wrong but that nothing has come.
pub fn is_pause(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::WouldBlock | Kind::TimedOut | Kind::Interrupted)
}
