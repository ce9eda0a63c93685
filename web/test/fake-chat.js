// @ts-check
/**
 * A chat without a server, for looking at the page and for trying it with more than a server would send. Follows
 * `chat/types.js`; not part of the product.
 */
import { signal } from '../vendor/signals-core.js';

/**
 * @typedef {import('../chat/types.js').Chat} Chat
 * @typedef {import('../chat/types.js').Room} Room
 * @typedef {import('../chat/types.js').Item} Item
 * @typedef {import('../chat/types.js').Member} Member
 */

let keys = 0;

/** @param {Partial<Item>} parts @returns {Item} */
export function item(parts) {
  const key = `k${(keys += 1)}`;
  return {
    key, id: `m${keys}`, time: new Date().toISOString(), kind: 'message', nick: 'ann', account: null, self: false, mention: false, bot: false,
    text: '', event: null, count: 0, state: 'sent', why: '', reply: null, reactions: new Map(), redacted: null, ...parts,
  };
}

/** @param {Partial<Member> & { nick: string }} parts @returns {Member} */
export const member = parts => ({ prefix: '', away: false, account: null, realname: parts.nick, bot: false, ...parts });

/**
 * @param {string} name
 * @param {{ items?: Item[], members?: Member[], older?: Item[], topic?: string, unread?: number, mentions?: number, marker?: string | null }} [parts]
 *   `older`: what `loadOlder` brings, the newest hundred first
 * @returns {Room}
 */
export function room(name, { items = [], members = [], older = [], topic = '', unread = 0, mentions = 0, marker = null } = {}) {
  const rest = [...older];
  const newer = signal(/** @type {'live' | 'more' | 'loading' | 'failed'} */ ('live'));
  /** @type {import('../chat/types.js').Timeline} */
  const timeline = {
    items, version: signal(0), older: signal(rest.length ? 'more' : 'end'), newer, behind: signal(0),
    loadOlder: async () => {
      if (timeline.older.value !== 'more') return;
      timeline.older.value = 'loading';
      await pause(120);
      timeline.items.unshift(...rest.splice(-100));
      timeline.older.value = rest.length ? 'more' : 'end';
      timeline.version.value += 1;
    },
    loadNewer: async () => {},
    goTo: async id => {
      await pause(120);
      if (rest.some(each => each.id === id)) {
        timeline.items.unshift(...rest.splice(0));
        timeline.older.value = 'end';
        timeline.version.value += 1;
      }
      return timeline.items.find(each => each.id === id) ?? null;
    },
    goToLatest: async () => {},
  };
  return {
    key: name.toLowerCase(), name, kind: name.startsWith('#') ? 'room' : 'person', joined: signal(true), topic: signal(topic),
    members: signal(new Map(members.map(each => [each.nick.toLowerCase(), each]))), unread: signal(unread), mentions: signal(mentions),
    marker: signal(marker), typing: signal(/** @type {string[]} */ ([])), draft: signal(''), replying: signal(/** @type {Item | null} */ (null)),
    muted: signal(false), timeline,
  };
}

/**
 * @param {{ rooms: Room[], nick?: string, idle?: boolean, delay?: number }} parts
 * @returns {Chat & { say: (room: Room, parts: Partial<Item>) => Item, tell: (news: import('../chat/types.js').News) => void }}
 */
export function fakeChat({ rooms, nick = 'nora', idle = false, delay = 300 }) {
  /** @type {((news: import('../chat/types.js').News) => void)[]} */
  const hooks = [];
  const add = (/** @type {Room} */ where, /** @type {Item} */ what) => {
    where.timeline.items.push(what);
    where.timeline.version.value += 1;
    return what;
  };
  const changed = (/** @type {Item} */ what) => {
    const where = chat.rooms.peek().find(each => each.timeline.items.includes(what));
    if (where) where.timeline.version.value += 1;
  };
  const settle = async (/** @type {Item} */ mine) => {
    await pause(delay);
    if (/fail/.test(mine.text)) Object.assign(mine, { state: 'failed', why: 'You can’t speak in this room.' });
    else Object.assign(mine, { state: 'sent', id: `m-${mine.key}` });
    changed(mine);
  };
  const me = signal(idle ? null : { nick, account: /** @type {string | null} */ (null), away: null, oper: false });
  /** @type {ReturnType<typeof fakeChat>} */
  const chat = {
    link: signal(/** @type {import('../chat/types.js').Link} */ ({ state: idle ? 'idle' : 'online' })),
    me,
    network: signal({
      name: 'Saloon', features: {
        accounts: true, registration: true, emailRequired: false, history: true, search: true, redaction: true,
        multiline: { bytes: 4096, lines: 32 }, topicLength: 390, nickLength: 32,
      },
    }),
    rooms: signal(idle ? [] : rooms),
    current: signal(idle ? null : (rooms[0] ?? null)),
    commands: [
      { name: 'join', usage: '/join #room [key]', help: 'Join a room', complete: 'room' },
      { name: 'me', usage: '/me does something', help: 'Say what you do' },
      { name: 'msg', usage: '/msg nick text', help: 'Write to somebody', complete: 'nick' },
      { name: 'nick', usage: '/nick name', help: 'Change your name' },
      { name: 'part', usage: '/part [why]', help: 'Leave this room' },
      { name: 'topic', usage: '/topic text', help: 'Change the topic' },
      { name: 'whois', usage: '/whois nick', help: 'Ask about somebody', complete: 'nick' },
    ],
    enter: async choice => {
      chat.link.value = { state: 'connecting' };
      await pause(400);
      const name = 'nick' in choice && choice.nick ? choice.nick : 'account' in choice ? choice.account : nick;
      if (name === 'taken') {
        chat.link.value = { state: 'idle' };
        throw new Error('Somebody else is called that.');
      }
      me.value = { nick: name, account: 'account' in choice ? choice.account : null, away: null, oper: false };
      chat.rooms.value = rooms;
      chat.current.value = rooms[0] ?? null;
      chat.link.value = { state: 'online' };
    },
    retry: () => (chat.link.value = { state: 'online' }),
    leave: () => {
      me.value = null;
      chat.rooms.value = [];
      chat.current.value = null;
      chat.link.value = { state: 'idle' };
    },
    register: async () => {
      await pause(delay);
      if (me.value) me.value = { ...me.value, account: me.value.nick };
      return Array.from({ length: 8 }, (_, at) => `${(at + 1) * 7919}-k7mq-${(at + 3) * 104729}-x9pd`);
    },
    logIn: async (account, password) => {
      await pause(delay);
      if (password === 'wrong') throw new Error('That is not the password of this account.');
      if (me.value) me.value = { ...me.value, account };
    },
    logOut: async () => {
      if (me.value) me.value = { ...me.value, account: null };
    },
    open: to => (chat.current.value = to),
    join: async name => {
      const known = chat.rooms.peek().find(each => each.key === name.toLowerCase());
      if (known) return known;
      await pause(delay);
      if (name === '#secret') throw new Error('This room is open to invited people only.');
      const made = room(name, { members: [member({ nick: me.value?.nick ?? nick, prefix: '@' })] });
      chat.rooms.value = [...chat.rooms.peek(), made];
      return made;
    },
    part: gone => {
      chat.rooms.value = chat.rooms.peek().filter(each => each !== gone);
      if (chat.current.peek() === gone) chat.current.value = chat.rooms.peek()[0] ?? null;
    },
    topic: async (of, words) => void (of.topic.value = words),
    send: async (to, text) => {
      if (text.startsWith('/') && !text.startsWith('/me ')) {
        add(to, item({ kind: 'local', nick: '', text: `${text}: this is only a fake.` }));
        return;
      }
      const action = text.startsWith('/me ');
      const answered = to.replying.peek();
      to.replying.value = null;
      const mine = add(to, item({
        nick: me.value?.nick ?? nick, self: true, state: 'sending', id: null, kind: action ? 'action' : 'message', text: action ? text.slice(4) : text,
        reply: answered?.id ? { id: answered.id, nick: answered.nick, text: answered.text } : null,
      }));
      await settle(mine);
    },
    sendAgain: mine => {
      mine.state = 'sending';
      mine.text = mine.text.replace('fail', 'good');
      changed(mine);
      settle(mine);
    },
    discard: mine => {
      for (const each of chat.rooms.peek()) {
        const at = each.timeline.items.indexOf(mine);
        if (at < 0) continue;
        each.timeline.items.splice(at, 1);
        each.timeline.version.value += 1;
      }
    },
    react: (to, reaction) => {
      const mine = me.value?.nick ?? nick;
      const nicks = to.reactions.get(reaction) ?? [];
      const next = nicks.includes(mine) ? nicks.filter(each => each !== mine) : [...nicks, mine];
      to.reactions = new Map(to.reactions).set(reaction, next);
      if (!next.length) to.reactions.delete(reaction);
      changed(to);
    },
    redact: async gone => {
      await pause(delay);
      Object.assign(gone, { text: '', redacted: { by: me.value?.nick ?? nick, why: '' } });
      changed(gone);
    },
    typed: () => {},
    seen: where => {
      if (where.unread.peek()) where.unread.value = 0;
      if (where.mentions.peek()) where.mentions.value = 0;
      where.marker.value = where.timeline.items.at(-1)?.time ?? null;
    },
    search: async (where, words) => {
      await pause(delay);
      const found = (where ? [where] : rooms).flatMap(each => each.timeline.items
        .filter(one => one.text.toLowerCase().includes(words.toLowerCase())).map(one => ({ room: each.name, item: one })));
      return { rooms, items: found.sort((a, b) => (a.item.time < b.item.time ? 1 : -1)).slice(0, 50), more: false };
    },
    mute: (where, muted) => (where.muted.value = muted),
    whois: async who => {
      await pause(delay);
      return {
        nick: who, user: who, host: 'a3f9.hidden', realname: `${who} the \u202egnilpmuts`, account: who === 'ann' ? 'ann' : null, away: who === 'carl' ? 'back at two' : null,
        rooms: ['@#lobby', '#rust', '#中文'], idle: 340, signon: Date.now() - 5e6, oper: who === 'ann', bot: who === 'robot', secure: true,
        metadata: { homepage: 'https://example.org/' },
      };
    },
    onNews: hook => {
      hooks.push(hook);
      return () => void hooks.splice(hooks.indexOf(hook), 1);
    },
    visible: () => {},
    say: (where, parts) => add(where, item(parts)),
    tell: news => hooks.forEach(hook => hook(news)),
  };
  return chat;
}

/** @param {number} ms */
const pause = ms => new Promise(done => setTimeout(done, ms));
