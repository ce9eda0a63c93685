//! Puts the web client into the program: each file of `web/` as it is and packed with gzip, with its type and a
//! hash. What leads to scripts and styles is pointed at addresses that contain a hash of everything, which browsers
//! may keep for ever.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Types by ending; other files are not part of the page.
const TYPES: [(&str, &str, bool); 9] = [
    ("html", "text/html; charset=utf-8", true),
    ("js", "text/javascript; charset=utf-8", true),
    ("css", "text/css; charset=utf-8", true),
    ("svg", "image/svg+xml", true),
    ("webmanifest", "application/manifest+json", true),
    ("LICENSE", "text/plain; charset=utf-8", true),
    ("png", "image/png", false),
    ("ico", "image/x-icon", false),
    ("woff2", "font/woff2", false),
];
/// Folders that are about the page and not of it.
const APART: [&str; 3] = ["node_modules", "test", "trial"];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo says where to write"));
    println!("cargo:rerun-if-changed=build.rs");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let contents: Vec<_> = files.iter().map(|file| fs::read(file).expect("the page can be read")).collect();
    let names: Vec<String> = files.iter().map(|file| name(&root, file)).collect();
    let version = hash(&(&contents, &names));
    let mut table = format!("const VERSION: &str = \"{version}\";\nconst FILES: &[File] = &[\n");
    for (number, (name, content)) in names.iter().zip(contents).enumerate() {
        let Some((_, kind, packs)) = TYPES.iter().find(|(ending, ..)| name.ends_with(&format!(".{ending}")))
        else {
            continue;
        };
        let leads = name.ends_with(".html") || name == "worker.js";
        let content = if leads { versioned(content, &names, &version) } else { content };
        let program = name.ends_with(".js") || name.ends_with(".css");
        let content = if program { without_comments(content) } else { content };
        let (plain, packed) = (out.join(format!("{number}.plain")), out.join(format!("{number}.gz")));
        fs::write(&plain, &content).expect("it can be written");
        let gzip = if *packs {
            fs::write(&packed, pack(&content)).expect("it can be written");
            format!("Some(include_bytes!({packed:?}))")
        } else {
            "None".to_owned()
        };
        let tag = hash(&content);
        table.push_str(&format!(
            "    File {{ name: {name:?}, kind: {kind:?}, tag: \"\\\"{tag}\\\"\", plain: include_bytes!({plain:?}), gzip: {gzip} }},\n"
        ));
    }
    table.push_str("];\n");
    fs::write(out.join("site.rs"), table).expect("it can be written");
}

/// Files below a folder, told to cargo one by one, as it would look into the folders that don't matter as well. One
/// that is new is named by one that is not.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with('.') || APART.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else if !name.ends_with(".d.ts") {
            println!("cargo:rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
}

fn name(root: &Path, file: &Path) -> String {
    let name = file.strip_prefix(root).expect("it is below the folder");
    name.to_str().expect("names of the page are plain").replace('\\', "/")
}

/// What names files of the page by their address, with addresses that lead to this very version of them. Scripts and
/// styles only: pictures and the manifest are known outside of the page by theirs. The service worker is what it
/// is by its address.
fn versioned(content: Vec<u8>, names: &[String], version: &str) -> Vec<u8> {
    let mut text = String::from_utf8(content).expect("pages are UTF-8");
    for name in names.iter().filter(|name| name.ends_with(".js") || name.ends_with(".css")) {
        for quote in ['"', '\''] {
            text = text
                .replace(&format!("{quote}/{name}{quote}"), &format!("{quote}/v/{version}/{name}{quote}"));
        }
    }
    text.replace("saloon-shell-1", &format!("saloon-shell-{version}")).into_bytes()
}

/// Without the comments that have lines of their own: they are a third of what would be sent. Nothing else that
/// begins a line in the page begins like one; what stands behind a comment in its last line is kept.
fn without_comments(content: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(content).expect("scripts and styles are UTF-8");
    let (mut kept, mut inside) = (String::with_capacity(text.len()), false);
    for line in text.lines() {
        let start = line.trim_start();
        if !inside && start.starts_with("//") {
            continue;
        }
        inside |= start.starts_with("/*");
        let code = match (inside, start.split_once("*/")) {
            (false, _) => line,
            (true, None) => continue,
            (true, Some((_, behind))) => behind,
        };
        inside = false;
        if !code.trim().is_empty() {
            kept.push_str(code);
            kept.push('\n');
        }
    }
    kept.into_bytes()
}

fn hash(what: &impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn pack(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).expect("a vector takes all that is written to it");
    encoder.finish().expect("a vector takes all that is written to it")
}
