//! The private side of `group`: a UDP socket beside the TCP connection, at the port above it.
//!
//! Others reach a user there because they know the TCP address: the server prints it.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use socket2::{Domain, Socket, Type};

use crate::wire::LOOK_UP;

/// Opens the private socket of the connection with this TCP port: every IPv6 and IPv4 address of this
/// machine, at the port above.
///
/// # Errors
/// The port is taken, or there is none above.
pub fn bind(tcp_port: u16) -> io::Result<UdpSocket> {
    let port = tcp_port.checked_add(1).ok_or(io::ErrorKind::AddrNotAvailable)?;
    let socket = match dual_stack(port) {
        Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
            // A machine without IPv6.
            UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port))?
        }
        other => other?,
    };
    socket.set_read_timeout(Some(LOOK_UP))?;
    Ok(socket)
}

fn dual_stack(port: u16) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV6, Type::DGRAM, None)?;
    socket.set_only_v6(false)?;
    socket.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)).into())?;
    Ok(socket.into())
}

/// Sends a private message.
///
/// # Errors
/// What the system says.
pub fn send(socket: &UdpSocket, to: SocketAddr, bytes: &[u8]) -> io::Result<()> {
    let six = socket.local_addr()?.is_ipv6();
    let to = match to {
        SocketAddr::V4(to) if six => SocketAddr::from((to.ip().to_ipv6_mapped(), to.port())),
        other => other,
    };
    socket.send_to(bytes, to).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_address_are_reached_and_heard() {
        let free = UdpSocket::bind("127.0.0.1:0").expect("a port").local_addr().expect("it").port();
        let socket = bind(free - 1).or_else(|_| bind(free)).expect("a socket");
        let port = socket.local_addr().expect("its address").port();
        let other = UdpSocket::bind("127.0.0.1:0").expect("a port");

        send(&socket, other.local_addr().expect("its address"), b"hi").expect("to send");
        let mut buffer = [0; 8];
        let (length, from) = other.recv_from(&mut buffer).expect("it arrives");
        assert_eq!((&buffer[..length], from.port()), (&b"hi"[..], port));
        assert!(bind(port - 1).is_err(), "taken");
        assert!(bind(u16::MAX).is_err(), "there is no port above");
    }
}
