//! What can't be done is told, and keeps nobody from the rest.

use browser::session::key;
use browser::site::{Content, Site};
use browser::{Chromium, Options, Page, Setup, eventually, repository};
use serde_json::json;

/// The page around a chat that is only played.
fn trial(chromium: &Chromium) -> (Site, Page) {
    let site = Site::open(Content::Folder(repository("web")));
    let page = Page::at(chromium, &format!("{}/trial/index.html", site.url()), &Options::default());
    page.get("textbox", "Write to #lobby");
    (site, page)
}

#[test]
fn a_dialog_that_cannot_be_fetched_is_told_of() {
    let chromium = Chromium::start();
    let (_site, page) = trial(&chromium);
    page.allow("/view/dialogs/help.js");
    page.cdp("Network.enable", &json!({}));
    page.cdp("Network.setBlockedURLs", &json!({ "urls": ["*/view/dialogs/help.js"] }));
    page.press("button", "Keys and commands");
    page.get("button", "Load it again");
    // The keys of the page are not taken for those of a dialog.
    page.chord(&[key::CONTROL], 'k');
    page.get("dialog", "Go to a room or person");
}

#[test]
fn a_page_that_may_not_copy_says_so() {
    let chromium = Chromium::start();
    let (_site, page) = trial(&chromium);
    page.run("Object.defineProperty(navigator, 'clipboard', { value: undefined })", &[]);
    page.run("fake.chat.say(fake.chat.current.value, { nick: 'ann', text: 'to be copied' })", &[]);
    page.sees("ann", "to be copied");
    page.write("#lobby", "");
    page.chord(&[key::SHIFT], key::TAB);
    page.press("button", "Copy text");
    eventually("it is told", || page.outline().contains("copy them yourself"));
}

#[test]
fn the_same_words_again_are_read_out_again() {
    let chromium = Chromium::start();
    let (_site, page) = trial(&chromium);
    let spoken = "[...document.querySelectorAll('.unseen[role=status] > *')].find(each => each.textContent.includes('ann: yes'))";
    let say = "fake.chat.say(fake.chat.current.value, { nick: 'ann', text: 'yes' })";
    page.run(say, &[]);
    eventually("it is read out", || {
        page.run(&format!("return !!(globalThis.first = {spoken})"), &[]) == true
    });
    page.run(say, &[]);
    eventually("and once more", || {
        page.run(&format!("const now = {spoken}; return !!now && now !== first"), &[]) == true
    });
}

#[test]
fn history_is_not_asked_for_while_there_is_no_connection() {
    let chromium = Chromium::start();
    let (_site, page) = trial(&chromium);
    page.run(
        "const { chat, item, room } = fake;
         globalThis.asked = 0;
         const made = room('#long', { items: [item({ text: 'the last' })], older: [item({ text: 'the first' })] });
         const load = made.timeline.loadOlder;
         made.timeline.loadOlder = () => (asked += 1, load());
         chat.link.value = { state: 'connecting' };
         chat.rooms.value = [...chat.rooms.value, made];
         chat.open(made)",
        &[],
    );
    page.sees("ann", "the last");
    page.run_async(
        "for (let picture = 0; picture < 3; picture += 1) await new Promise(requestAnimationFrame)",
        &[],
    );
    assert_eq!(page.number("return asked"), 0.0);
    page.run("fake.chat.link.value = { state: 'online' }", &[]);
    page.sees("ann", "the first");
}

#[test]
fn the_status_page_says_once_that_nobody_answers() {
    let mut server = Setup::default().set("http.admin_token = \"plain:let-me-see\"").start();
    let chromium = Chromium::start();
    let page = chromium.browser(&Options::default());
    page.allow("ERR_");
    page.open(&format!("{}/status/", server.url()));
    page.get("textbox", "Token");
    page.type_into(&page.get("textbox", "Token"), "let-me-see");
    server.kill();
    page.press("button", "Show");
    let alert = page.get("alert", "The server can’t be reached. Trying again…");
    let tried = "return performance.getEntriesByType('resource').filter(each => each.name.endsWith('/status.json')).length";
    let before = page.number(tried);
    eventually("it is tried again", || page.number(tried) >= before + 2.0);
    assert_eq!(page.all("alert", "The server can’t be reached. Trying again…"), [alert]);
}
