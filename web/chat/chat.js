// @ts-check
/** The chat: what `view/` shows and asks for (`types.js`), put together from its parts. */

import { batch } from '../vendor/signals-core.js';
import * as account from './account.js';
import * as answers from './answers.js';
import { Arrival } from './arrive.js';
import { commandOf, commands, run } from './commands.js';
import { environment } from './env.js';
import { ChatError } from './failure.js';
import { fetchPage } from './history.js';
import * as marker from './marker.js';
import { join, part, remember, restore } from './place.js';
import * as presence from './presence.js';
import { reactTo, redact } from './react.js';
import { search } from './search.js';
import { sendAgain, speak } from './send.js';
import { Session } from './session.js';
import * as talk from './talk.js';
import { tellTyping } from './typing.js';
import { whois } from './whois.js';

/** @typedef {import('./room.js').ChatRoom} ChatRoom */
/** @typedef {import('./item.js').Kept} Kept */

const HANDLERS = {
  ...answers.handlers, ...account.handlers, ...marker.handlers, ...presence.handlers, ...talk.handlers,
};

/** Rooms and items that come back from `view/` are those that it was given. @param {import('./types.js').Room} room */
const ours = (room) => /** @type {ChatRoom} */ (room);

/**
 * Somebody we were in this browser comes back by themselves; everybody else has to `enter`.
 * @param {Parameters<typeof environment>[0]} given
 * @returns {import('./types.js').Chat & { remembered: import('./memory.js').Identity | null }}
 */
export function createChat(given) {
  const env = environment(given);
  /** @type {Session} */
  const session = new Session(env, HANDLERS, {
    furnish,
    fetch: fetchPage,
    said: talk.said,
    entered: (_, room) => arrival.entered(room),
    welcomed: () => arrival.welcomed(),
    lost: () => arrival.lost(),
  });
  const arrival = new Arrival(() => session);
  const { identity } = session.memory;
  comeBack(session, identity);

  const open = (/** @type {ChatRoom | null} */ room) => batch(() => {
    session.current.value = room;
    if (!room) return;
    session.memory.kept.current = room.key;
    session.memory.save();
    presence.askWho(session, room);
    void room.timeline.compare().then((changed) => changed && room.recount());
  });

  const leave = () => batch(() => {
    session.leave();
    session.memory.forget();
    session.current.value = null;
    session.rooms.clear();
    session.ignored.clear();
  });

  return {
    link: session.link,
    me: session.me,
    network: session.network,
    rooms: session.rooms.list,
    current: session.current,
    commands,
    remembered: identity,

    enter: (choice) => enter(session, choice),
    retry() {
      const { state } = session.link.value;
      if (state === 'waiting' || state === 'refused') session.connect();
      else if (state === 'online') session.socket.probe();
    },
    leave,
    register: (password, email) => account.register(session, password, email),
    logIn: (name, password) => account.logIn(session, name, password),
    logOut: () => account.logOut(session),

    open: (room) => open(room && ours(room)),
    join: (name, key) => join(session, name, key),
    part: (room) => part(session, ours(room)),
    topic: async (room, words) => void (await session.demand('TOPIC', [ours(room).name, words])),

    async send(where, text) {
      const room = ours(where);
      const command = commandOf(text);
      if (command) return run(command, { session, room, leave, open });
      const words = text.startsWith('//') ? text.slice(1) : text;
      if (words.trim() === '') return;
      batch(() => speak(session, room, words));
    },
    sendAgain: (item) => void sendAgain(session, /** @type {Kept} */ (item)),
    discard(item) {
      const kept = /** @type {Kept} */ (item);
      if (kept.state === 'failed') kept.room?.timeline.remove(kept);
    },
    react: (item, reaction) => reactTo(session, /** @type {Kept} */ (item), reaction),
    redact: (item, why) => redact(session, /** @type {Kept} */ (item), why),

    typed: (room, active) => tellTyping(session, ours(room), active),
    seen: (room) => batch(() => marker.seen(session, ours(room))),
    search: (room, words, before) => search(session, room && ours(room), words, before),
    mute(where, muted) {
      const room = ours(where);
      room.muted.value = muted;
      remember(session);
    },
    whois: (nick) => whois(session, nick),
    onNews: (hook) => session.onNews(hook),
    visible(visible) {
      session.visible = visible;
      // It may never come back.
      if (!visible) session.memory.saveNow();
      // A computer that slept may have lost the connection without noticing.
      if (visible && session.link.value.state === 'online') session.socket.probe();
    },
  };
}

/**
 * A room is new: what is remembered of it.
 * @param {Session} session
 * @param {ChatRoom} room
 */
function furnish(session, room) {
  const { memory } = session;
  room.marker.value = memory.kept.markers[room.key] ?? null;
  room.draft.value = memory.kept.drafts[room.key] ?? '';
  room.draft.subscribe((draft) => {
    const { drafts } = memory.kept;
    if (draft === (drafts[room.key] ?? '')) return;
    if (draft === '') delete drafts[room.key];
    else drafts[room.key] = draft;
    memory.saveSoon(session.env.clock);
  });
}

/**
 * Connects as who we were, if that is known and no password is needed or it is here.
 * @param {Session} session
 * @param {import('./memory.js').Identity | null} identity
 */
function comeBack(session, identity) {
  if (!identity) return;
  const { nick, account } = identity;
  const password = account === null ? '' : session.memory.password(account);
  if (password === null) return;
  session.wish = { nick, account, password, realname: nick, stubborn: true };
  session.memory.open(session.who);
  restore(session);
  session.connect();
}

/**
 * @param {Session} session
 * @param {Parameters<import('./types.js').Chat['enter']>[0]} choice
 */
async function enter(session, choice) {
  const { memory, env } = session;
  const isGuest = 'nick' in choice && !('account' in choice);
  const account = 'account' in choice ? choice.account.trim() : null;
  const nick = (choice.nick ?? account ?? '').trim();
  if (nick === '' || /[\s,:]/.test(nick)) throw new ChatError('432', env.t('refused.432', { nick }));
  const password = 'password' in choice ? choice.password : '';
  if (choice.door !== undefined) memory.door = choice.door;
  const entering = session.enter({ nick, account, password, realname: nick, stubborn: !isGuest && !choice.nick });
  session.rooms.clear();
  memory.open(session.who);
  restore(session);
  await entering;
  memory.identity = { nick, account };
  if (account !== null) memory.keepPassword(account, password);
}
