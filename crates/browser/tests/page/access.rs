//! axe-core finds nothing that keeps anybody out.

use std::fs;

use browser::session::key;
use browser::{Chromium, Options, Page, Server, Session, Setup, eventually, repository};
use serde_json::Value;

/// Looks at what is shown. Colours count only when nothing fades any more.
const LOOK: &str = "
    const picture = () => new Promise(requestAnimationFrame);
    const fading = () => document.getAnimations().filter(each => each.effect.getComputedTiming().endTime !== Infinity);
    for (let calm = 0; calm < 3; calm = fading().length ? 0 : calm + 1) {
      await picture();
      await Promise.all(fading().map(each => each.finished.catch(() => {})));
    }
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.filter(each => ['serious', 'critical'].includes(each.impact))
      .map(each => `${each.id} (${each.impact}): ${each.help}\\n` + each.nodes.slice(0, 5).map(node =>
        `    ${node.html.slice(0, 200)}\\n      ${node.any.concat(node.all, node.none).map(check => check.message).join('; ')}`).join('\\n'));";

/// Collects what is wrong, so that one run tells of everything.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn look(&mut self, page: &Session, at: &str) {
        let there = "return typeof axe === 'object'";
        if page.run(there, &[]) != Value::Bool(true) {
            let file = repository("web/node_modules/axe-core/axe.min.js");
            let source = fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{}: {error}. In web/: npm ci", file.display()));
            page.run(&format!("{source}; globalThis.axe = axe;"), &[]);
        }
        let found = page.run_async(LOOK, &[]);
        let lines = found.as_array().into_iter().flatten().filter_map(Value::as_str);
        self.0.extend(lines.map(|line| format!("{at}: {line}")));
    }

    fn none(self) {
        assert!(self.0.is_empty(), "{} findings:\n{}", self.0.len(), self.0.join("\n"));
    }
}

/// A room with something of everything.
fn scene(server: &Server) -> Vec<browser::Peer> {
    let mut ann = server.irc("ann");
    let mut bob = server.nc("bob");
    ann.send("TOPIC #lobby :Soup of the day: https://example.org/soup");
    ann.say("#lobby", "hello, everybody");
    bob.send("/me waves");
    bob.send("nora: see https://example.org/ and #tea");
    ann.say("#lobby", "\u{2}bold\u{2} \u{11}code\u{11} \u{3}4red\u{3}");
    ann.send("NOTICE #lobby :a notice");
    ann.say("#lobby", "你好");
    ann.sync();
    vec![ann, bob]
}

/// Closes whatever dialog is open.
fn close(page: &Page, dialog: &str) {
    page.keys(&key::ESCAPE.to_string());
    page.gone("dialog", dialog);
}

#[test]
fn the_first_form_and_the_room_keep_nobody_out() {
    let server = Server::start();
    let mut people = scene(&server);
    let chromium = Chromium::start();
    let page = Page::open(&chromium, &server, &Options::default());
    let mut findings = Findings::default();
    page.get("textbox", "Your name");
    for scheme in ["light", "dark"] {
        page.scheme(scheme);
        findings.look(&page, &format!("first form, {scheme}"));
    }
    page.press("checkbox", "I have an account");
    page.get("textbox", "Password");
    findings.look(&page, "first form with an account");
    page.press("checkbox", "I have an account");
    page.enter("nora");
    people[0].say("#lobby", "nora: welcome");
    page.sees("ann", "nora: welcome");
    page.say("#lobby", "thank you");
    people[0].until("thank you");
    for scheme in ["light", "dark"] {
        page.scheme(scheme);
        findings.look(&page, &format!("room, {scheme}"));
        page.press("button", "Search");
        page.get("searchbox", "Words to look for");
        findings.look(&page, &format!("search, {scheme}"));
        page.press("button", "Search");
    }
    findings.none();
}

#[test]
fn a_telephone_keeps_nobody_out() {
    let server = Server::start();
    let _people = scene(&server);
    let chromium = Chromium::start();
    let page = Page::open(&chromium, &server, &Options::phone());
    let mut findings = Findings::default();
    page.get("textbox", "Your name");
    findings.look(&page, "first form");
    page.enter("nora");
    page.sees("ann", "你好");
    findings.look(&page, "room");
    page.press("button", "Show rooms");
    page.get("navigation", "Rooms and conversations");
    findings.look(&page, "drawer");
    findings.none();
}

#[test]
fn the_dialogs_keep_nobody_out() {
    let server = Server::start();
    let _people = scene(&server);
    let chromium = Chromium::start();
    let page = Page::guest(&chromium, &server, "nora");
    page.sees("ann", "你好");
    let mut findings = Findings::default();
    for scheme in ["light", "dark"] {
        page.scheme(scheme);
        for (button, dialog) in [
            ("Settings", "Settings"),
            ("Keys and commands", "Keys and commands"),
            ("Go to a room or person", "Go to a room or person"),
            ("Join a room", "Join a room"),
            ("Write to somebody", "Write to somebody"),
        ] {
            page.press("button", button);
            page.get("dialog", dialog);
            findings.look(&page, &format!("{dialog}, {scheme}"));
            close(&page, dialog);
        }
        page.details("#lobby");
        findings.look(&page, &format!("room, {scheme}"));
        close(&page, "#lobby");
        page.card("ann");
        findings.look(&page, &format!("card, {scheme}"));
        close(&page, "About this person");
    }
    page.press("button", "Settings");
    page.press("button", "Register or log in");
    page.get("dialog", "Account");
    findings.look(&page, "register");
    page.press("button", "Log in");
    page.get("textbox", "Account name");
    findings.look(&page, "log in");
    close(&page, "Account");
    page.register("correct horse battery staple");
    findings.look(&page, "recovery codes");
    page.codes_kept();
    page.press("button", "Settings");
    page.press("button", "Manage account");
    page.get("dialog", "Account");
    findings.look(&page, "account");
    close(&page, "Account");
    // "Really?", before something is taken back.
    page.say("#lobby", "I should not have said that");
    page.sees("nora", "I should not have said that");
    page.chord(&[key::SHIFT], key::TAB);
    page.press("button", "Take back");
    page.get("dialog", "Take this message back?");
    findings.look(&page, "confirm");
    page.press("button", "Cancel");
    page.write("#lobby", "");
    page.chord(&[key::SHIFT], key::TAB);
    page.press("button", "React");
    eventually("the reactions are shown", || {
        page.outline().contains("👍") || page.has("dialog", "Choose a reaction")
    });
    findings.look(&page, "reactions");
    findings.none();
}

#[test]
fn the_status_page_keeps_nobody_out() {
    let server = Setup::default().set("http.admin_token = \"plain:let-me-see\"").start();
    let _people = scene(&server);
    let chromium = Chromium::start();
    let page = chromium.browser(&Options::default());
    let mut findings = Findings::default();
    page.open(&format!("{}/status/", server.url()));
    page.get("textbox", "Token");
    findings.look(&page, "asking for the token");
    page.type_into(&page.get("textbox", "Token"), "let-me-see");
    page.press("button", "Show");
    page.get("heading", "Doors");
    for scheme in ["light", "dark"] {
        page.scheme(scheme);
        findings.look(&page, &format!("status, {scheme}"));
    }
    page.dress(&Options::phone());
    findings.look(&page, "status, telephone");
    findings.none();
}
