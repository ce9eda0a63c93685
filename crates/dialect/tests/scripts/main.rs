//! Whole conversations: whatever four peers say, in whatever order, what they are told is well formed,
//! and every label comes back once; see `fuzzing::trial` for the rest.

mod found;
mod lines;

use dialect::fuzzing::trial;
use proptest::collection::vec;
use proptest::prelude::*;

use lines::{leads, line, world};

/// A script, shown as text.
#[derive(Clone)]
struct Script(Vec<u8>);

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// A script of so many steps.
fn script(steps: std::ops::Range<usize>) -> impl Strategy<Value = Script> {
    (world(), vec((leads(), line()), steps)).prop_map(|(world, steps)| {
        let mut script = world;
        for (lead, line) in steps {
            script.push(b'\n');
            script.push(lead);
            script.extend(line);
        }
        Script(script)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, ..ProptestConfig::default() })]

    #[test]
    fn people_who_talk_are_told_what_the_protocol_allows(script in script(1..60)) {
        prop_assert_eq!(trial(&script.0), Ok(()));
    }

    #[test]
    fn any_bytes_are_answered_as_the_protocol_allows(
        world in world(),
        bytes in vec(prop_oneof![3 => any::<u8>(), 1 => Just(b'\n'), 1 => b'0'..=b'?'], 0..600),
    ) {
        let script = [&world[..], b"\n", &bytes].concat();
        prop_assert_eq!(trial(&script), Ok(()));
    }
}

#[test]
fn a_long_list_comes_in_pages_while_others_talk_and_leave() {
    let mut script = b"cu\n".to_vec();
    for room in 0..99 {
        for seat in 0..3 {
            script.extend(format!("{seat}JOIN #{seat}-{room}\n").into_bytes());
        }
    }
    let listing = [
        "0@label=x LIST",
        "1QUIT",
        "2PRIVMSG ann :hello",
        "3@label=y LIST >0",
        "2KILL ann",
        "0WHO *",
        "1@label=z LIST !#0*",
        "1x",
        "1LIST",
    ];
    script.extend(listing.join("\n").into_bytes());
    assert_eq!(trial(&script), Ok(()));
}

#[test]
fn a_secret_that_takes_long_to_check_holds_up_nobody_else() {
    // A space or `!` is a slow line of the first or second; `8v` and `9v` end its check.
    let script = [
        "pcu",
        "0@label=a OPER oper wrong",
        " @label=b OPER oper secret",
        "1PRIVMSG ann :heard at once",
        "1PRIVMSG #a :likewise",
        "8v",
        "!@label=c OPER a b",
        "0KILL bob :while it waits",
        " PASS x",
        "!PASS letmein",
        "!NICK eve",
        "!USER eve 0 * :Eve",
        "0LUSERS",
        "9x",
        "9v",
        "1PING x",
    ]
    .join("\n");
    assert_eq!(trial(script.as_bytes()), Ok(()));
}

#[test]
fn people_who_log_in_and_make_accounts_are_answered_in_form() {
    let plain = "AGFubgBzZWNyZXQ="; // NUL ann NUL secret
    let script = [
        "cam",
        "0@label=a AUTHENTICATE PLAIN",
        &format!("0@label=b AUTHENTICATE {plain}"),
        "1@label=c AUTHENTICATE SCRAM-SHA-256",
        "1@label=d AUTHENTICATE Y2xpZW50",
        "1@label=e AUTHENTICATE cHJvb2Y=",
        "1@label=f AUTHENTICATE +",
        "0@label=g AUTHENTICATE EXTERNAL",
        " @label=h AUTHENTICATE +",
        "1PRIVMSG ann :while it waits",
        "8v",
        "0@label=i REGISTER * * secret",
        "1@label=j REGISTER * a@b secret",
        "!@label=k NS SET PASSWORD secret other",
        "9v",
        "9v",
        "0@label=l NS RECOVERY secret",
        "0@label=m NS IDENTIFY ann bad",
        "0@label=n NS DROP ann secret",
        "0@label=o CS REGISTER #a",
        "0@label=p CS AMODE #a +o bob",
        "1@label=q NS LOGOUT",
        "8x",
        "0CAP LS 302",
        "0NICK ann",
        "0REGISTER * * secret",
        "0AUTHENTICATE PLAIN",
        "0USER ann 0 * :Ann",
        "0CAP END",
        &format!("0AUTHENTICATE {plain}"),
    ]
    .join("\n");
    assert_eq!(trial(script.as_bytes()), Ok(()));
}
