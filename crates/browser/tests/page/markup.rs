//! Whatever people send stays text: nothing of it becomes a part of the page, and none of it runs.

use browser::{Chromium, Page, Peer, Server, eventually};
use serde_json::{Value, json};

/// Each would set a flag, open a dialog or load something, were it taken for more than text.
const PAYLOADS: [&str; 22] = [
    "<script>pwned=1</script>",
    "<img src=x onerror=pwned=1>",
    "<svg onload=pwned=1></svg>",
    "<svg><script>pwned=1</script></svg>",
    "\"><iframe src=javascript:pwned=1></iframe>",
    "'><body onload=alert(1)>",
    "</title></textarea></style><script>alert(1)</script>",
    "<a href=javascript:pwned=1>click</a>",
    "javascript:pwned=1",
    "JaVaScRiPt://example.org/%0apwned=1",
    "data:text/html,<script>pwned=1</script>",
    "data:text/html;base64,PHNjcmlwdD5wd25lZD0xPC9zY3JpcHQ+",
    "vbscript:msgbox(1) file:///etc/passwd blob:http://x/y",
    "https://example.org/\"onmouseover=pwned=1//",
    "https://example.org/<script>pwned=1</script>",
    "http://javascript:pwned=1@example.org/",
    "&lt;script&gt;pwned=1&lt;/script&gt; &#60;b&#62; &amp;",
    "\u{202e}gnp.1=denwp\u{202c} \u{2066}<b>\u{2069}",
    "＜script＞pwned=1＜/script＞",
    "<\u{0}script>pwned=1</scr\u{0}ipt>",
    "${pwned=1} {{constructor.constructor('pwned=1')()}} `${alert(1)}`",
    "<style>*{display:none}</style><meta http-equiv=refresh content=0;url=data:,x><base href=//evil.example>",
];

/// Elements and attributes that this page never has of its own, and links that lead elsewhere than to the web.
const FOREIGN: &str = r"
    const found = [];
    for (const each of document.querySelectorAll('*')) {
      const name = each.localName;
      if (['iframe', 'object', 'embed', 'style', 'base', 'b', 'marquee', 'frame'].includes(name)) found.push(each.outerHTML);
      if (name === 'script' && !(each.getAttribute('src') ?? '').match(/^(\/|v\/)[\w\/.-]+\.js$/)) found.push(each.outerHTML);
      if (name === 'meta' && each.httpEquiv) found.push(each.outerHTML);
      if (name === 'img' && !/^(\/[\w\/.-]+|v\/[\w\/.-]+)$/.test(each.getAttribute('src'))) found.push(each.outerHTML);
      if (name === 'a' && each.hasAttribute('href') && !/^(https?:\/\/|#)/.test(each.getAttribute('href'))) found.push(each.outerHTML);
      if (name === 'a' && each.target === '_blank' && !/noopener/.test(each.rel)) found.push(each.outerHTML);
      for (const { name } of each.attributes) if (/^on/i.test(name)) found.push(each.outerHTML);
    }
    return { found, ran: typeof pwned, dialogs: __watch.dialogs, lang: document.documentElement.lang };";

fn nothing_foreign(page: &Page, after: &str) {
    let state = page.run(FOREIGN, &[]);
    assert_eq!(
        state,
        json!({ "found": [], "ran": "undefined", "dialogs": [], "lang": "en" }),
        "after {after}"
    );
    assert_eq!(page.complaints(), Vec::<String>::new(), "after {after}");
}

/// What the page shows, in one piece.
fn shows(page: &Page, text: &str) {
    eventually(&format!("{text} is shown"), || {
        page.run("return document.body.innerText.includes(arguments[0])", &[json!(text)]) == Value::Bool(true)
    });
}

/// A reaction is shown, as much of it as is shown of one.
fn reacts(page: &Page, reaction: &str) {
    let shown: String = reaction.chars().take(64).collect();
    eventually(&format!("the reaction {shown} is shown"), || {
        let script = "return [...document.querySelectorAll('.chip bdi')].some(each => each.textContent === arguments[0])";
        page.run(script, &[json!(shown.trim())]) == Value::Bool(true)
    });
}

/// What an IRC line can carry of it.
fn line(payload: &str) -> String {
    payload.replace('\0', "")
}

#[test]
fn messages_stay_text() {
    let server = Server::start();
    let chromium = Chromium::start();
    let mut eve = server.irc("eve");
    let page = Page::guest(&chromium, &server, "nora");
    for payload in PAYLOADS.map(line) {
        eve.say("#lobby", &payload);
        eve.say("#lobby", &format!("\u{1}ACTION {payload}\u{1}"));
        eve.send(&format!("NOTICE #lobby :{payload}"));
        eve.say("nora", &payload);
        if payload.is_ascii() {
            shows(&page, &payload);
        }
    }
    eve.say("#lobby", "that was all");
    page.sees("eve", "that was all");
    nothing_foreign(&page, "messages");
    // The same in a conversation, in what is searched for, and as what somebody says themselves.
    page.go("eve");
    page.sees("eve", PAYLOADS[0]);
    nothing_foreign(&page, "private messages");
    for payload in &PAYLOADS[..3] {
        page.say("eve", payload);
        page.sees("nora", payload);
    }
    nothing_foreign(&page, "our own messages");
    page.press("button", "Search");
    page.fill("searchbox", "Words to look for", "script");
    page.keys("\u{e007}");
    eventually("something is found", || !page.select(".results li, .result").is_empty());
    nothing_foreign(&page, "search");
}

#[test]
fn what_people_tell_about_themselves_stays_text() {
    let server = Server::start();
    let chromium = Chromium::start();
    let page = Page::guest(&chromium, &server, "nora");
    for (turn, payload) in PAYLOADS.map(line).iter().enumerate() {
        let mut eve = named(&server, turn, payload);
        for key in ["avatar", "display-name", "homepage", "status", "color"] {
            eve.send(&format!("METADATA * SET {key} :{payload}"));
        }
        eve.send(&format!("AWAY :{payload}"));
        let id = eve.say_with("", "#lobby", &format!("it is turn {turn}"));
        eve.send(&format!("@+draft/react={};+draft/reply={id} TAGMSG #lobby", escaped(payload)));
        eve.sync();
        page.sees(&format!("eve{turn}"), &format!("it is turn {turn}"));
        if payload.is_ascii() {
            reacts(&page, payload);
        }
        if turn % 5 == 1 {
            page.card(&format!("eve{turn}"));
            page.get("button", "Message");
            let card = page.text("return document.querySelector('dialog[open]').textContent");
            // The real name, why they are away, and five kinds of metadata.
            assert_eq!(card.matches(payload.as_str()).count(), 7, "{payload} in {card}");
            nothing_foreign(&page, &format!("a card about {payload}"));
            page.press("button", "Close");
        }
        eve.send(&format!("PART #lobby :{payload}\r\nJOIN #lobby"));
        eve.sync();
        eve.quit(payload);
    }
    server.irc("ann").say("#lobby", "that was all");
    page.sees("ann", "that was all");
    // Comings and goings, unfolded.
    page.run("document.querySelectorAll('.fold').forEach(each => each.click())", &[]);
    eventually("they are unfolded", || !page.select(".folded li").is_empty());
    nothing_foreign(&page, "farewells");
}

#[test]
fn what_rooms_are_called_and_about_stays_text() {
    let server = Server::start();
    let chromium = Chromium::start();
    let mut eve = server.irc_outside("eve");
    let page = Page::guest(&chromium, &server, "nora");
    page.join("#eves");
    page.say("#eves", "/mode #eves -t");
    eve.send("JOIN #eves");
    eve.until(" 366 ");
    for payload in PAYLOADS.map(line) {
        eve.send(&format!("TOPIC #eves :{payload}"));
    }
    eve.send("TOPIC #eves :<img src=x onerror=pwned=1>");
    eve.sync();
    shows(&page, "<img src=x onerror=pwned=1>");
    nothing_foreign(&page, "topics");
    page.details("#eves");
    nothing_foreign(&page, "a topic in a dialog");
    page.keys("\u{e00c}");
    page.gone("dialog", "#eves");
    // A room whose name is markup: invited to, joined and left.
    let room = "#<img/src=x/onerror=pwned=1>";
    eve.send(&format!("JOIN {room}"));
    eve.send(&format!("INVITE nora {room}"));
    eve.sync();
    page.say("#eves", &format!("/join {room}"));
    page.ready(room);
    eve.say(room, &format!("welcome to {room}"));
    page.sees("eve", &format!("welcome to {room}"));
    nothing_foreign(&page, "a room's name");
    eve.send(&format!("KICK {room} nora :<script>pwned=1</script>"));
    eve.sync();
    eventually("we are out", || page.outline().contains("You are not in this room."));
    nothing_foreign(&page, "a reason to be removed");
}

/// Somebody whose nick is as much like markup as is allowed, and whose real name is.
fn named(server: &Server, turn: usize, realname: &str) -> Peer {
    let mut eve = server.irc_outside(&format!("eve{turn}")).with("echo-message message-tags");
    for nick in ["<b>eve</b>", "`${pwned=1}`", "{{pwned}}", "\"onload=pwned=1\"", "&lt;b&gt;", "eve\u{202e}"]
    {
        eve.send(&format!("NICK {nick}\r\nNICK eve{turn}"));
    }
    eve.send(&format!("SETNAME :{realname}"));
    eve.send("JOIN #lobby");
    eve.until(" 366 ");
    for nick in ["`{pwned}`", "[b]pwned[/b]", "^_^{{7*7}}"] {
        eve.send(&format!("NICK {nick}"));
        eve.say("#lobby", "my name is markup");
        eve.send(&format!("NICK eve{turn}"));
    }
    eve.sync();
    eve
}

/// As the value of a tag (IRCv3 message-tags).
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace(';', "\\:").replace(' ', "\\s")
}
