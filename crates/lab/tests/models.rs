//! One test over every model. What a model can't do is asserted, too: see the lists at the end.

mod support;

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::thread;

use rustix::process::{Pid, Resource, Signal, kill_process};
use serde_json::json;
use support::{A_WHILE, Peer, Server, ask_at_once, fill, may_have_thousands, noise, say_skipped, until};

/// The server, or the end of the test if the system does not have what the model needs.
macro_rules! start {
    ($model:expr $(, $option:expr)*) => {
        match Server::start($model, &[$($option),*]) {
            Some(server) => server,
            None => return,
        }
    };
}

fn letters_come_back_in_upper_case(model: &str) {
    let server = start!(model);
    let mut peer = Peer::connect(&server);
    peer.ask("hello\n");
    // Only ASCII, and bytes that are not text stay what they are.
    peer.say("wörld 4\0");
    peer.expect("WöRLD 4\0");
    peer.0.write_all(&[0xff, b'z', 0x80]).expect("taken");
    peer.half_close();
    assert_eq!(peer.rest(), [0xff, b'Z', 0x80]);
    let report = server.stop();
    assert_eq!(report, json!({"model": model, "connections": 1, "bytes": 18, "refused": {}}));
}

fn a_megabyte_in_odd_pieces_comes_back_whole(model: &str) {
    let server = start!(model);
    let bytes = noise(1 << 20);
    let sizes = [1, 2, 3, 7, 1000, 65_537, 5, 16_384, 16_385, 40_000];
    assert!(ask_at_once(&Peer::connect(&server).0, &bytes, &sizes));
}

fn two_hundred_are_served_at_once(model: &str) {
    let server = start!(model);
    let mut peers: Vec<_> = (0..200).map(|_| Peer::connect(&server)).collect();
    for round in 0..3 {
        peers.iter_mut().enumerate().for_each(|(number, peer)| peer.say(&format!("peer {number} {round}")));
        for (number, peer) in peers.iter_mut().enumerate() {
            peer.expect(&format!("PEER {number} {round}"));
        }
    }
    assert_eq!(server.stop()["connections"], 200);
}

fn those_who_wait_are_served_in_turn(model: &str) {
    let server = start!(model);
    let mut peers: Vec<_> = (0..100).map(|_| Peer::connect(&server)).collect();
    for peer in &mut peers {
        peer.say("please");
        peer.half_close();
    }
    assert!(peers.iter_mut().all(|peer| peer.rest() == b"PLEASE"));
}

fn a_half_close_is_answered_to_the_last_byte(model: &str) {
    let server = start!(model);
    let mut peer = Peer::connect(&server);
    // Fits into the kernel's buffers, so that all is said, and the half closed, before anything is read.
    let bytes = noise(200_000);
    peer.0.write_all(&bytes).expect("taken");
    peer.half_close();
    assert!(peer.rest() == bytes.to_ascii_uppercase());

    let mut silent = Peer::connect(&server);
    silent.half_close();
    assert_eq!(silent.rest(), b"");
}

fn resets_harm_nobody(model: &str) {
    let server = start!(model);
    for _ in 0..20 {
        let mut peer = Peer::connect(&server);
        peer.0.write_all(&[b'x'; 100_000]).expect("taken");
        peer.reset();
        Peer::connect(&server).reset();
        Peer::connect(&server).ask("still here?");
    }
    server.stop();
}

fn who_vanishes_in_mid_byte_harms_nobody(model: &str) {
    let server = start!(model);
    for _ in 0..4 {
        let mut peer = Peer::connect_small(&server);
        // More than its window: the server has something left to say, and so finds out.
        peer.0.write_all(&[b'x'; 100_000]).expect("taken");
        if let Err(error) = peer.vanish() {
            return say_skipped(model, &format!("nobody can vanish without CAP_NET_ADMIN: {error}"));
        }
    }
    Peer::connect(&server).ask("still here?");
    server.stop();
}

fn a_slow_reader_stops_nobody_and_costs_little(model: &str) {
    let server = start!(model);
    let mut before = Peer::connect(&server);
    before.ask("first");
    let memory = server.most_memory();
    let slow = Peer::connect_small(&server);
    fill(&slow.0);
    before.ask("and now?");
    Peer::connect(&server).ask("a newcomer");
    assert!(server.most_memory() < memory + 4096, "from {memory} to {} KiB", server.most_memory());
    server.stop();
}

/// As its header says: `workers` peers that don't read stop all others, until one of them leaves.
fn slow_readers_stop_the_others(model: &str, options: &[&str], workers: usize) {
    let Some(server) = Server::start(model, options) else { return };
    let mut slow: Vec<_> = (0..workers).map(|_| Peer::connect_small(&server)).collect();
    for peer in &mut slow {
        fill(&peer.0);
    }
    let mut other = Peer::connect(&server);
    other.say("is anybody there?");
    other.hears_nothing();
    slow.pop().expect("one").reset();
    other.expect("IS ANYBODY THERE?");
    server.stop();
}

fn a_hundred_megabytes_pass_through_little_memory(model: &str) {
    const TOTAL: usize = 100_000_000;
    let server = start!(model);
    let mut peer = Peer::connect(&server);
    peer.ask("first");
    let memory = server.most_memory();
    let mut writing = peer.0.try_clone().expect("a descriptor");
    // A prime length, so that a lost or doubled piece shows wherever pieces begin.
    let block = noise(65_521);
    let answer = block.to_ascii_uppercase();
    let mut left = TOTAL;
    thread::scope(|threads| {
        threads.spawn(|| {
            let mut left = TOTAL;
            while left > 0 {
                let count = left.min(block.len());
                writing.write_all(&block[..count]).expect("taken");
                left -= count;
            }
        });
        let mut read = vec![0; block.len()];
        while left > 0 {
            let count = left.min(block.len());
            peer.0.read_exact(&mut read[..count]).expect("answers");
            assert!(read[..count] == answer[..count], "wrong bytes with {left} to come");
            left -= count;
        }
    });
    assert!(server.most_memory() < memory + 4096, "from {memory} to {} KiB", server.most_memory());
    assert_eq!(server.stop()["bytes"], TOTAL + 5);
}

/// All of them are at the door before the first is asked, whether they are let in or wait there.
fn five_hundred_who_come_at_once_are_all_served(model: &str) {
    let options: &[&str] = if model == "pool" { &["--max", "50", "--queue", "450"] } else { &[] };
    let Some(server) = Server::start(model, options) else { return };
    let peers: Vec<_> = (0..500).map(|_| Peer::connect(&server)).collect();
    for mut peer in peers {
        peer.ask("hello");
    }
    let report = server.stop();
    assert_eq!((&report["connections"], &report["refused"]), (&json!(500), &json!({})));
}

fn two_thousand_connects_are_no_trouble(model: &str) {
    let server = start!(model);
    thread::scope(|threads| {
        for _ in 0..4 {
            let addr = server.addr;
            threads.spawn(move || (0..500).for_each(|_| Peer::connect_to(addr).ask("hello")));
        }
    });
    let report = server.stop();
    assert_eq!(report["connections"], 2000);
    assert_eq!(report["refused"], json!({}));
}

/// Those for whom there is no descriptor are told by a close, the others are served, and when some have left
/// there is room again. Nothing spins meanwhile.
fn out_of_descriptors_some_are_turned_away(model: &str) {
    let server = start!(model, "--files", "32");
    let mut came = 60;
    let mut peers: Vec<_> = (0..came).map(|_| Peer::connect(&server)).collect();
    peers.retain_mut(|peer| peer.is_answered("hello"));
    let mut served = peers.len();
    assert!((5..32).contains(&peers.len()), "{} are served", peers.len());

    let ticks = server.ticks();
    thread::sleep(A_WHILE);
    assert!(server.ticks() - ticks < 10, "it spins");

    peers.iter_mut().for_each(|peer| peer.ask("still here?"));
    peers.truncate(2);
    until("there is room again", || {
        came += 1;
        Peer::connect(&server).is_answered("now?")
    });
    served += 1;
    peers.iter_mut().for_each(|peer| peer.ask("still here?"));
    let report = server.stop();
    let refused = json!({ "out of descriptors": came - served });
    assert_eq!((&report["connections"], &report["refused"]), (&json!(came), &refused));
}

/// When not even the spare descriptor can be had, whoever comes waits, and nothing spins meanwhile.
fn out_of_all_descriptors_it_rests(model: &str) {
    let server = start!(model);
    Peer::connect(&server).ask("hello");
    // Below all that it has: a limit is about numbers, not about how many there are.
    server.lab.may_have(Resource::Nofile, Some(3));
    // Where `accept` waits it has a descriptor already, and lets one more in.
    drop(Peer::connect(&server));
    let mut peer = Peer::connect(&server);
    peer.say("anybody?");
    let ticks = server.ticks();
    peer.hears_nothing();
    assert!(server.ticks() - ticks < 10, "it spins");
    server.lab.may_have(Resource::Nofile, None);
    peer.expect("ANYBODY?");
    server.stop();
}

/// One that has hardly any descriptors at a time does not run out of them.
fn few_descriptors_are_enough(model: &str) {
    let server = start!(model, "--files", "16");
    let mut peers: Vec<_> = (0..60).map(|_| Peer::connect(&server)).collect();
    for peer in &mut peers {
        peer.say("please");
        peer.half_close();
    }
    assert!(peers.iter_mut().all(|peer| peer.rest() == b"PLEASE"));
    assert_eq!(server.stop()["refused"], json!({}));
}

fn it_stops_cleanly(model: &str) {
    for signal in [Signal::TERM, Signal::INT] {
        let server = start!(model);
        let mut peers: Vec<_> = (0..3).map(|_| Peer::connect(&server)).collect();
        peers[0].ask("before");
        peers[2].say("in the midst of it");
        let slow = Peer::connect_small(&server);
        if signal == Signal::TERM {
            fill(&slow.0);
        }
        server.stop_by(signal);
        peers.iter_mut().take(2).for_each(Peer::is_closed);
    }
}

fn nobody_to_talk_to_is_no_reason_not_to_stop(model: &str) {
    let server = start!(model);
    assert_eq!(server.stop()["connections"], 0);
}

fn a_hundred_come_and_go_and_leave_nothing(model: &str) {
    let server = start!(model);
    Peer::connect(&server).ask("first");
    until("it has no children of ours", || model == "prefork" || server.children().is_empty());
    let children = server.children();
    // Until the first one is gone from there, too.
    let mut before = server.descriptors();
    until("descriptors have settled", || {
        let now = server.descriptors();
        std::mem::replace(&mut before, now) == now
    });
    for number in 0..100 {
        let mut peer = Peer::connect(&server);
        peer.ask("hello");
        if number % 2 == 0 { peer.reset() } else { drop(peer) }
    }
    until("there are as many descriptors as before", || server.descriptors() <= before);
    until("there are the children of before, and no zombie", || {
        let now = server.children();
        now.len() == children.len() && now.iter().all(|(_, state)| *state != 'Z')
    });
    server.stop();
}

#[test]
fn fork_has_a_process_for_each_connection() {
    let server = start!("fork");
    let mut peers: Vec<_> = (0..20).map(|_| Peer::connect(&server)).collect();
    peers.iter_mut().for_each(|peer| peer.ask("hello"));
    assert_eq!(server.children().len(), 20);
    // One that dies takes its connection with it, and nothing else.
    kill(server.children()[0].0);
    until("it was reaped", || server.children().len() == 19);
    peers.retain_mut(|peer| peer.is_answered("still here?"));
    assert_eq!(peers.len(), 19);
    server.stop();
}

#[test]
fn prefork_makes_a_new_worker_for_one_that_died() {
    let server = start!("prefork", "--workers", "3");
    let before = server.children();
    assert_eq!(before.len(), 3);
    let (victim, _) = before[0];
    kill(victim);
    until("there is another", || {
        let now = server.children();
        now.len() == 3 && now.iter().all(|(pid, _)| *pid != victim)
    });
    let mut peers: Vec<_> = (0..3).map(|_| Peer::connect(&server)).collect();
    peers.iter_mut().for_each(|peer| peer.ask("hello"));
    server.stop();
}

#[test]
fn pool_grows_to_its_maximum_then_queues_then_refuses_and_shrinks_again() {
    let server = start!("pool", "--min", "1", "--max", "3", "--queue", "2", "--stats");
    server.lab.hears("workers 1 idle 1 queue 0");
    let mut served: Vec<_> = (0..3).map(|_| Peer::connect(&server)).collect();
    served.iter_mut().for_each(|peer| peer.ask("hello"));
    server.lab.hears("workers 3 idle 0 queue 0");
    let mut queued: Vec<_> = (0..2).map(|_| Peer::connect(&server)).collect();
    server.lab.hears("workers 3 idle 0 queue 2");
    Peer::connect(&server).is_closed();

    drop(served);
    queued.iter_mut().for_each(|peer| peer.ask("at last"));
    drop(queued);
    server.lab.hears("workers 1 idle 1 queue 0");
    let report = server.stop();
    assert_eq!(report["refused"], json!({"queue is full": 1}));
}

/// However fast they come: those that are served, those that wait, and nobody else.
#[test]
fn pool_refuses_exactly_those_beyond_both_limits() {
    let server = start!("pool", "--min", "1", "--max", "7", "--queue", "13");
    let mut peers: Vec<_> = (0..500).map(|_| Peer::connect(&server)).collect();
    peers.drain(20..).for_each(|mut peer| peer.is_closed());
    peers.iter_mut().take(7).for_each(|peer| peer.ask("hello"));
    for mut peer in peers {
        peer.ask("in turn");
    }
    assert_eq!(server.stop()["refused"], json!({"queue is full": 480}));
}

#[test]
fn select_turns_away_who_does_not_fit_into_its_set() {
    if !may_have_thousands("select") {
        return;
    }
    let server = start!("select", "--files", "2000");
    let mut peers: Vec<_> = (0..1100).map(|_| Peer::connect(&server)).collect();
    let before = peers.len();
    peers.retain_mut(|peer| peer.is_answered("hello"));
    server.lab.hears("does not fit into an fd_set of 1024");
    assert!((1000..1024).contains(&peers.len()), "{} are served", peers.len());
    let refused = server.stop()["refused"]["fd_set is full"].as_u64();
    assert_eq!(refused, Some((before - peers.len()) as u64));
}

#[test]
fn poll_has_no_such_limit() {
    if !may_have_thousands("poll") {
        return;
    }
    let server = start!("poll", "--files", "2000");
    let mut peers: Vec<_> = (0..1100).map(|_| Peer::connect(&server)).collect();
    peers.iter_mut().for_each(|peer| peer.ask("hello"));
    server.stop();
}

#[test]
fn epoll_et_with_blocking_sockets_hangs_as_soon_as_a_peer_is_quiet() {
    let server = start!("epoll-et", "--blocking");
    let mut first = Peer::connect(&server);
    first.ask("with one peer");
    first.ask("all seems well");
    let mut second = Peer::connect(&server);
    second.say("hello?");
    // The server waits in `read` for the first to say more. What that says, the second one does not hear …
    second.hears_nothing();
    first.ask("still well");
    second.hears_nothing();
    // … until the first leaves, and its `read` returns.
    drop(first);
    second.expect("HELLO?");
}

#[test]
fn multi_reactor_serves_with_every_loop() {
    let server = start!("multi-reactor", "--loops", "4");
    // A hash deals them out. That one of four loops gets none of 100 happens once in 700 thousand million times.
    let mut peers: Vec<_> = (0..100).map(|_| Peer::connect(&server)).collect();
    peers.iter_mut().for_each(|peer| peer.ask("hello"));
    assert_eq!(server.threads(), 4);
    let watched = server.watched();
    // Besides the door and the signals.
    assert!(watched.len() == 4 && watched.iter().all(|count| *count > 2), "{watched:?}");
    assert_eq!(watched.iter().sum::<usize>(), 100 + 4 * 2);
    assert_eq!(server.stop()["connections"], 100);
}

#[test]
fn talk_sends_all_it_reads_and_prints_all_it_hears() {
    let server = start!("poll");
    let mut talk = Command::new(env!("CARGO_BIN_EXE_lab"))
        .args(["talk", &server.addr.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the lab starts");
    let mut input = talk.stdin.take().expect("piped");
    let bytes = noise(3_000_000);
    thread::scope(|threads| {
        threads.spawn(|| input.write_all(&bytes).map(|()| drop(input)));
        let output = talk.wait_with_output().expect("it ends");
        assert!(output.status.success());
        assert!(output.stdout == bytes.to_ascii_uppercase());
    });
}

#[test]
fn talk_says_that_it_could_not_send_all() {
    let server = start!("poll");
    let mut talk = Command::new(env!("CARGO_BIN_EXE_lab"));
    talk.args(["talk", &server.addr.to_string()]);
    // A directory can be opened, and not be read.
    let done = talk.stdin(std::fs::File::open("/").expect("a directory")).output().expect("it ran");
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("not all of the input went"));
}

#[test]
fn an_option_of_another_model_is_an_error_that_names_it() {
    let lab =
        Command::new(env!("CARGO_BIN_EXE_lab")).args(["run", "poll", "--blocking"]).output().expect("runs");
    assert_eq!(lab.status.code(), Some(1));
    let said = String::from_utf8_lossy(&lab.stderr);
    assert_eq!(said, "lab: --blocking means nothing to poll; it is an option of epoll-et\n");
}

#[test]
fn the_list_names_every_model() {
    let lab = Command::new(env!("CARGO_BIN_EXE_lab")).arg("list").output().expect("runs");
    let said = String::from_utf8_lossy(&lab.stdout).into_owned();
    let names: Vec<_> = said.lines().skip(1).filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, lab::models::Model::all().iter().map(|model| model.name()).collect::<Vec<_>>());
}

#[test]
fn iterative_is_stopped_by_one_slow_reader() {
    slow_readers_stop_the_others("iterative", &[], 1);
}

#[test]
fn prefork_is_stopped_by_as_many_slow_readers_as_workers() {
    slow_readers_stop_the_others("prefork", &["--workers", "2"], 2);
}

#[test]
fn pool_is_stopped_by_as_many_slow_readers_as_it_may_have_threads() {
    slow_readers_stop_the_others("pool", &["--min", "1", "--max", "2"], 2);
}

/// A test for each case and model, named for both.
macro_rules! over {
    ($($case:ident: $($model:ident)*;)*) => {
        $(mod $case { $(
            #[test]
            fn $model() {
                super::$case(&stringify!($model).trim_start_matches("r#").replace('_', "-"));
            }
        )* })*
    };
}

over! {
    letters_come_back_in_upper_case:
        iterative fork prefork threads pool select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    a_megabyte_in_odd_pieces_comes_back_whole:
        iterative fork prefork threads pool select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    a_half_close_is_answered_to_the_last_byte:
        iterative fork prefork threads pool select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    resets_harm_nobody:
        iterative fork prefork threads pool select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    who_vanishes_in_mid_byte_harms_nobody:
        iterative fork prefork threads pool select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    a_hundred_megabytes_pass_through_little_memory:
        iterative fork prefork threads pool select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    two_thousand_connects_are_no_trouble:
        iterative fork prefork threads pool select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    five_hundred_who_come_at_once_are_all_served:
        iterative fork prefork threads pool select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    it_stops_cleanly:
        iterative fork prefork threads pool select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    nobody_to_talk_to_is_no_reason_not_to_stop:
        iterative fork prefork threads pool select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    a_hundred_come_and_go_and_leave_nothing:
        iterative fork prefork threads pool select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    // With `prefork` it is the children who accept.
    out_of_all_descriptors_it_rests:
        iterative fork         threads pool select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    // One peer at a time, or as many as there are workers: the others wait.
    those_who_wait_are_served_in_turn:
        iterative prefork pool;
    two_hundred_are_served_at_once:
             fork         threads      select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    // The three that can't: `slow_readers_stop_the_others`.
    a_slow_reader_stops_nobody_and_costs_little:
             fork         threads      select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
    // A process that holds one connection, or none, has enough of them.
    few_descriptors_are_enough:
        iterative fork prefork;
    out_of_descriptors_some_are_turned_away:
                          threads pool select poll epoll_lt epoll_et reactor uring r#async multi_reactor;
}

fn kill(pid: i32) {
    kill_process(Pid::from_raw(pid).expect("a child"), Signal::KILL).expect("it lives");
}
