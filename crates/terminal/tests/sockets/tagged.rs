use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use crate::person::{LONG, Person, echo};

/// The old server, for one client, under this id: one read is one request, only the first four letters
/// count, a message to an unknown id ends it. Messages are for the client itself, or noted.
pub struct Server {
    pub url: String,
    thread: JoinHandle<Vec<Vec<u8>>>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("tagged+tcp://{}", listener.local_addr().expect("its address"));
        Self { url, thread: thread::spawn(move || serve(&listener)) }
    }

    /// The requests it got, when the client has gone.
    pub fn requests(self) -> Vec<Vec<u8>> {
        self.thread.join().expect("the server lives")
    }
}

fn serve(listener: &TcpListener) -> Vec<Vec<u8>> {
    let (mut stream, peer) = listener.accept().expect("a client");
    stream.set_read_timeout(Some(LONG)).expect("a limit");
    stream.write_all(b"Reply Message From Server!").expect("to greet");
    let mut requests = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let length = stream.read(&mut buffer).expect("to read");
        if length == 0 {
            // It leaves its own side open.
            std::mem::forget(stream);
            return requests;
        }
        let request = buffer[..length].to_vec();
        answer(&request, &mut stream, peer.port());
        requests.push(request);
    }
}

fn answer(request: &[u8], stream: &mut TcpStream, port: u16) {
    let mut send = |unit: &[u8]| stream.write_all(unit).expect("to send");
    match &request[..4] {
        b"time" => {
            let mut unit = b"TIMEFri Nov 20 20:37:14 2026\n".to_vec();
            unit.resize(1024, 0);
            send(&unit);
        }
        b"name" => send(b"NAMEvm"),
        b"list" => {
            send(format!("LISTID : 1, Address : 127.0.0.1, Port : {port}\n").as_bytes());
            send(b"LISTID : 2, Address : 127.0.0.1, Port : 51080\n");
        }
        b"send" => {
            let text = request[5..].split(|byte| *byte == 0).next().expect("one piece at least");
            let text = std::str::from_utf8(text).expect("UTF-8");
            let (id, text) = text.split_once('#').expect("an id");
            assert!(["1", "2"].contains(&id), "an id that is unknown ends the server");
            if id == "1" {
                send(
                    format!("SENDID: 1, Address: 127.0.0.1, Port: {port} Sent A Message To You: {text}")
                        .as_bytes(),
                );
            }
        }
        _ => {}
    }
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(1024, 0);
    bytes
}

#[test]
fn a_message_in_a_pipe_is_delivered_before_it_leaves() {
    let server = Server::start();
    let (ended, printed) = echo("/msg 2 hello there\n/msg 2 世界", &server.url);
    assert!(ended.is_ok() && printed.is_empty(), "{ended:?} {printed}");
    let list = b"list".to_vec();
    let sent = [list, padded(b"send#2#hello there"), padded("send#2#世界".as_bytes()), b"name".to_vec()];
    assert_eq!(server.requests(), sent);
}

#[test]
fn an_id_that_nobody_has_is_refused_here_and_fails_the_pipe() {
    let server = Server::start();
    let (ended, printed) = echo("/msg 99 hello", &server.url);
    assert!(ended.is_err() && printed.contains("did not have 99"), "{ended:?} {printed}");
    assert_eq!(server.requests(), [b"list".to_vec(), b"name".to_vec()]);
}

#[test]
fn everything_can_be_asked_for_in_a_chat() {
    let server = Server::start();
    let mut ann = Person::chats(&server.url);
    ann.sees("Reply Message From Server!");
    ann.types("/time");
    ann.sees("-- the time at the server: Fri Nov 20 20:37:14 2026\n");
    ann.types("/name");
    ann.sees("-- the server is called vm\n");
    ann.types("/who");
    ann.sees("-- 2 are here:\n     1  127.0.0.1:");
    ann.types("/msg 1 to myself");
    ann.sees("): to myself\n");
    ann.types("hello?");
    ann.sees("!! this server has no room");
    ann.ends_input();
    assert!(ann.ends().0.is_ok());
    server.requests();
}
