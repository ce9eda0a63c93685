//! The page speaks the language of its reader.

use browser::session::key;
use browser::{Chromium, Options, Page, Server, eventually, eventually_equal};
use serde_json::json;

/// All that can be read, or is read out, is in the language of the reader: but for keys, what is typed, and these.
fn nothing_in_english(page: &Page) {
    let own = ["saloon", "english", "ann", "xiaoya", "lobby", "irc", "from"];
    let left = page.run(
        "const said = [];
         const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
         while (texts.nextNode()) if (!texts.currentNode.parentElement.closest('kbd, code, noscript')) said.push(texts.currentNode.data);
         for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
           for (const each of document.querySelectorAll(`[${name}]`)) said.push(each.getAttribute(name));
         const words = said.join(' ').match(/[a-z]{2,}/gi) ?? [];
         return [...new Set(words)].filter(word => !arguments[0].includes(word.toLowerCase()));",
        &[json!(own)],
    );
    assert_eq!(left, json!([]));
}

#[test]
fn somebody_who_reads_chinese_gets_it_in_chinese() {
    let server = Server::start();
    let chromium = Chromium::start();
    let options = Options { languages: "zh-CN,zh", ..Options::default() };
    let page = Page::open(&chromium, &server, &options);

    page.fill("textbox", "你的名字", "xiaoya");
    assert_eq!(page.text("return document.documentElement.lang"), "zh-Hans");
    page.press("button", "进入 #lobby");
    page.get("heading", "#lobby");
    let mut ann = server.irc("ann");
    ann.say("#lobby", "你好");
    page.sees("ann", "你好");
    page.press("button", "设置");
    page.get("dialog", "设置");
    nothing_in_english(&page);
    page.keys(&key::ESCAPE.to_string());
    page.gone("dialog", "设置");
    page.press("button", "按键和命令");
    page.get("dialog", "按键和命令");
    nothing_in_english(&page);
}

#[test]
fn the_language_can_be_chosen_and_is_kept() {
    let server = Server::start();
    let chromium = Chromium::start();
    let page = Page::open(&chromium, &server, &Options::default());
    page.get("textbox", "Your name");
    assert_eq!(page.text("return document.documentElement.lang"), "en");
    page.press("button", "中文");
    eventually("it is in Chinese", || page.has("textbox", "你的名字"));
    page.reload();
    eventually_equal(|| page.text("return document.documentElement.lang"), &"zh-Hans".to_owned());
    page.get("textbox", "你的名字");
}
