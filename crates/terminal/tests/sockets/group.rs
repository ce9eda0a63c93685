use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;

use crate::person::{LONG, Person, echo};

/// The old server, for as many clients as are told: reads of 63 bytes, everybody hears everything, and
/// half-close is leaving. A thread for each, which its single loop amounts to as long as they take turns.
struct Server {
    listener: TcpListener,
    clients: Vec<TcpStream>,
}

impl Server {
    fn new() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("group+tcp://{}", listener.local_addr().expect("its address"));
        (Self { listener, clients: Vec::new() }, url)
    }

    fn accepts(&mut self) -> SocketAddr {
        let (stream, who) = self.listener.accept().expect("a client");
        stream.set_read_timeout(Some(LONG)).expect("a limit");
        self.clients.push(stream);
        self.tells(&format!("{who} is online\n"));
        who
    }

    fn tells(&mut self, unit: &str) {
        self.clients.iter_mut().for_each(|client| client.write_all(unit.as_bytes()).expect("to send"));
    }

    /// One read of one client; none when it has left.
    fn turn(&mut self, of: usize) -> Option<String> {
        let mut buffer = [0; 63];
        let who = self.clients[of].peer_addr().expect("its address");
        let length = self.clients[of].read(&mut buffer).expect("to read");
        if length == 0 {
            self.clients.remove(of);
            // The wrong one, as the original has it.
            self.tells("a user left\n0.0.0.0:0 is offline\n");
            return None;
        }
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        self.tells(&format!("from {who}: {text}"));
        Some(text)
    }
}

#[test]
fn a_pipe_waits_for_its_own_words_to_come_back() {
    let (mut server, url) = Server::new();
    let server = thread::spawn(move || {
        server.accepts();
        let heard: Vec<_> = std::iter::from_fn(|| server.turn(0)).collect();
        heard.concat()
    });
    let (ended, printed) = echo("hi 你好", &url);
    assert!(ended.is_ok() && printed.is_empty(), "{ended:?} {printed}");
    assert_eq!(server.join().expect("no panic"), "hi 你好");
}

#[test]
fn two_of_ours_talk_in_the_room_and_in_private() {
    let (mut server, url) = Server::new();
    let mut ann = Person::chats(&url);
    let ann_at = server.accepts();
    ann.sees(&format!("-- you are {ann_at} here\n"));
    let mut bob = Person::chats(&url);
    let bob_at = server.accepts();
    ann.sees(&format!("-- {bob_at} has joined\n"));
    bob.sees(&format!("-- you are {bob_at} here\n"));

    bob.types("hi all");
    server.turn(1);
    ann.sees(&format!("<{bob_at}> hi all\n"));
    assert!(!bob.screen().contains("hi all"), "only typed, not shown again");

    ann.types(&format!("/msg {bob_at} secret 私聊"));
    bob.sees(&format!("Private ({ann_at}): secret 私聊\n"));
    bob.types(&format!("/msg {ann_at} got it"));
    ann.sees(&format!("Private ({bob_at}): got it\n"));

    bob.ends_input();
    assert!(server.turn(1).is_none());
    ann.sees("-- 0.0.0.0:0 has left\n");
    ann.ends_input();
    assert!(bob.ends().0.is_ok() && ann.ends().0.is_ok());
}

#[test]
fn a_stranger_s_datagram_is_shown_with_the_port_below() {
    let (mut server, url) = Server::new();
    let ann = Person::chats(&url);
    let ann_at = server.accepts();
    ann.sees("you are");
    let stranger = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let from = stranger.local_addr().expect("its address").port() - 1;
    stranger.send_to(b"psst\x1b[2J\0junk", (ann_at.ip(), ann_at.port() + 1)).expect("to send");
    ann.sees(&format!("Private (127.0.0.1:{from}): psst[2J\n"));
    assert!(ann.ends().0.is_ok());
}

#[test]
fn the_private_socket_is_at_the_port_above() {
    let (mut server, url) = Server::new();
    let ann = Person::chats(&url);
    let at = server.accepts();
    ann.sees("connected");
    assert!(UdpSocket::bind(("0.0.0.0", at.port() + 1)).is_err(), "that is hers");
    assert!(ann.ends().0.is_ok());
}

#[test]
fn too_many_users_is_said_in_a_line() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("group+tcp://{}", listener.local_addr().expect("its address"));
    let person = Person::chats(&url);
    let (mut stream, _) = listener.accept().expect("a client");
    stream.write_all(b"too many users\n").expect("to send");
    drop(stream);
    let error = person.ends_by_itself().0.expect_err("refused").to_string();
    assert!(error.ends_with("does not let you in: too many users"), "{error}");
}
