//! Section 27: metadata.

use dialect::Output;
use dialect::irc::{Metadata, Options};
use hub::{Answer, Command, Event, Query, Rejection, Text, Timestamp};

use crate::peer::{Peer, fact, options, room};

const CAPS: &str = "batch labeled-response draft/metadata-3";

#[test]
fn get_answers_each_key_in_its_order() {
    let mut ann = Peer::new(CAPS);
    assert_eq!(ann.say("@label=x METADATA bob GET avatar BAD other"), "");
    let keys = Some(vec!["avatar".into(), "other".into()]);
    assert_eq!(ann.queried(), Query::Metadata { target: "bob".into(), keys });
    let facts = vec![fact("Bob", "avatar", Some("a b")), fact("Bob", "other", None)];
    let told = ann.answer(Answer::Metadata("Bob".into(), facts));
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "@label=x :irc.test BATCH +2 metadata Bob");
    assert_eq!(lines[1], "@batch=2 :irc.test 761 ann Bob avatar * :a b");
    assert!(lines[2].starts_with("@batch=2 :irc.test FAIL METADATA INVALID_KEY BAD :"));
    assert_eq!(lines[3], "@batch=2 :irc.test 766 ann Bob other :key not set");
    assert_eq!(lines[4..], [":irc.test BATCH -2"]);
}

#[test]
fn list_and_sync_and_clear_are_batches() {
    let mut ann = Peer::new(CAPS);
    ann.say("METADATA #c LIST");
    assert_eq!(ann.queried(), Query::Metadata { target: "#c".into(), keys: None });
    let empty = ann.answer(Answer::Metadata("#c".into(), vec![]));
    assert_eq!(empty, ":irc.test BATCH +2 metadata #c\n:irc.test BATCH -2\n");

    ann.say("METADATA *ALL SYNC");
    assert_eq!(ann.queried(), Query::Sync(None));
    ann.say("METADATA #c SYNC");
    assert_eq!(ann.queried(), Query::Sync(Some("#c".into())));
    let facts = vec![fact("#c", "url", Some("x")), fact("bob", "url", Some("y"))];
    assert_eq!(
        ann.answer(Answer::Sync(Some("#c".into()), facts)),
        ":irc.test BATCH +2 metadata #c\n@batch=2 :irc.test 761 ann #c url * :x\n\
         @batch=2 :irc.test 761 ann bob url * :y\n:irc.test BATCH -2\n"
    );

    ann.say("METADATA * CLEAR");
    assert_eq!(ann.commanded(), Command::ClearMetadata { target: "*".into() });
    assert_eq!(
        ann.reply(Event::MetadataCleared { target: "ann".into(), keys: vec!["a".into()] }),
        ":irc.test BATCH +2 metadata ann\n@batch=2 :irc.test 766 ann ann a :key not set\n:irc.test BATCH -2\n"
    );
}

#[test]
fn set_is_answered_by_one_line_outside_any_batch() {
    let mut ann = Peer::new(CAPS);
    ann.say("@label=x METADATA * SET url :a b");
    let value = Some(Text::from("a b"));
    assert_eq!(ann.commanded(), Command::SetMetadata { target: "*".into(), key: "url".into(), value });
    let told = ann.reply(Event::Metadata(fact("ann", "url", Some("a b"))));
    assert_eq!(told, "@label=x :irc.test 761 ann ann url * :a b\n");
    for line in ["METADATA * SET url", "METADATA * SET url :"] {
        ann.say(line);
        let removal = Command::SetMetadata { target: "*".into(), key: "url".into(), value: None };
        assert_eq!(ann.commanded(), removal);
    }
    let told = ann.tell(Event::Metadata(fact("bob", "url", None)));
    assert_eq!(told, ":irc.test 766 ann bob url :key not set\n");
}

#[test]
fn what_can_not_be_set_is_refused_once() {
    let mut ann = Peer::new(CAPS);
    let value = |length| format!("METADATA * SET k :{}", "x".repeat(length));
    for (line, refused) in [
        ("METADATA * SET Bad :x".to_owned(), "INVALID_KEY Bad"),
        (value(301), "INVALID_VALUE k"),
        ("METADATA * NONE".to_owned(), "INVALID_PARAMS NONE"),
        ("METADATA bob SUB k".to_owned(), "INVALID_TARGET bob"),
    ] {
        let told = ann.say(&line);
        assert!(told.starts_with(&format!(":irc.test FAIL METADATA {refused} :")), "{line}: {told}");
        assert_eq!(told.lines().count(), 1);
        ann.asks_nothing();
    }
    let told = ann.say(b"METADATA * SET k :\xff");
    assert!(told.starts_with(":irc.test FAIL METADATA INVALID_UTF8 :"), "{told}");
    assert_eq!(ann.say(value(300)), "");
    ann.commanded();
    for line in ["METADATA", "METADATA *", "METADATA * GET", "METADATA * SET", "METADATA * SUB"] {
        assert!(ann.say(line).starts_with(":irc.test 461 ann METADATA :"), "{line}");
    }
    for (rejection, refused) in [
        (Rejection::NoMetadataTarget("no".into()), "INVALID_TARGET no"),
        (Rejection::MetadataForbidden { target: "#c".into(), key: "*".into() }, "KEY_NO_PERMISSION #c *"),
        (Rejection::MetadataFull { what: "ann".into(), limit: 100 }, "LIMIT_REACHED ann 100"),
    ] {
        let told = ann.reply(Event::Rejected(rejection));
        assert!(told.starts_with(&format!(":irc.test FAIL METADATA {refused} :")), "{told}");
    }
}

#[test]
fn values_of_480_bytes_are_refused_whatever_is_allowed() {
    let metadata = options().metadata.map(|metadata| Metadata { max_value_bytes: 1000, ..metadata });
    let (mut ann, _) =
        Peer::with(Options { metadata, nicklen: 4, server: "s".into(), ..options() }, CAPS, vec![]);
    assert!(
        ann.say(format!("METADATA * SET k {}", "x".repeat(480))).contains("FAIL METADATA INVALID_VALUE k :")
    );
    assert_eq!(ann.say(format!("METADATA * SET k {}", "x".repeat(479))), "");
    ann.commanded();
}

#[test]
fn subscriptions_are_named_in_their_order() {
    let mut ann = Peer::new(CAPS);
    let told = ann.say("METADATA * SUB b BAD a");
    assert!(told.starts_with(":irc.test FAIL METADATA INVALID_KEY BAD :"), "{told}");
    assert_eq!(ann.commanded(), Command::Subscribe { keys: vec!["b".into(), "a".into()] });
    let keys = vec!["b".into(), "a".into()];
    let told = ann.reply(Event::Subscribed { keys: keys.clone(), news: true });
    let (first, second) = told.split_once('\n').expect("two lines");
    assert_eq!(first, ":irc.test 770 ann b a");
    assert!(second.starts_with(":irc.test 774 ann *ALL 0 :"), "{told}");
    assert_eq!(ann.reply(Event::Subscribed { keys, news: false }), ":irc.test 770 ann b a\n");
    ann.say("METADATA * UNSUB a");
    assert_eq!(ann.commanded(), Command::Unsubscribe { keys: vec!["a".into()] });
    assert_eq!(ann.reply(Event::Unsubscribed(vec!["a".into()])), ":irc.test 771 ann a\n");
    ann.say("METADATA * SUBS");
    assert_eq!(ann.queried(), Query::Subscriptions);
    assert_eq!(
        ann.answer(Answer::Subscriptions(vec!["b".into()])),
        ":irc.test BATCH +2 metadata-subs\n@batch=2 :irc.test 772 ann b\n:irc.test BATCH -2\n"
    );
}

#[test]
fn many_keys_take_several_lines() {
    let mut ann = Peer::new("");
    let keys: Vec<_> = (0..30).map(|n| format!("key{n}").into()).collect();
    let told = ann.answer(Answer::Subscriptions(keys));
    let counts: Vec<usize> = told.lines().map(|line| line.split(' ').count() - 3).collect();
    assert_eq!(counts, [13, 13, 4]);
}

#[test]
fn before_registration_one_may_speak_of_oneself() {
    let mut peer = Peer::connect(options());
    assert!(peer.say("METADATA * LIST").starts_with(":irc.test 451 * :"), "not negotiated");
    peer.say("CAP REQ :batch draft/metadata-3");
    peer.say("METADATA * SET k :v");
    assert!(matches!(peer.commanded(), Command::SetMetadata { target, .. } if target == "*"));
    assert_eq!(peer.reply(Event::Metadata(fact("*", "k", Some("v")))), ":irc.test 761 * * k * :v\n");
    assert!(peer.say("METADATA bob LIST").starts_with(":irc.test FAIL METADATA INVALID_TARGET bob :"));
    assert_eq!(
        peer.reply(Event::Subscribed { keys: vec!["k".into()], news: true }),
        ":irc.test 770 * k\n",
        "values are asked for after registration"
    );
    let metadata = options().metadata.map(|metadata| Metadata { before_connect: false, ..metadata });
    let mut peer = Peer::connect(Options { metadata, ..options() });
    peer.say("CAP REQ :draft/metadata-3");
    assert!(peer.say("METADATA * LIST").starts_with(":irc.test 451 * :"));
}

#[test]
fn the_welcome_tells_ones_own_facts_before_its_end() {
    let (_, welcome) = Peer::with(options(), CAPS, vec![fact("ann", "k", Some("v"))]);
    let batch =
        ":irc.test BATCH +2 metadata ann\n@batch=2 :irc.test 761 ann ann k * :v\n:irc.test BATCH -2\n";
    assert!(welcome.contains(batch), "{welcome}");
    assert!(welcome.ends_with(":irc.test 422 ann :MOTD File is missing\n"), "{welcome}");
    let (_, welcome) = Peer::with(options(), CAPS, vec![]);
    assert!(welcome.contains(":irc.test BATCH +2 metadata ann\n:irc.test BATCH -2\n"), "{welcome}");
    let (_, welcome) = Peer::with(options(), "batch", vec![fact("ann", "k", Some("v"))]);
    assert!(!welcome.contains("BATCH"), "{welcome}");
}

#[test]
fn whois_tells_facts_to_who_knows_them() {
    let mut ann = Peer::new(CAPS);
    ann.say("WHOIS bob");
    assert_eq!(ann.queried(), Query::Whois("bob".into()));
    assert_eq!(ann.queried(), Query::Metadata { target: "bob".into(), keys: None });
    let told = ann.answer(Answer::Metadata("bob".into(), vec![fact("bob", "k", Some("v"))]));
    assert_eq!(told, ":irc.test 760 ann bob k * :v\n:irc.test 318 ann bob :End of /WHOIS list\n");

    ann.say("WHOIS nobody");
    ann.queried();
    ann.queried();
    let told = ann.answer(Answer::Rejected(Rejection::NoMetadataTarget("nobody".into())));
    assert_eq!(told, ":irc.test 318 ann nobody :End of /WHOIS list\n");
    for line in ["WHOIS *", "WHOIS #c"] {
        ann.say(line);
        ann.queried();
        assert!(!matches!(ann.asked(), Output::Query(_)), "{line}");
    }
}

#[test]
fn what_is_set_where_one_joins_comes_behind_the_names() {
    let mut ann = Peer::new(CAPS);
    let entered = |metadata| Event::Entered {
        room: room("#c"),
        topic: None,
        names: None,
        recent: Vec::new(),
        marker: None,
        metadata,
    };
    assert_eq!(
        ann.reply(entered(vec![fact("bob", "k", Some("v"))])),
        ":irc.test BATCH +2 metadata #c\n@batch=2 :irc.test 761 ann bob k * :v\n:irc.test BATCH -2\n"
    );
    assert_eq!(ann.reply(entered(vec![])), "");
}

#[test]
fn changes_that_come_too_fast_are_refused() {
    let metadata = options().metadata.map(|metadata| Metadata { throttle: true, ..metadata });
    let (mut ann, _) = Peer::with(Options { metadata, ..options() }, CAPS, vec![]);
    for _ in 0..10 {
        assert_eq!(ann.say("METADATA * SET k :v"), "");
        ann.commanded();
    }
    let told = ann.say("METADATA * SET k :v");
    assert!(told.starts_with(":irc.test FAIL METADATA RATE_LIMITED * k 2 :"), "{told}");
    ann.asks_nothing();
    ann.now = Timestamp(ann.now.0 + 2000);
    ann.say("METADATA * CLEAR");
    ann.commanded();
}

#[test]
fn without_metadata_its_command_is_unknown() {
    let (mut ann, _) = Peer::with(Options { metadata: None, ..options() }, "batch", vec![]);
    assert_eq!(ann.say("METADATA * LIST"), ":irc.test 421 ann METADATA :Unknown command\n");
}
