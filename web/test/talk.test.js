// @ts-check
/** Saying things, whatever becomes of the connection. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeServer } from './server.js';
import { FakeClock, chance, texts, world } from './world.js';

/** @param {string} nick @param {FakeClock} [clock] @param {FakeServer} [server] */
async function enter(nick, clock = new FakeClock(), server = new FakeServer(clock)) {
  const here = world({ clock, connect: server.connect, seed: nick.length * 31 + nick.charCodeAt(0) });
  void here.chat.enter({ nick });
  await clock.pass(2000);
  const room = here.chat.current.value;
  assert.ok(room);
  return { ...here, server, room, get socket() { return here.socket; } };
}

/** @param {import('../chat/types.js').Room} room */
const states = (room) => room.timeline.items.filter((item) => item.self && item.kind !== 'event').map((item) => `${item.text} ${item.state}`);

test('what one says is there at once, and then sent', async () => {
  const { chat, room, clock, server } = await enter('ann');
  const bob = await enter('bob', clock, server);
  await chat.send(room, 'hello');
  assert.deepEqual(states(room), ['hello sending']);
  const item = room.timeline.items.at(-1);
  await clock.pass(100);
  assert.deepEqual(states(room), ['hello sent']);
  assert.equal(room.timeline.items.at(-1), item);
  assert.ok(item?.id);
  assert.deepEqual(texts(bob.room), ['hello']);
  assert.equal(bob.room.unread.value, 1);
  assert.equal(bob.room.timeline.items.at(-1)?.self, false);
});

test('several lines are one message', async () => {
  const { chat, room, clock, socket } = await enter('ann');
  socket.take();
  await chat.send(room, 'one\n\ntwo');
  await clock.pass(1);
  const [open = '', ...rest] = socket.sent;
  const ref = /BATCH \+(\S+) draft\/multiline #lobby$/.exec(open)?.[1];
  assert.match(open, /^@label=\S+;\+saloon\/id=\S+ BATCH/);
  assert.deepEqual(rest, [
    `@batch=${ref} PRIVMSG #lobby one`, `@batch=${ref} PRIVMSG #lobby :`, `@batch=${ref} PRIVMSG #lobby two`, `BATCH -${ref}`,
  ]);
  assert.deepEqual(states(room), ['one\n\ntwo sending']);
});

test('a line that is too long goes in pieces that fit with our mask', async () => {
  const { chat, room, clock, socket } = await enter('ann');
  socket.take();
  await chat.send(room, 'wörd '.repeat(300));
  await clock.pass(1);
  const lines = socket.sent.filter((line) => line.includes('PRIVMSG')).map((line) => line.replace(/^@\S+ /, ''));
  assert.ok(lines.length > 2);
  for (const line of lines) assert.ok(Buffer.byteLength(`:ann!u@h ${line.includes(' :') ? line : line.replace('#lobby ', '#lobby :')}`) <= 510);
  assert.deepEqual(states(room), [`${'wörd '.repeat(300)} sending`]);
});

test('without multiline each line is a message', async () => {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  server.caps = server.caps.replace(/draft\/multiline\S+/, '');
  const { chat, room } = await enter('ann', clock, server);
  await chat.send(room, 'one\n\ntwo');
  await clock.pass(100);
  assert.deepEqual(states(room), ['one sent', 'two sent']);
});

test('what the server refuses failed, and says why', async () => {
  const { chat, room, clock, server } = await enter('ann');
  server.rooms.get('#lobby')?.clear();
  await chat.send(room, 'hello');
  await clock.pass(100);
  assert.deepEqual(states(room), ['hello failed']);
  const item = room.timeline.items.at(-1);
  assert.match(item?.why ?? '', /You may not write in #lobby/);
  for (const peer of server.peers) server.rooms.get('#lobby')?.add(peer);
  if (item) chat.sendAgain(item);
  await clock.pass(100);
  assert.deepEqual(states(room), ['hello sent']);
});

test('what the server drops without a word failed', async () => {
  const { chat, room, clock } = await enter('ann');
  await chat.send(room, '/notice nobody hello');
  await clock.pass(100);
  const talk = chat.rooms.value.find(({ name }) => name === 'nobody');
  assert.ok(talk);
  assert.deepEqual(states(talk), ['hello failed']);
  assert.equal(talk.timeline.items.at(-1)?.why, 'The server refused it without a word.');
});

test('what is said to those of a rank is said, though it is shown in their room', async () => {
  const { chat, room, clock } = await enter('ann');
  await chat.send(room, '/msg @#lobby psst');
  await clock.pass(100);
  const talk = chat.rooms.value.find(({ name }) => name === '@#lobby');
  assert.ok(talk);
  assert.deepEqual(states(talk), ['psst sent']);
  assert.deepEqual(texts(room), ['psst']);
});

test('a failed message can be thrown away', async () => {
  const { chat, room, clock, server } = await enter('ann');
  server.rooms.get('#lobby')?.clear();
  await chat.send(room, 'hello');
  await clock.pass(100);
  const item = room.timeline.items.at(-1);
  if (item) chat.discard(item);
  assert.deepEqual(states(room), []);
});

test('what is typed without a connection is sent, in order, when there is one', async () => {
  const { chat, room, clock, server, socket } = await enter('ann');
  const bob = await enter('bob', clock, server);
  server.up = false;
  socket.drop();
  await clock.pass(100);
  await chat.send(room, 'one');
  await bob.chat.send(bob.room, 'meanwhile');
  await chat.send(room, 'two');
  await clock.pass(100);
  assert.deepEqual(states(room), ['one sending', 'two sending']);
  server.up = true;
  await clock.pass(20_000);
  assert.deepEqual(states(room), ['one sent', 'two sent']);
  assert.deepEqual(texts(room), ['meanwhile', 'one', 'two']);
  assert.deepEqual(texts(bob.room), ['meanwhile', 'one', 'two']);
});

test('what had arrived when the connection was lost is found, and what had not failed', async () => {
  const { chat, room, clock, server, socket } = await enter('ann');
  const bob = await enter('bob', clock, server);
  await chat.send(room, 'arrives');
  await clock.pass(7);
  const { heard } = socket;
  socket.heard = null;
  await chat.send(room, 'does not');
  socket.heard = heard;
  socket.drop();
  assert.deepEqual(states(room), ['arrives sending', 'does not sending']);
  await clock.pass(20_000);
  assert.deepEqual(states(room), ['arrives sent', 'does not failed']);
  assert.deepEqual(texts(bob.room), ['arrives']);
  const item = room.timeline.items.find((item) => item.state === 'failed');
  if (item) chat.sendAgain(item);
  await clock.pass(1000);
  assert.deepEqual(states(room), ['arrives sent', 'does not sent']);
  assert.deepEqual(texts(bob.room), ['arrives', 'does not']);
});

/** Loses the connection while the server believes that we are still there. @param {Awaited<ReturnType<typeof enter>>} here */
function vanish({ socket }) {
  socket.hungUp = null;
  socket.drop();
}

test('who comes back under another nick knows what they said under theirs', async () => {
  const here = await enter('ann');
  const { chat, room, clock, server, socket } = here;
  await chat.send(room, 'arrives, ann_');
  await clock.pass(7);
  const { heard } = socket;
  socket.heard = null;
  await chat.send(room, 'does not');
  socket.heard = heard;
  vanish(here);
  await clock.pass(3000);
  assert.equal(chat.me.value?.nick, 'ann_');
  assert.deepEqual(states(room), ['arrives, ann_ sent', 'does not failed']);
  assert.deepEqual([room.timeline.items.at(-2)?.mention, room.unread.value], [false, 0]);
  assert.equal(texts(room).length, 2, 'once');
  assert.equal(server.history.filter((item) => / PRIVMSG /.test(item.line)).length, 1);
});

test('nor do they say it again', async () => {
  const here = await enter('ann');
  const { chat, room, clock, server } = here;
  await chat.send(room, 'once');
  await clock.pass(7);
  vanish(here);
  for (let number = 0; number < 900; number++) server.happens('eve', 'PRIVMSG', '#lobby', `spam ${number}`);
  await clock.pass(20_000);
  assert.equal(chat.me.value?.nick, 'ann_');
  const item = room.timeline.items.find((item) => item.text === 'once');
  assert.equal(item?.state, 'failed', 'not known to have arrived');
  if (item) chat.sendAgain(item);
  await clock.pass(2_000);
  assert.equal(item?.state, 'sent');
  assert.equal(server.history.filter((item) => item.line.includes('once')).length, 1);
});

test('what a ghost of ours says late is ours', async () => {
  const here = await enter('ann');
  const { chat, room, clock, server, socket } = here;
  socket.heard = null;
  await chat.send(room, 'late, ann_');
  const tag = /\+saloon\/id=([^; ]+)/.exec(socket.sent.at(-1) ?? '')?.[1] ?? '';
  vanish(here);
  await clock.pass(3000);
  server.happens('ann', 'PRIVMSG', '#lobby', 'late, ann_', { '+saloon/id': tag });
  await clock.pass(100);
  assert.deepEqual(states(room), ['late, ann_ sent']);
  assert.equal(room.unread.value, 0);
});

test('nothing is said twice, though it seems to have failed', async () => {
  const { chat, room, clock, server, socket } = await enter('ann');
  const bob = await enter('bob', clock, server);
  // It arrives, but the echo does not; and so much is said that it is not among what is fetched.
  await chat.send(room, 'once');
  await clock.pass(7);
  socket.drop();
  for (let number = 0; number < 900; number++) server.happens('eve', 'PRIVMSG', '#lobby', `spam ${number}`);
  await clock.pass(20_000);
  const item = room.timeline.items.find((item) => item.text === 'once');
  assert.equal(item?.state, 'failed', 'not known to have arrived');
  if (item) chat.sendAgain(item);
  await clock.pass(2_000);
  assert.equal(item?.state, 'sent');
  assert.equal(server.history.filter((item) => item.line.includes('once')).length, 1);
  assert.equal(texts(bob.room).filter((text) => text === 'once').length, 1);
});

test('what is sent while the history is looked at can be seen', async () => {
  const { chat, room, clock, server } = await enter('ann');
  for (let number = 0; number < 400; number++) server.happens('eve', 'PRIVMSG', '#lobby', `line ${number}`);
  await clock.pass(100);
  const old = server.history[20]?.id ?? '';
  for (let parts = 0; parts < 3; parts++) {
    void room.timeline.loadOlder();
    await clock.pass(100);
  }
  const { goToLatest } = room.timeline;
  assert.equal(await room.timeline.goTo(old).then((item) => item?.id), old);
  void goToLatest();
  await clock.pass(100);
  assert.equal(room.timeline.newer.value, 'live');
  await chat.send(room, 'here');
  await clock.pass(200);
  assert.equal(room.timeline.newer.value, 'live');
  assert.equal(texts(room).at(-1), 'here');
});

test('typed commands and doubled slashes', async () => {
  const { chat, room, clock } = await enter('ann');
  await chat.send(room, '//not a command');
  await chat.send(room, '/me waves');
  await chat.send(room, '/nonsense');
  await chat.send(room, '/kick');
  await chat.send(room, '   ');
  await clock.pass(100);
  const { items } = room.timeline;
  assert.deepEqual(texts(room), [
    'There is no command /nonsense. /help shows which there are; //nonsense says it.',
    'Like this: /kick <nick> [reason]', '/not a command', 'waves',
  ]);
  assert.equal(items.find((item) => item.text === 'waves')?.kind, 'action');
});

test('what is to be said in a room that can’t be entered again failed', async () => {
  const { chat, room, clock, server, socket } = await enter('ann');
  server.up = false;
  socket.drop();
  await chat.send(room, 'hello');
  server.refuses = '#lobby';
  server.up = true;
  await clock.pass(20_000);
  assert.equal(room.joined.value, false);
  assert.deepEqual(states(room), ['hello failed']);
  assert.ok(texts(room).includes('You are kept out of #lobby.'));
});

test('what was taken back meanwhile is gone after coming back', async () => {
  const { room, clock, server, socket } = await enter('ann');
  const ids = ['one', 'two', 'three'].map((text) => server.happens('bob', 'PRIVMSG', '#lobby', text));
  await clock.pass(100);
  server.up = false;
  socket.drop();
  for (const item of server.history) if (item.id === ids[0] || item.id === ids[2]) item.gone = true;
  server.happens('bob', 'PRIVMSG', '#lobby', 'four');
  server.up = true;
  await clock.pass(20_000);
  assert.deepEqual(texts(room), ['<message>', 'two', '<message>', 'four']);
  assert.ok(room.timeline.items.filter((item) => item.redacted).length === 2);
});

test('and in other rooms as soon as they are looked at', async () => {
  const { chat, room, clock, server, socket } = await enter('ann');
  const joining = chat.join('#other');
  await clock.pass(1000);
  const other = await joining;
  const ids = ['one', 'two'].map((text) => server.happens('bob', 'PRIVMSG', '#other', text));
  await clock.pass(100);
  assert.equal(chat.current.value, room);
  assert.equal(other.unread.value, 2);
  server.up = false;
  socket.drop();
  for (const item of server.history) if (item.id === ids[0]) item.gone = true;
  server.up = true;
  await clock.pass(20_000);
  chat.open(other);
  await clock.pass(100);
  assert.deepEqual(texts(other), ['<message>', 'two']);
  assert.deepEqual(other.timeline.items.find((item) => item.id === ids[0])?.redacted, { by: '', why: '' });
  assert.equal(other.unread.value, 1);
});

test('what was said to those of a rank is no part of the history, but not taken back', async () => {
  const { room, clock, server, socket } = await enter('ann');
  server.happens('bob', 'PRIVMSG', '#lobby', 'to all');
  server.happens('bob', 'PRIVMSG', '@#lobby', 'to some');
  server.happens('bob', 'PRIVMSG', '#lobby', 'to all again');
  await clock.pass(100);
  server.up = false;
  socket.drop();
  server.up = true;
  await clock.pass(20_000);
  assert.deepEqual(texts(room), ['to all', 'to some', 'to all again']);
});

test('two devices of one account see the same', async () => {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  server.accounts.set('ann', 'x');
  const one = world({ clock, connect: server.connect, seed: 1 });
  void one.chat.enter({ account: 'ann', password: 'x', nick: 'ann' });
  await clock.pass(2000);
  const room = one.chat.current.value;
  assert.ok(room);
  server.happens('bob', 'PRIVMSG', '#lobby', 'hi ann');
  await clock.pass(100);
  assert.deepEqual([room.unread.value, room.mentions.value], [1, 1]);
  // Said on the other device: the server sends it to us as well.
  const other = { nick: 'ann', account: 'ann', mask: 'ann!u@h' };
  server.tell(other, 'PRIVMSG', '#lobby', ['from my phone'], { '+saloon/id': 'elsewhere' }, null);
  await clock.pass(100);
  assert.equal(room.timeline.items.at(-1)?.self, true);
  assert.equal(room.unread.value, 0, 'who answers has read it');
  server.happens('bob', 'PRIVMSG', '#lobby', 'more');
  await clock.pass(100);
  assert.equal(room.unread.value, 1);
  // Read on the other device.
  one.socket.receive(`:s MARKREAD #lobby timestamp=${room.timeline.items.at(-1)?.time}`);
  await clock.pass(100);
  assert.equal(room.unread.value, 0);
});

test('nothing is lost, doubled or out of order, whatever happens to the connection', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = chance(seed);
    const clock = new FakeClock();
    const server = new FakeServer(clock);
    const here = world({ clock, connect: server.connect, seed });
    void here.chat.enter({ nick: 'ann' });
    await clock.pass(2000);
    const room = here.chat.current.value;
    assert.ok(room);
    let count = 0;
    for (let step = 0; step < 120; step++) {
      const dice = random();
      server.lag = 1 + Math.floor(random() * 300);
      if (dice < 0.35) server.happens('bob', 'PRIVMSG', '#lobby', `b${++count}`);
      else if (dice < 0.6) await here.chat.send(room, `a${++count}`);
      else if (dice < 0.68) here.socket.drop();
      else if (dice < 0.75) void room.timeline.loadOlder();
      else await clock.pass(Math.floor(random() * 3000));
    }
    server.lag = 5;
    for (let rounds = 0; rounds < 20; rounds++) {
      await clock.pass(10_000);
      for (const item of room.timeline.items.filter((item) => item.state === 'failed')) here.chat.sendAgain(item);
    }
    while (room.timeline.older.value === 'more') {
      void room.timeline.loadOlder();
      await clock.pass(100);
    }
    const said = server.history.filter((item) => / PRIVMSG /.test(item.line)).map((item) => item.line.split(' ').at(-1)?.replace(/^:/, ''));
    assert.deepEqual(texts(room), said, `seed ${seed}`);
    assert.equal(new Set(said).size, count, `seed ${seed}: each once, none missing`);
    assert.ok(room.timeline.items.every((item) => item.state === 'sent'));
  }
});
