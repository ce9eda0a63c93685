//! Experiments with socket options.

use serde_json::Value;

use crate::support::{Lab, Place, tell};

#[test]
fn every_experiment_with_socket_options_shows_what_is_expected() {
    let done = Lab::command(&Place::loopback(), &["options", "--json"]).output().expect("it ran");
    let report: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let steps = report["steps"].as_array().expect("steps");
    for step in steps {
        let not_permitted = step["as_expected"].is_null() && step["experiment"] == "keepalive";
        assert!(step["as_expected"] == true || not_permitted, "{step:#}");
        if not_permitted {
            tell(&format!("the experiment keepalive was not done: {}", step["seen"]));
        }
    }
    assert!(done.status.success());
    let of = |name: &str| steps.iter().filter(|step| step["experiment"] == name).count();
    let counts = ["reuse-address", "buffers", "half-close", "duplicate"].map(|name| (name, of(name)));
    assert_eq!(counts, [("reuse-address", 5), ("buffers", 7), ("half-close", 6), ("duplicate", 6)]);
    assert!([4, 1].contains(&of("keepalive")), "four steps, or the reason why there are none");

    let text = Lab::command(&Place::loopback(), &["options", "duplicate"]).output().expect("it ran");
    let text = String::from_utf8(text.stdout).expect("text");
    assert_eq!(text.matches("(as expected)").count(), 6, "{text}");
}
