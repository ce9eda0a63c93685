//! Looking at what was said long ago.

use std::collections::BTreeSet;

use browser::session::key;
use browser::{Chromium, Element, Page, Server, eventually};
use serde_json::{Value, json};

/// Messages that were said before anybody looks.
const OLD: usize = 2000;
/// One of them is about something else.
const NEEDLE: usize = 137;
/// Pixels by which a message may be beside where it should be.
const STILL: f64 = 3.0;

/// Scrolls up by steps, until the beginning or so many of them. At each picture until all has settled, a message that
/// is on the screen has to be as far below where it was as we have scrolled. Returns what was in the document after
/// each step, and how far beside its place a message ever was.
const CLIMB: &str = r"
    const log = document.querySelector('[role=log]');
    const picture = () => new Promise(requestAnimationFrame);
    const numbers = () => [...log.querySelectorAll('.text')].map(each => Number(/^number (\d+)/.exec(each.textContent)?.[1]));
    const steps = [];
    let off = 0;
    let where = '';
    for (let step = 0; step < arguments[0]; step += 1) {
      if (log.scrollTop === 0 && log.querySelector('.beginning')) break;
      const edge = log.getBoundingClientRect().top;
      const rows = [...log.querySelectorAll('[role=article]:not(.event)')];
      const row = rows.find(each => each.getBoundingClientRect().top >= edge);
      const before = row.getBoundingClientRect().top;
      const way = Math.min(arguments[1], log.scrollTop);
      log.scrollTop -= way;
      for (let calm = 0, all = 0; calm < 3 && all < 2000; all += 1) {
        await picture();
        const beside = row.isConnected ? Math.abs(row.getBoundingClientRect().top - before - way) : 9999;
        if (beside > off) where = `${row.textContent.slice(0, 30)} at picture ${all} of step ${step}, first is ${log.querySelector('.text').textContent.slice(0, 20)}`;
        off = Math.max(off, beside);
        calm = log.getAttribute('aria-busy') === 'true' ? 0 : calm + 1;
      }
      steps.push(numbers());
    }
    return { steps, off, where, over: log.scrollTop === 0 && !!log.querySelector('.beginning') };";

fn old_messages(server: &Server) {
    let mut speakers = ["ann", "bob", "carl"].map(|nick| server.irc(nick));
    for (turn, speaker) in (0..OLD).step_by(100).zip((0..3).cycle()) {
        speakers[speaker].say_all("#lobby", (turn..turn + 100).map(text));
    }
}

/// Some are long, so that rows differ in height.
fn text(number: usize) -> String {
    match number {
        NEEDLE => format!("number {number} is about xylophones"),
        _ => format!("number {number} {}", "and some words more ".repeat(number % 11)),
    }
}

#[test]
fn scrolling_back_shows_every_message_once_and_holds_what_is_looked_at() {
    let server = Server::start();
    old_messages(&server);
    let chromium = Chromium::start();
    let page = Page::guest(&chromium, &server, "nora");
    eventually("the latest is shown", || page.said().iter().any(|(_, said)| *said == text(OLD - 1).trim()));

    let mut seen = BTreeSet::new();
    for _ in 0..40 {
        let climbed = page.run_async(CLIMB, &[json!(30), json!(400)]);
        let beside = climbed["off"].as_f64().expect("a number");
        assert!(
            beside <= STILL,
            "what is looked at was {beside} pixels beside its place: {}",
            climbed["where"]
        );
        for step in climbed["steps"].as_array().expect("steps") {
            let numbers: Vec<_> = step.as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
            let broken = numbers.windows(2).find(|two| two[1] != two[0] + 1);
            assert_eq!(broken, None, "a message is missing, doubled or out of order");
            assert!(numbers.len() < 600, "{} rows are in the document", numbers.len());
            seen.extend(numbers);
        }
        if climbed["over"] == true {
            break;
        }
    }
    assert_eq!(seen, (0..OLD as u64).collect(), "not every message was shown");
    page.get("heading", "#lobby");
    assert!(page.outline().contains("history begins"));
}

#[test]
fn the_wheel_leads_to_the_beginning_and_the_end_key_back() {
    let server = Server::start();
    let mut ann = server.irc("ann");
    ann.say_all("#lobby", (0..400).map(text));
    let chromium = Chromium::start();
    let page = Page::guest(&chromium, &server, "nora");
    let log = page.get("log", "Messages in #lobby");
    eventually("the beginning is reached", || {
        page.wheel(&log, -1500);
        page.outline().contains("history begins") && page.scroll().0 < 1.0
    });
    assert_eq!(page.said()[0].1, text(0).trim());
    // From writing, Shift and Tab lead past the button to the first message that is seen.
    page.write("#lobby", "");
    page.chord(&[key::SHIFT], key::TAB);
    page.chord(&[key::SHIFT], key::TAB);
    eventually("the first message has the focus", || {
        page.text("return document.activeElement.textContent").contains("number 0")
    });
    assert!(page.scroll().0 < 1.0, "the list was moved by that");
    page.keys(&key::END.to_string());
    page.sees("ann", text(399).trim());
    eventually("the end is reached", || {
        let (top, height, seen) = page.scroll();
        height - seen - top < 2.0
    });
}

#[test]
fn search_finds_an_old_message_and_goes_to_it() {
    let server = Server::start();
    old_messages(&server);
    let chromium = Chromium::start();
    let page = Page::guest(&chromium, &server, "nora");

    page.press("button", "Search");
    page.fill("searchbox", "Words to look for", "xylophones");
    page.keys(&key::ENTER.to_string());
    eventually("it is found", || page.has("status", "1 message found"));
    let results = page.get("list", "Results");
    let first = page.run("return arguments[0].querySelector('button')", &[results.value()]);
    page.click(&Element::of(&first).expect("a result"));
    page.sees("bob", &text(NEEDLE));
    eventually("it is in the middle of the screen", || {
        let script = "const row = [...document.querySelectorAll('[role=log] [role=article]')].find(each => each.textContent.includes('xylophones'));
            const [box, log] = [row, document.querySelector('[role=log]')].map(each => each.getBoundingClientRect());
            return box.top > log.top && box.bottom < log.bottom";
        page.try_run(script, &[]) == Ok(Value::Bool(true))
    });
    // What surrounds it is there as well, and from there one gets back to the present.
    page.sees("bob", text(NEEDLE - 1).trim());
    page.press("button", "To the newest");
    page.sees("bob", text(OLD - 1).trim());
}
