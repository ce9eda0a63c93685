//! Places: the numbers by which users can be addressed.

use std::collections::BTreeMap;

use smol_str::format_smolstr;

use crate::hub::Hub;
use crate::table::UserId;
use crate::{Place, Rejection};

/// Who has which number and which seat.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Places {
    last_number: u32,
    /// The seat that was given last: the next one is behind it, so that one just left stays free for a while.
    last_seat: Option<u16>,
    pub numbers: BTreeMap<u32, UserId>,
    pub seats: BTreeMap<u16, UserId>,
}

impl Places {
    /// A place for a newcomer, out of so many seats.
    pub fn next(&mut self, seats: u16) -> Place {
        self.last_number = self.last_number.saturating_add(1);
        let seat = self.free_seat(seats);
        if seat.is_some() {
            self.last_seat = seat;
        }
        Place { number: self.last_number, seat }
    }

    fn free_seat(&self, seats: u16) -> Option<u16> {
        let start = self.last_seat.map_or(0, |last| last.saturating_add(1));
        // Once there were more, some may be taken that are not counted now: then only a look tells.
        let beyond = self.seats.last_key_value().is_some_and(|(highest, _)| *highest >= seats);
        if !beyond && self.seats.len() >= usize::from(seats) {
            return None;
        }
        (start..seats).chain(0..start.min(seats)).find(|seat| !self.seats.contains_key(seat))
    }

    /// Somebody has this place now.
    pub fn take(&mut self, place: Place, user: UserId) {
        self.numbers.insert(place.number, user);
        place.seat.map(|seat| self.seats.insert(seat, user));
    }

    /// Nobody has it any more.
    pub fn free(&mut self, place: Place) {
        self.numbers.remove(&place.number);
        place.seat.map(|seat| self.seats.remove(&seat));
    }
}

impl Hub {
    /// The user with this number.
    pub(crate) fn user_numbered(&self, number: u32) -> Result<UserId, Rejection> {
        self.places.numbers.get(&number).copied().ok_or(Rejection::NoSuchNick(format_smolstr!("{number}")))
    }

    /// The user on this seat.
    pub(crate) fn user_on(&self, seat: u16) -> Result<UserId, Rejection> {
        self.places.seats.get(&seat).copied().ok_or(Rejection::NoSuchNick(format_smolstr!("{seat}")))
    }
}
