//! Out of descriptors. Alone in its file, because the limit is the whole process's.

mod common;

use std::net::TcpStream;

use common::{listen, reached_at};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use transport::is_exhausted;

#[test]
fn a_door_without_descriptors_can_rest_and_go_on() {
    let listener = listen("tcp://127.0.0.1:0");
    let client = TcpStream::connect(reached_at(&listener)).expect("connect");
    let before = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(3), ..before }).expect("lower");

    let refused = listener.accept();

    setrlimit(Resource::Nofile, before).expect("restore");
    assert!(is_exhausted(&refused.expect_err("no descriptor")));
    let accepted = listener.accept().expect("accept").expect("still there");
    assert_eq!(accepted.peer.port, client.local_addr().expect("address").port());
    assert!(!is_exhausted(&std::io::ErrorKind::ConnectionAborted.into()));
}
