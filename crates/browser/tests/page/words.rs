//! The page speaks the language of its reader.

use browser::{Chromium, Options, Page, Server, eventually, eventually_equal};

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
    // Nothing is left in English: no word of the reader's page is the one of the English dictionary.
    let same = page.run_async(
        "const same = [];
         const base = document.querySelector('script[type=module]').src.replace(/app\\.js$/, '');
         for (const name of ['', 'commands.']) {
           const [zh, en] = await Promise.all(['zh', 'en'].map(code => import(`${base}i18n/${name}${code}.js`)));
           for (const [key, words] of Object.entries(en.default))
             if (words === zh.default[key] && / /.test(words.replace(/\\{\\w+\\}|[#\\/\\[\\]<>]\\S*/g, '').trim())) same.push(key);
         }
         return same;",
        &[],
    );
    assert_eq!(same, serde_json::json!([]));
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
