//! On a narrow screen, and without a mouse.

use browser::session::key;
use browser::{Chromium, Element, Options, Page, Server, eventually};
use serde_json::{Value, json};

/// What the element with the focus is called.
fn focused_name(page: &Page) -> String {
    Element::of(&page.run("return document.activeElement", &[])).map(|at| page.label(&at)).unwrap_or_default()
}

/// Presses Tab until this has the focus.
fn tab_to(page: &Page, name: &str) {
    let mut passed = Vec::new();
    for _ in 0..60 {
        let focused = focused_name(page);
        if focused == name {
            let seen = "const box = document.activeElement.getBoundingClientRect();
                return box.width > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight";
            assert_eq!(page.run(seen, &[]), true, "{name} has the focus and is not on the screen");
            return;
        }
        passed.push(focused);
        page.keys(&key::TAB.to_string());
    }
    panic!("Tab never leads to {name}, but to {passed:#?}");
}

fn focused(page: &Page, name: &str) {
    eventually(&format!("{name} has the focus"), || focused_name(page) == name);
}

fn enter(page: &Page) {
    page.keys(&key::ENTER.to_string());
}

/// Nothing is wider than the screen, but what is only read out.
fn fits(page: &Page) {
    let wide = "return [...document.querySelectorAll('body *')].filter(each => each.checkVisibility()
          && !each.closest('[inert], .unseen, .rooms-panel:not(.out)') && each.getBoundingClientRect().right > innerWidth + 1)
          .map(each => each.outerHTML.slice(0, 120))";
    assert_eq!(page.run(wide, &[]), json!([]), "wider than the screen");
    assert_eq!(page.run("return document.documentElement.scrollWidth <= innerWidth", &[]), Value::Bool(true));
}

#[test]
fn everything_can_be_reached_by_keyboard_on_a_narrow_screen() {
    let server = Server::start();
    let mut ann = server.irc("ann");
    let chromium = Chromium::start();
    let options = Options { size: (360, 740, 1.0), ..Options::default() };
    let page = Page::open(&chromium, &server, &options);

    page.get("textbox", "Your name");
    tab_to(&page, "Your name");
    page.keys("nora");
    enter(&page);
    page.ready("#lobby");
    focused(&page, "Write to #lobby");
    page.keys("hello, ann");
    enter(&page);
    ann.until("PRIVMSG #lobby :hello, ann");
    fits(&page);

    // Join a room.
    tab_to(&page, "Show rooms");
    enter(&page);
    page.get("navigation", "Rooms and conversations");
    tab_to(&page, "Join a room");
    enter(&page);
    focused(&page, "Name of the room");
    page.keys("#tea");
    enter(&page);
    page.ready("#tea");
    ann.send("JOIN #tea");
    ann.until(" 366 ");
    focused(&page, "Write to #tea");
    page.keys("milk first");
    enter(&page);
    ann.until("PRIVMSG #tea :milk first");

    // Search, and back.
    tab_to(&page, "Search");
    enter(&page);
    focused(&page, "Words to look for");
    page.keys("milk");
    enter(&page);
    eventually("it is found", || page.has("status", "1 message found"));
    fits(&page);
    // What it lies over can't be reached.
    assert!(!page.has("textbox", "Write to #tea"));
    page.keys(&key::ESCAPE.to_string());
    focused(&page, "Search");

    // Settings, and back.
    tab_to(&page, "Show rooms");
    enter(&page);
    tab_to(&page, "Settings");
    enter(&page);
    page.get("dialog", "Settings");
    fits(&page);
    tab_to(&page, "Close");
    enter(&page);
    page.gone("dialog", "Settings");

    // Back to the lobby with the arrow keys, from one stop in the list.
    page.get("navigation", "Rooms and conversations");
    tab_to(&page, "tea");
    page.keys(&key::UP.to_string());
    focused(&page, "lobby");
    enter(&page);
    page.ready("#lobby");

    // Through the messages, to the buttons of one.
    focused(&page, "Write to #lobby");
    page.chord(&[key::SHIFT], key::TAB);
    eventually("a message has the focus", || focused_name(&page).starts_with("nora: hello, ann"));
    page.keys(&key::TAB.to_string());
    focused(&page, "React");
}

#[test]
fn a_telephone_has_a_drawer() {
    let server = Server::start();
    let mut ann = server.irc("ann");
    let chromium = Chromium::start();
    let page = Page::open(&chromium, &server, &Options::phone());
    page.get("textbox", "Your name");
    fits(&page);
    page.enter("nora");
    fits(&page);
    assert!(!page.has("navigation", "Rooms and conversations"));
    page.press("button", "Show rooms");
    page.get("navigation", "Rooms and conversations");
    fits(&page);
    page.press("button", "Settings");
    page.get("dialog", "Settings");
    fits(&page);
    page.press("button", "Close");
    page.get("navigation", "Rooms and conversations");
    page.go("#lobby");
    page.gone("navigation", "Rooms and conversations");
    ann.say("#lobby", &"a word that is muchtoolongforanytelephone".repeat(9));
    ann.say("#lobby", "https://example.org/a/path/that/goes/on/and/on/and/on/and/on/and/on/and/on/and/on");
    ann.say("#lobby", "short");
    page.sees("ann", "short");
    fits(&page);
    // A finger has no Shift to hold: Enter begins a new line, the button sends.
    page.write("#lobby", "one");
    page.keys(&key::ENTER.to_string());
    page.keys("two");
    page.press("button", "Send");
    page.sees("nora", "one\ntwo");
    ann.until("two");
}

#[test]
fn whoever_leaves_a_list_of_completions_by_keyboard_is_somewhere() {
    let server = Server::start();
    let chromium = Chromium::start();
    let page = Page::guest(&chromium, &server, "nora");
    page.say("#lobby", "hello");
    page.sees("nora", "hello");
    page.keys("/j");
    page.get("list", "Commands");
    page.chord(&[key::SHIFT], key::TAB);
    eventually("a message has the focus", || focused_name(&page).starts_with("nora: hello"));
}

#[test]
fn links_in_what_happened_and_in_answers_can_be_followed_by_keyboard() {
    let server = Server::start();
    let mut ann = server.irc("ann");
    let chromium = Chromium::start();
    let page = Page::guest(&chromium, &server, "nora");
    ann.send("TOPIC #lobby :see https://example.org/topic");
    ann.sync();
    page.say("#lobby", "/topic");
    for (kind, first) in [("event", "https://example.org/topic"), ("local", "Go to #lobby")] {
        let row =
            format!("[...document.querySelectorAll('.row.{kind}')].find(each => each.querySelector('a'))");
        eventually("it is told", || page.run(&format!("return !!{row}"), &[]) == true);
        page.run(&format!("{row}.focus()"), &[]);
        eventually("its link is on the way of the Tab key", || {
            page.run(&format!("return {row}.querySelector('a').tabIndex"), &[]) == 0
        });
        enter(&page);
        focused(&page, first);
    }
}

#[test]
fn whoever_takes_nothing_back_is_where_they_were() {
    let server = Server::start();
    let chromium = Chromium::start();
    let page = Page::guest(&chromium, &server, "nora");
    for text in ["one", "two", "three"] {
        page.say("#lobby", text);
        page.sees("nora", text);
    }
    page.chord(&[key::SHIFT], key::TAB);
    page.keys(&key::UP.to_string());
    eventually("a message has the focus", || focused_name(&page).starts_with("nora: two"));
    page.press("button", "Take back");
    page.get("dialog", "Take this message back?");
    page.press("button", "Cancel");
    page.gone("dialog", "Take this message back?");
    eventually("it has the focus again", || focused_name(&page).starts_with("nora: two"));
}
