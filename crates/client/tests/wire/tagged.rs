use client::{Conversation, Show, Step, Tagged, Wish, Words};

use crate::{listed, padded, private, said, sent, shown, steps, typed};

/// A conversation with an old server, whose list has two clients in it.
fn talk() -> Tagged {
    let mut talk = Tagged::new(None, None, Words::default());
    assert!(steps(|steps| talk.start(steps)).is_empty());
    let greeted = steps(|steps| talk.receive(b"Reply Message From Server!", steps));
    assert_eq!(sent(greeted), [b"list".to_vec()]);
    let list =
        b"LISTID : 1, Address : 127.0.0.1, Port : 51064\nLISTID : 2, Address : 127.0.0.1, Port : 51080\n";
    assert!(shown(&mut talk, list).is_empty(), "nobody asked");
    talk.quiet(&mut Vec::new());
    talk
}

/// The same with our server, which lists the room.
fn talk_in_room() -> Tagged {
    let mut talk = Tagged::new(Some("ann"), None, Words::default());
    talk.receive(b"Reply Message From Server!", &mut Vec::new());
    let list = b"LISTID : 0, Address : 127.0.0.1, Port : 3677\nLISTID : 7, Address : 127.0.0.1, Port : 5\n";
    talk.receive(list, &mut Vec::new());
    let named = sent(steps(|steps| talk.quiet(steps)));
    assert_eq!(named, [padded(b"send#0#/nick ann", 1024)]);
    talk
}

#[test]
fn requests_are_as_the_old_client_sends_them() {
    let mut ann = talk();
    assert_eq!(typed(&mut ann, "/time"), [b"time".to_vec()]);
    assert_eq!(typed(&mut ann, "/name"), [b"name".to_vec()]);
    assert_eq!(typed(&mut ann, "/who"), [b"list".to_vec()]);
    assert_eq!(typed(&mut ann, "/msg 2 hello there"), [padded(b"send#2#hello there", 1024)]);
}

#[test]
fn every_reply_is_understood() {
    let mut ann = talk();
    let time = padded(b"TIMEFri Nov 20 20:37:14 2026\n", 1024);
    assert_eq!(shown(&mut ann, &time), [Show::Time("Fri Nov 20 20:37:14 2026".into())]);
    assert_eq!(shown(&mut ann, b"NAMEvm"), [Show::Name("vm".into())]);
    let sent = b"SENDID: 1, Address: 127.0.0.1, Port: 51064 Sent A Message To You: hello there";
    assert_eq!(shown(&mut ann, sent), [private("1, 127.0.0.1:51064", "hello there")]);
}

#[test]
fn a_list_is_a_table_that_ends_when_nothing_more_comes() {
    let mut ann = talk();
    ann.ask(Wish::List, &mut Vec::new());
    assert!(shown(&mut ann, b"LISTID : 1, Address : 127.0.0.1, Port : 51064\n").is_empty());
    assert!(shown(&mut ann, b"LISTID : 3, Address : 127.0.0.1, Port : 51080\n").is_empty());
    let people = vec![listed(1, "127.0.0.1:51064"), listed(3, "127.0.0.1:51080")];
    assert_eq!(steps(|steps| ann.quiet(steps)), [Step::Show(Show::People(people))]);
}

#[test]
fn replies_that_ran_together_are_taken_apart() {
    let mut ann = talk();
    ann.ask(Wish::List, &mut Vec::new());
    let time = padded(b"TIMEFri Nov 20 20:37:14 2026\n", 1024);
    let glued = [&b"LISTID : 1, Address : 127.0.0.1, Port : 51064\n"[..], &time].concat();
    let (first, rest) = glued.split_at(1024);
    let all =
        [Show::People(vec![listed(1, "127.0.0.1:51064")]), Show::Time("Fri Nov 20 20:37:14 2026".into())];
    assert_eq!(shown(&mut ann, first), all);
    assert!(shown(&mut ann, rest).is_empty(), "46 NULs");
}

#[test]
fn nothing_goes_to_an_id_that_would_end_an_old_server() {
    let mut ann = talk();
    for line in ["/msg 99 hi", "/msg 0 hi", "hello", "/nick ann", "/msg -1 hi", "/msg 99999999999 hi"] {
        let refused = steps(|steps| ann.typed(line, steps));
        assert!(matches!(refused[..], [Step::Show(Show::Failed(_))]), "{line}: {refused:?}");
    }
}

#[test]
fn our_server_has_a_room_and_names() {
    let mut ann = talk_in_room();
    assert_eq!(typed(&mut ann, "hello"), [padded(b"send#0#hello", 1024)]);
    let from_bob = b"SENDID: 7, Address: 127.0.0.1, Port: 5 Sent A Message To You: <bob> hi";
    assert_eq!(shown(&mut ann, from_bob), [said("bob", "hi")]);
    assert_eq!(typed(&mut ann, "/msg bob psst"), [padded(b"send#7#psst", 1024)], "by name");
    assert_eq!(typed(&mut ann, "/msg 127.0.0.1:5 psst"), [padded(b"send#7#psst", 1024)], "by address");
    let notice = b"SENDID: 0, Address: 127.0.0.1, Port: 3677 Sent A Message To You: nobody has the id 9";
    assert_eq!(shown(&mut ann, notice), [Show::Answer("nobody has the id 9".into())]);
}

#[test]
fn an_answer_that_was_only_a_sign_is_not_shown() {
    let mut ann = talk();
    assert_eq!(sent(steps(|steps| ann.confirm(steps))), [b"name".to_vec()]);
    assert!(!ann.confirmed());
    assert!(shown(&mut ann, b"NAMEvm").is_empty() && ann.confirmed());
}

#[test]
fn long_text_is_several_requests() {
    let units = typed(&mut talk(), &format!("/msg 2 {}", "你".repeat(600)));
    assert_eq!(units.len(), 2);
    assert!(units.iter().all(|unit| unit.len() == 1024 && unit.ends_with(b"\0")));
}
