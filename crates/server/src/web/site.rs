//! The files of the page, which are in the program: `web/`, as `build.rs` has packed it.

use std::collections::BTreeMap;

use crate::piece::Piece;

/// One file, as `build.rs` writes it down.
struct File {
    name: &'static str,
    kind: &'static str,
    tag: &'static str,
    plain: &'static [u8],
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// The files, ready to be sent to many at once.
#[derive(Debug)]
pub struct Site {
    pages: BTreeMap<&'static str, Page>,
}

/// A file, ready to be sent.
#[derive(Debug)]
pub struct Page {
    /// Its type (RFC 9110 §8.3).
    pub kind: &'static str,
    /// Its entity tag (RFC 9110 §8.8.3).
    pub tag: &'static str,
    /// As it is.
    pub plain: Piece,
    /// Packed with gzip, where that makes it smaller.
    pub gzip: Option<Piece>,
}

/// How long a browser may keep a file without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// Not at all: it asks whether there is a new one.
    No,
    /// For ever: another version has another address.
    Always,
}

impl Site {
    /// All files.
    pub fn new() -> Self {
        let page = |file: &File| Page {
            kind: file.kind,
            tag: file.tag,
            plain: Piece::from(file.plain),
            gzip: file.gzip.filter(|gzip| gzip.len() < file.plain.len()).map(Piece::from),
        };
        Self { pages: FILES.iter().map(|file| (file.name, page(file))).collect() }
    }

    /// What stands at a path, which begins with a slash; a folder stands for its `index.html`.
    pub fn page(&self, path: &str) -> Option<(&Page, Keeps)> {
        let name = path.strip_prefix('/')?;
        let versioned =
            name.strip_prefix("v/").and_then(|rest| rest.strip_prefix(VERSION)?.strip_prefix('/'));
        let keeps = if versioned.is_some() { Keeps::Always } else { Keeps::No };
        let name = versioned.unwrap_or(name);
        let page = match name.strip_suffix('/') {
            Some(folder) => self.pages.get(format!("{folder}/index.html").as_str()),
            None if name.is_empty() => self.pages.get("index.html"),
            None => self.pages.get(name),
        };
        page.map(|page| (page, keeps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_there_and_points_to_files_that_are_there() {
        let site = Site::new();
        for folder in ["/", "/status/"] {
            let (page, keeps) = site.page(folder).expect("a page");
            assert_eq!((page.kind, keeps), ("text/html; charset=utf-8", Keeps::No));
            let text = String::from_utf8(page.plain.to_vec()).expect("text");
            let addresses = text.split(['"', '\'']).filter(|word| word.contains("v/"));
            for address in addresses.filter(|word| word.contains(VERSION)) {
                let (page, keeps) = site.page(address).unwrap_or_else(|| panic!("{address} is missing"));
                assert!(keeps == Keeps::Always && !page.plain.is_empty(), "{address}");
            }
        }
    }

    #[test]
    fn nothing_else_can_be_asked_for() {
        let site = Site::new();
        for path in
            ["", "index.html", "//", "/../Cargo.toml", "/v/0/app.js", "/package.json", "/test/", "/.npmrc"]
        {
            assert!(site.page(path).is_none(), "{path}");
        }
    }

    #[test]
    fn what_is_packed_is_smaller() {
        let site = Site::new();
        assert!(site.pages.values().filter_map(|page| Some((page.gzip.as_ref()?, &page.plain))).count() > 5);
        assert!(
            site.pages
                .values()
                .all(|page| page.gzip.as_ref().is_none_or(|gzip| gzip.len() < page.plain.len()))
        );
    }
}
