//! README.md and README.zh.md: the same in two languages.

use crate::text;

/// What can be compared between languages: the depth of each heading, and the code.
#[derive(Debug, Default, PartialEq)]
struct Outline {
    headings: Vec<usize>,
    blocks: Vec<Vec<String>>,
}

impl Outline {
    fn of(name: &str) -> Self {
        let mut outline = Self::default();
        let mut block: Option<Vec<String>> = None;
        for line in text(name).lines() {
            match (&mut block, line.strip_prefix("```")) {
                (None, Some(language)) => block = Some(vec![language.to_owned()]),
                (Some(_), Some(_)) => outline.blocks.extend(block.take()),
                (Some(lines), None) => lines.push(code(line).to_owned()),
                (None, None) => outline.headings.extend(depth(line)),
            }
        }
        assert_eq!(block, None, "{name}: a code block has no end");
        outline
    }
}

fn depth(line: &str) -> Option<usize> {
    let depth = line.len() - line.trim_start_matches('#').len();
    (depth > 0 && line[depth..].starts_with(' ')).then_some(depth)
}

/// Without the comment behind it, which is for people.
fn code(line: &str) -> &str {
    let end = if line.starts_with("# ") { Some(0) } else { line.find("  # ") };
    line[..end.unwrap_or(line.len())].trim_end()
}

#[test]
fn both_readmes_have_the_same_headings_and_code() {
    let english = Outline::of("README.md");
    assert_eq!(Outline::of("README.zh.md"), english);
    assert!(english.headings.len() > 3 && english.blocks.len() > 2, "{english:?}");
}

#[test]
fn each_readme_leads_to_the_other() {
    let top = |name| text(name).lines().take(5).collect::<String>();
    assert!(top("README.md").contains("(README.zh.md)"));
    assert!(top("README.zh.md").contains("(README.md)"));
}

#[test]
fn what_the_readmes_point_to_is_there() {
    for name in ["README.md", "README.zh.md"] {
        let text = text(name);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
            let file = link.0.split('#').next().unwrap_or_default();
            assert!(crate::path(file).exists(), "{name} points to {file}");
        }
    }
}
