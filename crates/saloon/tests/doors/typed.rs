//! Commands typed behind a slash, from every dialect that is text.

use std::time::UNIX_EPOCH;

use crate::clients::{Irc, send_request};
use crate::house::House;
use crate::person::{Person, TYPISTS, arrive, pause};

/// One of each kind of those who type, with nicks, and somebody who watches.
struct Scene {
    watcher: Irc,
    typists: Vec<(&'static str, Box<dyn Person>, String)>,
    _house: House,
}

fn scene() -> Scene {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    let typists = TYPISTS.map(|kind| {
        let (person, nick) = arrive(&house, &mut watcher, kind);
        (kind, person, nick)
    });
    Scene { watcher, typists: typists.into(), _house: house }
}

#[test]
fn nick_gives_another_name() {
    let mut scene = scene();
    for (kind, person, nick) in &mut scene.typists {
        person.say_at_once(&format!("/nick my-{kind}"));
        let line = scene.watcher.expect(&format!("my-{kind}"));
        assert!(line.starts_with(&format!(":{nick}!")) && line.contains(" NICK "), "{line}");
        person.say_at_once("it is me");
        assert!(scene.watcher.expect(":it is me").starts_with(&format!(":my-{kind}!")));
    }
}

#[test]
fn a_name_that_is_taken_or_none_is_refused_with_the_reason() {
    let mut scene = scene();
    for (kind, person, nick) in &mut scene.typists {
        person.say_at_once("/nick watcher");
        person.hear("watcher");
        for bad in ["/nick", "/nick #room", "/nick 9lives"] {
            person.say_at_once(bad);
        }
        person.say_at_once(&format!("still {kind}"));
        let line = scene.watcher.expect(&format!("still {kind}"));
        assert!(line.starts_with(&format!(":{nick}!")), "{line}");
    }
}

#[test]
fn join_enters_a_room_where_one_then_speaks_and_part_leaves_it() {
    let mut scene = scene();
    scene.watcher.join("#dev");
    for (kind, person, nick) in &mut scene.typists {
        // With the sign of a room and without.
        let name = if *kind == "plain" { "#dev" } else { "dev" };
        person.say_at_once(&format!("/join {name}"));
        assert!(scene.watcher.expect("JOIN #dev").starts_with(&format!(":{nick}!")));
        person.say_at_once(&format!("said by {kind}"));
        let line = scene.watcher.expect(&format!("said by {kind}"));
        assert!(line.contains(" PRIVMSG #dev :"), "{line}");
        scene.watcher.send(&format!("PRIVMSG #dev :answer for {kind}"));
        person.hear(&format!("answer for {kind}"));
        person.say_at_once("/part");
        assert!(scene.watcher.expect("PART #dev").starts_with(&format!(":{nick}!")));
        person.say_at_once(&format!("back with {kind}"));
        let line = scene.watcher.expect(&format!("back with {kind}"));
        assert!(line.contains(" PRIVMSG #lobby :"), "{line}");
    }
}

#[test]
fn a_line_right_behind_join_is_meant_for_the_new_room() {
    let house = House::open();
    let mut watcher = house.irc("watcher");
    watcher.join("#dev");
    for round in 0..24 {
        let dialect = ["line", "plain", "group", "tagged"][round % 4];
        let mut stream = house.stream(dialect, "tcp");
        watcher.arrival();
        // In one piece, as from a script.
        let room = format!("/join room{round}");
        let lines = [room.as_str(), "/topic all about it", "/join dev", &format!("hello {round}")];
        match dialect {
            "tagged" => stream.send(lines.map(|line| send_request(0, line)).concat()),
            _ => stream.send(lines.join("\n") + "\n"),
        }
        let told = watcher.expect(&format!("hello {round}"));
        assert!(told.contains(" PRIVMSG #dev :"), "{told}");
        watcher.send(&format!("JOIN #room{round}"));
        watcher.expect(&format!(" 332 watcher #room{round} :all about it"));
    }
}

#[test]
fn msg_tells_one_user() {
    let mut scene = scene();
    for (kind, person, nick) in &mut scene.typists {
        person.say_at_once(&format!("/msg watcher only for you, says {kind}"));
        let line = scene.watcher.expect(&format!("only for you, says {kind}"));
        assert!(line.starts_with(&format!(":{nick}!")) && line.contains(" PRIVMSG watcher :"), "{line}");
        person.say_at_once("/msg nobody-here hello");
        person.hear("nobody-here");
    }
}

#[test]
fn me_is_an_action() {
    let mut scene = scene();
    for (kind, person, nick) in &mut scene.typists {
        person.say_at_once(&format!("/me waves with {kind}"));
        let line = scene.watcher.expect(&format!("waves with {kind}"));
        assert!(line.starts_with(&format!(":{nick}!")), "{line}");
        assert!(line.ends_with(&format!("PRIVMSG #lobby :\u{1}ACTION waves with {kind}\u{1}")), "{line}");
    }
}

#[test]
fn who_lists_the_people_of_the_room() {
    let mut scene = scene();
    let nicks: Vec<String> = scene.typists.iter().map(|(_, _, nick)| nick.clone()).collect();
    for (kind, person, _) in &mut scene.typists {
        // What stands before it has nothing to do with the answer.
        person.say_at_once("/frobnicate");
        person.hear("/frobnicate");
        person.say_at_once("/who");
        let mut answer = person.hear("watcher");
        person.say_at_once("/gobbledygook");
        answer += &person.hear("/gobbledygook");
        for nick in &nicks {
            assert!(answer.contains(nick.as_str()), "{kind} misses {nick}: {answer}");
        }
    }
}

#[test]
fn list_lists_the_rooms() {
    let mut scene = scene();
    scene.watcher.join("#dev");
    for (_, person, _) in &mut scene.typists {
        person.say_at_once("/frobnicate");
        person.hear("/frobnicate");
        person.say_at_once("/list");
        let answer = person.hear("#dev");
        person.say_at_once("/gobbledygook");
        let answer = answer + &person.hear("/gobbledygook");
        assert!(answer.contains("#lobby"), "{answer}");
    }
}

#[test]
fn topic_shows_the_topic_and_sets_it_where_one_may() {
    let mut scene = scene();
    scene.watcher.send("TOPIC #lobby :tea at four");
    scene.watcher.expect("TOPIC #lobby");
    for (kind, person, nick) in &mut scene.typists {
        person.say_at_once("/frobnicate");
        person.hear("/frobnicate");
        person.say_at_once("/topic");
        person.hear("tea at four");
        // A room of one's own.
        person.say_at_once(&format!("/join {kind}-room"));
        person.hear(&format!("#{kind}-room"));
        person.say_at_once(&format!("/topic all about {kind}"));
        person.say_at_once("/topic");
        person.hear(&format!("all about {kind}"));
        scene.watcher.join(&format!("#{kind}-room"));
        person.say_at_once(&format!("/topic new about {kind}"));
        let line = scene.watcher.expect("TOPIC ");
        assert!(line.starts_with(&format!(":{nick}!")), "{line}");
        assert!(line.ends_with(&format!("TOPIC #{kind}-room :new about {kind}")), "{line}");
    }
}

#[test]
fn time_and_help_are_answered() {
    let mut scene = scene();
    let seconds = UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
    let year = 1970 + seconds / 31_556_952;
    for (_, person, _) in &mut scene.typists {
        person.say_at_once("/frobnicate");
        person.hear("/frobnicate");
        person.say_at_once("/time");
        person.hear(&year.to_string());
        person.say_at_once("/help");
        let mut answer = person.hear("/quit");
        person.say_at_once("/gobbledygook");
        answer += &person.hear("/gobbledygook");
        for command in ["/nick", "/join", "/part", "/msg", "/me", "/who", "/list", "/topic", "/time"] {
            assert!(answer.contains(command), "{command} is missing: {answer}");
        }
    }
}

#[test]
fn quit_leaves() {
    let mut scene = scene();
    for (_, mut person, nick) in scene.typists {
        person.say_at_once("/quit");
        scene.watcher.departure(&nick);
        person.gone();
    }
}

#[test]
fn an_unknown_command_is_answered_and_never_said_aloud() {
    let mut scene = scene();
    for (kind, person, _) in &mut scene.typists {
        for unknown in ["/frobnicate", "/gobbledygook now", "/Nickname x"] {
            person.say_at_once(unknown);
            let word = unknown.split(' ').next().expect("a word");
            let mut answer = person.hear("/help");
            while !answer.to_lowercase().contains(&word.to_lowercase()) {
                answer += &person.hear("/help");
            }
        }
        person.say_at_once("/");
        person.hear("/help");
        person.say_at_once(&format!("last by {kind}"));
        let lines = scene.watcher.until(&format!("last by {kind}"));
        assert!(lines.iter().all(|line| !line.contains(":/")), "{lines:?}");
    }
}

#[test]
fn two_slashes_say_a_line_with_one() {
    let mut scene = scene();
    for (kind, person, nick) in &mut scene.typists {
        person.say_at_once(&format!("//usr/bin/{kind}"));
        let line = scene.watcher.expect(&format!("usr/bin/{kind}"));
        assert!(line.starts_with(&format!(":{nick}!")), "{line}");
        assert!(line.ends_with(&format!("PRIVMSG #lobby :/usr/bin/{kind}")), "{line}");
    }
}

#[test]
fn commands_may_be_written_in_capitals() {
    let mut scene = scene();
    for (kind, person, nick) in &mut scene.typists {
        person.say_at_once(&format!("/NICK big-{kind}"));
        let line = scene.watcher.expect(&format!("big-{kind}"));
        assert!(line.starts_with(&format!(":{nick}!")) && line.contains(" NICK "), "{line}");
    }
}

#[test]
fn commands_can_be_typed_in_a_client_that_sends_every_word_alone() {
    let mut scene = scene();
    let (_, packet, nick) = &mut scene.typists[1];
    packet.say("/who");
    packet.hear("watcher");
    pause();
    packet.say("/msg watcher word by word");
    let line = scene.watcher.expect("PRIVMSG watcher :word by word");
    assert!(line.starts_with(&format!(":{nick}!")), "{line}");
    pause();
    packet.say("/frobnicate me");
    packet.hear("/frobnicate");
    pause();
    packet.say("words again");
    assert!(scene.watcher.expect("PRIVMSG #lobby :").ends_with(":words"));
    assert!(scene.watcher.expect("PRIVMSG #lobby :").ends_with(":again"));
    packet.say("/quit");
    scene.watcher.departure(nick);
}
