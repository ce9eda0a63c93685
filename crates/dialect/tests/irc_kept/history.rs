//! Sections 23 and 25: `CHATHISTORY`, `SEARCH`, `REDACT`, and what is shown on joining.

use std::sync::Arc;

use dialect::Session;
use hub::{
    Command, Destination, Event, ItemKinds, Names, Party, Recall, Recalled, Reference, Rejection, Search,
    Span, Text, Timestamp,
};

use crate::peer::{NOW, Peer, TIME, id, item, options, room, said, said_lines, user};

const ALL: &str = "batch server-time message-tags draft/chathistory";

fn page(span: Span, most: usize, kinds: ItemKinds) -> Recall {
    Recall::Page { target: "#C".into(), span, most, kinds }
}

#[test]
fn an_answer_is_one_batch_that_names_the_target_as_written_and_holds_the_original_lines() {
    let mut ann = Peer::new(ALL);
    assert_eq!(ann.say("CHATHISTORY latest #C * 500"), "");
    assert_eq!(ann.recalls(), page(Span::Latest(None), 100, ItemKinds::SAID));
    let told = ann.recalled(Recalled::Page(vec![item(said(1, "one")), item(said(2, "two"))]));
    let (one, two) = (id(1), id(2));
    assert_eq!(
        told,
        format!(
            ":irc.test BATCH +2 chathistory #C\n\
             @batch=2;time={TIME};msgid={one};+a=b :bob!bob@host PRIVMSG #c :one\n\
             @batch=2;time={TIME};msgid={two};+a=b :bob!bob@host PRIVMSG #c :two\n\
             :irc.test BATCH -2\n"
        )
    );
}

#[test]
fn an_empty_answer_is_an_empty_batch_and_without_batch_nothing() {
    let mut ann = Peer::new(ALL);
    ann.say("CHATHISTORY LATEST bob * 1");
    ann.recalls();
    assert_eq!(
        ann.recalled(Recalled::Page(vec![])),
        ":irc.test BATCH +2 chathistory bob\n:irc.test BATCH -2\n"
    );
    let mut ann = Peer::new("draft/chathistory");
    ann.say("CHATHISTORY LATEST #C * 1");
    ann.recalls();
    assert_eq!(ann.recalled(Recalled::Page(vec![item(said(1, "one"))])), ":bob!bob@host PRIVMSG #c :one\n");
}

#[test]
fn a_label_stands_on_the_opening_line() {
    let mut ann = Peer::new("batch labeled-response draft/chathistory");
    assert_eq!(ann.say("@label=x CHATHISTORY LATEST #c * 1"), "");
    ann.recalls();
    ann.asks_nothing();
    assert_eq!(
        ann.recalled(Recalled::Page(vec![item(said(1, "one"))])),
        "@label=x :irc.test BATCH +2 chathistory #c\n@batch=2 :bob!bob@host PRIVMSG #c :one\n:irc.test BATCH -2\n"
    );
    ann.say("@label=y CHATHISTORY LATEST #no * 1");
    ann.recalls();
    let told = ann.recalled(Recalled::Rejected(Rejection::NoSuchTarget("#no".into())));
    assert!(told.starts_with("@label=y :irc.test FAIL CHATHISTORY INVALID_TARGET LATEST #no :"), "{told}");
}

#[test]
fn events_are_played_back_to_who_asked_for_them() {
    let kinds = |caps: &str| {
        let mut ann = Peer::new(caps);
        ann.say("CHATHISTORY LATEST #C * 1");
        match ann.recalls() {
            Recall::Page { kinds, .. } => kinds,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(kinds("batch message-tags"), ItemKinds::SAID);
    let events = ItemKinds::all() - ItemKinds::ROOM_RENAMED;
    assert_eq!(kinds("message-tags draft/event-playback"), events);
    assert_eq!(kinds("draft/event-playback"), events - ItemKinds::SIGNAL);

    let mut ann = Peer::new("draft/event-playback extended-join away-notify");
    ann.say("CHATHISTORY LATEST #c * 1");
    ann.recalls();
    let joined = Event::Joined {
        id: id(1),
        at: NOW,
        who: user("bob"),
        room: room("#c"),
        away: Some(Text::from("gone")),
    };
    assert_eq!(ann.recalled(Recalled::Page(vec![item(joined)])), ":bob!bob@host JOIN #c * :Real\n");
}

#[test]
fn what_was_taken_back_is_left_out() {
    let mut ann = Peer::new(ALL);
    ann.say("CHATHISTORY LATEST #c * 5");
    ann.recalls();
    let mut gone = item(said(1, ""));
    gone.redacted = Some(Arc::new(redacted(None)));
    assert_eq!(
        ann.recalled(Recalled::Page(vec![gone])),
        ":irc.test BATCH +2 chathistory #c\n:irc.test BATCH -2\n"
    );
}

#[test]
fn a_message_of_several_lines_is_a_nested_batch_or_separate_lines() {
    let items = || Recalled::Page(vec![item(said_lines(1, &["one", "", "two", "&three"]))]);
    let m = id(1);
    let mut ann = Peer::new("batch message-tags draft/multiline draft/chathistory");
    ann.say("CHATHISTORY LATEST #c * 5");
    ann.recalls();
    assert_eq!(
        ann.recalled(items()),
        format!(
            ":irc.test BATCH +2 chathistory #c\n\
             @batch=2;msgid={m};+a=b :bob!bob@host BATCH +{m} draft/multiline #c\n\
             @batch={m} :bob!bob@host PRIVMSG #c :one\n\
             @batch={m} :bob!bob@host PRIVMSG #c :\n\
             @batch={m} :bob!bob@host PRIVMSG #c :two\n\
             @batch={m};draft/multiline-concat :bob!bob@host PRIVMSG #c :three\n\
             @batch=2 :bob!bob@host BATCH -{m}\n\
             :irc.test BATCH -2\n"
        )
    );
    let mut ann = Peer::new(ALL);
    ann.say("CHATHISTORY LATEST #c * 5");
    ann.recalls();
    assert_eq!(
        ann.recalled(items()),
        format!(
            ":irc.test BATCH +2 chathistory #c\n\
             @batch=2;time={TIME};msgid={m};+a=b :bob!bob@host PRIVMSG #c :one\n\
             @batch=2;time={TIME};+a=b :bob!bob@host PRIVMSG #c :two\n\
             @batch=2;time={TIME};+a=b :bob!bob@host PRIVMSG #c :three\n\
             :irc.test BATCH -2\n"
        )
    );
}

#[test]
fn targets_have_a_batch_and_lines_of_their_own() {
    let mut ann = Peer::new(ALL);
    ann.say(format!("CHATHISTORY TARGETS timestamp={TIME} timestamp=1970-01-01T00:00:00.000Z 7"));
    assert_eq!(ann.recalls(), Recall::Targets { from: NOW, to: Timestamp(0), most: 7 });
    assert_eq!(
        ann.recalled(Recalled::Targets(vec![("#c".into(), NOW), ("bob".into(), NOW)])),
        format!(
            ":irc.test BATCH +2 draft/chathistory-targets\n\
             @batch=2 :irc.test CHATHISTORY TARGETS #c {TIME}\n\
             @batch=2 :irc.test CHATHISTORY TARGETS bob {TIME}\n\
             :irc.test BATCH -2\n"
        )
    );
}

#[test]
fn requests_that_are_no_good_are_refused_by_name() {
    let mut ann = Peer::new(ALL);
    for (line, refused) in [
        ("CHATHISTORY NONE #c * 1", "INVALID_PARAMS NONE :"),
        ("CHATHISTORY LATEST #c *", "INVALID_PARAMS LATEST :"),
        ("CHATHISTORY LATEST #c * 1 1", "INVALID_PARAMS LATEST :"),
        ("CHATHISTORY LATEST #c * 0", "INVALID_PARAMS LATEST 0 :"),
        ("CHATHISTORY BEFORE #c timestamp=x 1", "INVALID_PARAMS BEFORE timestamp=x :"),
        ("CHATHISTORY BEFORE #c uid=x 1", "INVALID_MSGREFTYPE BEFORE #c :"),
    ] {
        let told = ann.say(line);
        assert!(told.starts_with(&format!(":irc.test FAIL CHATHISTORY {refused}")), "{line}: {told}");
        ann.asks_nothing();
    }
    assert!(ann.say("CHATHISTORY").starts_with(":irc.test 461 ann CHATHISTORY :"));
    ann.say("CHATHISTORY LATEST #c * 1");
    ann.recalls();
    let told = ann.recalled(Recalled::Failed);
    assert!(told.starts_with(":irc.test FAIL CHATHISTORY MESSAGE_ERROR LATEST #c :"), "{told}");
}

#[test]
fn without_history_its_commands_are_unknown() {
    let options = dialect::irc::Options { history: None, ..options() };
    let (mut ann, _) = Peer::with(options, "batch", Vec::new());
    for line in ["CHATHISTORY LATEST #c * 1", "SEARCH text=x", "REDACT #c x"] {
        let command = line.split(' ').next().unwrap_or_default();
        assert_eq!(ann.say(line), format!(":irc.test 421 ann {command} :Unknown command\n"));
    }
}

#[test]
fn a_search_is_answered_in_a_batch_of_its_own() {
    let mut ann = Peer::new("batch soju.im/search");
    ann.say("SEARCH in=#c;text=hello;limit=10");
    let search = Search { text: "hello".into(), target: Some("#c".into()), most: 10, ..Search::default() };
    assert_eq!(ann.recalls(), Recall::Search(Box::new(search)));
    assert_eq!(
        ann.recalled(Recalled::Search(vec![item(said(1, "hello"))])),
        ":irc.test BATCH +2 soju.im/search\n@batch=2 :bob!bob@host PRIVMSG #c :hello\n:irc.test BATCH -2\n"
    );
    assert!(ann.say("SEARCH limit=none").starts_with(":irc.test FAIL SEARCH INVALID_PARAMS limit :"));
    ann.say("SEARCH text=x");
    ann.recalls();
    assert!(ann.recalled(Recalled::Failed).starts_with(":irc.test FAIL SEARCH INTERNAL_ERROR :"));
}

fn redacted(reason: Option<&str>) -> Event {
    Event::Redacted {
        id: id(9),
        at: NOW,
        who: user("ann"),
        to: Destination::Room(room("#c")),
        message: id(1),
        reason: reason.map(Text::from),
    }
}

#[test]
fn a_message_is_taken_back_once_it_is_known_whose_it_is() {
    let mut ann = Peer::new("batch labeled-response draft/message-redaction");
    let m = id(1);
    assert_eq!(ann.say(format!("@label=x REDACT #c {m} :a mistake")), "");
    assert_eq!(ann.recalls(), Recall::Find { target: "#c".into(), id: m });
    let author = Some(Party::Account("bob".into()));
    assert_eq!(ann.recalled(Recalled::Found(author.clone())), "");
    let reason = Some(Text::from("a mistake"));
    assert_eq!(ann.commanded(), Command::Redact { target: "#c".into(), message: m, author, reason });
    let line = format!(":ann!ann@host REDACT #c {m} :a mistake\n");
    assert_eq!(ann.reply(redacted(Some("a mistake"))), format!("@label=x {line}"));
    assert_eq!(ann.tell(redacted(None)), format!(":ann!ann@host REDACT #c {m}\n"));
    assert_eq!(Peer::new("batch").tell(redacted(None)), "");
}

#[test]
fn a_redaction_is_refused_with_what_is_wrong() {
    let mut ann = Peer::new("");
    let m = id(1);
    ann.say("REDACT #c nonsense");
    ann.recalls();
    ann.recalled(Recalled::Found(None));
    let Command::Redact { target, message, author: None, .. } = ann.commanded() else { panic!() };
    let told = ann.reply(Event::Rejected(Rejection::NoSuchMessage { target, message }));
    assert!(told.starts_with(":irc.test FAIL REDACT UNKNOWN_MSGID #c nonsense :"), "{told}");
    ann.say(format!("REDACT #none {m}"));
    ann.recalls();
    let told = ann.recalled(Recalled::Rejected(Rejection::NoSuchTarget("#none".into())));
    assert!(told.starts_with(":irc.test FAIL REDACT INVALID_TARGET #none :"), "{told}");
    ann.say(format!("REDACT #c {m}"));
    ann.recalls();
    ann.recalled(Recalled::Found(Some(Party::Guest(id(5)))));
    ann.commanded();
    let forbidden = Rejection::RedactForbidden { target: "#c".into(), message: m };
    let told = ann.reply(Event::Rejected(forbidden));
    assert!(told.starts_with(&format!(":irc.test FAIL REDACT REDACT_FORBIDDEN #c {m} :")), "{told}");
    assert!(ann.say("REDACT #c").starts_with(":irc.test 461 ann REDACT :"));
}

fn joins(ann: &mut Peer, name: &str) -> String {
    let joined = Event::Joined { id: id(7), at: NOW, who: user("ann"), room: room(name), away: None };
    let entered = Event::Entered {
        room: room(name),
        topic: None,
        names: Some(Names { secret: false, members: vec![] }),
        recent: Vec::new(),
        marker: None,
        metadata: Vec::new(),
    };
    ann.commanded();
    ann.replies([joined, entered])
}

#[test]
fn who_can_tell_that_lines_are_old_and_does_not_ask_is_shown_them_on_joining() {
    let mut ann = Peer::new("batch server-time labeled-response");
    ann.say("@label=x JOIN #c");
    let told = joins(&mut ann, "#c");
    assert!(told.ends_with(":irc.test BATCH -1\n"), "the answer is complete: {told}");
    let before = Span::Before(Reference::Time(NOW));
    let recall = Recall::Page { target: "#c".into(), span: before, most: 10, kinds: ItemKinds::SAID };
    assert_eq!(ann.recalls(), recall);
    assert_eq!(
        ann.recalled(Recalled::Page(vec![item(said(1, "old"))])),
        format!(
            ":irc.test BATCH +2 chathistory #c\n@batch=2;time={TIME} :bob!bob@host PRIVMSG #c :old\n\
             :irc.test BATCH -2\n"
        )
    );
    ann.say("JOIN #d");
    joins(&mut ann, "#d");
    ann.recalls();
    assert_eq!(ann.recalled(Recalled::Page(vec![])), "");
    ann.asks_nothing();
}

#[test]
fn channels_joined_together_are_shown_one_after_the_other() {
    let mut ann = Peer::new("batch server-time labeled-response");
    ann.say("@label=x JOIN #c,#d");
    assert_eq!(joins(&mut ann, "#c").lines().filter(|line| line.contains("BATCH")).count(), 1);
    joins(&mut ann, "#d");
    for name in ["#c", "#d"] {
        assert!(matches!(ann.recalls(), Recall::Page { target, .. } if target == name));
        ann.asks_nothing();
        ann.recalled(Recalled::Page(vec![]));
    }
    ann.asks_nothing();
}

#[test]
fn who_can_not_tell_or_asks_for_itself_is_shown_nothing_on_joining() {
    for caps in ["", "batch", "batch server-time draft/chathistory"] {
        let mut ann = Peer::new(caps);
        ann.say("JOIN #c");
        joins(&mut ann, "#c");
        ann.asks_nothing();
    }
}

#[test]
fn what_was_missed_is_said_where_it_was() {
    let mut ann = Peer::new("");
    let mut bytes = Vec::new();
    ann.session.missed(Some("#c"), 312, &mut bytes);
    ann.session.missed(None, 1, &mut bytes);
    assert_eq!(
        crate::peer::shown(&bytes),
        ":irc.test NOTICE #c :you missed 312 messages in #c\n:irc.test NOTICE ann :you missed 1 message\n"
    );
}
