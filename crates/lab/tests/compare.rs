//! `lab compare --quick`: all three outputs are there, complete, and of one mind. Not what the numbers are:
//! whoever runs this has other things to do at the same time.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use lab::models::Model;
use serde_json::Value;

#[test]
fn a_quick_comparison_gives_a_table_json_and_a_page() {
    let [json, html] = ["compare.json", "compare.html"].map(in_target);

    let output = compare(&["--quick", "--json", &json, "--html", &html]);

    let table = String::from_utf8(output.stdout).expect("text");
    let found: Value = serde_json::from_str(&fs::read_to_string(json).expect("written")).expect("JSON");
    let page = fs::read_to_string(html).expect("written");
    for model in Model::all() {
        let name = model.name();
        assert!(table.lines().any(|line| line.starts_with(&name)), "{name} is not in the table");
        assert!(page.contains(&format!(">{name}</text>")), "{name} is not in the charts");
        check_model(&found, &name);
    }
    check_machine(&found);
    check_table(&table);
    check_page(&page);
    for text in [table, page, found.to_string()] {
        assert!(!text.contains("NaN") && !text.contains("inf,"), "something was divided by nothing");
    }
}

#[test]
fn where_a_model_breaks_is_said_with_its_own_count() {
    let output = compare(&["pool", "--rounds", "1", "--seconds", "0.05", "--connections", "300"]);

    let table = String::from_utf8(output.stdout).expect("text");
    let said = table.split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = "64 of 300 served, 108 turned away, 128 waited in vain; \
                    the model's own count: queue is full × 108";
    assert!(said.contains(expected), "{table}");
}

#[test]
fn a_path_that_cannot_be_written_is_said_before_anything_is_measured() {
    let before = in_target("before.json");
    fs::write(&before, "dear").expect("written");
    let output = lab(&["compare", "--quick", "--json", &before, "--html", "/nowhere/to/be/found.html"]);

    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("lab: can't write /nowhere") && said.lines().count() == 1, "{said}");
    assert_eq!(fs::read_to_string(before).expect("still there"), "dear");
}

/// Each has its cases, and each case has figures above zero, or says why not.
fn check_model(found: &Value, name: &str) {
    let is = |value: &&Value| value["name"] == name;
    let model = found["models"].as_array().expect("models").iter().find(is).expect("every model");
    if model["unavailable"].is_string() {
        return;
    }
    let cases: Vec<&Value> =
        found["cases"].as_array().expect("cases").iter().filter(|case| case["model"] == name).collect();
    for scenario in ["busy", "slow reader", "churn"] {
        assert!(cases.iter().any(|case| case["scenario"] == scenario), "{name} has no {scenario}");
    }
    for case in cases {
        let broke = case["broke"].as_array().expect("a list");
        let figures = case["figures"].as_object().expect("figures");
        assert!(!broke.is_empty() || figures.contains_key("requests_per_second"), "{case}");
        for (figure, spread) in figures {
            let [median, min, max] =
                ["median", "min", "max"].map(|key| spread[key].as_f64().expect("a number"));
            assert!(min <= median && median <= max, "{name}: {figure}: {spread}");
            let above = median > 0.0 || MAY_BE_ZERO.contains(&figure.as_str());
            assert!(above, "{name}: {figure} is {median} in {case}");
        }
    }
}

/// A page more or less, a core that nobody else wanted, or a server that had given all its answers before a window
/// of 0.2 s began: on a machine that does much else we may be late to hear them.
const MAY_BE_ZERO: [&str; 5] = [
    "cpu_us_per_request",
    "memory_kib_per_connection",
    "kernel_kib_per_connection",
    "machine_slab_kib_per_connection",
    "generator_waited_share",
];

fn check_machine(found: &Value) {
    let machine = &found["machine"];
    assert!(machine["cores"].as_u64() > Some(0) && machine["memory_mib"].as_u64() > Some(0));
    assert!(machine["kernel"].as_str().is_some_and(|kernel| kernel.starts_with("Linux ")));
    assert!(found["date"].as_str().is_some_and(|date| date.ends_with(" UTC")));
    assert_eq!(found["quick"], true);
}

fn check_table(table: &str) {
    for part in ["Busy: the server's CPU", "Mostly idle", "never reads", "Churn", "Where it broke"] {
        assert!(table.contains(part), "{part:?} is not in the table");
    }
    assert!(table.contains("1 of 10 served"), "who serves one after the other can't serve ten");
    let long: Vec<&str> = table.lines().filter(|line| line.chars().count() > 100).collect();
    assert!(long.is_empty(), "too long for a terminal: {long:?}");
}

/// One file that asks for no other, and whose tags are closed in the order in which they were opened.
fn check_page(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    for elsewhere in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(elsewhere), "the page asks for {elsewhere}");
    }
    assert!(page.matches("<svg ").count() >= 8);
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("every tag ends");
        let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().expect("a name");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "</{name}> closes something else");
        } else if !tag.ends_with('/') && !["!DOCTYPE", "meta", "br"].contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "never closed: {open:?}");
}

fn compare(arguments: &[&str]) -> Output {
    let output = lab(&[&["compare"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn lab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lab")).args(arguments).output().expect("it starts")
}

fn in_target(name: &str) -> String {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name).to_str().expect("a plain path").to_owned()
}
