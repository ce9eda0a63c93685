//! The client of the `packet` dialect, with its fault: one buffer for what it sends and what it receives.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

use crate::stream::{PATIENCE, shown};

pub const SIZE: usize = 1048;
pub const JOIN: i32 = 1;
pub const CHAT: i32 = 2;
pub const LEAVE: i32 = 3;
/// What is put behind a name to say that it leaves.
pub const SUFFIX: &[u8] = b"\x20\xe7\xa6\xbb\xe5\xbc\x80\xe4\xba\x86\xe8\x81\x8a\xe5\xa4\xa9";

/// What a datagram says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub kind: i32,
    pub name: String,
    pub text: String,
}

/// A packet as it should look: with zeros behind the NULs.
pub fn packet(kind: i32, name: impl AsRef<[u8]>, text: impl AsRef<[u8]>) -> [u8; SIZE] {
    let (name, text) = (name.as_ref(), text.as_ref());
    let mut bytes = [0; SIZE];
    bytes[..4].copy_from_slice(&kind.to_le_bytes());
    bytes[4..4 + name.len()].copy_from_slice(name);
    bytes[24..24 + text.len()].copy_from_slice(text);
    bytes
}

impl Packet {
    /// Reads a datagram of the server, which must be as `packet` writes it.
    pub fn decode(datagram: &[u8]) -> Self {
        assert_eq!(datagram.len(), SIZE, "every packet has {SIZE} bytes");
        let kind = i32::from_le_bytes(datagram[..4].try_into().expect("four bytes"));
        let (name, text) = (c_string(&datagram[4..24]), c_string(&datagram[24..]));
        assert!((JOIN..=LEAVE).contains(&kind), "a packet of type {kind}");
        let tidy = name.len() < 20 && text.len() < 1024 && packet(kind, name, text) == datagram;
        assert!(tidy, "no NUL, or something behind it: {}", shown(datagram));
        let utf8 = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        Self { kind, name: utf8(name), text: utf8(text) }
    }
}

fn c_string(field: &[u8]) -> &[u8] {
    &field[..field.iter().position(|byte| *byte == 0).unwrap_or(field.len())]
}

/// How datagrams travel, and where to.
enum Datagrams {
    Udp(UdpSocket, SocketAddr),
    Unix(UnixDatagram, PathBuf),
}

/// A client of the group kind.
pub struct PacketClient {
    net: Datagrams,
    name: Vec<u8>,
    /// The one buffer.
    pub buffer: [u8; SIZE],
    /// What was received.
    pub heard: Vec<Packet>,
}

impl PacketClient {
    /// Has a socket, and has sent nothing.
    pub fn udp(server: SocketAddr, name: impl AsRef<[u8]>) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Self::over(Datagrams::Udp(socket, server), name.as_ref())
    }

    /// The same on a socket file of its own.
    pub fn unix(server: &Path, own: &Path, name: impl AsRef<[u8]>) -> Self {
        let socket = UnixDatagram::bind(own).expect("a socket");
        socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Self::over(Datagrams::Unix(socket, server.to_owned()), name.as_ref())
    }

    fn over(net: Datagrams, name: &[u8]) -> Self {
        Self { net, name: name.to_owned(), buffer: [0; SIZE], heard: vec![] }
    }

    /// Its socket.
    pub fn socket(&self) -> &UdpSocket {
        match &self.net {
            Datagrams::Udp(socket, _) => socket,
            Datagrams::Unix(..) => panic!("it has a socket file"),
        }
    }

    pub fn join(&mut self) {
        self.buffer.fill(0);
        self.write(JOIN, &self.name.clone(), b"");
        self.send_buffer();
    }

    /// Types this line: every word becomes a packet.
    pub fn say(&mut self, line: &str) {
        for word in line.split_whitespace() {
            self.say_at_once(word);
        }
    }

    /// Sends this as one packet, which a client with a better keyboard may do.
    pub fn say_at_once(&mut self, text: impl AsRef<[u8]>) {
        self.write(CHAT, &self.name.clone(), text.as_ref());
        self.send_buffer();
    }

    /// Leaves under the name that happens to be in the buffer.
    pub fn leave(&mut self) {
        let kind = LEAVE;
        self.leave_as(kind);
    }

    /// Leaves as the pair kind does.
    pub fn leave_as_pair(&mut self) {
        self.leave_as(CHAT);
    }

    fn leave_as(&mut self, kind: i32) {
        let name = c_string(&self.buffer[4..24]).to_owned();
        self.write(kind, &name, &[&name, SUFFIX].concat());
        self.send_buffer();
    }

    /// Puts C strings into the buffer, and leaves what is behind them.
    fn write(&mut self, kind: i32, name: &[u8], text: &[u8]) {
        let string = |field: &mut [u8], bytes: &[u8]| {
            field[..bytes.len()].copy_from_slice(bytes);
            if let Some(end) = field.get_mut(bytes.len()) {
                *end = 0;
            }
        };
        self.buffer[..4].copy_from_slice(&kind.to_le_bytes());
        string(&mut self.buffer[4..24], name);
        string(&mut self.buffer[24..], text);
    }

    fn send_buffer(&self) {
        self.send_raw(self.buffer);
    }

    /// Sends any datagram.
    pub fn send_raw(&self, datagram: impl AsRef<[u8]>) {
        let sent = match &self.net {
            Datagrams::Udp(socket, server) => socket.send_to(datagram.as_ref(), server),
            Datagrams::Unix(socket, server) => socket.send_to(datagram.as_ref(), server),
        };
        sent.expect("sent");
    }

    /// The next packet, from where this client sends to.
    pub fn next(&mut self) -> Packet {
        self.try_next().unwrap_or_else(|| panic!("nothing came; heard so far: {:#?}", self.heard))
    }

    /// The next packet, unless none comes for as long as the socket waits.
    pub fn try_next(&mut self) -> Option<Packet> {
        let mut datagram = [0; 4096];
        let received = match &self.net {
            Datagrams::Udp(socket, server) => socket.recv_from(&mut datagram).map(|(length, from)| {
                assert_eq!(from, *server, "everything comes from where it sends to");
                length
            }),
            Datagrams::Unix(socket, _) => socket.recv(&mut datagram),
        };
        match received {
            Ok(length) => {
                let packet = Packet::decode(&datagram[..length]);
                self.buffer.copy_from_slice(&datagram[..SIZE]);
                self.heard.push(packet.clone());
                Some(packet)
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
            Err(error) => panic!("receiving failed: {error}"),
        }
    }

    /// What comes next is exactly this.
    pub fn take(&mut self, kind: i32, name: &str, text: &str) {
        let expected = Packet { kind, name: name.to_owned(), text: text.to_owned() };
        assert_eq!(self.next(), expected);
    }

    /// All packets up to one that has this in its text, and that one.
    pub fn until(&mut self, text: &str) -> Vec<Packet> {
        let from = self.heard.len();
        while !self.next().text.contains(text) {}
        self.heard[from..].to_vec()
    }

    /// The next packet that has this in its text.
    pub fn expect(&mut self, text: &str) -> Packet {
        self.until(text).pop().expect("a packet")
    }

    /// The next packet of this type about somebody of this name, and all before it.
    pub fn until_kind(&mut self, kind: i32, name: &str) -> Vec<Packet> {
        let from = self.heard.len();
        while !matches!(self.next(), Packet { kind: k, name: n, .. } if k == kind && n == name) {}
        self.heard[from..].to_vec()
    }
}
