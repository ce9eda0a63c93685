use client::{Conversation, Irc, Opening, Over, Person, Show, Step, Wish, Words};

use crate::{private, said, sent, shown, steps, typed};

fn lines(steps: Vec<Step>) -> Vec<String> {
    sent(steps).into_iter().map(|unit| String::from_utf8(unit).expect("UTF-8")).collect()
}

fn new() -> Irc {
    Irc::new("ann", Some("dev"), Words::default())
}

fn talk() -> Irc {
    let mut irc = new();
    irc.start(&mut Vec::new());
    let welcome = b":irc.example.org 001 ann :Welcome\r\n";
    assert_eq!(
        lines(steps(|steps| irc.receive(welcome, steps))),
        ["CAP REQ :server-time batch\r\n", "JOIN #dev\r\n"]
    );
    irc.receive(b":ann!a@h JOIN #dev\r\n:s 353 ann = #dev :@bob ann\r\n", &mut Vec::new());
    assert_eq!(irc.opening(), Opening::Needed);
    irc.receive(b":s 366 ann #dev :End\r\n", &mut Vec::new());
    assert_eq!(irc.opening(), Opening::Done);
    irc
}

#[test]
fn registering_comes_first() {
    let started = lines(steps(|steps| new().start(steps)));
    assert_eq!(started, ["NICK ann\r\n", "USER ann 0 * :ann\r\n"]);
}

#[test]
fn a_nick_that_is_taken_gets_a_tail_and_not_for_ever() {
    let mut irc = new();
    let taken = b":s 433 * ann :Nickname is already in use\r\n";
    assert_eq!(lines(steps(|steps| irc.receive(taken, steps))), ["NICK ann_\r\n"]);
    let last = (0..5).map(|_| steps(|steps| irc.receive(taken, steps))).last();
    assert!(matches!(last.as_deref(), Some([Step::Over(Over::Refused(why))]) if why.contains("--nick")));
}

#[test]
fn what_is_typed_is_said_in_the_room() {
    let mut irc = talk();
    assert_eq!(typed(&mut irc, "hello all"), [b"PRIVMSG #dev :hello all\r\n".to_vec()]);
    assert_eq!(typed(&mut irc, "//x"), [b"PRIVMSG #dev :/x\r\n".to_vec()]);
    assert_eq!(typed(&mut irc, "/me waves"), [b"PRIVMSG #dev :\x01ACTION waves\x01\r\n".to_vec()]);
    assert_eq!(typed(&mut irc, "/msg bob hi there"), [b"PRIVMSG bob :hi there\r\n".to_vec()]);
    assert_eq!(typed(&mut irc, "/join a key"), [b"JOIN #a key\r\n".to_vec()]);
    let unknown = steps(|steps| irc.typed("/bogus", steps));
    assert!(matches!(unknown[..], [Step::Show(Show::Failed(_))]), "never said aloud");
}

#[test]
fn nothing_typed_can_become_a_second_line() {
    let mut irc = talk();
    let quit = typed(&mut irc, "/topic a\r\nQUIT");
    assert_eq!(quit, [b"TOPIC #dev :aQUIT\r\n".to_vec()]);
}

#[test]
fn long_text_is_several_lines_of_whole_characters() {
    let units = typed(&mut talk(), &"你".repeat(400));
    assert!(units.len() > 2);
    assert!(units.iter().all(|unit| unit.len() <= 510 && std::str::from_utf8(unit).is_ok()));
}

#[test]
fn people_are_heard_in_the_room_elsewhere_and_in_private() {
    let mut irc = talk();
    assert_eq!(shown(&mut irc, b":bob!b@h PRIVMSG #dev :hi\r\n"), [said("bob", "hi")]);
    assert_eq!(shown(&mut irc, b"@time=x :bob!b@h PRIVMSG ann :psst\r\n"), [private("bob", "psst")]);
    let elsewhere = Show::Said { who: "bob".into(), room: Some("#a".into()), text: "hi".into() };
    assert_eq!(shown(&mut irc, b":bob!b@h PRIVMSG #a :hi\r\n"), [elsewhere]);
    let waves = Show::Action { who: "bob".into(), room: None, text: "waves".into() };
    assert_eq!(shown(&mut irc, b":bob!b@h PRIVMSG #dev :\x01ACTION waves\x01\r\n"), [waves]);
    assert!(shown(&mut irc, b":bob!b@h PRIVMSG ann :\x01VERSION\x01\r\n").is_empty());
}

#[test]
fn what_was_said_before_we_came_is_shown_with_its_time() {
    let mut irc = talk();
    let old = |time: &str, words: &str| Show::Old { time: time.into(), words: words.into() };
    shown(
        &mut irc,
        b":s CAP ann ACK :server-time batch\r\n@time=2026-11-21T14:03:00.500Z :ann!a@h JOIN #dev\r\n",
    );
    let before = b"@time=2026-11-20T23:59:00.000Z :bob!b@h PRIVMSG #dev :good night\r\n";
    assert_eq!(shown(&mut irc, before), [old("2026-11-20 23:59 UTC", "<bob> good night")]);
    let now = b"@time=2026-11-21T14:03:00.600Z :bob!b@h PRIVMSG #dev :hi\r\n";
    assert_eq!(shown(&mut irc, now), [said("bob", "hi")]);
    let listed = b"BATCH +1 chathistory #dev\r\n\
        @batch=1;time=2026-11-21T14:03:00.600Z :bob!b@h PRIVMSG #dev :hi\r\nBATCH -1\r\n";
    assert_eq!(shown(&mut irc, listed), [old("2026-11-21 14:03 UTC", "<bob> hi")]);
    assert_eq!(shown(&mut irc, now), [said("bob", "hi")]);
}

#[test]
fn a_server_of_before_capabilities_is_no_trouble() {
    let mut irc = talk();
    assert_eq!(
        shown(&mut irc, b":s 421 ann CAP :Unknown command\r\n:bob!b@h PRIVMSG #dev :hi\r\n"),
        [said("bob", "hi")]
    );
}

#[test]
fn replies_of_a_standard_form_are_shown_by_what_they_are() {
    let mut irc = talk();
    let fail = shown(&mut irc, b"FAIL REGISTER WEAK_PASSWORD ann :Too short\r\nNOTE * X :By the way\r\n");
    assert_eq!(fail, [Show::Failed("Too short".into()), Show::Notice("By the way".into())]);
    let early = steps(|steps| new().receive(b"NOTE * X :By the way\r\n", steps));
    assert_eq!(early, [Step::Show(Show::Notice("By the way".into()))]);
}

#[test]
fn answers_are_shown_in_their_forms() {
    let mut irc = talk();
    assert_eq!(lines(steps(|steps| irc.ask(Wish::List, steps))), ["NAMES #dev\r\n"]);
    let names = shown(&mut irc, b":s 353 ann = #dev :@bob ann\r\n:s 366 ann #dev :End\r\n");
    let person = |name: &str| Person { name: Some(name.into()), ..Person::default() };
    assert_eq!(names, [Show::People(vec![person("@bob"), person("ann")])]);
    let time = shown(&mut irc, b":s 391 ann s :2026-11-21T12:00:00Z\r\n");
    assert_eq!(time, [Show::Time("2026-11-21T12:00:00Z".into())]);
    let name = steps(|steps| irc.ask(Wish::Name, steps));
    assert_eq!(name, [Step::Show(Show::Name("irc.example.org".into()))]);
    let refused = shown(&mut irc, b":s 401 ann nobody :No such nick\r\n");
    assert_eq!(refused, [Show::Failed("nobody: No such nick".into())]);
}

#[test]
fn pings_are_answered_and_our_own_are_a_sign() {
    let mut irc = talk();
    assert_eq!(lines(steps(|steps| irc.receive(b"PING :abc\r\n", steps))), ["PONG :abc\r\n"]);
    assert_eq!(lines(steps(|steps| irc.confirm(steps))), ["PING :saloon-heard\r\n"]);
    assert!(!irc.confirmed());
    irc.receive(b":s PONG s :saloon-heard\r\n", &mut Vec::new());
    assert!(irc.confirmed());
}

#[test]
fn what_is_no_irc_is_told_before_anything_is_said() {
    let over = steps(|steps| new().receive(b"hello, who are you?\r\n", steps));
    assert_eq!(over, [Step::Over(Over::WrongDialect)]);
}

#[test]
fn nothing_that_comes_makes_a_client_fall_over() {
    let mut irc = talk();
    for bytes in [&b"\0\r\n"[..], b":\r\n", b": \r\n", b"353\r\n", b":s 353\r\n", b":s 322 ann\r\n", b"@\r\n"]
    {
        irc.receive(bytes, &mut Vec::new());
    }
    irc.receive(b":s 001\r\n:x NICK\r\n:x KICK\r\n:x PRIVMSG\r\n:\xff\xfe PART \xff\r\n", &mut Vec::new());
}
