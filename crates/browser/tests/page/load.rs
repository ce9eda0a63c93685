//! Much at once, and much in all.

use std::time::{Duration, Instant};

use browser::site::{Content, Site};
use browser::{Chromium, Options, Page, Server, eventually, repository};
use serde_json::{Value, json};

/// Rows that may be in the document, however long a history is.
const MOST_ROWS: usize = 600;
/// What the first view may cost, in bytes over the wire.
const FIRST_VIEW: f64 = 100.0 * 1024.0;

/// And what all of it may, which is fetched behind the first view.
const WHOLE: f64 = 150.0 * 1024.0;

/// What is sent: for the form that is seen first, and in all until the page is still. Heads are counted, as they are
/// sent, too.
const SIZES: &str = r"
    await new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done));
    const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    const later = new Set([...document.querySelectorAll('link[rel=modulepreload][fetchpriority=low]')].map(each => each.href));
    const sum = list => list.reduce((sum, each) => sum + Math.max(each.transferSize, each.encodedBodySize), 0);
    const form = all.filter(each => !later.has(each.name));
    const unpacked = all.filter(each => /\.(js|css)$/.test(each.name) && each.decodedBodySize > 400
      && each.encodedBodySize === each.decodedBodySize);
    const largest = [...all].sort((a, b) => b.encodedBodySize - a.encodedBodySize).slice(0, 5);
    return {
      paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
      form: sum(form), formFiles: form.length, all: sum(all), allFiles: all.length,
      bodies: all.reduce((sum, each) => sum + each.encodedBodySize, 0),
      unpacked: unpacked.map(each => each.name),
      largest: largest.map(each => `${new URL(each.name).pathname} ${each.encodedBodySize}`),
    };";

/// From now on the page's own lists of what was said can be counted.
const COUNT: &str = "
    const base = document.querySelector('script[type=module]').src.replace(/app\\.js$/, '');
    const { Run } = await import(`${base}chat/run.js`);
    const receive = Run.prototype.receive;
    globalThis.runs = new Set();
    Run.prototype.receive = function (...given) {
      runs.add(this);
      return receive.apply(this, given);
    };";

/// How many messages the page has.
const KNOWN: &str =
    "return Math.max(0, ...[...runs].map(run => run.items.filter(item => /^flood/.test(item.text)).length))";

#[test]
fn a_thousand_messages_a_second_arrive_once_each_while_one_types() {
    const SENDERS: usize = 4;
    const TICKS: usize = 100;
    const EACH: usize = 25;
    let server = Server::start();
    let chromium = Chromium::start();
    let page = Page::guest(&chromium, &server, "nora");
    page.run_async(COUNT, &[]);
    page.run("__watch.long.length = 0", &[]);

    let began = Instant::now();
    let peers: Vec<_> = (0..SENDERS).map(|number| server.irc(&format!("sender{number}"))).collect();
    let senders: Vec<_> = peers
        .into_iter()
        .enumerate()
        .map(|(number, mut peer)| {
            std::thread::spawn(move || {
                let began = Instant::now();
                for tick in 0..TICKS {
                    let lines: Vec<_> = (0..EACH)
                        .map(|turn| format!("PRIVMSG #lobby :flood {number} {}", tick * EACH + turn))
                        .collect();
                    peer.send(&lines.join("\r\n"));
                    peer.sync();
                    // The pace: a thousand a second of all together. Where the machine can't, it is what it can.
                    let next = Duration::from_millis(100) * u32::try_from(tick + 1).expect("few");
                    std::thread::sleep(next.saturating_sub(began.elapsed()));
                }
                peer
            })
        })
        .collect();

    let mut most = 0;
    let mut slowest = Duration::ZERO;
    let mut turn = 0;
    while senders.iter().any(|sender| !sender.is_finished()) {
        // It takes input all the while. How quickly is printed below: that depends on the machine.
        let asked = Instant::now();
        page.write("#lobby", &format!("typed {turn}"));
        assert_eq!(page.draft("#lobby"), format!("typed {turn}"));
        slowest = slowest.max(asked.elapsed());
        most = most.max(page.rows());
        turn += 1;
    }
    let peers: Vec<_> = senders.into_iter().map(|sender| sender.join().expect("it sent all")).collect();
    let took = began.elapsed();
    let all = SENDERS * TICKS * EACH;
    eventually("all have arrived", || page.number(KNOWN) >= all as f64);
    assert_eq!(page.number(KNOWN), all as f64);
    eventually("the last one is shown", || {
        page.said().iter().any(|(_, text)| text.ends_with(&format!(" {}", TICKS * EACH - 1)))
    });
    page.say("#lobby", "still here");
    page.sees("nora", "still here");
    let settled = began.elapsed();
    let long = page.run("return __watch.long", &[]);
    let long: Vec<f64> = long.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    eprintln!(
        "{all} messages in {took:.1?}, all shown after {settled:.1?}; {} long tasks, the longest {:.0} ms; \
         typing and reading back at worst {slowest:.0?} ({turn} times); at most {most} rows",
        long.len(),
        long.iter().copied().fold(0.0, f64::max),
    );
    assert!(most < MOST_ROWS, "{most} rows were in the document");
    drop(peers);
}

#[test]
fn a_hundred_thousand_messages_are_not_in_the_document() {
    const MANY: usize = 100_000;
    let site = Site::open(Content::Folder(repository("web")));
    let chromium = Chromium::start();
    let url = format!("{}/trial/index.html?many={MANY}", site.url());
    let page = Page::at(&chromium, &url, &Options::default());
    eventually("the room is shown", || page.rows() > 0);
    let items = || page.number("return fake.chat.rooms.value[0].timeline.items.length");
    let last =
        || page.text("return [...document.querySelectorAll('[role=log] .text')].at(-1)?.textContent ?? ''");
    assert_eq!(items(), MANY as f64);
    let first_rows = page.rows();

    // More come.
    page.run("for (let at = 0; at < 500; at += 1) fake.chat.say(fake.chat.rooms.value[0], { nick: 'ann', text: `new ${at}` })", &[]);
    eventually("the last one is shown", || last() == "new 499");
    assert_eq!(items(), (MANY + 500) as f64);
    let after_more = page.rows();

    // Scrolled up for a while.
    let most = page.run_async(
        "const log = document.querySelector('[role=log]');
         let most = 0;
         for (let step = 0; step < 150; step += 1) {
           log.scrollTop -= 700;
           await new Promise(requestAnimationFrame);
           most = Math.max(most, log.querySelectorAll('[data-key]').length);
         }
         return most;",
        &[],
    );
    let most = most.as_u64().unwrap_or(u64::MAX) as usize;
    assert!(first_rows.max(after_more).max(most) < MOST_ROWS, "{first_rows}, {after_more}, {most} rows");

    // Typing does not touch the rows.
    page.run(
        "globalThis.touched = 0; new MutationObserver(all => touched += all.length)
         .observe(document.querySelector('[role=log]'), { childList: true, subtree: true, characterData: true })",
        &[],
    );
    page.fill("textbox", "Write to #lobby", "words");
    page.run_async(
        "for (let picture = 0; picture < 2; picture += 1) await new Promise(requestAnimationFrame)",
        &[],
    );
    assert_eq!(page.number("return touched"), 0.0, "typing changed rows");
    page.press("button", "To the newest");
    eventually("the newest is shown", || last() == "new 499");
}

#[test]
fn a_long_history_on_the_server_is_fetched_in_parts() {
    let server = Server::start();
    let mut ann = server.irc("ann");
    ann.say_all("#lobby", (0..6000).map(|number| format!("flood {number}")));
    let chromium = Chromium::start();
    let page = Page::open(&chromium, &server, &Options::default());
    page.run_async(COUNT, &[]);
    page.enter("nora");
    page.sees("ann", "flood 5999");
    ann.say("#lobby", "flood 6000");
    page.sees("ann", "flood 6000");
    let known = page.number(KNOWN);
    assert!((2.0..=300.0).contains(&known), "{known} messages were fetched to show one screen");
    assert!(page.rows() < MOST_ROWS);
}

#[test]
fn the_first_view_is_small() {
    let server = Server::start();
    let chromium = Chromium::start();
    let page = Page::open(&chromium, &server, &Options::default());
    page.get("textbox", "Your name");
    let loaded = page.run_async(SIZES, &[]);
    eprintln!("first view: {loaded:#}");
    assert_eq!(loaded["unpacked"], json!([]), "this is sent as it is, and not packed");
    assert!(loaded["form"].as_f64().expect("a number") < FIRST_VIEW, "{loaded:#}");
    assert!(loaded["all"].as_f64().expect("a number") < WHOLE, "{loaded:#}");
}
