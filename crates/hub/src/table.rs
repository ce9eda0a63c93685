//! Tables: things kept by small numbers that are used again.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

use slab::Slab;

use crate::RoomId;

/// A user, for as long as it is here; used again after it is gone. Never leaves the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct UserId(pub u32);

/// What a table is indexed by.
pub(crate) trait Key: Copy {
    fn of(number: u32) -> Self;
    fn number(self) -> u32;
}

impl Key for UserId {
    fn of(number: u32) -> Self {
        Self(number)
    }

    fn number(self) -> u32 {
        self.0
    }
}

impl Key for RoomId {
    fn of(number: u32) -> Self {
        Self(number)
    }

    fn number(self) -> u32 {
        self.0
    }
}

/// A slab with keys of its own type. Which key comes next depends on nothing but what was put in and
/// taken out before.
#[derive(Clone, Debug)]
pub(crate) struct Table<K, T> {
    slots: Slab<T>,
    key: PhantomData<K>,
}

impl<K: Key, T> Table<K, T> {
    pub fn insert(&mut self, value: T) -> K {
        key(self.slots.insert(value))
    }

    pub fn remove(&mut self, key: K) -> T {
        self.slots.remove(key.number() as usize)
    }

    pub fn get(&self, key: K) -> Option<&T> {
        self.slots.get(key.number() as usize)
    }

    pub fn len(&self) -> usize {
        self.slots.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (K, &T)> {
        self.slots.iter().map(|(number, value)| (key(number), value))
    }
}

fn key<K: Key>(number: usize) -> K {
    K::of(u32::try_from(number).expect("memory ends before four thousand million users or rooms do"))
}

impl<K, T> Default for Table<K, T> {
    fn default() -> Self {
        Self { slots: Slab::new(), key: PhantomData }
    }
}

/// Equal if they hold the same, and will give the same key to what comes next.
impl<K, T: PartialEq> PartialEq for Table<K, T> {
    fn eq(&self, other: &Self) -> bool {
        self.slots.vacant_key() == other.slots.vacant_key() && self.slots.iter().eq(other.slots.iter())
    }
}

impl<K: Key, T> Index<K> for Table<K, T> {
    type Output = T;

    fn index(&self, key: K) -> &T {
        &self.slots[key.number() as usize]
    }
}

impl<K: Key, T> IndexMut<K> for Table<K, T> {
    fn index_mut(&mut self, key: K) -> &mut T {
        &mut self.slots[key.number() as usize]
    }
}
