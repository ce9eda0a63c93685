//! A server that is killed forgets nothing that it has acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use rustix::process::Signal;

use crate::someone::{CAPS, Said, history, said, someone};
use crate::support::server::saloon;
use crate::support::{Peer, Server, Setup};

const SENDERS: usize = 4;
const ROOMS: usize = 3;
/// Messages of one sender that may be on their way.
const WINDOW: usize = 16;
/// Acknowledgements before the latest kill.
const ACKNOWLEDGED: u64 = 1500;

/// How often the server is killed: `SALOON_ROUNDS=500` for a long run.
fn rounds() -> u64 {
    std::env::var("SALOON_ROUNDS").map_or(20, |rounds| rounds.parse().expect("a number of rounds"))
}

/// What one client was shown of each room, in that order, and which of its own messages came back.
#[derive(Default)]
struct Seen {
    rooms: BTreeMap<String, Vec<Said>>,
    acknowledged: BTreeSet<String>,
    sent: BTreeSet<String>,
}

#[test]
#[allow(clippy::print_stdout, reason = "whoever repeats a failure needs the seed")]
fn what_was_acknowledged_is_there_after_a_kill_once_and_in_order() {
    let setup = Setup::default().set("history.chathistory_max_messages = 10000").set("server.workers = 2");
    let seed = RandomState::new().hash_one(0_u8);
    // Shown when it fails.
    eprintln!("seed {seed}");
    let mut server = setup.clone().start();
    for round in 0..rounds() {
        let kill_after = 1 + mix(seed ^ round) % ACKNOWLEDGED;
        let seen = talk_until_killed(&mut server, round, kill_after);
        server = setup.clone().start();
        for room in 0..ROOMS {
            check_room(&server, round, &room_name(round, room), &seen);
        }
    }
    server.stop();
    let verified = saloon(&["verify", "--config"], Some(&setup.write()));
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

/// Spreads a number over all bits (SplitMix64).
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn room_name(round: u64, room: usize) -> String {
    format!("#round{round}-{room}")
}

/// Has everybody talk as fast as they are acknowledged, and kills the server in the middle of it.
fn talk_until_killed(server: &mut Server, round: u64, kill_after: u64) -> Vec<Seen> {
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let here = Arc::new(Barrier::new(SENDERS));
    let mut senders = Vec::new();
    for number in 0..SENDERS {
        let peer = someone(server, &format!("sender{number}"), CAPS);
        let (acknowledged, here) = (Arc::clone(&acknowledged), Arc::clone(&here));
        senders.push(std::thread::spawn(move || talk(peer, number, round, &acknowledged, &here)));
    }
    while (acknowledged.load(Ordering::Relaxed) as u64) < kill_after {
        std::thread::yield_now();
    }
    server.signal(Signal::KILL);
    server.wait();
    senders.into_iter().map(|sender| sender.join().expect("a sender")).collect()
}

fn talk(mut peer: Peer, number: usize, round: u64, acknowledged: &AtomicUsize, here: &Barrier) -> Seen {
    for room in 0..ROOMS {
        peer.join(&room_name(round, room));
    }
    here.wait();
    let mut seen = Seen::default();
    let (mut sent, mut open) = (0, 0);
    loop {
        while open < WINDOW {
            let text = format!("{number}-{sent}");
            let room = room_name(round, (sent + number) % ROOMS);
            if peer.try_raw(format!("PRIVMSG {room} :{text}\r\n").as_bytes()).is_err() {
                break;
            }
            seen.sent.insert(text);
            (sent, open) = (sent + 1, open + 1);
        }
        let Some(line) = peer.next() else { return seen };
        let Some(said) = said(&line) else { continue };
        if said.nick == format!("sender{number}") {
            seen.acknowledged.insert(said.text.clone());
            acknowledged.fetch_add(1, Ordering::Relaxed);
            open -= 1;
        }
        seen.rooms.entry(said.target.clone()).or_default().push(said);
    }
}

fn check_room(server: &Server, round: u64, room: &str, seen: &[Seen]) {
    let mut reader = someone(server, "reader", &format!("{CAPS} draft/chathistory"));
    reader.join(room);
    let kept = history(&mut reader, room, 100_000);
    let place: BTreeMap<&str, usize> =
        kept.iter().enumerate().map(|(at, said)| (said.text.as_str(), at)).collect();
    assert_eq!(place.len(), kept.len(), "round {round}: {room} has something twice");
    for (number, seen) in seen.iter().enumerate() {
        let shown = seen.rooms.get(room).map_or(&[][..], Vec::as_slice);
        for said in shown.iter().filter(|said| seen.acknowledged.contains(&said.text)) {
            assert!(
                place.contains_key(said.text.as_str()),
                "round {round}: {room} forgot {}, which sender {number} saw acknowledged",
                said.text
            );
        }
        // What others said may not have been stored when the server was killed. What was, is in order.
        let in_order: Vec<usize> =
            shown.iter().filter_map(|said| place.get(said.text.as_str()).copied()).collect();
        assert!(in_order.is_sorted(), "round {round}: sender {number} saw {room} in another order");
        for said in shown {
            if let Some(&at) = place.get(said.text.as_str()) {
                let same = |tag| kept[at].tags.get(tag) == said.tags.get(tag);
                assert!(same("msgid") && same("time"), "{said:?} is kept as {:?}", kept[at]);
            }
        }
    }
    for said in &kept {
        assert!(seen.iter().any(|seen| seen.sent.contains(&said.text)), "nobody said {said:?}");
    }
    reader.quit();
}
