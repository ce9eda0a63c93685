use client::{Conversation, Group, Over, Show, Step, Words};

use crate::{joined, left, private, said, shown, steps, typed};

const ME: &str = "127.0.0.1:56784";

fn talk() -> Group {
    let mut talk = Group::new(None, None, Some(ME.parse().expect("an address")), Words::default());
    assert!(steps(|steps| talk.start(steps)).is_empty());
    let me = shown(&mut talk, b"127.0.0.1:56784 is online\n");
    assert_eq!(me, [Show::Notice("you are 127.0.0.1:56784 here".into())]);
    talk
}

#[test]
fn the_example_is_understood_from_its_first_byte_to_its_last() {
    let mut ann = talk();
    assert_eq!(shown(&mut ann, b"127.0.0.1:56798 is online\n"), [joined("127.0.0.1:56798")]);
    let hi = "from 127.0.0.1:56798: hi 你好".as_bytes();
    assert_eq!(shown(&mut ann, hi), [said("127.0.0.1:56798", "hi 你好")]);
    let gone = shown(&mut ann, b"a user left\n127.0.0.1:56798 is offline\n");
    assert_eq!(gone, [left("127.0.0.1:56798")]);
}

#[test]
fn a_message_is_its_text_and_nothing_else() {
    assert_eq!(typed(&mut talk(), " hi 你好 "), [" hi 你好 ".as_bytes().to_vec()]);
}

#[test]
fn our_own_words_come_back_as_a_sign_and_are_not_shown_again() {
    let mut ann = talk();
    typed(&mut ann, "hi");
    assert!(!ann.confirmed());
    assert!(shown(&mut ann, b"from 127.0.0.1:56784: hi").is_empty());
    assert!(ann.confirmed());
}

#[test]
fn units_that_ran_together_are_taken_apart() {
    let mut ann = talk();
    let units = b"from 127.0.0.1:1: hi127.0.0.1:2 is online\na user left\n127.0.0.1:1 is offline\n";
    let all = [said("127.0.0.1:1", "hi"), joined("127.0.0.1:2"), left("127.0.0.1:1")];
    assert_eq!(shown(&mut ann, units), all);
}

#[test]
fn a_full_server_is_a_refusal() {
    let full = Step::Over(Over::Refused("too many users".into()));
    assert_eq!(steps(|steps| talk().receive(b"too many users\n", steps)), [full]);
}

#[test]
fn a_private_message_goes_to_the_port_above() {
    let to = "127.0.0.1:35099".parse().expect("an address");
    let told = steps(|steps| talk().typed("/msg 127.0.0.1:35098 secret 私聊", steps));
    assert_eq!(told, [Step::Datagram { to, bytes: "secret 私聊".as_bytes().to_vec() }]);
    let none = steps(|steps| talk().typed("/msg 127.0.0.1:65535 hi", steps));
    assert!(matches!(&none[..], [Step::Show(Show::Failed(why))] if why.contains("can't be reached")));
    assert_eq!(typed(&mut talk(), "/msg bob hi"), [b"/msg bob hi".to_vec()], "with our server's help");
}

#[test]
fn a_private_message_is_from_the_port_below() {
    let from = "[::ffff:127.0.0.1]:35089".parse().expect("an address");
    let heard = steps(|steps| talk().private(from, "secret 私聊\0junk".as_bytes(), steps));
    assert_eq!(heard, [Step::Show(private("127.0.0.1:35088", "secret 私聊"))]);
}

#[test]
fn who_is_there_is_known_without_asking() {
    let mut ann = talk();
    shown(&mut ann, b"127.0.0.1:2 is online\n");
    let steps = steps(|steps| ann.ask(client::Wish::List, steps));
    let [Step::Show(Show::People(people))] = &steps[..] else { panic!("{steps:?}") };
    let addresses: Vec<_> = people.iter().filter_map(|person| person.address.as_deref()).collect();
    assert_eq!(addresses, ["127.0.0.1:2", ME]);
}
