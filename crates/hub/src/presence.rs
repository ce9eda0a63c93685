//! What changes about a user while it is here: its nickname, whether it is away, its account, host and
//! real name; and who is told (`conformance.md` §8, §14).

use std::sync::Arc;

use smol_str::SmolStr;

use crate::hub::Hub;
use crate::step::Step;
use crate::table::UserId;
use crate::{Change, Event, Identity, Nick, Privileges, Rejection, RoomId, SessionId, Text, Timestamp, Via};

impl Hub {
    pub(crate) fn rename(&mut self, user: UserId, nick: Nick, step: &mut Step) -> Result<(), Rejection> {
        let old = self.users[user].who.clone();
        if old.nick == nick {
            return Ok(());
        }
        self.can_rename(user, &nick)?;
        let (before, after) = (self.fold(old.nick.as_str()), self.fold(nick.as_str()));
        self.nicks.remove(&before);
        self.nicks.insert(after.clone(), user);
        self.change_identity(user, |who| who.nick = nick.clone());
        step.touch_user(user);
        let at = self.stamp_rooms_of(user, step.at);
        let renamed = Arc::new(Event::Renamed { id: step.next_id(), at, who: old.clone(), nick });
        self.keep_in_all(&self.users[user].rooms, user, &renamed, step);
        self.tell_peers(user, renamed.clone(), step);
        step.tell_own(&self.users[user].sessions, renamed);
        // In other letters it is still the same name: nobody left it, nobody came to it.
        if before != after {
            self.tell_offline(&old, step);
            self.tell_online(&self.users[user].who, step);
            self.remember(old, step.at);
        }
        Ok(())
    }

    /// Sets or clears the away text of the session that asks.
    pub(crate) fn go_away(&mut self, user: UserId, text: Option<Text>, step: &mut Step) {
        let most = self.settings.limits.away;
        let text = text.filter(|text| !text.is_empty()).map(|text| text.cut(most));
        let is_away = text.is_some();
        self.sessions.get_mut(&step.from).expect("who asks was found before").set_away(text);
        self.settle_away(user, Some(step.from), step);
        step.reply(Event::AwaySet(is_away));
    }

    /// Works out whether a user is away, and tells the others if that changed. `latest` is the session
    /// whose text is new.
    pub(crate) fn settle_away(&mut self, user: UserId, latest: Option<SessionId>, step: &mut Step) {
        let text = self.away_text(user, latest);
        if text.as_ref() == self.users[user].away() {
            return;
        }
        self.users[user].set_away(text.clone());
        step.touch_user(user);
        self.tell_presence(user, Change::Away(text), step);
    }

    /// What a user tells who writes: nothing unless all its sessions are away; then the latest text,
    /// or rather any than `*`, which is to be absent without a reason (`conformance.md` §29, §30).
    fn away_text(&self, user: UserId, latest: Option<SessionId>) -> Option<Text> {
        let sessions = &self.users[user].sessions;
        let texts = sessions.iter().map(|session| self.sessions[session].away());
        let texts: Vec<&Text> = texts.collect::<Option<_>>()?;
        let latest = latest.and_then(|session| self.sessions[&session].away());
        let shown = self.users[user].away().filter(|shown| texts.contains(shown));
        let mut candidates = latest.into_iter().chain(shown).chain(texts.iter().copied());
        let given = candidates.find(|text| text.as_bytes() != b"*");
        given.or(texts.first().copied()).cloned()
    }

    pub(crate) fn set_realname(&mut self, user: UserId, text: Text, step: &mut Step) {
        self.change_identity(user, |who| who.realname = text.clone());
        step.touch_user(user);
        self.tell_all(user, Change::Realname(text), step);
    }

    pub(crate) fn change_host(
        &mut self,
        asker: UserId,
        nick: SmolStr,
        name: Option<SmolStr>,
        host: SmolStr,
        step: &mut Step,
    ) -> Result<(), Rejection> {
        self.can_use(asker, Privileges::CHGHOST)?;
        let user = self.user_called(nick)?;
        let old = self.users[user].who.clone();
        let name = name.unwrap_or_else(|| old.user.clone());
        if name == old.user && host == old.host {
            return Ok(());
        }
        self.change_identity(user, |who| (who.user, who.host) = (name.clone(), host.clone()));
        step.touch_user(user);
        let away = self.users[user].away().cloned();
        let change = |room| Change::Host { user: name.clone(), host: host.clone(), room, away: away.clone() };
        let at = self.stamp_rooms_of(user, step.at);
        self.tell_change(user, &old, at, change(None), true, step);
        for room in self.users[user].rooms.clone() {
            let at = self.rooms[room].stamp(step.at);
            let there = (self.rooms[room].name.clone(), self.rooms[room].ranks(user));
            let told = presence(&old, at, change(Some(there)), Via::Room);
            self.tell_peers_in(user, vec![room], told, step);
        }
        Ok(())
    }

    /// Tells everyone a change about the user, itself too.
    pub(crate) fn tell_all(&mut self, user: UserId, change: Change, step: &mut Step) {
        let at = self.stamp_rooms_of(user, step.at);
        self.tell_change(user, &self.users[user].who, at, change, true, step);
    }

    /// Tells everyone else a change about the user.
    fn tell_presence(&mut self, user: UserId, change: Change, step: &mut Step) {
        let at = self.stamp_rooms_of(user, step.at);
        self.tell_change(user, &self.users[user].who, at, change, false, step);
    }

    /// Tells peers once each however many rooms they share, and who watches without sharing one.
    fn tell_change(
        &self,
        user: UserId,
        who: &Arc<Identity>,
        at: Timestamp,
        change: Change,
        itself: bool,
        step: &mut Step,
    ) {
        let watchers = self.watchers_apart(user);
        if !watchers.is_empty() {
            step.tell_sessions(watchers, presence(who, at, change.clone(), Via::Watch));
        }
        let told = presence(who, at, change, Via::Room);
        self.tell_peers(user, told.clone(), step);
        if itself {
            step.tell_own(&self.users[user].sessions, told);
        }
    }

    fn tell_peers(&self, user: UserId, event: Arc<Event>, step: &mut Step) {
        self.tell_peers_in(user, self.users[user].rooms.to_vec(), event, step);
    }

    /// Tells those in these rooms, but not the user's own sessions, which are told apart or not at all.
    fn tell_peers_in(&self, user: UserId, rooms: Vec<RoomId>, event: Arc<Event>, step: &mut Step) {
        step.tell_rooms(rooms, self.users[user].sessions.to_vec(), event);
    }
}

fn presence(who: &Arc<Identity>, at: Timestamp, change: Change, via: Via) -> Arc<Event> {
    Arc::new(Event::Presence { at, who: who.clone(), change, via })
}
