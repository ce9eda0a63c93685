use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use super::*;

/// Writes down what is called, and ends the loop after so many calls.
struct Diary {
    calls: Rc<RefCell<Vec<String>>>,
    left: usize,
}

impl Diary {
    fn note(&mut self, base: &mut Base, call: String) {
        self.calls.borrow_mut().push(call);
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            base.stop(Ok(()));
        }
    }
}

impl Callbacks for Diary {
    fn read(&mut self, connection: &mut Connection, base: &mut Base) {
        self.note(base, format!("read {}", String::from_utf8_lossy(&connection.take_input())));
    }

    fn written(&mut self, connection: &mut Connection, base: &mut Base) {
        self.note(base, format!("written, {} left", connection.output_len()));
    }

    fn event(&mut self, _: &mut Connection, base: &mut Base, what: Event) {
        self.note(base, format!("{what:?}"));
    }
}

/// Runs until so many calls were made, on a connection that is prepared first; gives the calls.
fn calls(
    count: usize,
    prepare: impl FnOnce(&mut Connection, UnixStream) -> Option<UnixStream>,
) -> Vec<String> {
    let (ours, theirs) = UnixStream::pair().expect("a pair");
    ours.set_nonblocking(true).expect("a socket");
    let mut connection = Connection::new(ours.into());
    let _open = prepare(&mut connection, theirs);
    let calls = Rc::new(RefCell::new(Vec::new()));
    let mut base = Base::new().expect("epoll");
    base.add(connection, Box::new(Diary { calls: calls.clone(), left: count })).expect("added");
    base.run().expect("it ran");
    drop(base);
    Rc::into_inner(calls).expect("the only one").into_inner()
}

#[test]
fn below_the_low_mark_nothing_is_read_and_never_more_than_the_high_one() {
    let calls = calls(3, |connection, mut peer| {
        connection.input_marks(4, 6);
        peer.write_all(b"abcdefghijklmno").expect("room"); // 6, 6, and 3 that are too few
        None
    });

    assert_eq!(calls, ["read abcdef", "read ghijkl", "End"]);
}

#[test]
fn output_is_written_and_what_sinks_to_the_low_mark_is_told() {
    let mut heard = None;
    let calls = calls(1, |connection, peer| {
        connection.output_low(3);
        connection.write(b"hello");
        heard = Some(peer.try_clone().expect("a copy"));
        Some(peer)
    });

    assert_eq!(calls, ["written, 0 left"]);
    let mut text = String::new();
    heard.expect("a peer").read_to_string(&mut text).expect("text");
    assert_eq!(text, "hello");
}

#[test]
fn a_silent_peer_runs_out_of_time_and_so_does_one_who_does_not_read() {
    let soon = Some(Duration::from_millis(20));

    let silent = calls(1, |connection, peer| {
        connection.timeouts(soon, None);
        Some(peer)
    });
    let deaf = calls(1, |connection, peer| {
        connection.timeouts(None, soon);
        connection.write(&vec![b'x'; 4 << 20]);
        Some(peer)
    });

    assert_eq!(silent, ["TimeUp(Read)"]);
    assert_eq!(deaf, ["TimeUp(Write)"]);
}

#[test]
fn who_pauses_reading_is_not_called_even_at_a_hang_up() {
    let calls = Rc::new(RefCell::new(Vec::new()));
    let mut base = Base::new().expect("epoll");
    let mut add = |prepare: fn(&mut Connection)| {
        let (ours, theirs) = UnixStream::pair().expect("a pair");
        let mut connection = Connection::new(ours.into());
        prepare(&mut connection);
        let key = base.add(connection, Box::new(Diary { calls: calls.clone(), left: 1 })).expect("added");
        (key, theirs)
    };
    let (paused, hangs_up) = add(|connection| connection.read_more(false));
    let (_, _silent) = add(|connection| connection.timeouts(Some(Duration::from_millis(50)), None));
    drop(hangs_up);

    base.run().expect("it ran");
    assert_eq!(calls.take(), ["TimeUp(Read)"]);
    base.connection(paused).expect("still there").read_more(true);
    base.run().expect("it ran");
    assert_eq!(calls.take(), ["End"]);
}

#[test]
fn what_is_said_first_is_the_outcome() {
    let (ours, theirs) = UnixStream::pair().expect("a pair");
    ours.set_nonblocking(true).expect("a socket");
    let mut server = Connection::new(ours.into());
    server.write(b"nobody hears this");
    drop(theirs);
    let mut base = Base::new().expect("epoll");
    base.add(server, Box::new(Server { stdin: None })).expect("added");

    // Writing fails, and then reading finds a proper end.
    let error = base.run().expect_err("it broke");
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
}
