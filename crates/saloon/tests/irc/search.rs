//! `SEARCH` (`soju.im/search`).

use crate::harness::{join, server};

const CAPS: &str = "batch message-tags server-time soju.im/search";

#[test]
fn messages_are_found_by_their_words_where_one_may_read() {
    let server = server();
    let mut foo = server.client_with("foo", CAPS);
    let mut bar = server.client_with("bar", CAPS);
    join(&mut [&mut foo, &mut bar], "#c");
    join(&mut [&mut bar], "#secret");
    foo.ask("PRIVMSG #c :apples and pears");
    bar.ask("PRIVMSG #c :Pears");
    bar.ask("PRIVMSG foo :pears for you");
    bar.ask("PRIVMSG #secret :secret pears");
    foo.sync();
    let found = |answer: &crate::lines::Lines| -> Vec<String> {
        answer.of("PRIVMSG").iter().map(|line| line.text().to_owned()).collect()
    };
    let answer = foo.ask("SEARCH text=pears");
    assert!(answer[0].matches("BATCH … soju.im/search"), "{}", answer[0]);
    assert_eq!(found(&answer), ["apples and pears", "Pears", "pears for you"]);
    assert_eq!(found(&foo.ask("SEARCH in=#c;text=pears")), ["apples and pears", "Pears"]);
    assert_eq!(found(&foo.ask("SEARCH from=bar;text=pears;in=#c")), ["Pears"]);
    assert_eq!(found(&foo.ask("SEARCH text=pears;limit=1")), ["pears for you"]);
    assert_eq!(found(&foo.ask(r"SEARCH text=pears\sapples")), ["apples and pears"]);
    assert_eq!(found(&foo.ask("SEARCH text=plums")), [""; 0]);
    assert_eq!(found(&foo.ask("SEARCH text=pears;before=2000-01-01T00:00:00.000Z")), [""; 0]);
}

#[test]
fn a_search_that_is_no_good_is_refused() {
    let server = server();
    let mut foo = server.client_with("foo", CAPS);
    foo.ask("SEARCH").is("461 foo SEARCH :…");
    foo.ask("SEARCH limit=x").is("FAIL SEARCH INVALID_PARAMS limit :…");
    foo.ask("SEARCH in=#none;text=x").is("FAIL SEARCH INVALID_PARAMS in :…");
}

#[test]
fn without_history_there_is_nothing_to_search() {
    let server = crate::harness::server_with("history.enabled = false");
    server.client("foo").ask("SEARCH text=x").is("421 foo SEARCH :…");
}
