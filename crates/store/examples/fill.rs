//! Fills a database with messages and measures what people wait for: `fill [messages] [directory]`.
//!
//! Ten million messages over 1,000 rooms by default, of words that are as unevenly common as real ones.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use hub::{
    Casemapping, Destination, Event, Identity, ItemKinds, LogKey, MessageId, Nick, Party, Place, Record,
    RoomName, SayKind, Search, Span, Text, Timestamp,
};
use smallvec::smallvec;
use store::{Options, Progress, Retention, Store};

const ROOMS: u64 = 1000;
const PEOPLE: u64 = 500;
const VOCABULARY: u64 = 20_000;
const START: i64 = 1_700_000_000_000;

fn main() {
    let mut args = std::env::args().skip(1);
    let many: u64 = args.next().map_or(10_000_000, |many| many.parse().expect("how many messages"));
    let dir = args.next().map_or_else(|| std::env::temp_dir().join("saloon-fill"), PathBuf::from);
    let mut filler = Filler::open(&dir);
    filler.fill(many);
    filler.index();
    let filler = filler.again();
    filler.latest();
    filler.searches();
    filler.acknowledged();
    filler.paced(2000, Duration::from_secs(10));
    filler.store.close();
}

/// The store, and how far it has come.
struct Filler {
    dir: PathBuf,
    store: Arc<Store>,
    kept: Arc<(Mutex<u64>, Condvar)>,
    random: Random,
}

impl Filler {
    fn open(dir: &Path) -> Self {
        let kept = Arc::new((Mutex::new(0), Condvar::new()));
        let tell = kept.clone();
        let told = Box::new(move |progress| match progress {
            Progress::Kept(n) => {
                *tell.0.lock().unwrap() = n;
                tell.1.notify_all();
            }
            Progress::Failing(why) => println!("failing: {why}"),
        });
        let retention =
            Retention { room_items: usize::MAX, direct_items: usize::MAX, age: None, bytes: None };
        let (store, _) =
            Store::open(dir, Options { casemapping: Casemapping::Ascii, retention }, told).unwrap();
        Self { dir: dir.to_owned(), store, kept, random: Random(7) }
    }

    fn wait(&self, upto: u64) {
        let kept = self.kept.0.lock().unwrap();
        drop(self.kept.1.wait_while(kept, |kept| *kept < upto).unwrap());
    }

    fn message(&mut self, n: u64, text: Option<String>) -> Record {
        message(&mut self.random, n, text)
    }

    fn fill(&mut self, many: u64) {
        let start = Instant::now();
        let first = self.store.last();
        for n in first + 1..=first + many {
            // One rare word, every 100,000 messages.
            let text = (n % 100_000 == 5).then(|| format!("the quokka{n} likes xyzzyplugh very much"));
            let record = self.message(n, text);
            self.store.keep(n, record);
            if n % 1000 == 0 {
                self.wait(n.saturating_sub(20_000));
            }
        }
        self.wait(first + many);
        let took = start.elapsed().as_secs_f64();
        println!("filled {many} in {took:.1} s: {:.0} messages/s", many as f64 / took);
        println!("  the writing thread was at work for {:.1} s", at_work("store") / 1e3);
        println!("not indexed then: {}", self.store.last() - self.indexed());
    }

    fn indexed(&self) -> u64 {
        let conn = rusqlite::Connection::open(self.store.path()).unwrap();
        conn.query_row("SELECT max(value) FROM meta WHERE name = 'indexed'", [], |row| {
            row.get::<_, Option<i64>>(0)
        })
        .unwrap()
        .unwrap_or(0) as u64
    }

    fn index(&self) {
        let (start, from) = (Instant::now(), self.indexed());
        while self.indexed() < self.store.last() {
            std::thread::sleep(Duration::from_millis(50));
        }
        let took = start.elapsed().as_secs_f64();
        let many = self.store.last() - from;
        println!("indexed the last {many} in {took:.1} s: {:.0} messages/s", many as f64 / took);
        println!("  the writing thread was at work for {:.1} s in all", at_work("store") / 1e3);
    }

    fn again(self) -> Self {
        let Self { dir, store, random, .. } = self;
        store.close();
        drop(store);
        for entry in std::fs::read_dir(&dir).unwrap() {
            let entry = entry.unwrap();
            println!("{:?}: {} MB", entry.file_name(), entry.metadata().unwrap().len() >> 20);
        }
        let conn = rusqlite::Connection::open(dir.join("saloon.db")).unwrap();
        let mut parts =
            conn.prepare("SELECT name, sum(pgsize) >> 20 FROM dbstat WHERE aggregate GROUP BY name").unwrap();
        let parts = parts.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))).unwrap();
        for (name, size) in parts.map(Result::unwrap).filter(|(_, size)| *size > 0) {
            println!("  {name}: {size} MB");
        }
        let start = Instant::now();
        let filler = Self { random, ..Self::open(&dir) };
        println!("opened in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
        filler
    }

    fn latest(&self) {
        let mut reader = self.store.reader().unwrap();
        let mut random = Random(99);
        let page = measure(2000, || {
            let log = LogKey::Room(room(random.below(ROOMS)).into());
            let page = reader.page(0, &log, &Span::Latest(None), 100, ItemKinds::SAID).unwrap();
            assert!(!page.is_empty());
        });
        println!("LATEST of 100: {page}");
    }

    fn searches(&self) {
        let mut reader = self.store.reader().unwrap();
        let mut random = Random(5);
        let searches = [
            ("a rare word, 100 rooms", "xyzzyplugh", 100),
            ("a word that is nowhere, 100 rooms", "zzzunheard", 100),
            ("the commonest word, 5 rooms", "the", 5),
            ("the commonest word, 100 rooms", "the", 100),
            ("two common words, 20 rooms", "the and", 20),
            ("a word said only elsewhere, mostly, 1 room", "xyzzyplugh", 1),
            ("two letters, 100 rooms", "zq", 100),
        ];
        for (what, text, rooms) in searches {
            let mut found = 0;
            let took = measure(50, || {
                let logs: Vec<_> =
                    (0..rooms).map(|_| LogKey::Room(room(random.below(ROOMS)).into())).collect();
                let search = Search { text: text.to_owned(), most: 50, ..Search::default() };
                found += reader.search(0, &logs, None, &search).unwrap().len();
            });
            println!("SEARCH {what}: {took}, {} found", found / 50);
        }
    }

    /// 100 senders, each of whom waits for the acknowledgement before it goes on.
    fn acknowledged(&self) {
        let next = Arc::new(AtomicU64::new(self.store.last() + 1));
        let mut random = Random(3);
        let (start, first) = (Instant::now(), self.store.last());
        let (mut rounds, worked) = (0, at_work("store"));
        while start.elapsed() < Duration::from_secs(5) {
            let mut last = 0;
            for _ in 0..100 {
                last = next.fetch_add(1, Ordering::SeqCst);
                self.store.keep(last, message(&mut random, last, None));
            }
            self.wait(last);
            rounds += 1;
        }
        let took = start.elapsed().as_secs_f64();
        let rate = (self.store.last() - first) as f64 / took;
        let work = (at_work("store") - worked) / (self.store.last() - first) as f64 * 1e3;
        println!(
            "acknowledged to 100 waiting senders: {rate:.0}/s, {:.2} ms each",
            took * 1e3 / f64::from(rounds)
        );
        println!("  the writing thread was at work for {work:.1} microseconds for each");
    }

    /// So many messages a second: how long each waits for its acknowledgement.
    fn paced(&self, rate: u64, time: Duration) {
        let mut random = Random(4);
        let (start, first) = (Instant::now(), self.store.last() + 1);
        let many = rate * time.as_secs();
        let sent: Arc<Vec<AtomicU64>> = Arc::new((0..many).map(|_| AtomicU64::new(0)).collect());
        let kept = self.kept.clone();
        let sent_at = sent.clone();
        let listener = std::thread::spawn(move || {
            let (mut seen, mut waits) = (first, Vec::new());
            while seen < first + many {
                let upto = kept.1.wait_while(kept.0.lock().unwrap(), |kept| *kept < seen).unwrap();
                let now = start.elapsed().as_micros() as u64;
                for n in seen..=*upto {
                    waits.push(now - sent_at[(n - first) as usize].load(Ordering::SeqCst));
                }
                seen = *upto + 1;
            }
            waits.sort_unstable();
            waits
        });
        for n in 0..many {
            let due = Duration::from_micros(n * 1_000_000 / rate);
            if let Some(rest) = due.checked_sub(start.elapsed()) {
                std::thread::sleep(rest);
            }
            sent[n as usize].store(start.elapsed().as_micros() as u64, Ordering::SeqCst);
            self.store.keep(first + n, message(&mut random, first + n, None));
        }
        let waits = listener.join().unwrap();
        let at = |part: f64| waits[((waits.len() - 1) as f64 * part) as usize] as f64 / 1e3;
        println!("at {rate}/s: {:.1} ms, p99 {:.1} ms, p999 {:.1} ms", at(0.5), at(0.99), at(0.999));
    }
}

/// How long something takes; and how much of that it was at work, for machines that others use too.
fn measure(times: usize, mut work: impl FnMut()) -> String {
    let (mut took, mut worked): (Vec<_>, Vec<_>) = (0..times)
        .map(|_| {
            let (start, before) = (Instant::now(), at_work("self"));
            work();
            (start.elapsed().as_secs_f64() * 1e3, at_work("self") - before)
        })
        .unzip();
    took.sort_by(f64::total_cmp);
    worked.sort_by(f64::total_cmp);
    let (half, most) = (times / 2, times * 99 / 100);
    format!(
        "{:.2} ms, p99 {:.2} ms (at work: {:.2} ms, p99 {:.2} ms)",
        took[half], took[most], worked[half], worked[most]
    )
}

/// Milliseconds that a thread has been at work: this one, or that of the store.
fn at_work(thread: &str) -> f64 {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let stat = match thread {
        "self" => read("/proc/thread-self/schedstat"),
        name => std::fs::read_dir("/proc/self/task")
            .unwrap()
            .map(|task| task.unwrap().path().display().to_string())
            .find(|task| read(&format!("{task}/comm")).trim() == name)
            .map(|task| read(&format!("{task}/schedstat")))
            .unwrap_or_default(),
    };
    stat.split(' ').next().and_then(|spent| spent.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

fn message(random: &mut Random, n: u64, text: Option<String>) -> Record {
    let (person, place) = (random.below(PEOPLE), random.below(ROOMS));
    let text = text.unwrap_or_else(|| sentence(random));
    let name = format!("person{person}");
    let at = Timestamp(START + n as i64);
    let who = Arc::new(Identity {
        nick: Nick::new(&name, 50).unwrap(),
        user: "user".into(),
        host: format!("host{person}.example.org").into(),
        account: Some(name.as_str().into()),
        bot: false,
        realname: "Some Person".into(),
        handle: None,
        place: Place::default(),
    });
    let event = Event::Said {
        id: MessageId((at.0 as u128) << 80 | u128::from(random.next()) << 16),
        at,
        who,
        kind: SayKind::Message,
        to: Destination::Room(RoomName::new(&room(place), 50).unwrap()),
        text: Text::from(&*text),
        lines: None,
        tags: Default::default(),
    };
    Record::Item {
        logs: smallvec![LogKey::Room(room(place).into())],
        by: Party::Account(name.into()),
        event: Arc::new(event),
    }
}

fn room(number: u64) -> String {
    format!("#room{number}")
}

/// Some eight words, the common ones more often.
fn sentence(random: &mut Random) -> String {
    const COMMON: [&str; 12] =
        ["the", "and", "to", "is", "that", "it", "you", "for", "was", "with", "have", "this"];
    let words = (0..3 + random.below(10)).map(|_| {
        let place =
            (0..2).fold(random.below(VOCABULARY), |rank, _| rank * random.below(VOCABULARY) / VOCABULARY);
        COMMON.get(place as usize).map_or_else(|| word(place), |word| (*word).to_owned())
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A word that can be spoken, the same for the same number.
fn word(number: u64) -> String {
    let mut random = Random(number + 1);
    random.next();
    let mut pick = |from: &[u8]| from[random.below(from.len() as u64) as usize] as char;
    (0..2 + number % 3).flat_map(|_| [pick(b"bcdfghjklmnprstvw"), pick(b"aeiou")]).collect()
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}
