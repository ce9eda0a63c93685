//! `CHATHISTORY`: parts of a history, and which there are (IRCv3 chathistory, event-playback; `conformance`
//! section 23).

use hub::{ItemKinds, Recall, Recalled, Reference, Span, Timestamp};
use smol_str::SmolStr;

use super::capability::Capabilities;
use super::history::NO_TARGET;
use super::line::{Line, repeatable};
use super::message::Message;
use super::moment::timestamp;
use super::numeric;
use super::recall::Asked;
use super::render::time;
use super::session::{Irc, text};
use crate::Output;

/// Why a request is no good.
#[derive(Debug, PartialEq, Eq)]
enum Fault<'a> {
    /// There is no such subcommand, or it has another number of parameters.
    Form,
    /// This parameter is no reference, or no limit.
    Value(&'a [u8]),
    /// A sort of reference that there is not.
    Kind,
}

impl Irc {
    /// `CHATHISTORY subcommand target reference… limit`.
    pub(super) fn chathistory(&mut self, message: &Message<'_>, outputs: &mut Vec<Output>) {
        let Some(most) = self.settings.options.history.as_ref().map(|history| history.most) else {
            return self.refuse(outputs, numeric::ERR_UNKNOWNCOMMAND, &[message.command]);
        };
        let Some(subcommand) = message.param(0).filter(|word| !word.is_empty()) else {
            return self.need_more(outputs, "CHATHISTORY");
        };
        let target = message.param(1).unwrap_or_default();
        match recall(&message.params, most, self.playable()) {
            Ok((asked_for, recall)) => {
                let asked = Asked::History { subcommand: SmolStr::new(text(subcommand)), target: asked_for };
                self.ask(asked, recall, outputs);
            }
            Err(Fault::Form) => {
                let why = "Unknown subcommand, or too few or too many parameters";
                self.fail_about(outputs, "CHATHISTORY", "INVALID_PARAMS", &[subcommand], why);
            }
            Err(Fault::Value(value)) => {
                let why = "That is no reference or limit";
                self.fail_about(outputs, "CHATHISTORY", "INVALID_PARAMS", &[subcommand, value], why);
            }
            Err(Fault::Kind) => {
                let why = "References are timestamp=… or msgid=…";
                self.fail_about(outputs, "CHATHISTORY", "INVALID_MSGREFTYPE", &[subcommand, target], why);
            }
        }
    }

    /// The sorts of items that the client can be sent: only they count towards the limit.
    fn playable(&self) -> ItemKinds {
        if !self.caps.contains(Capabilities::EVENT_PLAYBACK) {
            return ItemKinds::SAID;
        }
        let events = ItemKinds::JOINED
            | ItemKinds::PARTED
            | ItemKinds::QUIT
            | ItemKinds::KICKED
            | ItemKinds::MODES
            | ItemKinds::TOPIC
            | ItemKinds::RENAMED;
        let tags = self.caps.contains(Capabilities::MESSAGE_TAGS);
        ItemKinds::SAID | events | if tags { ItemKinds::SIGNAL } else { ItemKinds::empty() }
    }

    /// The answer.
    pub(super) fn write_history(
        &self,
        subcommand: &SmolStr,
        target: &SmolStr,
        recalled: &Recalled,
        out: &mut Vec<u8>,
    ) {
        let context = [subcommand.as_bytes(), target.as_bytes()];
        match recalled {
            Recalled::Page(items) => {
                self.in_batch(out, "chathistory", Some(target), |out| self.write_items(items, out));
            }
            Recalled::Targets(targets) => self.in_batch(out, "draft/chathistory-targets", None, |out| {
                for (name, at) in targets {
                    let line = Line::from(out, self.server(), "CHATHISTORY").word("TARGETS");
                    line.word(repeatable(name.as_bytes())).show(time(*at)).end();
                }
            }),
            Recalled::Rejected(_) => {
                self.write_fail(out, "CHATHISTORY", "INVALID_TARGET", &context, NO_TARGET);
            }
            _ => {
                let why = "The history can't be read at the moment";
                self.write_fail(out, "CHATHISTORY", "MESSAGE_ERROR", &context, why);
            }
        }
    }
}

/// What the parameters ask for, and of which target, as written.
fn recall<'a>(params: &[&'a [u8]], highest: usize, kinds: ItemKinds) -> Result<(SmolStr, Recall), Fault<'a>> {
    let subcommand = params.first().ok_or(Fault::Form)?.to_ascii_uppercase();
    let span = match (&subcommand[..], params) {
        (b"TARGETS", [_, from, to, limit]) => {
            let (from, to) = (moment(from)?, moment(to)?);
            let most = number(limit)?.min(highest);
            return Ok((SmolStr::new_static("*"), Recall::Targets { from, to, most }));
        }
        (b"LATEST", [_, _, at, _]) => latest(at)?,
        (b"BEFORE", [_, _, at, _]) => Span::Before(reference(at)?),
        (b"AFTER", [_, _, at, _]) => Span::After(reference(at)?),
        (b"AROUND", [_, _, at, _]) => Span::Around(reference(at)?),
        (b"BETWEEN", [_, _, from, to, _]) => Span::Between(reference(from)?, reference(to)?),
        _ => return Err(Fault::Form),
    };
    let target = SmolStr::new(text(params[1]));
    let most = number(params[params.len() - 1])?.min(highest);
    Ok((target.clone(), Recall::Page { target, span, most, kinds }))
}

fn latest(written: &[u8]) -> Result<Span, Fault<'_>> {
    Ok(Span::Latest(if written == b"*" { None } else { Some(reference(written)?) }))
}

fn reference(written: &[u8]) -> Result<Reference, Fault<'_>> {
    if written.starts_with(b"timestamp=") {
        return timestamp(written).map(Reference::Time).ok_or(Fault::Value(written));
    }
    match written.strip_prefix(b"msgid=") {
        Some(id) => text(id).parse().map(Reference::Id).map_err(|_| Fault::Value(written)),
        None if written.contains(&b'=') => Err(Fault::Kind),
        None => Err(Fault::Value(written)),
    }
}

/// A time, where nothing else will do.
fn moment(written: &[u8]) -> Result<Timestamp, Fault<'_>> {
    timestamp(written).ok_or(Fault::Value(written))
}

/// A positive number, however large.
fn number(written: &[u8]) -> Result<usize, Fault<'_>> {
    let digits = !written.is_empty() && written.iter().all(u8::is_ascii_digit);
    match text(written).parse::<usize>() {
        _ if !digits => Err(Fault::Value(written)),
        Ok(0) => Err(Fault::Value(written)),
        // Digits alone: it can only be too large.
        number => Ok(number.unwrap_or(usize::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hub::MessageId;

    const ONE: &str = "timestamp=1970-01-01T00:00:01.000Z";
    const TWO: &str = "timestamp=1970-01-01T00:00:02.000Z";

    fn of(line: &str) -> Result<(SmolStr, Recall), Fault<'_>> {
        let params: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
        recall(&params, 100, ItemKinds::SAID)
    }

    fn page(target: &str, span: Span, most: usize) -> (SmolStr, Recall) {
        let target = SmolStr::new(target);
        (target.clone(), Recall::Page { target, span, most, kinds: ItemKinds::SAID })
    }

    #[test]
    fn every_subcommand_has_its_meaning() {
        let (one, two) = (Reference::Time(Timestamp(1000)), Reference::Time(Timestamp(2000)));
        let id = MessageId(7 << 80);
        for (line, span) in [
            ("LATEST #c * 10".to_owned(), Span::Latest(None)),
            (format!("latest #c {ONE} 10"), Span::Latest(Some(one))),
            (format!("BEFORE #c {ONE} 10"), Span::Before(one)),
            (format!("BEFORE #c msgid={id} 10"), Span::Before(Reference::Id(id))),
            (format!("AFTER #c {ONE} 10"), Span::After(one)),
            (format!("AROUND #c {ONE} 10"), Span::Around(one)),
            (format!("BETWEEN #c {TWO} {ONE} 10"), Span::Between(two, one)),
        ] {
            assert_eq!(of(&line), Ok(page("#c", span, 10)), "{line}");
        }
        let targets = Recall::Targets { from: Timestamp(2000), to: Timestamp(1000), most: 3 };
        assert_eq!(of(&format!("TARGETS {TWO} {ONE} 3")), Ok(("*".into(), targets)));
    }

    #[test]
    fn a_limit_above_the_highest_is_the_highest() {
        for limit in ["100", "101", "99999999999999999999999"] {
            assert_eq!(of(&format!("LATEST bob * {limit}")), Ok(page("bob", Span::Latest(None), 100)));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for line in
            ["NONE #c * 1", "LATEST", "LATEST #c", "LATEST #c *", "LATEST #c * 1 1", "TARGETS #c 1 1 1"]
        {
            assert_eq!(of(line), Err(Fault::Form), "{line}");
        }
        for (line, value) in [
            ("LATEST #c * 0", "0"),
            ("LATEST #c * -1", "-1"),
            ("LATEST #c * +1", "+1"),
            ("LATEST #c * x", "x"),
            ("LATEST #c x 1", "x"),
            ("BEFORE #c * 1", "*"),
            ("AFTER #c timestamp=x 1", "timestamp=x"),
            ("AROUND #c msgid=x 1", "msgid=x"),
            ("TARGETS msgid=x * 1", "msgid=x"),
        ] {
            assert_eq!(of(line), Err(Fault::Value(value.as_bytes())), "{line}");
        }
        assert_eq!(of("BEFORE #c id=1 1"), Err(Fault::Kind));
    }
}
