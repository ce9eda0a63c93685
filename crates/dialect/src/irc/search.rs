//! `SEARCH`: messages by their words (`soju.im/search`).
//!
//! ```text
//! attributes = attribute *(";" attribute)     ; in the form of tags, values escaped likewise
//! attribute  = ("in" / "from" / "text") "=" value
//!            / ("after" / "before") "=" time   ; strictly
//!            / "limit" "=" 1*DIGIT
//! ```

use hub::{Recall, Recalled, Search};
use smol_str::SmolStr;

use super::message::Message;
use super::moment::moment;
use super::numeric;
use super::recall::Asked;
use super::session::{Irc, text};
use super::tags::{Tags, unescape};
use crate::Output;

impl Irc {
    /// `SEARCH attributes`.
    pub(super) fn search(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let Some(most) = self.settings.options.history.as_ref().map(|history| history.most) else {
            return self.refuse(outputs, numeric::ERR_UNKNOWNCOMMAND, &[message.command]);
        };
        let Some(attributes) = message.param(0).filter(|attributes| !attributes.is_empty()) else {
            return self.need_more(outputs, "SEARCH");
        };
        match search(attributes, most) {
            Ok(search) => self.ask(Asked::Search, Recall::Search(Box::new(search)), outputs),
            Err(attribute) => {
                let why = "That can't be searched for";
                self.fail_about(outputs, "SEARCH", "INVALID_PARAMS", &[attribute], why);
            }
        }
    }

    /// The answer.
    pub(super) fn write_found(&self, recalled: &Recalled, out: &mut Vec<u8>) {
        match recalled {
            Recalled::Search(items) => {
                self.in_batch(out, "soju.im/search", None, |out| self.write_items(items, out));
            }
            Recalled::Rejected(_) => {
                let why = "There is nothing of that name that you may search";
                self.write_fail(out, "SEARCH", "INVALID_PARAMS", &[b"in"], why);
            }
            _ => {
                let why = "The history can't be searched at the moment";
                self.write_fail(out, "SEARCH", "INTERNAL_ERROR", &[], why);
            }
        }
    }
}

/// What to search for; or the attribute that is no good.
fn search(attributes: &[u8], highest: usize) -> Result<Search, &[u8]> {
    let mut search = Search { most: highest, ..Search::default() };
    for (key, value) in Tags(attributes).iter() {
        let value = unescape(value);
        let words = text(&value);
        match key {
            b"in" if !value.is_empty() => search.target = Some(SmolStr::new(words)),
            b"from" if !value.is_empty() => search.from = Some(SmolStr::new(words)),
            b"text" => search.text = words.into_owned(),
            b"after" => search.after = Some(moment(&value).ok_or(key)?),
            b"before" => search.before = Some(moment(&value).ok_or(key)?),
            b"limit" => {
                let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
                let limit = words.parse().unwrap_or(usize::MAX);
                if !digits || limit == 0 {
                    return Err(key);
                }
                search.most = limit.min(highest);
            }
            _ => return Err(key),
        }
    }
    Ok(search)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hub::Timestamp;

    #[test]
    fn attributes_are_written_like_tags() {
        let written = br"in=#c;from=ann;text=two\swords\:;after=1970-01-01T00:00:01.000Z;before=1970-01-01T00:00:02.000Z;limit=5";
        let expected = Search {
            text: "two words;".into(),
            target: Some("#c".into()),
            from: Some("ann".into()),
            after: Some(Timestamp(1000)),
            before: Some(Timestamp(2000)),
            most: 5,
        };
        assert_eq!(search(written, 100), Ok(expected));
        assert_eq!(
            search(b"text=x;limit=999", 100),
            Ok(Search { text: "x".into(), most: 100, ..Search::default() })
        );
    }

    #[test]
    fn an_attribute_that_is_no_good_is_named() {
        for (written, bad) in [
            ("limit=0", "limit"),
            ("limit=-1", "limit"),
            ("after=yesterday", "after"),
            ("before=", "before"),
            ("in=", "in"),
            ("text=x;colour=red", "colour"),
        ] {
            assert_eq!(search(written.as_bytes(), 100), Err(bad.as_bytes()), "{written}");
        }
    }
}
