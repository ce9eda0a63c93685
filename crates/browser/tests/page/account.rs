//! Accounts: made in the page, logged in to, and shared by several browsers.

use browser::{Chromium, Options, Page, Server, eventually, eventually_equal};

const PASSWORD: &str = "correct horse battery staple";

/// Somebody whose account is made, with the recovery codes put away.
fn registered(chromium: &Chromium, server: &Server, name: &str) -> (Page, Vec<String>) {
    let page = Page::guest(chromium, server, name);
    let codes = page.register(PASSWORD);
    page.codes_kept();
    (page, codes)
}

/// A browser that nobody has used yet, logged in.
fn another(chromium: &Chromium, server: &Server, account: &str, password: &str) -> Page {
    let page = Page::open(chromium, server, &Options::default());
    page.enter_as(account, password);
    page
}

#[test]
fn recovery_codes_are_shown_once_and_each_lets_in_once() {
    let server = Server::start();
    let chromium = Chromium::start();
    let (page, codes) = registered(&chromium, &server, "nora");
    assert!(codes.len() >= 5 && codes.iter().all(|code| code.len() >= 8), "{codes:?}");
    page.reload();
    page.ready("#lobby");
    for code in &codes {
        let kept = page.run_async("return document.documentElement.outerHTML + JSON.stringify({...localStorage, ...sessionStorage})", &[]);
        assert!(!kept.as_str().unwrap_or_default().contains(code), "a code is kept in the page");
    }
    page.press("button", "Settings");
    eventually("the account is shown", || page.outline().contains("You are logged in as nora."));
    drop(page);

    let page = another(&chromium, &server, "nora", &codes[0]);
    page.press("button", "Settings");
    eventually("the account is shown", || page.outline().contains("You are logged in as nora."));
    drop(page);

    let page = Page::open(&chromium, &server, &Options::default());
    page.press("checkbox", "I have an account");
    page.fill("textbox", "Account name", "nora");
    page.fill("textbox", "Password", &codes[0]);
    page.press("button", "Enter #lobby");
    eventually("the used code is refused", || {
        !page.text("return document.querySelector('[role=alert]')?.textContent").is_empty()
    });
    page.enter_as("nora", PASSWORD);
}

#[test]
fn a_wrong_password_is_told_where_it_was_typed() {
    let server = Server::start();
    let chromium = Chromium::start();
    drop(registered(&chromium, &server, "nora"));
    let page = Page::open(&chromium, &server, &Options::default());
    page.press("checkbox", "I have an account");
    page.fill("textbox", "Account name", "nora");
    page.fill("textbox", "Password", "something else");
    page.press("button", "Enter #lobby");
    eventually("it is refused", || {
        !page.text("return document.querySelector('[role=alert]')?.textContent").is_empty()
    });
    assert!(!page.has("heading", "#lobby"));
}

#[test]
fn two_browsers_share_what_was_read_and_see_what_the_other_says() {
    let server = Server::start();
    let chromium = Chromium::start();
    let mut ann = server.irc("ann");
    let (one, _) = registered(&chromium, &server, "nora");
    one.join("#tea");
    ann.send("JOIN #tea");
    ann.until(" 366 ");
    let two = another(&chromium, &server, "nora", PASSWORD);
    eventually("the other browser is in the room, too", || !two.in_list("#tea").is_empty());
    one.go("#lobby");
    eventually_equal(|| one.in_list("#tea"), &"#tea".to_owned());

    ann.say_all("#tea", ["milk first", "or last?", "neither"].map(str::to_owned));
    for page in [&one, &two] {
        eventually_equal(|| page.in_list("#tea"), &"#tea, 3 unread messages".to_owned());
    }
    one.go("#tea");
    one.sees("ann", "neither");
    eventually_equal(|| one.in_list("#tea"), &"#tea".to_owned());
    eventually_equal(|| two.in_list("#tea"), &"#tea".to_owned());

    one.say("#tea", "from the first browser");
    two.go("#tea");
    two.sees("nora", "from the first browser");
    two.say("#tea", "from the second browser");
    one.sees("nora", "from the second browser");
    let words = |page: &Page| {
        let said = page.said().into_iter().map(|(nick, text)| format!("{nick}: {text}"));
        said.collect::<Vec<_>>()
    };
    let wanted = [
        "ann: milk first",
        "ann: or last?",
        "ann: neither",
        "nora: from the first browser",
        "nora: from the second browser",
    ];
    for page in [&one, &two] {
        eventually_equal(|| words(page), &wanted.map(str::to_owned).to_vec());
    }
}
