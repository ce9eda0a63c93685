//! The server is killed and comes back: nothing that it acknowledged is lost, nothing is shown twice.

use browser::{Chromium, Page, Peer, Server, eventually, eventually_equal};

/// What is told on the console while nobody answers.
fn allow_failing(page: &Page) {
    for part in ["WebSocket connection to", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET"] {
        page.allow(part);
    }
}

/// Has the page not wait any longer, unless it has come back by itself meanwhile.
fn try_now(page: &Page) {
    for button in page.all("button", "Try now") {
        let _ = page.try_click(&button);
    }
}

/// Says something, and waits until the server has acknowledged it: then it is on disk.
fn say(peer: &mut Peer, text: &str) {
    peer.say("#lobby", text);
    peer.until(&format!("PRIVMSG #lobby :{text}"));
}

#[test]
fn what_was_said_around_a_crash_is_there_once_and_in_order() {
    let mut server = Server::start();
    let chromium = Chromium::start();
    let mut ann = server.irc("ann").with("echo-message");
    let page = Page::guest(&chromium, &server, "nora");
    allow_failing(&page);
    say(&mut ann, "long before");
    page.say("#lobby", "hello from here");
    ann.until("PRIVMSG #lobby :hello from here");
    page.sees("ann", "long before");

    say(&mut ann, "just before");
    page.say("#lobby", "at the last moment");
    server.kill();
    eventually("the loss is told", || page.outline().contains("The connection is lost."));
    page.say("#lobby", "written without a connection");
    page.write("#lobby", "half a thought");
    eventually("it is told that this has to wait", || {
        page.outline().contains("Not connected: what you send goes out as soon as you are.")
    });

    server.start_again();
    let mut ann = server.irc("ann").with("echo-message");
    say(&mut ann, "right after");
    try_now(&page);
    ann.until("PRIVMSG #lobby :written without a connection");
    page.ready("#lobby");
    say(&mut ann, "long after");
    page.sees("ann", "long after");

    let history = ann.history("#lobby");
    for (nick, text) in [
        ("ann", "long before"),
        ("nora", "hello from here"),
        ("ann", "just before"),
        ("nora", "at the last moment"),
        ("nora", "written without a connection"),
        ("ann", "right after"),
        ("ann", "long after"),
    ] {
        let count = history.iter().filter(|(who, words)| who == nick && words == text).count();
        assert_eq!(count, 1, "{text} in {history:?}");
    }
    eventually_equal(|| page.said(), &history);
    assert_eq!(page.draft("#lobby"), "half a thought");

    page.reload();
    page.ready("#lobby");
    eventually_equal(|| page.said(), &history);
    assert_eq!(page.draft("#lobby"), "half a thought");
}

#[test]
fn many_messages_that_were_missed_are_fetched() {
    let mut server = Server::start();
    let chromium = Chromium::start();
    let page = Page::guest(&chromium, &server, "nora");
    allow_failing(&page);
    server.irc("ann").say_all("#lobby", (0..10).map(|number| format!("before {number}")));
    page.sees("ann", "before 9");
    server.kill();
    eventually("the loss is told", || page.outline().contains("The connection is lost."));
    server.start_again();
    let mut ann = server.irc("ann");
    ann.say_all("#lobby", (0..250).map(|number| format!("missed {number}")));
    try_now(&page);
    page.ready("#lobby");
    // Where one left off, there is a line, and a button that counts.
    eventually("what is new is marked", || page.outline().contains("New messages"));
    page.say("#lobby", "here I am again");
    ann.until("PRIVMSG #lobby :here I am again");
    // Whoever says something sees it, wherever they were reading.
    page.sees("nora", "here I am again");
    page.sees("ann", "missed 249");

    // The beginning of it is where it should be, too.
    let log = page.get("log", "Messages in #lobby");
    eventually("the beginning is reached", || {
        page.wheel(&log, -3000);
        page.outline().contains("history begins")
    });
    page.sees("ann", "before 0");
}
