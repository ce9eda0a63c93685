//! What a reader does with the page, in English, and what they see: by the names that a screen reader says.

use std::ops::Deref;

use serde_json::{Value, json};

use crate::session::key;
use crate::{Chromium, Element, Options, Server, Session, eventually, found, until};

/// The rows of messages, as the page names them to a screen reader: `nick: text, time`, or the same in Chinese.
const SAID: &str = r"
    const plain = text => text.replace(/[\u2066-\u2069\u200e\u200f]/g, '');
    return [...document.querySelectorAll('[role=log] [role=article]')].flatMap(row => {
      const label = plain(row.getAttribute('aria-label') ?? '');
      const text = row.querySelector('.text');
      const nick = /^([^\s:：]+)(: |：)/.exec(label)?.[1];
      return nick && text ? [[nick, text.innerText.trim()]] : [];
    });";

/// The page of a server, in a browser.
#[derive(Debug)]
pub struct Page(Session);

impl Deref for Page {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl Page {
    /// Opens the page in a browser of its own.
    #[must_use]
    pub fn open(chromium: &Chromium, server: &Server, options: &Options) -> Self {
        Self::at(chromium, &format!("{}/", server.url()), options)
    }

    /// Opens the page at another address in a browser of its own.
    #[must_use]
    pub fn at(chromium: &Chromium, url: &str, options: &Options) -> Self {
        let page = Self(chromium.browser(options));
        page.0.open(url);
        page
    }

    /// Opens the page, and enters under this name.
    #[must_use]
    pub fn guest(chromium: &Chromium, server: &Server, name: &str) -> Self {
        let page = Self::open(chromium, server, &Options::default());
        page.enter(name);
        page
    }

    /// Fills in the first form, and waits until the room is there.
    pub fn enter(&self, name: &str) {
        self.fill("textbox", "Your name", name);
        self.press("button", "Enter #lobby");
        self.ready("#lobby");
    }

    /// Logs in with the first form.
    pub fn enter_as(&self, account: &str, password: &str) {
        if !self.has("textbox", "Account name") {
            self.press("checkbox", "I have an account");
        }
        self.fill("textbox", "Account name", account);
        self.fill("textbox", "Password", password);
        self.press("button", "Enter #lobby");
        self.ready("#lobby");
    }

    /// Waits until a room is shown, joined, and its history is there.
    pub fn ready(&self, room: &str) {
        self.get("heading", room);
        self.get("textbox", &format!("Write to {room}"));
        eventually("the latest messages are there", || {
            let script = "const log = document.querySelector('[role=log]');
                return log && log.getAttribute('aria-busy') !== 'true' && !document.querySelector('.bar.waiting, .bar.connecting')";
            self.try_run(script, &[]) == Ok(Value::Bool(true))
        });
    }

    /// Shows another room, by the list at the left.
    pub fn go(&self, room: &str) {
        eventually(&format!("{room} can be chosen"), || {
            self.entry(room).is_some_and(|(button, _)| self.try_click(&button).is_ok())
        });
        self.ready(room);
    }

    /// Joins a room, with the dialog.
    pub fn join(&self, room: &str) {
        self.press("button", "Join a room");
        self.fill("textbox", "Name of the room", room);
        self.press("button", "Join");
        self.gone("dialog", "Join a room");
        self.ready(room);
    }

    /// Writes into the composer of a room, and does not send it.
    pub fn write(&self, room: &str, text: &str) {
        self.fill("textbox", &format!("Write to {room}"), text);
    }

    /// Says something in the room that is shown.
    pub fn say(&self, room: &str, text: &str) {
        self.write(room, text);
        self.keys(&key::ENTER.to_string());
    }

    /// What stands in the composer of a room.
    pub fn draft(&self, room: &str) -> String {
        let field = self.get("textbox", &format!("Write to {room}"));
        self.run("return arguments[0].value", &[field.value()]).as_str().unwrap_or_default().to_owned()
    }

    /// What is in the document of what was said: who, and the words.
    pub fn said(&self) -> Vec<(String, String)> {
        let rows = self.try_run(SAID, &[]).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        rows.as_array().into_iter().flatten().map(|row| (text(&row[0]), text(&row[1]))).collect()
    }

    /// Waits until somebody is seen to have said something.
    pub fn sees(&self, nick: &str, text: &str) {
        let wanted = (nick.to_owned(), text.to_owned());
        let look = || {
            let seen = self.said();
            if seen.contains(&wanted) { Ok(()) } else { Err(seen) }
        };
        until(look, |seen| format!("{wanted:?} is not seen in {seen:#?}"));
    }

    /// How many rows the list of messages has in the document.
    pub fn rows(&self) -> usize {
        self.run("return document.querySelectorAll('[role=log] [data-key]').length", &[])
            .as_u64()
            .unwrap_or(0) as usize
    }

    /// What is said of a room in the list at the left: its name, and what waits there. Nothing if it is not there.
    pub fn in_list(&self, room: &str) -> String {
        self.entry(room).map(|(_, label)| label).unwrap_or_default()
    }

    /// The button of a room or person in the list, and what it is called. The sign before a room's name is not read
    /// out; here it stands.
    fn entry(&self, room: &str) -> Option<(Element, String)> {
        let sign = if room.starts_with('#') { "#" } else { "" };
        self.select("nav button").into_iter().find_map(|button| {
            let said = self.label(&button).replace(" ,", ",");
            let label = format!("{sign}{}", said.trim_start_matches('#'));
            let is_it = label == room || label.starts_with(&format!("{room},"));
            is_it.then_some((button, label))
        })
    }

    /// How far the list of messages is scrolled, how high it is, and how much of it is seen.
    pub fn scroll(&self) -> (f64, f64, f64) {
        let script = "const log = document.querySelector('[role=log]'); return [log.scrollTop, log.scrollHeight, log.clientHeight]";
        let all = self.run(script, &[]);
        let number = |at: usize| all[at].as_f64().unwrap_or_default();
        (number(0), number(1), number(2))
    }

    /// Opens what there is to know about the room that is shown.
    pub fn details(&self, room: &str) {
        let title = found("the title", || self.select("h1 button").into_iter().next());
        self.click(&title);
        self.get("dialog", room);
    }

    /// Opens the card of somebody who is in the list of members, and waits for what the server says about them.
    pub fn card(&self, nick: &str) {
        let script = "const list = [...document.querySelectorAll('aside ul')].find(each => each.getAttribute('aria-label') === 'Members');
            return [...list?.querySelectorAll('button') ?? []].find(each => each.querySelector('.nick')?.textContent === arguments[0])";
        let member = found(&format!("{nick} is in the list"), || {
            Element::of(&self.try_run(script, &[json!(nick)]).ok()?)
        });
        self.run("arguments[0].click()", &[member.value()]);
        self.get("dialog", "About this person");
        eventually("the server has answered", || {
            !self.select("dialog[open] dl, dialog[open] .wrong").is_empty()
        });
    }

    /// Registers an account for the present name, and gives the recovery codes.
    pub fn register(&self, password: &str) -> Vec<String> {
        self.press("button", "Settings");
        self.press("button", "Register or log in");
        self.fill("textbox", "Password", password);
        let forms = self.select("dialog[open] form");
        self.run("arguments[0].requestSubmit()", &[forms[0].value()]);
        self.get("dialog", "Recovery codes");
        let codes = found("the codes", || {
            let codes = self.run(
                "return [...document.querySelectorAll('dialog[open] li code')].map(each => each.textContent)",
                &[],
            );
            codes.as_array().filter(|codes| !codes.is_empty()).cloned()
        });
        codes.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Says that the codes are kept.
    pub fn codes_kept(&self) {
        self.press("checkbox", "I have kept them");
        self.press("button", "Done");
        self.gone("dialog", "Recovery codes");
    }
}
