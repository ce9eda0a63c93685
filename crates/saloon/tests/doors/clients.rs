//! Clients of the dialects that are streams: what each sends, and when.

use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Instant;

use socket2::{Domain, Socket, Type};

use crate::stream::{PATIENCE, Stream};

/// Somebody with an IRC client, in the lobby.
pub struct Irc {
    pub stream: Stream,
    questions: u32,
}

impl Irc {
    pub fn new(mut stream: Stream, nick: &str) -> Self {
        stream.send(format!("NICK {nick}\r\nUSER {nick} 0 * :{nick}\r\nJOIN #lobby\r\n"));
        let mut irc = Self { stream, questions: 0 };
        irc.sync();
        irc
    }

    pub fn send(&mut self, line: &str) {
        self.stream.send(format!("{line}\r\n"));
    }

    /// Says something in the lobby.
    pub fn say(&mut self, text: &str) {
        self.send(&format!("PRIVMSG #lobby :{text}"));
    }

    /// The next line that has this in it.
    pub fn expect(&mut self, text: &str) -> String {
        self.until(text).pop().expect("a line")
    }

    /// All lines up to one that has this in it.
    pub fn until(&mut self, text: &str) -> Vec<String> {
        let end = Instant::now() + PATIENCE;
        let mut lines = Vec::new();
        loop {
            assert!(Instant::now() < end, "{text} did not come: {lines:#?}");
            let line = String::from_utf8(self.stream.until("\r\n")).expect("UTF-8");
            lines.push(line.trim_end().to_owned());
            if line.contains(text) {
                return lines;
            }
        }
    }

    /// What there was to be heard before the answer to a question that is asked now.
    pub fn sync(&mut self) -> Vec<String> {
        self.questions += 1;
        let token = format!("sync-{}", self.questions);
        self.send(&format!("PING {token}"));
        self.until(&format!(":{token}"))
    }

    /// Waits until somebody comes into the lobby, and says who.
    pub fn arrival(&mut self) -> String {
        loop {
            let line = self.expect(" JOIN ");
            if line.contains("#lobby") {
                return nick_of(&line);
            }
        }
    }

    /// Waits until this one is gone from the server.
    pub fn departure(&mut self, nick: &str) -> String {
        loop {
            let line = self.expect(" QUIT ");
            if nick_of(&line) == nick {
                return line;
            }
        }
    }

    pub fn join(&mut self, room: &str) {
        self.send(&format!("JOIN {room}"));
        self.expect(" 366 ");
    }
}

/// Whose line it is: `:nick!user@host …`.
pub fn nick_of(line: &str) -> String {
    line.trim_start_matches(':').split('!').next().expect("a source").to_owned()
}

/// A person with `nc`.
pub struct Line {
    pub stream: Stream,
}

impl Line {
    pub fn say(&mut self, text: &str) {
        self.stream.send(format!("{text}\n"));
    }
}

/// The console client: what is typed behind `send:`, and `exit;`.
pub struct Plain {
    pub stream: Stream,
}

impl Plain {
    pub fn say(&mut self, text: impl AsRef<[u8]>) {
        self.stream.send(text);
        self.stream.is_read();
    }

    /// Leaves, and reads the answer to the end.
    pub fn exit(mut self) {
        self.stream.send("exit;");
        self.stream.until("exit;");
        assert_eq!(self.stream.rest(), b"", "nothing follows exit;");
    }
}

/// The graphical client, with its private side.
pub struct Group {
    pub stream: Stream,
    /// On the port above that of the stream.
    pub private: Option<UdpSocket>,
}

impl Group {
    /// Connects from a port whose neighbour is free, and takes that for private messages.
    pub fn tcp(server: SocketAddr) -> Self {
        let (private, tcp) = loop {
            let private = UdpSocket::bind("127.0.0.1:0").expect("a socket");
            let port = private.local_addr().expect("an address").port();
            let tcp = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            if tcp.bind(&SocketAddr::from(([127, 0, 0, 1], port - 1)).into()).is_ok() {
                break (private, tcp);
            }
        };
        private.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        tcp.connect(&server.into()).expect("connected");
        Self { stream: Stream::on(TcpStream::from(tcp)), private: Some(private) }
    }

    /// Its address as others should see it.
    pub fn ident(&self) -> String {
        self.stream.local().to_string()
    }

    /// Waits until the server has said that it is here.
    pub fn online(&mut self) {
        let online = format!("{} is online\n", self.ident());
        self.stream.until(online);
    }

    pub fn say(&mut self, text: impl AsRef<[u8]>) {
        self.stream.send(text);
        self.stream.is_read();
    }

    /// Tells one user something, by what the server calls that user.
    pub fn tell(&self, ident: &str, text: impl AsRef<[u8]>) {
        let mut to: SocketAddr = ident.parse().expect("an address");
        to.set_port(to.port() + 1);
        self.private().send_to(text.as_ref(), to).expect("sent");
    }

    /// The next private message, and from whom, in the same words.
    pub fn told(&self) -> (String, Vec<u8>) {
        let mut text = [0; 65_536];
        let (length, mut from) = self.private().recv_from(&mut text).expect("a private message");
        from.set_port(from.port() - 1);
        (from.to_string(), text[..length].to_vec())
    }

    pub fn private(&self) -> &UdpSocket {
        self.private.as_ref().expect("a private side")
    }
}

/// The menu client.
pub struct Tagged {
    pub stream: Stream,
}

/// What stands in front of every answer on this connection, once.
pub const GREETING: &str = "Reply Message From Server!";

impl Tagged {
    pub fn new(mut stream: Stream) -> Self {
        stream.take(GREETING);
        Self { stream }
    }

    /// Sends 1024 bytes, with whatever was in memory behind the text.
    pub fn send_to(&mut self, id: impl std::fmt::Display, text: impl AsRef<[u8]>) {
        self.stream.send(send_request(id, text));
    }

    pub fn say(&mut self, text: &str) {
        self.send_to(0, text.trim_start());
    }

    /// The lines of the list of those who are here.
    pub fn list(&mut self) -> Vec<String> {
        // The name comes after all of the list.
        self.stream.send("listname");
        let text = String::from_utf8(self.stream.until(host_name())).expect("UTF-8");
        text.lines().filter(|line| line.starts_with("LISTID : ")).map(str::to_owned).collect()
    }
}

/// What `name` is answered with.
pub fn host_name() -> String {
    format!("NAME{}", rustix::system::uname().nodename().to_str().expect("ASCII"))
}

/// A request to send something: the text, NUL, and undefined bytes that look like requests.
pub fn send_request(id: impl std::fmt::Display, text: impl AsRef<[u8]>) -> Vec<u8> {
    let mut request = format!("send#{id}#").into_bytes();
    request.extend_from_slice(text.as_ref());
    request.push(0);
    let garbage = b"timename\0list\xff\xfesend#1#not said\0\x7f\x45\x4c\x46 exit;\n".iter().cycle();
    let length = request.len();
    request.extend(garbage.take(1024_usize.checked_sub(length).expect("a short text")));
    request
}
