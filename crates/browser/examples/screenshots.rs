//! Makes the pictures in `docs/screenshots`: the page of a real server, with people who come in by every door.
//!
//! ```sh
//! cargo build && cargo run -p browser --example screenshots
//! ```

use std::time::{Duration, Instant};

use browser::{Chromium, Options, Page, Peer, Server, Setup, eventually, repository};
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

/// What an IRC program of today asks for.
const MODERN: &str = "echo-message message-tags server-time";
/// What is needed to see how the server does.
const TOKEN: &str = "let-me-see";

fn main() {
    let server = the_next_day(yesterday()).set(&format!("http.admin_token = \"plain:{TOKEN}\"")).start();
    let chromium = Chromium::start();
    let nora = Page::open(&chromium, &server, &desktop("light"));
    nora.enter("nora");
    nora.join("#tea");
    nora.join("#repairs");
    nora.go("#lobby");
    nora.say("#lobby", "/topic Film tonight at seven, soup before. The plan: https://example.org/plan");
    let mia = Page::open(&chromium, &server, &Options::phone());
    mia.enter("mia");

    let mut people = People::enter(&server);
    people.talk(&nora);
    for page in [&nora, &mia] {
        page.sees("ann", "nora: perfect. See you at seven!");
        page.point_away();
    }
    // The question that comes with the first mention has an answer.
    nora.press("button", "No, thanks");
    nora.get("textbox", "Write to #lobby");
    let folder = repository("docs/screenshots");
    for scheme in ["light", "dark"] {
        nora.scheme(scheme);
        people.types(&nora);
        nora.screenshot(&folder.join(format!("desktop-{scheme}.png")));
    }
    people.types(&mia);
    mia.screenshot(&folder.join("phone.png"));
    drop(mia);

    nora.dress(&desktop("light"));
    nora.open(&format!("{}/status/#token={TOKEN}", server.url()));
    nora.get("heading", "Doors");
    // Long enough for the curves to be curves.
    let began = Instant::now();
    eventually("there is something to show", || {
        people.chat_on();
        began.elapsed() > Duration::from_secs(45)
    });
    nora.screenshot(&folder.join("status.png"));
    nora.allow("favicon.ico");
}

fn desktop(scheme: &'static str) -> Options {
    Options { size: (1280, 800, 2.0), scheme, ..Options::default() }
}

/// What was said the day before.
fn yesterday() -> Setup {
    let mut server = Server::start();
    let mut ann = server.irc("ann").with(MODERN);
    let mut carl = server.irc("carl").with(MODERN);
    ann.say_with("", "#lobby", "The projector is back from repair.");
    let question = carl.say_with("", "#lobby", "Does it still smell of burnt toast?");
    ann.say_with(&format!("+draft/reply={question}"), "#lobby", "Only when it rains.");
    server.stop();
    server.setup.clone()
}

/// Another server with the same history, a day later.
fn the_next_day(old: Setup) -> Setup {
    let day = 27.hours();
    let setup = Setup::default();
    let export = String::from_utf8(old.saloon(&["export"])).expect("text");
    let moved = export.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).expect("JSON");
        if let Some(time) = line["item"]["time"].as_str() {
            let before = time.parse::<Timestamp>().expect("a time").checked_sub(day).expect("a time");
            line["item"]["time"] = format!("{before:.3}").into();
        }
        format!("{line}\n")
    });
    let file = setup.path("yesterday.jsonl");
    std::fs::write(&file, moved.collect::<String>()).expect("written");
    setup.saloon(&["import", file.to_str().expect("a path")]);
    setup
}

/// Everybody who is not in a browser.
struct People {
    ann: Peer,
    carl: Peer,
    dora: Peer,
    xiaoya: Peer,
    bob: Peer,
}

impl People {
    fn enter(server: &Server) -> Self {
        let irc = |nick: &str| server.irc(nick).with(MODERN);
        let people = Self {
            ann: irc("ann"),
            carl: irc("carl"),
            dora: irc("dora"),
            xiaoya: irc("xiaoya"),
            bob: server.nc("bob"),
        };
        for nick in ["emil", "frida", "gus"] {
            // They stay as long as the server does.
            std::mem::forget(irc(nick));
        }
        people
    }

    fn talk(&mut self, nora: &Page) {
        let question = self.dora.say_with("", "#lobby", "Who is coming to the film tonight?");
        self.bob.send("me! I am on the train, with nothing but a terminal: nc works fine");
        nora.sees("bob", "me! I am on the train, with nothing but a terminal: nc works fine");
        let soup =
            self.ann.say_with(&format!("+draft/reply={question}"), "#lobby", "I am, and I bring the soup.");
        self.xiaoya.say_with("", "#lobby", "我也来，大概六点半到。要带什么吗？");
        for peer in [&mut self.carl, &mut self.dora, &mut self.xiaoya] {
            peer.send(&format!("@+draft/reply={soup};+draft/react=🍲 TAGMSG #lobby"));
            peer.sync();
        }
        self.dora.send(&format!("@+draft/reply={soup};+draft/react=❤️ TAGMSG #lobby"));
        self.dora.sync();
        self.carl.say_with(
            "",
            "#lobby",
            "The door code is the one of last week. \u{2}Ring twice\u{2} if nobody opens.",
        );
        self.bob.send("/me hopes that the train hurries");
        nora.say("#lobby", "Then I bring bread and a cable that is long enough.");
        nora.sees("nora", "Then I bring bread and a cable that is long enough.");
        self.ann.say_with("", "#lobby", "nora: perfect. See you at seven!");
        for peer in [&mut self.ann, &mut self.carl] {
            peer.send("JOIN #tea,#repairs");
            peer.sync();
        }
        self.carl.say_with("", "#repairs", "The kettle works again.");
        self.ann.say_with("", "#tea", "Green or black?");
        self.carl.say_with("", "#tea", "nora: you choose");
        eventually("the other rooms wait", || {
            nora.in_list("#tea").contains("mention") && nora.in_list("#repairs").contains("unread")
        });
    }

    /// Somebody begins to write.
    fn types(&mut self, page: &Page) {
        eventually("somebody writes", || {
            self.dora.send("@+typing=active TAGMSG #lobby");
            self.dora.sync();
            page.outline().contains("dora is writing")
        });
    }

    /// So that there is something to count.
    fn chat_on(&mut self) {
        for peer in [&mut self.ann, &mut self.carl, &mut self.dora, &mut self.xiaoya] {
            peer.say("#tea", "and so on");
            peer.sync();
        }
    }
}
