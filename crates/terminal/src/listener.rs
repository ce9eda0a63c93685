//! The threads that wait for what comes on a connection.

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::event::{Event, Events, Heard};
use crate::wire::{Arrival, Wire, is_pause};

/// Larger than any datagram, and than any read that a dialect makes something of.
const BUFFER: usize = 64 * 1024;

/// Waits on a connection until it ends or `closed` says so.
pub fn wire(number: u64, wire: Arc<Wire>, closed: Arc<AtomicBool>, events: Events) {
    thread::spawn(move || {
        let mut buffer = vec![0; BUFFER];
        while !closed.load(Ordering::SeqCst) {
            let heard = match wire.receive(&mut buffer) {
                Ok(Arrival::Nothing) => continue,
                Ok(Arrival::Bytes(length)) => Heard::Bytes(buffer[..length].to_vec()),
                Ok(Arrival::From(peer, length)) => Heard::From(peer, buffer[..length].to_vec()),
                Ok(Arrival::End) => Heard::End,
                Err(error) => Heard::Broken(error),
            };
            let last = matches!(heard, Heard::End | Heard::Broken(_));
            if events.send(Event::Heard(number, heard)).is_err() || last {
                return;
            }
        }
    });
}

/// Waits on a private socket until `closed` says so.
pub fn private(number: u64, socket: Arc<UdpSocket>, closed: Arc<AtomicBool>, events: Events) {
    thread::spawn(move || {
        let mut buffer = vec![0; BUFFER];
        while !closed.load(Ordering::SeqCst) {
            match socket.recv_from(&mut buffer) {
                Ok((length, from)) => {
                    let heard = Heard::Private(from, buffer[..length].to_vec());
                    if events.send(Event::Heard(number, heard)).is_err() {
                        return;
                    }
                }
                Err(error) if is_pause(&error) => {}
                // An answer from a port where nobody is: it says nothing about this socket.
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {}
                Err(_) => return,
            }
        }
    });
}
