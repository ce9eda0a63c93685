//! Whom a user with `+R` takes messages from (§30).

use hub::{Command, Rejection, UserFlags};

use crate::scene::*;

/// Ann, who takes messages from users with an account only, and bob without one.
fn scene() -> Scene {
    let mut scene = Scene::with(&[ANN, BOB]);
    scene.told(ANN, change_user("ann", &[(UserFlags::ACCOUNTS_WRITE, true)]));
    scene
}

fn accept(whom: &str, on: bool) -> Command {
    Command::Accept { nick: whom.into(), on }
}

fn refusal(scene: &mut Scene) -> Option<Rejection> {
    only_rejection(&scene.told(BOB, say("ann", "hi")))
}

#[test]
fn who_is_accepted_may_write_until_that_is_taken_back() {
    let mut scene = scene();
    let needed = Some(Rejection::AccountNeeded(nick("ann")));
    assert_eq!(refusal(&mut scene), needed);
    assert_eq!(scene.told(ANN, accept("Bob", true)), []);
    assert_eq!(refusal(&mut scene), None);
    assert_eq!(scene.told(ANN, accept("bob", false)), []);
    assert_eq!(refusal(&mut scene), needed);
    assert_eq!(scene.told(ANN, accept("no", true)), [rejected(Rejection::NoSuchNick("no".into()))]);
}

#[test]
fn who_was_written_to_may_answer() {
    let mut scene = scene();
    scene.told(ANN, say("bob", "hi"));
    assert_eq!(refusal(&mut scene), None);
}

#[test]
fn nobody_inherits_that_with_the_nickname() {
    let mut scene = scene();
    scene.told(ANN, accept("bob", true));
    scene.told(BOB, quit(None));
    scene.connect(BOB);
    scene.told(BOB, register(BOB));
    assert_eq!(refusal(&mut scene), Some(Rejection::AccountNeeded(nick("ann"))));
}
