//! The page as a program of its own: kept for when there is no network, installed, notifying.

use browser::{Chromium, Options, Page, Server, eventually};
use serde_json::{Value, json};

/// Waits until the service worker has kept the shell, and tells what it kept.
const KEPT: &str = "
    await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller) await new Promise(done => setTimeout(done, 20));
    const kept = [];
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys()) kept.push(new URL(url).pathname);
    return kept;";

#[test]
fn only_the_shell_is_kept_and_it_opens_without_a_network() {
    let mut server = Server::start();
    let mut ann = server.irc("ann");
    ann.say("#lobby", "a secret that is nobody's business");
    let chromium = Chromium::start();
    let page = Page::guest(&chromium, &server, "nora");
    page.sees("ann", "a secret that is nobody's business");
    page.run_async(KEPT, &[]);
    page.reload();
    page.ready("#lobby");
    // What is no page has no icon of its own.
    page.allow("/favicon.ico");
    // Another page of the same server must not take the place of this one.
    page.open(&format!("{}/status/", server.url()));
    page.open(&format!("{}/healthz", server.url()));

    let kept = page.run_async(KEPT, &[]);
    let kept: Vec<_> = kept.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(kept.contains(&"/") && kept.iter().any(|path| path.ends_with("/app.js")), "{kept:?}");
    for path in &kept {
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        assert!(
            *path == "/" || ["js", "css", "svg", "png", "webmanifest"].contains(&ending),
            "{path} is kept"
        );
    }
    let secret = page.run_async(
        "for (const name of await caches.keys()) {
           const cache = await caches.open(name);
           for (const request of await cache.keys())
             if ((await (await cache.match(request)).text()).includes('secret that is nobody')) return request.url;
         }
         return null;",
        &[],
    );
    assert_eq!(secret, Value::Null, "what was said is kept");

    for part in ["WebSocket connection to", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_FAILED"] {
        page.allow(part);
    }
    server.kill();
    page.open(&format!("{}/", server.url()));
    eventually("the page says that it can't connect", || page.outline().contains("The connection is lost."));
    page.get("textbox", "Write to #lobby");
    server.start_again();
    eventually("it comes back", || {
        if page.has("button", "Try now") {
            let button = page.all("button", "Try now");
            let _ = page.try_run(
                "arguments[0].click()",
                &[button.first().map_or(Value::Null, browser::Element::value)],
            );
        }
        page.said().iter().any(|(_, text)| text.contains("secret"))
    });
}

#[test]
fn it_can_be_installed() {
    let server = Server::start();
    let chromium = Chromium::start();
    let page = Page::open(&chromium, &server, &Options::default());
    page.get("textbox", "Your name");
    page.run_async("await navigator.serviceWorker.ready", &[]);

    let manifest = page.cdp("Page.getAppManifest", &json!({}));
    assert_eq!(manifest["errors"], json!([]), "{manifest}");
    let data: Value = serde_json::from_str(manifest["data"].as_str().unwrap_or_default()).expect("JSON");
    assert_eq!(data["name"], "Saloon");
    assert_eq!((&data["start_url"], &data["display"]), (&json!("/"), &json!("standalone")));
    let icons = page.run_async(
        "const { icons } = await (await fetch('/manifest.webmanifest')).json();
         const sizes = [];
         for (const icon of icons) {
           const image = new Image();
           image.src = icon.src;
           await image.decode();
           sizes.push([icon.sizes, icon.sizes === 'any' || `${image.naturalWidth}x${image.naturalHeight}` === icon.sizes]);
         }
         return sizes;",
        &[],
    );
    let icons = icons.as_array().expect("icons");
    assert!(icons.iter().all(|icon| icon[1] == true), "{icons:?}");
    for size in ["192x192", "512x512"] {
        assert!(icons.iter().any(|icon| icon[0] == size), "no icon of {size}: {icons:?}");
    }
    let errors = page.cdp("Page.getInstallabilityErrors", &json!({}));
    assert_eq!(errors["installabilityErrors"], json!([]));
}

#[test]
fn nobody_is_asked_about_notifications_when_they_come() {
    let server = Server::start();
    let mut ann = server.irc("ann");
    let chromium = Chromium::start();
    let page = Page::guest(&chromium, &server, "nora");
    ann.say("#lobby", "hello");
    page.sees("ann", "hello");
    assert_eq!(page.run("return [__watch.asked, Notification.permission]", &[]), json!([[], "default"]));
}
