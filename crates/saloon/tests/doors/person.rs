//! Somebody in the lobby, whatever their program: they say something, hear something, and leave.

use crate::clients::{Group, Irc, Line, Plain, Tagged};
use crate::house::House;
use crate::parcel::PacketClient;
use crate::stream::Stream;

/// The kinds of client that there are.
pub const KINDS: [&str; 6] = ["irc", "line", "packet", "plain", "group", "tagged"];
/// Those who type commands with a slash.
pub const TYPISTS: [&str; 5] = ["line", "packet", "plain", "group", "tagged"];

/// The pause that somebody makes behind a command.
pub fn pause() {
    std::thread::sleep(std::time::Duration::from_millis(600));
}

/// Somebody in the lobby.
pub trait Person {
    /// Says a line as a person with this program does.
    fn say(&mut self, text: &str);

    /// Sends a line in one piece.
    fn say_at_once(&mut self, text: &str) {
        self.say(text);
    }

    /// All that comes up to this text, and it.
    fn hear(&mut self, text: &str) -> String;

    /// Reads a private message that has this text, and all before it.
    fn hear_private(&mut self, text: &str) -> String {
        self.hear(text)
    }

    /// Tells one user something.
    fn tell(&mut self, nick: &str, text: &str) {
        self.say_at_once(&format!("/msg {nick} {text}"));
    }

    /// Takes another nick.
    fn rename(&mut self, nick: &str) {
        self.say_at_once(&format!("/nick {nick}"));
    }

    /// Leaves in the way of the program.
    fn leave(self: Box<Self>);

    /// Waits until the server has ended the connection.
    fn gone(self: Box<Self>);
}

/// Somebody new of a kind, who has come in by IP; who watches says when they are in, and by what nick.
pub fn arrive(house: &House, watcher: &mut Irc, kind: &str) -> (Box<dyn Person>, String) {
    let transport = if kind == "packet" { "udp" } else { "tcp" };
    let person = come(house, kind, transport);
    (person, watcher.arrival())
}

/// Somebody new of a kind, over a transport.
pub fn come(house: &House, kind: &str, transport: &str) -> Box<dyn Person> {
    let stream = || house.stream(kind, transport);
    match (kind, transport) {
        ("irc", _) => Box::new(Irc::new(stream(), &format!("irc-{transport}"))),
        ("line", _) => Box::new(Line { stream: stream() }),
        ("packet", "udp") => Box::new(house.packet("pat")),
        ("packet", _) => {
            let own = house.server.setup.path("client.sock");
            let mut client = PacketClient::unix(&house.file("packet"), &own, "pat");
            client.join();
            Box::new(client)
        }
        ("plain", _) => Box::new(Plain { stream: stream() }),
        ("group", "tcp") => Box::new(house.group()),
        ("group", _) => Box::new(Group { stream: stream(), private: None }),
        ("tagged", _) => Box::new(Tagged::new(stream())),
        _ => panic!("no such client: {kind} over {transport}"),
    }
}

fn heard(stream: &mut Stream, text: &str) -> String {
    String::from_utf8(stream.until(text)).expect("UTF-8")
}

impl Person for Irc {
    fn say(&mut self, text: &str) {
        Irc::say(self, text);
    }

    fn hear(&mut self, text: &str) -> String {
        heard(&mut self.stream, text)
    }

    fn tell(&mut self, nick: &str, text: &str) {
        self.send(&format!("PRIVMSG {nick} :{text}"));
    }

    fn rename(&mut self, nick: &str) {
        self.send(&format!("NICK {nick}"));
    }

    fn leave(mut self: Box<Self>) {
        self.send("QUIT");
        self.gone();
    }

    fn gone(mut self: Box<Self>) {
        self.stream.rest();
    }
}

impl Person for Line {
    fn say(&mut self, text: &str) {
        Line::say(self, text);
    }

    fn hear(&mut self, text: &str) -> String {
        heard(&mut self.stream, text)
    }

    fn leave(mut self: Box<Self>) {
        Line::say(&mut self, "/quit");
        self.gone();
    }

    fn gone(mut self: Box<Self>) {
        self.stream.rest();
    }
}

impl Person for PacketClient {
    fn say(&mut self, text: &str) {
        PacketClient::say(self, text);
    }

    fn say_at_once(&mut self, text: &str) {
        PacketClient::say_at_once(self, text);
        if text.starts_with('/') {
            // A command may be many words, each a packet of its own: it ends with a pause.
            pause();
        }
    }

    fn hear(&mut self, text: &str) -> String {
        let packets = self.until(text);
        packets.iter().map(|packet| format!("{} : {}\n", packet.name, packet.text)).collect()
    }

    fn leave(mut self: Box<Self>) {
        PacketClient::leave(&mut self);
    }

    fn gone(self: Box<Self>) {}
}

impl Person for Plain {
    fn say(&mut self, text: &str) {
        Plain::say(self, text);
    }

    fn hear(&mut self, text: &str) -> String {
        heard(&mut self.stream, text)
    }

    fn leave(self: Box<Self>) {
        self.exit();
    }

    fn gone(mut self: Box<Self>) {
        assert!(self.stream.rest().ends_with(b"exit;"), "nothing else makes the client end");
    }
}

impl Person for Group {
    fn say(&mut self, text: &str) {
        Group::say(self, text);
    }

    fn hear(&mut self, text: &str) -> String {
        heard(&mut self.stream, text)
    }

    fn hear_private(&mut self, text: &str) -> String {
        loop {
            let (from, told) = self.told();
            let told = String::from_utf8(told).expect("UTF-8");
            if told.contains(text) {
                return format!("Private ({from}): {told}");
            }
        }
    }

    fn leave(self: Box<Self>) {}

    fn gone(mut self: Box<Self>) {
        self.stream.rest();
    }
}

impl Person for Tagged {
    fn say(&mut self, text: &str) {
        Tagged::say(self, text);
    }

    fn hear(&mut self, text: &str) -> String {
        heard(&mut self.stream, text)
    }

    fn leave(self: Box<Self>) {}

    fn gone(mut self: Box<Self>) {
        self.stream.rest();
    }
}
