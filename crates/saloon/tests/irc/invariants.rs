//! What must be true of every line that any client is sent, whatever the test is about.

use std::collections::BTreeSet;

use crate::line::{Line, SERVER};

/// What a client has negotiated and been told, as far as later lines must fit it.
#[derive(Default)]
pub struct Invariants {
    capabilities: BTreeSet<String>,
    nick: Option<String>,
    batches: BTreeSet<String>,
    /// Whether lines may be other than UTF-8.
    pub any_bytes: bool,
}

impl Invariants {
    /// Checks one line.
    pub fn check(&mut self, bytes: &[u8], line: &Line) -> Result<(), &'static str> {
        self.form(bytes, line)?;
        self.tags(line)?;
        self.command(line)?;
        self.numeric(line)?;
        self.remember(line)
    }

    /// Section 12: every batch is closed.
    pub fn at_rest(&self) {
        assert!(self.batches.is_empty(), "a batch was not closed: {:?}", self.batches);
    }

    /// Section 5, Sending output.
    fn form(&self, bytes: &[u8], line: &Line) -> Result<(), &'static str> {
        let body = match bytes.first() {
            Some(b'@') => bytes.iter().position(|&byte| byte == b' ').map_or(0, |at| bytes.len() - at - 1),
            _ => bytes.len(),
        };
        let lists = ["353", "319", "CAP", "302", "303", "730", "731", "732"];
        match () {
            () if !bytes.ends_with(b"\r\n") => Err("a line must end in CRLF"),
            () if body > 512 => Err("a line must not be longer than 512 bytes"),
            () if line.source.is_none() => Err("a line must have a source"),
            () if line.params.len() > 15 => Err("a line must not have more than 15 parameters"),
            () if line.raw.contains('\r') => Err("a line must not have a CR in it"),
            () if !self.any_bytes && std::str::from_utf8(bytes).is_err() => Err("a line must be UTF-8"),
            () if lists.contains(&line.command.as_str()) && line.raw.ends_with(' ') => {
                Err("a list must not end in a space")
            }
            () => Ok(()),
        }
    }

    /// Section 11: what each client may be sent, never more.
    fn tags(&self, line: &Line) -> Result<(), &'static str> {
        if line.tagged && line.tags.is_empty() {
            return Err("there are no tags behind the @");
        }
        for key in line.tags.keys() {
            let needed = match key.as_str() {
                "time" => "server-time",
                "account" => "account-tag",
                "msgid" | "bot" => "message-tags",
                "label" => "labeled-response",
                "batch" => "batch",
                "draft/multiline-concat" => "multiline",
                key if key.starts_with('+') => "message-tags",
                _ => return Err("a tag is unknown"),
            };
            if !self.has(needed) {
                return Err("a tag was not negotiated");
            }
        }
        if line.tags.contains_key("label") && line.tags.contains_key("batch") {
            return Err("a line has a label and a batch");
        }
        match line.tags.get("batch") {
            Some(batch) if !self.batches.contains(batch) => Err("the batch is not open"),
            _ => Ok(()),
        }
    }

    /// Section 14: clients without a capability see nothing of these lines.
    fn command(&self, line: &Line) -> Result<(), &'static str> {
        let needed = match line.command.as_str() {
            "AWAY" => "away-notify",
            "ACCOUNT" => "account-notify",
            "CHGHOST" => "chghost",
            "SETNAME" => "setname",
            "TAGMSG" => "message-tags",
            "BATCH" => "batch",
            "ACK" => "labeled-response",
            "REDACT" => "message-redaction",
            "RENAME" => "channel-rename",
            "JOIN" if line.params.len() == 3 => "extended-join",
            "JOIN" if self.has("extended-join") => return Err("extended-join was negotiated"),
            _ => return Ok(()),
        };
        if self.has(needed) { Ok(()) } else { Err("this line was not negotiated") }
    }

    /// Section 31: the shape of every numeric, and who it is for.
    fn numeric(&self, line: &Line) -> Result<(), &'static str> {
        let Ok(code) = line.command.parse::<u16>() else { return Ok(()) };
        let client = line.params.first().map(String::as_str);
        let nick = self.nick.as_deref().unwrap_or("*");
        if line.source.as_deref() != Some(SERVER) {
            return Err("a numeric must come from the server");
        }
        if client != Some(nick) && !(code == 1 && self.nick.is_none()) {
            return Err("a numeric must name its receiver");
        }
        match shape(code) {
            None => Err("this numeric is not one of section 31"),
            Some(counts) if counts.contains(&line.params.len()) => Ok(()),
            Some(_) => Err("this numeric has too few or too many parameters"),
        }
    }

    fn remember(&mut self, line: &Line) -> Result<(), &'static str> {
        let params: Vec<&str> = line.params.iter().map(String::as_str).collect();
        match (line.command.as_str(), &params[..]) {
            ("001", [nick, ..]) => self.nick = Some((*nick).to_owned()),
            ("NICK", [nick]) => {
                let old = line.source.as_deref().and_then(|source| source.split('!').next());
                if old == self.nick.as_deref() {
                    self.nick = Some((*nick).to_owned());
                }
            }
            ("CAP", [_, "ACK", names]) => self.acknowledged(names),
            ("BATCH", [reference, ..]) => match reference.split_at(1) {
                ("+", reference) if self.batches.insert(reference.to_owned()) => {}
                ("-", reference) if self.batches.remove(reference) => {}
                _ => return Err("a batch is opened or closed twice"),
            },
            _ => {}
        }
        Ok(())
    }

    fn acknowledged(&mut self, names: &str) {
        for name in names.split(' ') {
            let name = name.strip_prefix("draft/").unwrap_or(name);
            match name.strip_prefix('-') {
                Some(name) => self.capabilities.remove(name),
                None => self.capabilities.insert(name.to_owned()),
            };
        }
    }

    fn has(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
    }
}

/// How many parameters a numeric has (section 31).
#[rustfmt::skip]
fn shape(code: u16) -> Option<std::ops::RangeInclusive<usize>> {
    Some(match code {
        1..=3 | 242 | 251 | 255 | 257..=259 | 302 | 303 | 305 | 306 | 323 | 337 | 371 | 372 | 374..=376
        | 381 | 409 | 411 | 412 | 417 | 422 | 431 | 451 | 462 | 464 | 465 | 468 | 481 | 491 | 501 | 502
        | 730..=733 | 902..=907 => 2..=2,
        331 | 332 | 347 | 349 | 366 | 368 | 403..=405 | 442 | 471 | 473..=476 | 482 | 525 => 3..=3,
        276 | 301 | 307 | 313 | 318 | 319 | 335 | 369 | 378 | 379 | 401 | 406 | 407 | 432 | 433 | 477
        | 671 => 3..=3,
        441 | 443 => 4..=4,
        219 | 256 | 263 | 315 | 365 | 382 | 391 | 396 | 402 | 410 | 421 | 461 | 472 | 524 | 704..=706
        | 723 | 908 | 252..=254 => 3..=3,
        265 | 266 => 4..=4,
        4 => 5..=6,
        5 => 3..=15,
        221 => 2..=2,
        311 | 314 => 6..=6,
        312 => 4..=4,
        317 | 338 => 5..=5,
        330 | 900 => 4..=4,
        901 => 3..=3,
        321 => 3..=3,
        322 => 4..=4,
        324 => 3..=15,
        329 | 336 | 341 => 2 + usize::from(code != 336)..=3,
        333 => 4..=4,
        346 | 348 | 367 => 5..=5,
        351 | 364 => 4..=4,
        352 => 8..=8,
        353 => 4..=4,
        354 => 1..=15,
        478 | 470 | 734 => 4..=4,
        696 => 5..=5,
        216 => 4..=4,
        760 | 761 => 5..=5,
        766 => 4..=4,
        770..=772 => 2..=15,
        774 => 4..=4,
        _ => return None,
    })
}
