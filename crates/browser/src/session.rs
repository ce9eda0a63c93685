//! One browser with one page: the commands of W3C WebDriver that the tests need, and what the page complains of.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use crate::chromium::{Ended, Options, command};
use crate::{eventually, until};

/// How elements are written in JSON (W3C WebDriver §11).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Runs before anything of the page does: notes what goes wrong, and what is asked of the user.
pub const WATCH: &str = include_str!("watch.js");

/// Finds elements as a screen reader does: by role and name.
const LOCATE: &str = include_str!("locate.js");

/// Keys that are no characters (W3C WebDriver §17.4.2).
pub mod key {
    #![allow(missing_docs, reason = "they are called what stands on them")]
    pub const TAB: char = '\u{e004}';
    pub const ENTER: char = '\u{e007}';
    pub const SHIFT: char = '\u{e008}';
    pub const CONTROL: char = '\u{e009}';
    pub const ALT: char = '\u{e00a}';
    pub const ESCAPE: char = '\u{e00c}';
    pub const SPACE: char = ' ';
    pub const END: char = '\u{e010}';
    pub const HOME: char = '\u{e011}';
    pub const UP: char = '\u{e013}';
    pub const DOWN: char = '\u{e015}';
}

/// An element of the page, which may be gone by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element(String);

impl Element {
    /// As an argument of a script.
    #[must_use]
    pub fn value(&self) -> Value {
        json!({ ELEMENT: self.0 })
    }

    /// From the result of a script.
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        Some(Self(value[ELEMENT].as_str()?.to_owned()))
    }
}

/// One browser with one page. Dropping it ends the browser; if the page complained of anything that was not
/// [allowed](Session::allow), the test fails.
#[derive(Debug)]
pub struct Session {
    addr: SocketAddr,
    id: String,
    complaints: RefCell<BTreeSet<String>>,
    allowed: RefCell<Vec<String>>,
    _profile: Ended,
}

impl Session {
    pub(crate) fn new(addr: SocketAddr, id: String, profile: Ended) -> Self {
        let (complaints, allowed) = (RefCell::default(), RefCell::default());
        Self { addr, id, complaints, allowed, _profile: profile }
    }

    /// Does what a command says.
    ///
    /// # Errors
    /// It failed: why.
    pub fn try_do(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        command(self.addr, method, &format!("/session/{}{path}", self.id), body)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.try_do("POST", path, body).unwrap_or_else(|failure| panic!("{path} {body}: {failure}"))
    }

    /// Opens an address, and waits until it is loaded.
    pub fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// Loads the page again.
    pub fn reload(&self) {
        // What it complained of until now would be gone with it.
        self.collect();
        self.post("/refresh", &json!({}));
    }

    /// Runs the body of a function in the page.
    pub fn run(&self, script: &str, args: &[Value]) -> Value {
        self.try_run(script, args).unwrap_or_else(|failure| panic!("{failure}\n{script}"))
    }

    /// Runs the body of a function in the page, if that is possible now.
    ///
    /// # Errors
    /// It is not, or the function threw.
    pub fn try_run(&self, script: &str, args: &[Value]) -> Result<Value, String> {
        self.try_do("POST", "/execute/sync", &json!({ "script": script, "args": args }))
    }

    /// Runs the body of an asynchronous function in the page, and waits for what it returns.
    pub fn run_async(&self, script: &str, args: &[Value]) -> Value {
        let wrapped = format!(
            "const done = arguments[arguments.length - 1]; (async function () {{ {script} }}).apply(null, \
             [...arguments].slice(0, -1)).then(value => done({{ value }}), error => done({{ error: String(error) }}));"
        );
        let mut result = self.post("/execute/async", &json!({ "script": wrapped, "args": args }));
        assert!(result["error"].is_null(), "{}\n{script}", result["error"]);
        result["value"].take()
    }

    /// Runs the body of a function, and takes what it returns for text.
    pub fn text(&self, script: &str) -> String {
        self.run(script, &[]).as_str().unwrap_or_default().to_owned()
    }

    /// Runs the body of a function, and takes what it returns for a number.
    pub fn number(&self, script: &str) -> f64 {
        self.run(script, &[]).as_f64().unwrap_or_else(|| panic!("no number: {script}"))
    }

    /// Elements that can be seen and used, by role and name; a name that ends in `…` may go on.
    pub fn all(&self, role: &str, name: &str) -> Vec<Element> {
        let found = self.try_run(LOCATE, &[json!(role), json!(name)]).unwrap_or_default();
        found.as_array().into_iter().flatten().filter_map(Element::of).collect()
    }

    /// The one with this role and name, as soon as there is one.
    pub fn get(&self, role: &str, name: &str) -> Element {
        let look = || self.all(role, name).into_iter().next().ok_or(());
        until(look, |()| format!("no {role} “{name}” in\n{}", self.outline()))
    }

    /// Whether there is one with this role and name now.
    pub fn has(&self, role: &str, name: &str) -> bool {
        !self.all(role, name).is_empty()
    }

    /// Waits until there is none any more.
    pub fn gone(&self, role: &str, name: &str) {
        eventually(&format!("{role} “{name}” goes away"), || !self.has(role, name));
    }

    /// Elements that a CSS selector finds.
    pub fn select(&self, css: &str) -> Vec<Element> {
        let found = self.run("return [...document.querySelectorAll(arguments[0])]", &[json!(css)]);
        found.as_array().into_iter().flatten().filter_map(Element::of).collect()
    }

    /// What the browser tells a screen reader that an element is called; nothing if it is gone.
    pub fn label(&self, element: &Element) -> String {
        let label = self.try_do("GET", &format!("/element/{}/computedlabel", element.0), &Value::Null);
        let label = label.unwrap_or_default();
        // Marks of direction are not read out.
        let said = label.as_str().unwrap_or_default().chars();
        said.filter(|mark| !matches!(mark, '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')).collect()
    }

    /// Clicks in the middle of an element, as a mouse does.
    pub fn click(&self, element: &Element) {
        self.try_click(element).unwrap_or_else(|failure| panic!("{failure}"));
    }

    /// Clicks in the middle of an element, if it is there and nothing lies over it.
    ///
    /// # Errors
    /// It can't be clicked now: why.
    pub fn try_click(&self, element: &Element) -> Result<(), String> {
        self.try_do("POST", &format!("/element/{}/click", element.0), &json!({})).map(drop)
    }

    /// Clicks the one with this role and name, once that is possible. What is drawn anew meanwhile is looked for again.
    pub fn press(&self, role: &str, name: &str) {
        eventually(&format!("{role} “{name}” can be clicked"), || {
            self.all(role, name).first().is_some_and(|element| self.try_click(element).is_ok())
        });
    }

    /// Types into an element.
    pub fn type_into(&self, element: &Element, text: &str) {
        self.post(&format!("/element/{}/value", element.0), &json!({ "text": text }));
    }

    /// Types into the one with this role and name, once it can take it.
    pub fn fill(&self, role: &str, name: &str, text: &str) {
        let field = self.get(role, name);
        self.run("arguments[0].focus(); arguments[0].select?.()", &[field.value()]);
        self.type_into(&field, text);
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub fn keys(&self, keys: &str) {
        let each = keys.chars().flat_map(|key| {
            [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]
        });
        self.actions(&each.collect::<Vec<_>>());
    }

    /// Presses a key while others are held.
    pub fn chord(&self, held: &[char], key: char) {
        let down = |key: &char| json!({ "type": "keyDown", "value": key });
        let up = |key: &char| json!({ "type": "keyUp", "value": key });
        let mut steps: Vec<Value> = held.iter().map(down).collect();
        steps.extend([down(&key), up(&key)]);
        steps.extend(held.iter().rev().map(up));
        self.actions(&steps);
    }

    fn actions(&self, steps: &[Value]) {
        self.post("/actions", &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": steps }] }));
    }

    /// Moves the mouse into a corner, where it points at nothing.
    pub fn point_away(&self) {
        let step = json!({ "type": "pointerMove", "x": 1, "y": 1, "duration": 0 });
        self.post(
            "/actions",
            &json!({ "actions": [{ "type": "pointer", "id": "mouse", "actions": [step] }] }),
        );
    }

    /// The wheel of the mouse, over an element.
    pub fn wheel(&self, element: &Element, down: i32) {
        let step = json!({ "type": "scroll", "x": 0, "y": 0, "deltaX": 0, "deltaY": down, "origin": element.value() });
        self.post("/actions", &json!({ "actions": [{ "type": "wheel", "id": "wheel", "actions": [step] }] }));
    }

    /// Asks the browser itself (Chrome `DevTools` Protocol).
    pub fn cdp(&self, cmd: &str, params: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": cmd, "params": params }))
    }

    /// Size, colours and touch.
    pub fn dress(&self, options: &Options) {
        let (width, height, scale) = options.size;
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": options.phone }),
        );
        self.cdp(
            "Emulation.setTouchEmulationEnabled",
            &json!({ "enabled": options.phone, "maxTouchPoints": 2 }),
        );
        self.scheme(options.scheme);
    }

    /// Prefers `light` or `dark`. Whatever moves does not, so that a picture is the same each time.
    pub fn scheme(&self, scheme: &str) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.cdp("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// Keeps a picture of what can be seen.
    pub fn screenshot(&self, file: &Path) {
        self.try_screenshot(file).unwrap_or_else(|failure| panic!("{}: {failure}", file.display()));
    }

    fn try_screenshot(&self, file: &Path) -> Result<(), String> {
        let picture = self.try_do("GET", "/screenshot", &Value::Null)?;
        let bytes =
            BASE64_STANDARD.decode(picture.as_str().unwrap_or_default()).map_err(|why| why.to_string())?;
        std::fs::write(file, bytes).map_err(|why| why.to_string())
    }

    /// What the page shows, for when a test fails.
    pub fn outline(&self) -> String {
        let script = "return `${location.href}\n${document.body?.innerText ?? ''}`.slice(0, 3000)";
        self.try_run(script, &[]).map_or_else(|why| why, |text| text.as_str().unwrap_or_default().to_owned())
    }

    // ------------------------------------------------------------------------------------------ complaints

    /// What has this in it is no reason to fail.
    pub fn allow(&self, part: &str) {
        self.allowed.borrow_mut().push(part.to_owned());
    }

    /// What the page complained of until now: errors nobody caught, what its policy forbids, what could not be
    /// loaded, questions to the user.
    pub fn complaints(&self) -> Vec<String> {
        self.collect();
        let allowed = self.allowed.borrow();
        let all = self.complaints.borrow();
        all.iter().filter(|line| !allowed.iter().any(|part| line.contains(part))).cloned().collect()
    }

    fn collect(&self) {
        let mut all = self.complaints.borrow_mut();
        let log = self.try_do("POST", "/se/log", &json!({ "type": "browser" })).unwrap_or_default();
        for entry in log.as_array().into_iter().flatten() {
            if entry["level"] == "SEVERE" {
                all.insert(format!("console: {}", entry["message"].as_str().unwrap_or_default()));
            }
        }
        let noted = self.try_run("return globalThis.__watch?.wrong ?? []", &[]).unwrap_or_default();
        all.extend(noted.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let failing = std::thread::panicking();
        let complaints = self.complaints();
        if failing {
            eprintln!("the page:\n{}\nits complaints: {complaints:#?}", self.outline());
            if let Some(folder) = std::env::var_os("SALOON_SCREENSHOTS") {
                let name = std::thread::current().name().unwrap_or("test").replace("::", "-");
                let _ = self.try_screenshot(&Path::new(&folder).join(format!("{name}-{}.png", self.id)));
            }
        }
        let _ = self.try_do("DELETE", "", &Value::Null);
        assert!(failing || complaints.is_empty(), "the page complained: {complaints:#?}");
    }
}
