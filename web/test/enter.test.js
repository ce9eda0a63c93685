// @ts-check
/** Coming in, and coming back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forgetful } from '../chat/memory.js';
import { FakeServer } from './server.js';
import { FakeClock, texts, world } from './world.js';

/** @param {{ storage?: any, session?: any, clock?: FakeClock, server?: FakeServer, seed?: number }} [given] */
function saloon({ clock = new FakeClock(), server = new FakeServer(clock), ...more } = {}) {
  return { server, ...world({ clock, connect: server.connect, ...more }), clock };
}

/** What becomes of a promise. @param {Promise<unknown>} promise */
const outcome = (promise) => promise.then(() => 'fine', (error) => `${error.code}: ${error.message}`);

test('a guest needs a name, and lands in the default room', async () => {
  const { chat, clock } = saloon();
  assert.equal(chat.link.value.state, 'idle');
  const entered = outcome(chat.enter({ nick: 'ann' }));
  assert.equal(chat.link.value.state, 'connecting');
  await clock.pass(2000);
  assert.equal(await entered, 'fine');
  assert.equal(chat.link.value.state, 'online');
  assert.deepEqual(chat.me.value, { nick: 'ann', account: null, away: null, oper: false });
  assert.equal(chat.network.value.name, 'Test');
  assert.deepEqual(chat.network.value.features.multiline, { bytes: 4096, lines: 32 });
  assert.equal(chat.current.value?.name, '#lobby');
  assert.deepEqual([...(chat.current.value?.members.value.keys() ?? [])], ['ann']);
});

test('a name that is taken is refused, and another can be chosen', async () => {
  const { chat, clock, server } = saloon();
  const other = saloon({ clock, server });
  void other.chat.enter({ nick: 'ann' });
  await clock.pass(2000);
  const first = outcome(chat.enter({ nick: 'ann' }));
  await clock.pass(2000);
  assert.match(await first, /^433: Somebody is called ann already/);
  assert.equal(chat.link.value.state, 'refused');
  await clock.pass(120_000);
  assert.equal(chat.link.value.state, 'refused', 'nothing is tried again');
  const second = outcome(chat.enter({ nick: 'bob' }));
  await clock.pass(2000);
  assert.equal(await second, 'fine');
  assert.equal(chat.me.value?.nick, 'bob');
});

test('a server may want a password of everybody, also when we come back', async () => {
  const { chat, clock, server, session, storage, sockets } = saloon();
  server.password = 'knock';
  const wrong = outcome(chat.enter({ nick: 'ann', door: 'bang' }));
  await clock.pass(2000);
  assert.equal(await wrong, '464: That is not the password of this server.');
  const right = outcome(chat.enter({ nick: 'ann', door: 'knock' }));
  await clock.pass(2000);
  assert.equal(await right, 'fine');
  sockets.at(-1)?.drop();
  await clock.pass(5000);
  assert.equal(chat.link.value.state, 'online');
  const again = saloon({ clock, server, session, storage });
  await clock.pass(5000);
  assert.equal(again.chat.link.value.state, 'online', 'in the same tab');
  const elsewhere = saloon({ clock, server, storage });
  await clock.pass(5000);
  assert.equal(elsewhere.chat.link.value.state, 'refused', 'and in no other');
});

test('what can be no name is refused at once', async () => {
  const { chat, sockets } = saloon();
  assert.match(await outcome(chat.enter({ nick: 'a b' })), /^432/);
  assert.match(await outcome(chat.enter({ nick: '' })), /^432/);
  assert.equal(sockets.length, 0);
});

test('an account logs in before it says its name', async () => {
  const { chat, clock, server, session, storage } = saloon();
  server.accounts.set('ann', 'secret');
  const entered = outcome(chat.enter({ account: 'ann', password: 'secret' }));
  await clock.pass(2000);
  assert.equal(await entered, 'fine');
  assert.equal(chat.me.value?.account, 'ann');
  assert.match(session.getItem('saloon:password') ?? '', /secret/);
  assert.doesNotMatch(JSON.stringify(['me', 'of:account:ann', 'password'].map((key) => storage.getItem(`saloon:${key}`))), /secret/);
});

test('a wrong password is said to be one', async () => {
  const { chat, clock, server } = saloon();
  server.accounts.set('ann', 'secret');
  const entered = outcome(chat.enter({ account: 'ann', password: 'wrong' }));
  await clock.pass(2000);
  assert.equal(await entered, '904: The account or the password is wrong.');
  assert.equal(chat.link.value.state, 'refused');
});

test('a lost connection is tried again after 1 s, then more and more seldom', async () => {
  const { chat, clock, server, sockets } = saloon();
  void chat.enter({ nick: 'ann' });
  await clock.pass(2000);
  server.up = false;
  sockets.at(-1)?.drop();
  /** @type {number[]} */
  const waits = [];
  for (let tries = 0; tries < 9; tries++) {
    const link = chat.link.value;
    assert.equal(link.state, 'waiting');
    if (link.state !== 'waiting') return;
    waits.push((link.retryAt - clock.now()) / 1000);
    await clock.pass(link.retryAt - clock.now() + 20);
  }
  assert.ok(waits.every((wait, at) => wait >= 1 && wait <= 60 && wait >= 0.55 * Math.min(60, 2 ** at)), String(waits));
  assert.ok((waits.at(-1) ?? 0) >= 36);
  const before = sockets.length;
  /** @type {string[]} */
  const states = [];
  const stop = chat.link.subscribe(({ state }) => states.push(state));
  await clock.pass(61_000);
  stop();
  assert.deepEqual(states, ['waiting', 'connecting', 'waiting']);
  assert.equal(sockets.length, before + 1, 'by itself');
  chat.retry();
  assert.equal(sockets.length, before + 2, 'at once when it is asked for');
  server.up = true;
  chat.retry();
  await clock.pass(2000);
  assert.equal(chat.link.value.state, 'online');
});

test('a connection that died without a word is noticed within 40 s', async () => {
  const { chat, clock, sockets } = saloon();
  void chat.enter({ nick: 'ann' });
  await clock.pass(2000);
  const socket = sockets.at(-1);
  if (socket) socket.heard = null;
  await clock.pass(40_000);
  assert.ok(sockets.length > 1);
  await clock.pass(5_000);
  assert.equal(chat.link.value.state, 'online');
});

test('a quiet connection that lives is kept', async () => {
  const { chat, clock, sockets } = saloon();
  void chat.enter({ nick: 'ann' });
  await clock.pass(10 * 60_000);
  assert.equal(sockets.length, 1);
});

test('while a ghost holds our name we have another, and get it back when the ghost is gone', async () => {
  const { chat, clock, server, sockets } = saloon();
  void chat.enter({ nick: 'ann' });
  await clock.pass(2000);
  const ghost = [...server.peers][0];
  const old = sockets.at(-1);
  // The server does not notice that it is gone.
  if (old) old.hungUp = null;
  old?.drop();
  await clock.pass(3000);
  assert.equal(chat.link.value.state, 'online');
  assert.equal(chat.me.value?.nick, 'ann_');
  assert.equal(chat.current.value?.joined.value, true);
  ghost?.gone();
  for (const peer of server.peers) peer.say(':s 731 ann_ :ann');
  await clock.pass(1000);
  assert.equal(chat.me.value?.nick, 'ann');
});

test('rooms, drafts and who we are outlive a reload', async () => {
  const first = saloon();
  const { clock, server, storage, session } = first;
  void first.chat.enter({ nick: 'ann' });
  await clock.pass(2000);
  const joined = first.chat.join('#other');
  await clock.pass(2000);
  const room = await joined;
  first.chat.open(room);
  room.draft.value = 'half a sen';
  first.chat.part(/** @type {any} */ (first.chat.rooms.value.find((room) => room.name === '#lobby')));
  await clock.pass(1000);
  first.sockets.at(-1)?.drop();

  const second = saloon({ clock, server, storage, session });
  assert.deepEqual(second.chat.rooms.value.map((room) => room.name), ['#other'], 'at once');
  await clock.pass(3000);
  assert.equal(second.chat.link.value.state, 'online');
  assert.equal(second.chat.current.value?.name, '#other');
  assert.equal(second.chat.current.value?.draft.value, 'half a sen');
  assert.equal(second.chat.current.value?.joined.value, true);
});

test('an account comes back by itself only where its password is', async () => {
  const first = saloon();
  const { clock, server, storage, session } = first;
  server.accounts.set('ann', 'secret');
  void first.chat.enter({ account: 'ann', password: 'secret' });
  await clock.pass(2000);
  first.sockets.at(-1)?.drop();
  const elsewhere = world({ clock, connect: server.connect, storage });
  assert.equal(elsewhere.chat.link.value.state, 'idle');
  assert.deepEqual(/** @type {any} */ (elsewhere.chat).remembered, { nick: 'ann', account: 'ann' });
  const here = saloon({ clock, server, storage, session });
  await clock.pass(3000);
  assert.equal(here.chat.link.value.state, 'online');
  assert.equal(here.chat.me.value?.account, 'ann');
});

test('who leaves is forgotten', async () => {
  const { chat, clock, server, storage, session, sockets } = saloon();
  void chat.enter({ nick: 'ann' });
  await clock.pass(2000);
  chat.leave();
  await clock.pass(60_000);
  assert.deepEqual(chat.link.value, { state: 'idle' });
  assert.deepEqual(chat.rooms.value, []);
  assert.equal(chat.me.value, null);
  assert.equal(sockets.length, 1);
  assert.equal(saloon({ clock, server, storage, session }).chat.link.value.state, 'idle');
});

test('who leaves leaves nothing in the browser', async () => {
  const { chat, clock, server, storage, session } = saloon();
  server.accounts.set('ann', 'secret');
  server.password = 'knock';
  void chat.enter({ nick: 'bob', door: 'knock' });
  await clock.pass(2000);
  const room = chat.current.value;
  assert.ok(room);
  room.draft.value = 'half a sen';
  void chat.send(room, '/nick rob');
  await clock.pass(1000);
  assert.equal(chat.me.value?.nick, 'rob');
  const in_ = chat.logIn('ann', 'secret');
  await clock.pass(5000);
  await in_;
  const out = chat.logOut();
  await clock.pass(5000);
  await out;
  assert.equal(chat.me.value?.account, null);
  assert.ok(storage.length > 2 && session.length > 1);
  chat.leave();
  await clock.pass(60_000);
  assert.deepEqual([storage.length, session.length], [0, 0]);
});

test('what another tab remembers is kept', async () => {
  const { chat, clock, storage } = saloon();
  void chat.enter({ nick: 'ann' });
  await clock.pass(2000);
  const room = chat.current.value;
  assert.ok(room);
  room.draft.value = 'here';
  await clock.pass(1000);
  const kept = JSON.parse(storage.getItem('saloon:of:guest:ann') ?? '');
  kept.drafts['bob'] = 'in another tab';
  kept.ignored.push('eve');
  storage.setItem('saloon:of:guest:ann', JSON.stringify(kept));
  room.draft.value = 'here, and more';
  await clock.pass(1000);
  const after = JSON.parse(storage.getItem('saloon:of:guest:ann') ?? '');
  assert.deepEqual(after.drafts, { '#lobby': 'here, and more', bob: 'in another tab' });
  assert.deepEqual(after.ignored, ['eve']);
  room.draft.value = '';
  await clock.pass(1000);
  assert.deepEqual(JSON.parse(storage.getItem('saloon:of:guest:ann') ?? '').drafts, { bob: 'in another tab' });
});

test('what is written is remembered soon, and at once when the page goes out of sight', async () => {
  const storage = forgetful();
  let writes = 0;
  const counted = { ...storage, setItem: (/** @type {string} */ key, /** @type {string} */ value) => (writes++, storage.setItem(key, value)) };
  const { chat, clock } = saloon({ storage: counted });
  void chat.enter({ nick: 'ann' });
  await clock.pass(2000);
  const room = chat.current.value;
  assert.ok(room);
  writes = 0;
  for (const draft of ['h', 'ha', 'hal', 'half']) room.draft.value = draft;
  assert.equal(writes, 0);
  chat.visible(false);
  assert.equal(writes, 1);
  assert.match(storage.getItem('saloon:of:guest:ann') ?? '', /"half"/);
  await clock.pass(1000);
  assert.equal(writes, 1);
});

test('what is in the storage may be anything', () => {
  for (const text of ['{', 'null', '1', '[]', '{"nick":3}', '{"nick":"ann","account":7}', '"x"']) {
    const storage = { getItem: () => text, setItem() {}, removeItem() {} };
    const { chat } = world({ storage, session: storage });
    assert.ok(chat.link.value);
  }
  const broken = { getItem() { throw new Error('no'); }, setItem() { throw new Error('no'); }, removeItem() { throw new Error('no'); } };
  assert.equal(world({ storage: broken, session: broken }).chat.link.value.state, 'idle');
});

test('what the server sends may be anything', async () => {
  const { chat, clock, sockets } = saloon();
  void chat.enter({ nick: 'ann' });
  await clock.pass(2000);
  const bad = ['JOIN', ':x JOIN', 'MODE', 'NICK', ':ann NICK', '353', '353 a b c d e', '005', 'KICK', 'PRIVMSG', ':a PRIVMSG', ':ann JOIN :',
    'BATCH', 'TAGMSG', '@+typing=active TAGMSG #lobby', 'MARKREAD', 'MARKREAD #lobby x', 'REDACT', 'RENAME', 'FAIL', '433', '@time=x :a PRIVMSG #lobby :x',
    ':a!b@c PRIVMSG #lobby', 'RENAME #lobby', 'TOPIC #lobby', '366', '354 ann 7 #lobby', 'CAP', 'ACK', '@label=s1 ACK', '999 x', 'INVITE ann'];
  const { error } = console;
  /** @type {unknown[]} */
  const errors = [];
  console.error = (problem) => errors.push(problem);
  sockets.at(-1)?.receive(...bad);
  await clock.pass(1000);
  console.error = error;
  assert.deepEqual(errors, []);
  assert.equal(chat.link.value.state, 'online');
  assert.ok(texts(chat.current.value));
});
