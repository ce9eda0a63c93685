//! Models under a limit of processes, which is one of threads as well: whoever can't be served is told, and
//! when there may be more again, there are.
//!
//! "No more watches" is not here: that limit is one number for the whole machine (fs.epoll.max_user_watches),
//! and some millions.

mod support;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use support::{Peer, Server, until};

#[test]
fn fork_turns_away_whom_it_has_no_process_for() {
    turns_away("fork", "no more processes");
}

#[test]
fn threads_turns_away_whom_it_has_no_thread_for() {
    turns_away("threads", "no more threads");
}

fn turns_away(model: &str, why: &str) {
    let Some(server) = Server::start_under_limits(model, &[]) else { return };
    let mut first = Peer::connect(&server);
    first.ask("hello");

    server.may_have_processes(Some(1));
    for _ in 0..3 {
        Peer::connect(&server).is_closed();
    }
    first.ask("still here?");

    server.may_have_processes(None);
    Peer::connect(&server).ask("and now?");
    let report = server.stop();
    assert_eq!((&report["connections"], &report["refused"]), (&json!(5), &json!({ why: 3 })));
}

#[test]
fn pool_goes_on_with_the_threads_it_has() {
    let Some(server) = Server::start_under_limits("pool", &["--min", "1"]) else { return };
    let mut first = Peer::connect(&server);
    first.ask("hello");

    server.may_have_processes(Some(1));
    let mut second = Peer::connect(&server);
    second.say("hello?");
    second.hears_nothing();
    first.ask("still here?");

    server.may_have_processes(None);
    second.expect("HELLO?");
    assert_eq!(server.stop()["refused"], json!({}));
}

#[test]
fn prefork_goes_on_with_the_workers_it_has() {
    let Some(server) = Server::start_under_limits("prefork", &["--workers", "3"]) else { return };
    until("all workers are there", || server.children().len() == 3);

    server.may_have_processes(Some(1));
    let (victim, _) = server.children()[0];
    kill_process(Pid::from_raw(victim).expect("a child"), Signal::KILL).expect("it lives");
    until("it was reaped", || server.children().len() == 2);
    let mut peers: Vec<_> = (0..3).map(|_| Peer::connect(&server)).collect();
    peers.iter_mut().for_each(|peer| peer.say("hello"));
    peers.iter_mut().take(2).for_each(|peer| peer.expect("HELLO"));
    peers[2].hears_nothing();

    server.may_have_processes(None);
    peers[2].expect("HELLO");
    assert_eq!(server.children().len(), 3);
    server.stop();
}
