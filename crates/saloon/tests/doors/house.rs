//! A server with a door of every kind, and the ways through each.

use std::net::{SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU16, Ordering};

use crate::clients::{Group, Irc, Line, Plain, Tagged};
use crate::parcel::PacketClient;
use crate::stream::Stream;
use crate::support::{Server, Setup};

/// The doors of a house: dialect and transport.
const DOORS: [(&str, &str); 6] = [
    ("irc", "tcp"),
    ("line", "tcp"),
    ("packet", "udp"),
    ("plain", "tcp"),
    ("group", "tcp"),
    ("tagged", "tcp"),
];

/// A running server.
pub struct House {
    pub server: Server,
    doors: Vec<(String, String)>,
}

impl House {
    /// One door for each dialect.
    pub fn open() -> Self {
        Self::with(&[], &[])
    }

    /// The same, with more settings, and more keys for the doors of some dialects.
    pub fn with(settings: &[&str], keys: &[(&str, &str)]) -> Self {
        let setup = settings.iter().fold(setup(), |setup, setting| setup.set(setting));
        Self::on(setup, &DOORS, keys)
    }

    /// These doors, `irc` over TCP the first of them.
    pub fn on(setup: Setup, doors: &[(&str, &str)], keys: &[(&str, &str)]) -> Self {
        let setup = doors.iter().fold(setup, |setup, &(dialect, transport)| {
            let mut door = format!("addr = \"{}\"\ndialect = \"{dialect}\"\n", addr(dialect, transport));
            keys.iter().filter(|(of, _)| *of == dialect).for_each(|(_, keys)| door += keys);
            setup.door(&door)
        });
        let owned = |&(dialect, transport): &(&str, &str)| (dialect.to_owned(), transport.to_owned());
        Self { server: setup.start(), doors: doors.iter().map(owned).collect() }
    }

    /// Where a dialect is spoken over IP.
    pub fn addr(&self, dialect: &str, transport: &str) -> SocketAddr {
        let place = |(d, t): &(String, String)| d == dialect && t == transport;
        self.server.addr(self.doors.iter().position(place).expect("such a door"))
    }

    /// The socket file where a dialect is spoken.
    pub fn file(&self, dialect: &str) -> PathBuf {
        self.server.setup.path(&format!("{dialect}.sock"))
    }

    /// A connection to the door of a dialect.
    pub fn stream(&self, dialect: &str, transport: &str) -> Stream {
        match transport {
            "tcp" => Stream::tcp(self.addr(dialect, "tcp")),
            "tls" => Stream::tls(self.addr(dialect, "tls")),
            "ws" | "wss" | "http" => Stream::ws(self.addr(dialect, transport), dialect, transport == "wss"),
            _ => Stream::unix(&self.file(dialect)),
        }
    }

    pub fn irc(&self, nick: &str) -> Irc {
        Irc::new(self.stream("irc", "tcp"), nick)
    }

    pub fn line(&self) -> Line {
        Line { stream: self.stream("line", "tcp") }
    }

    pub fn plain(&self) -> Plain {
        let mut stream = self.stream("plain", "tcp");
        stream.most = 1023;
        Plain { stream }
    }

    /// Some who are all in, and have all heard all others.
    pub fn plains<const N: usize>(&self) -> [Plain; N] {
        let mut usher = self.irc("usher");
        let mut plains: [Plain; N] = std::array::from_fn(|_| {
            let plain = self.plain();
            usher.arrival();
            plain
        });
        usher.send("QUIT");
        usher.stream.rest();
        for one in 0..N {
            plains[one].say(format!("number {one} is here"));
            for other in (0..N).filter(|other| *other != one) {
                plains[other].stream.until(format!("number {one} is here"));
            }
        }
        plains
    }

    /// One that knows that it is in.
    pub fn group(&self) -> Group {
        let mut group = Group::tcp(self.addr("group", "tcp"));
        group.online();
        group
    }

    /// One that has been greeted.
    pub fn tagged(&self) -> Tagged {
        Tagged::new(self.stream("tagged", "tcp"))
    }

    /// One that has sent nothing.
    pub fn stranger(&self, name: impl AsRef<[u8]>) -> PacketClient {
        PacketClient::udp(self.addr("packet", "udp"), name)
    }

    /// One that has sent its join.
    pub fn packet(&self, name: impl AsRef<[u8]>) -> PacketClient {
        let mut client = self.stranger(name);
        client.join();
        client
    }
}

/// Settings that all these tests share.
pub fn setup() -> Setup {
    Setup::default().set(&format!("server.virtual_ports = {}", virtual_ports()))
}

fn addr(dialect: &str, transport: &str) -> String {
    match transport {
        "unix" | "unixgram" => format!("{transport}://{dialect}.sock"),
        _ => format!("{transport}://127.0.0.1:0"),
    }
}

/// The first of some virtual ports of which no other server knows, as many tests run at once.
fn virtual_ports() -> u16 {
    const PORTS: u16 = 60;
    const SLOTS: u16 = 300;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % u32::from(SLOTS)).expect("few");
    loop {
        let slot = (start + NEXT.fetch_add(1, Ordering::Relaxed)) % SLOTS;
        let first = 12_000 + slot * PORTS;
        if (first..first + PORTS).all(|port| UdpSocket::bind(("127.0.0.1", port)).is_ok()) {
            return first;
        }
    }
}
