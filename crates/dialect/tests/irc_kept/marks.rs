//! Sections 26 and 28: `MARKREAD` and `RENAME`.

use hub::{Answer, Command, Event, Found, Names, Query, Ranks, Rejection, Text, Timestamp, Topic};

use crate::peer::{NOW, Peer, TIME, id, room, user};

#[test]
fn a_marker_is_asked_for_and_set() {
    let mut ann = Peer::new("");
    ann.say("MARKREAD #C");
    assert_eq!(ann.queried(), Query::Marker("#C".into()));
    assert_eq!(ann.answer(Answer::Marker("#C".into(), None)), ":irc.test MARKREAD #C *\n");
    ann.say("MARKREAD #C timestamp=1970-01-01T00:00:01.000Z");
    assert_eq!(ann.commanded(), Command::MarkRead { target: "#C".into(), at: Timestamp(1000) });
    let marker = Event::Marker { target: "#C".into(), at: Some(NOW) };
    assert_eq!(ann.reply(marker), format!(":irc.test MARKREAD #C timestamp={TIME}\n"));
}

#[test]
fn nobody_has_read_the_future() {
    let mut ann = Peer::new("");
    ann.say("MARKREAD #c timestamp=2999-01-01T00:00:00.000Z");
    assert_eq!(ann.commanded(), Command::MarkRead { target: "#c".into(), at: NOW });
}

#[test]
fn a_message_a_little_ahead_of_the_clock_can_be_marked() {
    let mut ann = Peer::new("");
    ann.say("MARKREAD #c timestamp=2023-11-14T22:13:20.003Z");
    assert_eq!(ann.commanded(), Command::MarkRead { target: "#c".into(), at: Timestamp(NOW.0 + 3) });
}

#[test]
fn markers_of_other_connections_are_told_to_who_knows_them() {
    let marker = || Event::Marker { target: "#c".into(), at: Some(NOW) };
    assert_eq!(
        Peer::new("draft/read-marker").tell(marker()),
        format!(":irc.test MARKREAD #c timestamp={TIME}\n")
    );
    assert_eq!(Peer::new("batch").tell(marker()), "");
}

#[test]
fn a_marker_that_is_none_is_refused() {
    let mut ann = Peer::new("");
    assert!(ann.say("MARKREAD").starts_with(":irc.test FAIL MARKREAD NEED_MORE_PARAMS :"));
    for bad in ["*", "timestamp=", "timestamp=x", "2023-11-14T22:13:20.000Z", "timestamp=*"] {
        let told = ann.say(format!("MARKREAD #c {bad}"));
        assert!(told.starts_with(":irc.test FAIL MARKREAD INVALID_PARAMS #c :"), "{told}");
    }
    ann.say(format!("MARKREAD #c timestamp={TIME}"));
    ann.commanded();
    let told = ann.reply(Event::Rejected(Rejection::NotKept("the disk is full".into())));
    assert!(told.starts_with(":irc.test FAIL MARKREAD INTERNAL_ERROR #c :"), "{told}");
    ann.say("PRIVMSG #c :x");
    ann.commanded();
    let told = ann.reply(Event::Rejected(Rejection::NotKept("the disk is full".into())));
    assert!(told.starts_with(":irc.test FAIL PRIVMSG NOT_STORED :"), "{told}");
}

#[test]
fn on_joining_the_marker_stands_between_topic_and_names() {
    for (caps, last) in [("draft/read-marker", "366"), ("draft/read-marker no-implicit-names", "MARKREAD")] {
        let mut ann = Peer::new(caps);
        let told = ann.tell(Event::Entered {
            room: room("#c"),
            topic: Some(topic()),
            names: Some(Names { secret: false, members: vec![(Ranks::empty(), user("ann"))] }),
            recent: Vec::new(),
            marker: None,
            metadata: Vec::new(),
        });
        let commands: Vec<&str> = told.lines().filter_map(|line| line.split(' ').nth(1)).collect();
        assert_eq!(commands[..3], ["332", "333", "MARKREAD"]);
        assert_eq!(commands.last(), Some(&last));
        assert!(told.contains(":irc.test MARKREAD #c *\n"));
    }
}

fn topic() -> Topic {
    Topic { text: Text::from("t"), by: "bob!bob@host".into(), at: NOW }
}

/// With what is found there, unless only the case of letters is new.
fn renamed(to: &str, moves: bool) -> Event {
    let members = vec![(Ranks::OPERATOR, user("bob")), (Ranks::empty(), user("ann"))];
    let found = Found { topic: Some(topic()), names: Names { secret: false, members } };
    Event::RoomRenamed {
        id: id(1),
        at: NOW,
        who: user("bob"),
        from: room("#c"),
        to: room(to),
        reason: Text::from("new topic"),
        found: moves.then(|| Box::new(found)),
    }
}

#[test]
fn who_knows_renames_is_told_of_them() {
    let mut ann = Peer::new("draft/channel-rename message-tags");
    let line = format!("@msgid={} :bob!bob@host RENAME #c #d :new topic\n", id(1));
    assert_eq!(ann.tell(renamed("#d", true)), line);
    assert_eq!(ann.tell(renamed("#C", false)), line.replace("#d", "#C"));
}

#[test]
fn for_others_a_channel_is_left_and_another_joined() {
    let mut ann = Peer::new("extended-join");
    assert_eq!(
        ann.tell(renamed("#d", true)),
        ":ann!ann@host PART #c :new topic\n\
         :ann!ann@host JOIN #d * :Real\n\
         :irc.test 332 ann #d :t\n\
         :irc.test 333 ann #d bob!bob@host 1700000000\n\
         :irc.test 353 ann = #d :@bob ann\n\
         :irc.test 366 ann #d :End of /NAMES list\n"
    );
    assert_eq!(ann.tell(renamed("#C", false)), "");
}

#[test]
fn a_rename_that_can_not_be_is_refused() {
    let mut ann = Peer::new("");
    assert!(ann.say("RENAME #c").starts_with(":irc.test 461 ann RENAME :"));
    assert!(ann.say("RENAME c #d").starts_with(":irc.test 403 ann c :"));
    assert!(ann.say("RENAME #c d").starts_with(":irc.test FAIL RENAME CANNOT_RENAME #c d :"));
    ann.say("RENAME #c #d");
    let command = Command::RenameRoom { room: room("#c"), to: room("#d"), reason: Text::default() };
    assert_eq!(ann.commanded(), command);
    let taken = Rejection::RoomNameTaken { from: room("#c"), to: room("#d") };
    let told = ann.reply(Event::Rejected(taken));
    assert!(told.starts_with(":irc.test FAIL RENAME CHANNEL_NAME_IN_USE #c #d :"), "{told}");
}
