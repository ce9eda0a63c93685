//! What is asked of the histories for a connection that fell behind, and the page that comes of it.

use hub::{Event, Item, Timestamp};
use smol_str::SmolStr;

/// Most items of a page, and of each history that is looked at for it.
pub const MOST: usize = 128;
/// About how many bytes a page has; one item may be larger.
const WEIGHT: usize = 64 * 1024;

/// What is to be read.
#[derive(Debug)]
pub struct Ask {
    /// Everything up to this number is seen.
    pub upto: u64,
    /// Parts of histories; none of them empty.
    pub stretches: Vec<Stretch>,
}

/// A part of a room's history.
#[derive(Debug)]
pub struct Stretch {
    /// Which run it is for.
    pub run: usize,
    /// The history.
    pub log: SmolStr,
    /// The times of its ends, both included.
    pub from: Timestamp,
    pub to: Timestamp,
    /// Whether the messages in it are to be counted first.
    pub count: bool,
}

/// What a stretch begins with.
#[derive(Debug)]
pub struct Part {
    /// Which run it is for.
    pub run: usize,
    /// How many messages the stretch has, if that was asked.
    pub count: Option<u64>,
    /// The first [`MOST`] items, or all, with their numbers.
    pub items: Vec<(u64, Item)>,
}

/// A page of what was missed, in the order in which it happened.
#[derive(Debug, Default)]
pub struct Page {
    /// Messages of runs that were counted.
    pub counts: Vec<(usize, u64)>,
    /// Number, run, item.
    pub items: Vec<(u64, usize, Item)>,
    /// Runs with nothing behind this page.
    pub ended: Vec<usize>,
}

impl Page {
    /// Puts the beginnings of several stretches in order, and takes a page from the front. The first `MOST` of
    /// all are among the first `MOST` of each.
    pub fn merge(parts: Vec<Part>) -> Self {
        let counts = parts.iter().filter_map(|part| Some((part.run, part.count?))).collect();
        // A run with nothing behind what was read of it ends with the page that has the last of that.
        let ends: Vec<(usize, Option<u64>)> = (parts.iter())
            .filter(|part| part.items.len() < MOST)
            .map(|part| (part.run, part.items.last().map(|(number, _)| *number)))
            .collect();
        let mut items: Vec<(u64, usize, Item)> = (parts.into_iter())
            .flat_map(|part| part.items.into_iter().map(move |(number, item)| (number, part.run, item)))
            .collect();
        items.sort_by_key(|(number, ..)| *number);
        let mut weight = 0;
        let fits = items.iter().take(MOST).take_while(|(_, _, item)| {
            let before = weight;
            weight += size(&item.event);
            before == 0 || weight <= WEIGHT
        });
        items.truncate(fits.count());
        let last = items.last().map(|(number, ..)| *number);
        let ended = ends.into_iter().filter(|(_, end)| *end <= last).map(|(run, _)| run).collect();
        Self { counts, items, ended }
    }

    /// Nothing can be read: everything is over, and nothing was found.
    pub fn unreadable(ask: &Ask) -> Self {
        Self { ended: ask.stretches.iter().map(|stretch| stretch.run).collect(), ..Self::default() }
    }
}

/// About how many bytes an event becomes.
fn size(event: &Event) -> usize {
    match event {
        Event::Said { text, tags, .. } => 200 + text.len() + tags.len(),
        _ => 200,
    }
}
