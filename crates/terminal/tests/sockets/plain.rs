use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::person::{LONG, Person, echo};

fn read(stream: &mut TcpStream) -> Vec<u8> {
    stream.set_read_timeout(Some(LONG)).expect("a limit");
    let mut buffer = [0; 1023];
    let length = stream.read(&mut buffer).expect("to read");
    buffer[..length].to_vec()
}

/// The old server, for one client: one read is one message. Gives back the reads.
fn server(listener: TcpListener) -> Vec<String> {
    let (mut stream, _) = listener.accept().expect("a client");
    let mut reads = Vec::new();
    loop {
        let text = String::from_utf8(read(&mut stream)).expect("UTF-8");
        let exit = text == "exit;";
        reads.push(text);
        if exit {
            stream.write_all(b"exit;").expect("to answer");
            return reads;
        }
        assert!(reads.len() < 100, "it left without a word");
    }
}

#[test]
fn every_line_arrives_in_a_read_of_its_own_and_exit_last() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("plain+tcp://{}", listener.local_addr().expect("its address"));
    let server = thread::spawn(move || server(listener));
    let (ended, printed) = echo("m1\nm2\n你好", &url);
    assert!(ended.is_ok() && printed.is_empty(), "{ended:?} {printed}");
    let reads = server.join().expect("no panic");
    // A server that is slow to read gets several at once: only the order is certain, and that text
    // never looks like the end.
    assert_eq!(reads.concat(), "m1m2你好exit;");
}

#[test]
fn relays_are_shown_however_they_arrive_and_exit_of_the_server_is_the_end() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let person = Person::pipes(&format!("plain+tcp://{}", listener.local_addr().expect("its address")));
    let (mut stream, _) = listener.accept().expect("a client");
    person.types("hi");
    assert_eq!(read(&mut stream), b"hi");
    stream
        .write_all(b"from client ip=127.0.0.1 port=5 onefrom client ip=127.0.0.1 port=6 two\x07")
        .expect("to send");
    person.sees("<127.0.0.1:5> one\n<127.0.0.1:6> two\n");
    stream.write_all(b"exit;").expect("to send");
    drop(stream);
    let (ended, _) = person.ends_by_itself();
    let error = ended.expect_err("it did not end as it wished").to_string();
    assert!(error.ends_with("closed the connection"), "{error}");
}

#[test]
fn the_endless_relays_of_a_dead_peer_do_not_fill_the_screen() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut person = Person::chats(&format!("plain+tcp://{}", listener.local_addr().expect("its address")));
    let (mut stream, _) = listener.accept().expect("a client");
    for _ in 0..1000 {
        stream.write_all(b"from client ip=127.0.0.1 port=58266 ").expect("to send");
    }
    stream.write_all(b"\nfrom client ip=127.0.0.1 port=5 alive").expect("to send");
    person.sees("<127.0.0.1:5> alive\n");
    assert!(person.screen().lines().count() < 10, "{}", person.screen());
    person.ends_input();
    assert_eq!(read(&mut stream), b"exit;");
    stream.write_all(b"exit;").expect("to answer");
    assert!(person.ends().0.is_ok());
}
