//! A guest comes in and talks with people who have other programs.

use browser::{Chromium, Page, Server};

#[test]
fn a_guest_talks_with_an_irc_client_and_with_nc() {
    let server = Server::start();
    let chromium = Chromium::start();
    let mut ann = server.irc("ann");
    let mut bob = server.nc("bob");
    let page = Page::guest(&chromium, &server, "nora");
    ann.until("nora");

    ann.say("#lobby", "hello from irc");
    page.sees("ann", "hello from irc");
    bob.until("<ann> hello from irc");
    bob.send("hello from nc");
    page.sees("bob", "hello from nc");
    ann.until("PRIVMSG #lobby :hello from nc");
    page.say("#lobby", "hello from the browser");
    assert!(ann.until("PRIVMSG #lobby").starts_with(":nora!"));
    bob.until("<nora> hello from the browser");
    page.sees("nora", "hello from the browser");

    let words: Vec<_> = page.said().into_iter().map(|(nick, text)| format!("{nick}: {text}")).collect();
    assert_eq!(words, ["ann: hello from irc", "bob: hello from nc", "nora: hello from the browser"]);
    assert_eq!(page.draft("#lobby"), "");
}

#[test]
fn a_topic_is_set_and_removed() {
    let server = Server::start();
    let chromium = Chromium::start();
    let mut ann = server.irc("ann");
    let page = Page::guest(&chromium, &server, "nora");
    page.join("#tea");
    ann.send("JOIN #tea");
    ann.until(" 366 ");
    for topic in ["milk first", ""] {
        page.details("#tea");
        page.run("document.querySelector('dialog details').open = true", &[]);
        page.fill("textbox", "Topic", topic);
        if topic.is_empty() {
            page.run("document.querySelector('dialog textarea').value = ''", &[]);
        }
        page.press("button", "Save");
        page.gone("dialog", "#tea");
        assert!(ann.until("TOPIC #tea").ends_with(&format!("TOPIC #tea :{topic}")));
    }
}
