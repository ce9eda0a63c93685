//! Section 23, last point of the list: what clients are shown on joining that do not ask for themselves.

use crate::harness::{Server, server};

fn said() -> (Server, crate::client::Client) {
    let server = server();
    let mut teller = server.client("foo");
    teller.ask("JOIN #c");
    teller.ask("PRIVMSG #c :one");
    teller.ask("PRIVMSG #c :two");
    (server, teller)
}

#[test]
fn what_was_said_before_comes_behind_the_answer_to_join() {
    let (server, _foo) = said();
    let mut bar = server.client_with("bar", "batch server-time labeled-response");
    let answer = bar.ask("@label=x JOIN #c");
    answer.are(&[
        "@label=x BATCH … labeled-response",
        "@batch=…;time=… :bar!… JOIN #c",
        "@batch=… 353 bar = #c :…",
        "@batch=… 366 bar #c :…",
        "@ BATCH …",
        "@ BATCH … chathistory #c",
        "@batch=…;time=… :foo!… PRIVMSG #c :one",
        "@batch=…;time=… :foo!… PRIVMSG #c :two",
        "@ BATCH …",
    ]);
}

#[test]
fn who_could_not_tell_that_it_is_old_or_asks_for_itself_is_shown_nothing() {
    let (server, _foo) = said();
    for (n, caps) in ["batch", "batch server-time draft/chathistory"].into_iter().enumerate() {
        let mut client = server.client_with(&format!("c{n}"), caps);
        client.ask("JOIN #c").without(&["PRIVMSG", "BATCH"]);
    }
}

#[test]
fn times_alone_are_enough_and_words_around_it_tell_that_it_is_old() {
    let (server, _foo) = said();
    let mut bar = server.client_with("bar", "server-time");
    bar.ask("JOIN #c").are(&[
        "@time=… :bar!… JOIN #c",
        "353 bar = #c :…",
        "366 bar #c :…",
        "NOTICE #c :what was said before you came:",
        "@time=… :foo!… PRIVMSG #c :one",
        "@time=… :foo!… PRIVMSG #c :two",
        "NOTICE #c :from here on it is now",
    ]);
}

#[test]
fn where_nothing_was_said_nothing_is_shown() {
    let server = server();
    let mut bar = server.client_with("bar", "batch server-time");
    bar.ask("JOIN #new").commands(&["JOIN", "353", "366"]);
}
