//! The socket of a two-person chat, at the end that waits: it talks to whoever sent last.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Mutex, PoisonError};

use crate::wire::{Arrival, LOOK_UP};

/// A bound socket, and who sent last.
#[derive(Debug)]
pub struct PairSocket {
    socket: UdpSocket,
    last: Mutex<Option<SocketAddr>>,
}

impl PairSocket {
    /// Waits at an address.
    pub fn bind(at: SocketAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind(at)?;
        socket.set_read_timeout(Some(LOOK_UP))?;
        Ok(Self { socket, last: Mutex::new(None) })
    }

    /// Where it waits.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Waits for a datagram from anybody.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<Arrival> {
        let (length, from) = match self.socket.recv_from(buffer) {
            // The other end's program is gone: no reason for us to go.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => return Ok(Arrival::Nothing),
            other => other?,
        };
        let before = self.last.lock().unwrap_or_else(PoisonError::into_inner).replace(from);
        Ok(if before == Some(from) { Arrival::Bytes(length) } else { Arrival::From(from, length) })
    }

    /// Sends a datagram to whoever sent last; to nobody before that.
    pub fn send(&self, unit: &[u8]) -> io::Result<()> {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match last.map(|to| self.socket.send_to(unit, to)) {
            Some(Err(error)) if error.kind() != io::ErrorKind::ConnectionRefused => Err(error),
            _ => Ok(()),
        }
    }
}
