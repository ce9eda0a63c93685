use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

use crate::person::Person;

fn line(stream: &TcpStream) -> String {
    let mut line = String::new();
    BufReader::new(stream.try_clone().expect("a second handle")).read_line(&mut line).expect("a line");
    line
}

#[test]
fn a_broken_connection_is_made_again_and_the_user_told() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = listener.local_addr().expect("its address");
    let mut ann = Person::chats(&format!("line+tcp://{at}?nick=ann"));
    let (mut first, _) = listener.accept().expect("a client");
    first.write_all(b"-- Welcome\r\n").expect("to greet");
    ann.types("one");
    assert_eq!(line(&first), "/nick ann\n");
    drop(first);
    ann.sees("trying again in 1 s\n");

    let (mut second, _) = listener.accept().expect("it comes back");
    second.write_all(b"-- Welcome back\r\n").expect("to greet");
    assert_eq!(line(&second), "/nick ann\n");
    ann.sees("-- Welcome back\n");
    // Nobody is there for a while: the waits grow.
    drop((second, listener));
    ann.sees("trying again in 2 s\n");
    ann.types("into the void");
    ann.sees("!! there is no connection now: it was not sent\n");

    let listener = TcpListener::bind(at).expect("the port again");
    let (mut third, _) = listener.accept().expect("it comes back");
    third.write_all(b"-- Welcome once more\r\n").expect("to greet");
    ann.sees("-- Welcome once more\n");
    ann.ends_input();
    assert_eq!(line(&third), "/nick ann\n");
    drop(third);
    ann.ends().0.expect("left as wished");
}

#[test]
fn an_address_that_never_worked_is_not_tried_again() {
    let at = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address");
    let (ended, shown) = Person::chats(&format!("line+tcp://{at}")).ends_by_itself();
    assert!(ended.is_err() && shown.is_empty(), "{shown}");
}
