//! Whole conversations from any bytes: several IRC sessions around one real hub, without sockets,
//! and a close look at all that they are sent. Shared by the property tests and the fuzz target.
//!
//! ```text
//! script = world LF *(step LF)
//! world  = *OCTET           ; each letter of `World` that is in it turns something on
//! step   = lead line        ; somebody says this line
//!        / lead happening   ; or something happens to somebody
//! lead   = OCTET            ; see `Lead`: `0ann` is a line of the first, `8x` ends its connection
//! ```

mod archive;
mod ear;
mod lead;
mod seat;
mod stage;
pub mod text;
pub mod wire;
mod world;

use crate::framing;

use lead::Lead;
use stage::Stage;
use world::World;

/// Nothing, or what is wrong.
type Finding = Result<(), String>;

/// Plays a script, and watches everything that must stay true. Every sequence of bytes is a script.
///
/// # Errors
/// What did not stay true, and after which step.
pub fn trial(script: &[u8]) -> Finding {
    let mut steps = lines(script);
    let world = World::new(steps.next().unwrap_or_default());
    let mut stage = Stage::new(&world);
    for line in world.opening() {
        stage.step(Lead::of(line[0]), &line[1..]).map_err(|finding| told(&finding, &line))?;
    }
    for step in steps {
        let Some((&lead, rest)) = step.split_first() else { continue };
        stage.step(Lead::of(lead), rest).map_err(|finding| told(&finding, step))?;
    }
    stage.finish().map_err(|finding| told(&finding, b"(the end)"))
}

fn told(finding: &str, step: &[u8]) -> String {
    format!("{finding}\nat the step {:?}", String::from_utf8_lossy(step))
}

/// The lines of a script; the last one needs no end.
fn lines(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (line, used) = framing::line(rest).unwrap_or((rest, rest.len()));
        rest = &rest[used..];
        (used > 0).then_some(line)
    })
}
