//! Lines that clients might send: real commands with parameters of all kinds, and sometimes anything.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// What a line is made of: a number for each gap, and bytes for those that take any.
type Choices = Vec<(usize, Vec<u8>)>;

/// A line, mostly of a real command, sometimes with tags.
pub fn line() -> impl Strategy<Value = Vec<u8>> {
    let gap = (0_usize..256, vec(byte(), 0..12));
    (select(TAGS), select(LINES), vec(gap, 0..10)).prop_map(|(tags, line, choices): (_, _, Choices)| {
        let mut choices = choices.into_iter();
        let mut out = Vec::new();
        fill(tags, &mut choices, &mut out);
        fill(line, &mut choices, &mut out);
        out
    })
}

/// Who says it: mostly by itself, sometimes together with others, sometimes something else happens.
pub fn leads() -> impl Strategy<Value = u8> {
    prop_oneof![8 => b'0'..=b'3', 4 => b'4'..=b'7', 1 => b'8'..=b'?', 1 => b' '..=b'\'']
}

/// The letters of a world.
pub fn world() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![3 => Just("c"), 1 => Just("")].prop_flat_map(|crowd| {
        proptest::sample::subsequence(b"upmsrinah".to_vec(), 0..=9).prop_map(move |mut letters| {
            letters.extend(crowd.bytes());
            letters
        })
    })
}

fn byte() -> impl Strategy<Value = u8> {
    prop_oneof![4 => b' '..=b'~', 1 => any::<u8>()].prop_filter("one line", |&byte| byte != b'\n')
}

/// Fills the gaps of a line, each by the next choice: `%n` a nickname, `%c` a channel, `%t` either,
/// `%m` a mask, `%w` a word, `%x` a text, `%d` a number, `%r` a place in a history, `%i` the id of a message,
/// `%k` a key, `%b` bytes.
fn fill(line: &str, choices: &mut impl Iterator<Item = (usize, Vec<u8>)>, out: &mut Vec<u8>) {
    let mut parts = line.split('%');
    out.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let (choice, bytes) = choices.next().unwrap_or((255, Vec::new()));
        let kind = part.bytes().next().unwrap_or_default();
        out.extend(filling(kind, choice, bytes));
        out.extend_from_slice(part.get(1..).unwrap_or_default().as_bytes());
    }
}

fn filling(kind: u8, choice: usize, bytes: Vec<u8>) -> Vec<u8> {
    let of = |list: &[&str]| list[choice % list.len()].as_bytes().to_vec();
    match kind {
        b'n' => of(NICKS),
        b'c' => of(CHANNELS),
        b't' => match choice % 4 {
            0 => of(NICKS),
            1 => [b"@", &of(CHANNELS)[..]].concat(),
            _ => of(CHANNELS),
        },
        b'm' => of(MASKS),
        b'd' => of(NUMBERS),
        b'w' if choice < 8 => vec![b'w'; choice * 70],
        b'w' => of(WORDS),
        b'x' if choice < 12 => "é x".repeat(choice * 16).into_bytes(),
        b'x' if choice < 80 => vec![of(WORDS); choice / 8].join(&b' '),
        b'r' => of(REFERENCES),
        b'i' => message_id(choice),
        b'k' => of(KEYS),
        b'p' => b"%".to_vec(),
        _ => bytes,
    }
}

/// The id that an early entry of a trial gives its message.
fn message_id(choice: usize) -> Vec<u8> {
    hub::MessageId((choice as u128) << 16).to_string().into_bytes()
}

const REFERENCES: &[&str] = &[
    "*",
    "timestamp=2023-11-14T22:13:20.010Z",
    "timestamp=2023-11-14T22:13:20.050Z",
    "timestamp=2030-01-01T00:00:00.000Z",
    "timestamp=x",
    "msgid=00000000000000000000000100",
    "msgid=x",
    "what=ever",
];
const KEYS: &[&str] = &["avatar", "a/b", "color", "A", "*", "x.y_z-1"];

const TAGS: &[&str] = &[
    "",
    "",
    "",
    "@batch=r ",
    "@batch=r;draft/multiline-concat ",
    "@batch=%w;label=%w ",
    "@label=%w ",
    "@label=%b ",
    "@label=%w ",
    "@+a=%w;b;label=%w ",
    "@+a=%b;+c;+a=%x ",
];
const NICKS: &[&str] = &["ann", "bob", "cy", "dan", "Ann", "a[", "A{", "eve", "NickServ", "*"];
const CHANNELS: &[&str] = &["#a", "#a", "#A", "#b", "#:c", "#", "#é", "&x", "##,,", ":x"];
const MASKS: &[&str] =
    &["*!*@*", "ann", "m:b*!*@*", "*@192.0.2.?", "a:*", "*", "b*", "[", "\\", ":x", "*@nowhere"];
const NUMBERS: &[&str] = &["0", "1", "5", "302", "-1", "99999999999999999999", "x", ""];
const WORDS: &[&str] = &[
    "a",
    ":b",
    "secret",
    "weak",
    "soon",
    "code-a",
    "AGFubgBzZWNyZXQ=",
    "AGFubgBiYWQ=",
    "Y2xpZW50",
    "cHJvb2Y=",
    "on",
    "draft/pre-away",
    "0",
    "*",
    "+o",
    "bb:,",
    "oper",
    "privmsg",
    "index",
    "302",
    "account-tag",
    "-batch",
    "k",
    "lol+:=",
    "\\s\\:",
    "host.test",
    "é",
    "\u{1}VERSION\u{1}",
];

const LINES: &[&str] = &[
    "ACCEPT %n,-%n,%w",
    "ADMIN",
    "AUTHENTICATE %w",
    "AUTHENTICATE %w",
    "AUTHENTICATE EXTERNAL",
    "AUTHENTICATE PLAIN",
    "AUTHENTICATE SCRAM-SHA-256",
    "AUTHENTICATE +",
    "AWAY",
    "AWAY :%x",
    "BATCH +r draft/multiline %t",
    "BATCH +r draft/multiline #a",
    "BATCH -r",
    "BATCH -r",
    "BATCH +%w %w %t",
    "BATCH %b",
    "CAP END",
    "CAP LIST",
    "CAP LS %d",
    "CAP REQ :%w",
    "CAP REQ :-message-tags -server-time",
    "CAP REQ :echo-message labeled-response batch",
    "CAP REQ :message-tags extended-monitor away-notify chghost setname",
    "CHATHISTORY LATEST %t * %d",
    "CHATHISTORY LATEST #a * 5",
    "CHATHISTORY BEFORE #a %r %d",
    "CHATHISTORY AFTER %t %r 3",
    "CHATHISTORY AROUND #a %r 3",
    "CHATHISTORY BETWEEN #a %r %r 9",
    "CHATHISTORY TARGETS %r %r 9",
    "CHATHISTORY %w %t %r %d",
    "CHGHOST %n %w",
    "CHGHOST %n %w@%w",
    "CS %w %c %n",
    "CS AMODE %c",
    "CS AMODE %c +o %n",
    "CS DROP %c",
    "CS HELP",
    "CS INFO %c",
    "CS OP %c",
    "CS REGISTER %c",
    "CS TRANSFER %c %n",
    "DIE",
    "HELP %w",
    "HELP",
    "INFO",
    "INVITE",
    "INVITE %n %c",
    "ISON %n %n :%n %x",
    "JOIN %c",
    "JOIN %c",
    "JOIN %c,%c,%c %w,%w",
    "JOIN 0",
    "KICK %c %n :%x",
    "KICK %c %n,%n",
    "KICK %c,%c %n,%n",
    "KILL %n :%x",
    "KLINE %m %d :%x",
    "LINKS",
    "LIST",
    "LIST %c,<%d,>%d,!%m,C>%d,T<%d",
    "LUSERS",
    "MARKREAD %t",
    "MARKREAD %t %r",
    "METADATA %t GET %k %k %w",
    "METADATA %t LIST",
    "METADATA %t SET %k :%x",
    "METADATA * SET %k :%x",
    "METADATA * SET %k",
    "METADATA #a SET %k :%x",
    "METADATA %t CLEAR",
    "METADATA * SUB %k %k %w",
    "METADATA * UNSUB %k",
    "METADATA * SUBS",
    "METADATA *ALL SYNC",
    "METADATA %t SYNC",
    "METADATA %t %w %k",
    "MODE %c",
    "MODE %c %w",
    "MODE %c +%w %n %m %d",
    "MODE %c +beI %m %m %m",
    "MODE %c +bbbbbbbbbbbbb-k %m %w %w %w %w %w a b c d e f %n",
    "MODE %c +kl %w %d",
    "MODE %c +o-v+h-q+a %n %n %n %n %n",
    "MODE %c +ms-nt+iCM",
    "MODE %c -b %m",
    "MODE %c b",
    "MODE %n",
    "MODE %n %w",
    "MODE %n +iwBR-o",
    "MONITOR + %n,%n,%w",
    "MONITOR + :%x",
    "MONITOR - %n",
    "MONITOR C",
    "MONITOR L",
    "MONITOR S",
    "MOTD",
    "NAMES %c",
    "NAMES :%x",
    "NAMES",
    "NICK %n",
    "NICK :%x",
    "NOTICE %t :%x",
    "NS %w %w",
    "NS CERT %w",
    "NS CERT ADD",
    "NS CERT LIST",
    "NS DROP %n %w",
    "NS GHOST %n",
    "NS HELP",
    "NS IDENTIFY %n %w",
    "NS INFO %n",
    "NS INFO",
    "NS LOGOUT",
    "NS RECOVERY %w",
    "NS REGISTER %w",
    "NS SAREGISTER %n %w",
    "NS SET ALWAYS-ON %w",
    "NS SET MULTICLIENT ON",
    "NS SET PASSWORD %w %w",
    "OPER %w %w",
    "OPER oper secret",
    "PART %c :%x",
    "PART %c,%c",
    "PASS %w",
    "PASS letmein",
    "PING %x",
    "PONG",
    "PRIVMSG %t :%x",
    "PRIVMSG %t :%x",
    "PRIVMSG NickServ :%x",
    "PRIVMSG %t,%t,%t,%n,%w,%t :\u{1}VERSION %x\u{1}",
    "QUIT :%x",
    "REGISTER * %w %w",
    "REGISTER * * %w",
    "REGISTER %n a@b %w",
    "REDACT #a %i",
    "REDACT %t %i :%x",
    "RENAME %c %c :%x",
    "RENAME #a #A",
    "REHASH",
    "SAMODE %c %w %n",
    "SAMODE %c +ov %n %n",
    "SEARCH text=%w;limit=3",
    "SEARCH in=%t;text=a",
    "SEARCH %b",
    "SEARCH before=%w",
    "SETNAME :%x",
    "STATS %w",
    "STATS k",
    "STATS u",
    "TAGMSG %t",
    "TIME",
    "TOPIC %c",
    "TOPIC %c :%x",
    "UNKLINE %m",
    "USER %w 0 * :%x",
    "USERHOST %n %n %n %n %n",
    "VERIFY %n %w",
    "VERSION",
    "WALLOPS :%x",
    "WEBIRC gate gateway %w 192.0.2.9 :secure certfp-sha-256=%w",
    "WHO",
    "WHO %c %ptcuihsnfdlaor,%d",
    "WHO %m",
    "WHO :%x",
    "WHOIS %n",
    "WHOIS :%x",
    "WHOWAS %n %d",
    "WHOWAS :%x",
    "%w %w %w :%x",
    "%b",
    "%b",
];
