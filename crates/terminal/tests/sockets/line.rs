use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::thread;

use crate::person::{Person, echo};

#[test]
fn a_line_in_a_pipe_is_delivered_and_nothing_needless_is_printed() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("line+tcp://{}", listener.local_addr().expect("its address"));
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        stream.write_all(b"-- Welcome to Saloon. You are guest1.\r\n<old> news\r\n").expect("to greet");
        let mut heard = String::new();
        stream.read_to_string(&mut heard).expect("until it has finished");
        heard
    });
    let (ended, printed) = echo("hi", &url);
    assert!(ended.is_ok(), "{ended:?}");
    assert_eq!(printed, "");
    assert_eq!(server.join().expect("no panic"), "hi\n/quit\n");
}

#[test]
fn what_people_say_comes_out_of_the_pipe() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("line+tcp://{}", listener.local_addr().expect("its address"));
    let mut person = Person::pipes(&url);
    let (mut stream, _) = listener.accept().expect("a client");
    stream.write_all(b"-- Welcome\r\n").expect("to greet");
    person.types("hi");
    let mut lines = BufReader::new(stream.try_clone().expect("a second handle")).lines();
    assert_eq!(lines.next().expect("a line").expect("UTF-8"), "hi");
    stream.write_all(b"-- bob has joined #lobby\r\n<bob> hi \x1b[2Jann\r\n").expect("to answer");
    person.sees("<bob> hi [2Jann\n");
    person.ends_input();
    assert_eq!(lines.next().expect("a line").expect("UTF-8"), "/quit");
    drop((lines, stream));
    let (ended, printed) = person.ends();
    assert!(ended.is_ok(), "{ended:?}");
    assert_eq!(printed, "<bob> hi [2Jann\n");
}

#[test]
fn an_answer_is_printed_when_something_was_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("line+tcp://{}", listener.local_addr().expect("its address"));
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        stream.write_all(b"-- Welcome\r\n").expect("to greet");
        let mut line = String::new();
        BufReader::new(stream.try_clone().expect("a second handle")).read_line(&mut line).expect("a line");
        assert_eq!(line, "/time\n");
        stream.write_all(b"-- it is noon\r\n").expect("to answer");
    });
    let (ended, printed) = echo("/time", &url);
    server.join().expect("no panic");
    assert!(ended.is_ok(), "{ended:?}");
    assert_eq!(printed, "-- it is noon\n");
}

#[test]
fn a_socket_file_does_as_well() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("line.sock");
    let listener = UnixListener::bind(&path).expect("a socket");
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut heard = String::new();
        stream.read_to_string(&mut heard).expect("until it has finished");
        heard
    });
    let (ended, printed) = echo("你好", &format!("line+unix://{}", path.display()));
    assert!(ended.is_ok() && printed.is_empty(), "{ended:?} {printed}");
    assert_eq!(server.join().expect("no panic"), "你好\n/quit\n");
}
