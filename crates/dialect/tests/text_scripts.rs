//! Whole conversations of the text dialects: whatever peers send, in whatever order, everyone is sent what
//! its dialect allows, and hears what is said exactly once; see `fuzzing::text`.

use dialect::fuzzing::text::trial;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// A script, shown as text.
#[derive(Clone)]
struct Script(Vec<u8>);

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// The letters of a world: up to eight seats, and what is turned on.
fn world() -> impl Strategy<Value = Vec<u8>> {
    let seats = vec(select(&b"lpagti"[..]), 2..=8);
    let seats = prop_oneof![2 => Just(b"lpagti".to_vec()), 2 => seats];
    let most = prop_oneof![3 => 0..=1_usize, 1 => 0..=10_usize];
    let extras = most.prop_flat_map(|most| subsequence(b"PSGMCLUVNH".to_vec(), most));
    (seats, extras).prop_map(|(mut letters, extras)| {
        letters.extend(extras);
        letters
    })
}

/// Who does something: mostly when all is quiet, sometimes together with what was before.
fn seat() -> impl Strategy<Value = u8> {
    prop_oneof![4 => b'0'..=b'7', 1 => b'@'..=b'G']
}

/// What somebody does, and the rest of the step.
fn deed() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => said().prop_map(|text| [b" ", &text[..]].concat()),
        4 => command().prop_map(|text| [b"\"", &text[..]].concat()),
        4 => frame().prop_map(|text| [b":", &text[..]].concat()),
        2 => packet(),
        1 => (b'0'..=b'9', said()).prop_map(|(seat, text)| [&[b'@', seat], &text[..]].concat()),
        2 => Just(b"~".to_vec()),
        1 => Just(b".".to_vec()),
        1 => Just(b"x".to_vec()),
        1 => Just(b"v".to_vec()),
        1 => said().prop_map(|text| [b"n", &text[..]].concat()),
        1 => Just(b"r".to_vec()),
    ]
}

/// Text of all kinds and lengths.
fn said() -> impl Strategy<Value = Vec<u8>> {
    let words = vec(select(WORDS), 0..6).prop_map(|words| words.join(" "));
    let long = (select(WORDS), 1..700_usize, select(WORDS)).prop_map(|(word, times, end)| {
        let gap = if times % 3 == 0 { "" } else { " " };
        vec![word; times].join(gap) + end
    });
    let start = select(&["", "", "", "/me ", "//", "/msg guest50001 ", "/msg irc5 ", "/msg guest50004 "][..]);
    let text = prop_oneof![4 => words, 1 => long];
    (start, text).prop_map(|(start, text)| format!("{start}{text}").into_bytes())
}

/// A typed command, or something like it.
fn command() -> impl Strategy<Value = Vec<u8>> {
    (select(COMMANDS), select(ARGUMENTS), select(ARGUMENTS))
        .prop_map(|(command, one, two)| format!("{command} {one} {two}").into_bytes())
}

/// What one read may bring.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let bytes = vec(prop_oneof![2 => any::<u8>(), 2 => b' '..=b'~', 1 => Just(b'\\')], 0..40);
    let requests = vec(select(REQUESTS), 1..6).prop_map(|requests| requests.concat().into_bytes());
    let many = (select(REQUESTS), 1..400_usize).prop_map(|(what, times)| what.repeat(times).into_bytes());
    prop_oneof![3 => bytes, 4 => requests, 1 => many]
        .prop_map(|bytes| bytes.into_iter().filter(|&byte| byte != b'\n').collect())
}

fn packet() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof![4 => select(NAMES).prop_map(|name| name.as_bytes().to_vec()), 1 => vec(any::<u8>(), 0..25)];
    (b'1'..=b'3', name, said()).prop_map(|(kind, name, text)| {
        [&[b'p', kind], &name[..], b"=", &text].concat().into_iter().filter(|&byte| byte != b'\n').collect()
    })
}

/// A script of so many steps.
fn script(steps: std::ops::Range<usize>) -> impl Strategy<Value = Script> {
    (world(), vec((seat(), deed()), steps)).prop_map(|(world, steps)| {
        let mut script = world;
        for (seat, deed) in steps {
            script.push(b'\n');
            script.push(seat);
            script.extend(deed);
        }
        Script(script)
    })
}

const WORDS: &[&str] = &[
    "hello",
    "world",
    "你好",
    "exit;",
    "a",
    "<b>",
    "&lt;",
    "if (a<b)",
    "é",
    "😀",
    "from",
    "SENDID: 1",
    "LISTID : ",
    "TIME",
    "\\x01",
    "\\x9b",
    "\\xc4",
    "\\xd5\\x66",
    "\\xff",
    "\\t",
    "\\0",
    "\u{fffd}",
    "\u{85}",
    "\u{200b}",
    "：",
    " is online",
    "a user left",
    "20:37",
    "-- ",
    "/nick",
    "ACTION",
    "是的是的是的",
];
const COMMANDS: &[&str] = &[
    "/nick",
    "/join",
    "/join",
    "/part",
    "/msg",
    "/me",
    "/who",
    "/list",
    "/topic",
    "/time",
    "/help",
    "/quit",
    "/pass",
    "/pass letmein",
    "/login ann secret",
    "/login",
    "/login ann soon",
    "/logout",
    "/register secret",
    "/password secret new",
    "/history",
    "/history 2",
    "/search hello",
    "/dance",
    "/",
    "//",
    "/JOIN #dev",
    "/part",
    "q",
    "exit;",
];
const ARGUMENTS: &[&str] = &[
    "",
    "",
    "ann",
    "bob",
    "#lobby",
    "dev",
    "#dev",
    "irc5",
    "guest50001",
    "guest50002",
    "1",
    "letmein",
    "你好",
    "a,b",
    "saloon",
    "NickServ",
    "#\\x07",
    "\\x01x\\x01",
    "#LOBBY",
];
const REQUESTS: &[&str] = &[
    "time",
    "name",
    "list",
    "send#1#hi",
    "send#0#hello",
    "send#0#/who",
    "send#2#//x",
    "send#",
    "send#99#x",
    "send1#y",
    "send#-1#z",
    "\\0",
    "\\n",
    "\\r\\n",
    "hello",
    "exit;",
    "x exit;",
    "/who",
    "/pass letmein",
    "/login ann secret",
    "/login",
    "/login ann soon",
    "/logout",
    "/register secret",
    "/password secret new",
    "/history",
    "/history 2",
    "/search hello",
    "\\xff\\xfd\\x03",
    "\\xff\\xfa\\x1f",
    "\\xe4",
    "\\xe4\\xbd",
    "\\xa0",
    "\\xd5",
    "f",
    "你",
    "PRIVMSG #lobby :hi",
    "NICK ann",
    "JOIN #dev",
    "/nick ann",
    "QUIT",
    "PART #lobby",
    "TOPIC #lobby :x",
    "MODE #lobby +m",
    "KICK #lobby guest50001",
    "OPER oper secret",
    "KILL guest50001 :x",
    "AWAY :gone",
];
const NAMES: &[&str] =
    &["ann", "bob", "张三", "", "saloon", "irc5", "a b", "\\xd5\\xc5\\xc8\\xfd", "名字名字名字名字"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, ..ProptestConfig::default() })]

    #[test]
    fn people_who_talk_are_heard_once_in_every_dialect(script in script(1..50)) {
        prop_assert_eq!(trial(&script.0), Ok(()));
    }

    #[test]
    fn any_bytes_are_survived_in_every_dialect(
        world in world(),
        bytes in vec(prop_oneof![3 => any::<u8>(), 1 => Just(b'\n'), 1 => b'0'..=b'7', 1 => select(&b": \"p@~.xvnr\\"[..])], 0..600),
    ) {
        let script = [&world[..], b"\n", &bytes].concat();
        prop_assert_eq!(trial(&script), Ok(()));
    }
}
