//! A room's lists of masks: bans (`b`), exceptions (`e`) and standing invitations (`I`), ordinary and
//! extended (`conformance.md` §9, §19).

use std::net::IpAddr;

use smallvec::SmallVec;
use smol_str::{SmolStr, format_smolstr};

use crate::{Casemapping, Identity, ListEntry, ListKind, Mask};

/// The lists of one room. Few rooms have any, so they take one word until then.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lists(Option<Box<[Vec<ListEntry>; 3]>>);

impl Lists {
    /// Bans, exceptions and invitations.
    pub fn new(lists: [Vec<ListEntry>; 3]) -> Self {
        Self(lists.iter().any(|list| !list.is_empty()).then(|| Box::new(lists)))
    }

    pub fn of(&self, kind: ListKind) -> &[ListEntry] {
        self.0.as_ref().map_or(&[], |lists| &lists[kind as usize])
    }

    /// Entries of all of them together, which is what is limited.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |lists| lists.iter().map(Vec::len).sum())
    }

    /// Where in the list a mask is, whatever the case.
    pub fn find(&self, kind: ListKind, mask: &str, casemapping: Casemapping) -> Option<usize> {
        self.of(kind).iter().position(|entry| casemapping.same(&entry.mask, mask))
    }

    pub fn add(&mut self, kind: ListKind, entry: ListEntry) {
        self.0.get_or_insert_default()[kind as usize].push(entry);
    }

    /// Removes what [`Lists::find`] found.
    pub fn remove(&mut self, kind: ListKind, at: usize) -> ListEntry {
        let lists = self.0.as_mut().expect("what was found is in a list");
        let entry = lists[kind as usize].remove(at);
        if lists.iter().all(Vec::is_empty) {
            self.0 = None;
        }
        entry
    }

    /// Whether there is any ban to look at.
    pub fn have_bans(&self) -> bool {
        !self.of(ListKind::Ban).is_empty()
    }

    /// Whether a ban keeps this user out. A mute does not.
    pub fn keep_out(&self, who: &Likeness) -> bool {
        self.match_plain(ListKind::Ban, who) && !self.match_plain(ListKind::Exception, who)
    }

    /// Whether a ban or a mute silences this user. From a ban only an ordinary exception frees, from a
    /// mute that or an exception from mutes.
    pub fn silence(&self, who: &Likeness) -> bool {
        let banned = self.match_plain(ListKind::Ban, who);
        if !banned && !self.match_mute(ListKind::Ban, who) {
            return false;
        }
        !self.match_plain(ListKind::Exception, who) && (banned || !self.match_mute(ListKind::Exception, who))
    }

    /// Whether this user needs no invitation.
    pub fn invite(&self, who: &Likeness) -> bool {
        self.match_plain(ListKind::Invite, who)
    }

    fn match_plain(&self, kind: ListKind, who: &Likeness) -> bool {
        self.of(kind).iter().any(|entry| match Form::of(&entry.mask) {
            Form::Plain(mask) => who.looks_like(mask),
            Form::Account(account) => who.is_logged_in_as(account),
            Form::Mute(_) => false,
        })
    }

    fn match_mute(&self, kind: ListKind, who: &Likeness) -> bool {
        self.of(kind)
            .iter()
            .any(|entry| matches!(Form::of(&entry.mask), Form::Mute(mask) if who.looks_like(mask)))
    }
}

/// What an entry of a list is about.
enum Form<'a> {
    /// `nick!user@host`.
    Plain(&'a str),
    /// `m:nick!user@host`: speaking only.
    Mute(&'a str),
    /// `a:account`.
    Account(&'a str),
}

impl<'a> Form<'a> {
    fn of(mask: &'a str) -> Self {
        match mask.split_at_checked(2) {
            Some(("m:", mask)) => Self::Mute(mask),
            Some(("a:", account)) => Self::Account(account),
            _ => Self::Plain(mask),
        }
    }
}

/// A mask as it stands in a list: complete, so that equal ones look equal. None if there is nothing
/// in it.
pub(crate) fn completed(written: &str) -> Option<SmolStr> {
    match Form::of(written) {
        Form::Plain("") | Form::Mute("") | Form::Account("") => None,
        Form::Plain(mask) => Some(Mask::complete(mask).into()),
        Form::Mute(mask) => Some(format_smolstr!("m:{}", Mask::complete(mask))),
        Form::Account(_) => Some(SmolStr::new(written)),
    }
}

/// A user as masks see it: written out once, to be compared with many.
pub(crate) struct Likeness<'a> {
    shown: String,
    /// With the address in place of the host, for each address it comes from.
    real: SmallVec<[String; 1]>,
    account: Option<&'a str>,
    casemapping: Casemapping,
}

impl<'a> Likeness<'a> {
    pub fn new(who: &'a Identity, ips: impl Iterator<Item = IpAddr>, casemapping: Casemapping) -> Self {
        Self {
            shown: who.to_string(),
            real: ips.map(|ip| format!("{}!{}@{ip}", who.nick, who.user)).collect(),
            account: who.account.as_deref(),
            casemapping,
        }
    }

    fn looks_like(&self, mask: &str) -> bool {
        let matches = |text: &String| Mask::matches(mask, text, self.casemapping);
        matches(&self.shown) || (names_address(mask) && self.real.iter().any(matches))
    }

    fn is_logged_in_as(&self, mask: &str) -> bool {
        // Accounts may have a `\` in them, which a mask would take for an escape.
        self.account.is_some_and(|account| {
            self.casemapping.same(mask, account) || Mask::matches(mask, account, self.casemapping)
        })
    }
}

/// Whether the host part of a mask is an address, or a part of one with wildcards. Only then is it
/// compared with the real address, so that no mask for names guesses at what a shown host hides.
fn names_address(mask: &str) -> bool {
    let host = mask.rsplit('@').next().unwrap_or_default();
    host.bytes().all(|byte| byte.is_ascii_hexdigit() || b".:*?".contains(&byte))
        && host.bytes().any(|byte| byte.is_ascii_digit())
        && host.contains(['.', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_are_compared_with_addresses() {
        for mask in ["*!*@127.0.0.1", "a!b@10.*", "*!*@2001:db8::1", "*!*@::1"] {
            assert!(names_address(mask), "{mask}");
        }
        for mask in ["*!*@*", "a!b@example.org", "*!*@*.de", "*!*@host1"] {
            assert!(!names_address(mask), "{mask}");
        }
    }

    #[test]
    fn extended_masks_keep_their_letter() {
        assert_eq!(completed("m:bar").as_deref(), Some("m:bar!*@*"));
        assert_eq!(completed("a:bar").as_deref(), Some("a:bar"));
        assert_eq!(completed("bar").as_deref(), Some("bar!*@*"));
        assert_eq!(completed("é").as_deref(), Some("é!*@*"));
        assert_eq!((completed(""), completed("m:"), completed("a:")), (None, None, None));
    }
}
