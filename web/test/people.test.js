// @ts-check
/** Who is there, who types, what is read, what the server says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeServer } from './server.js';
import { FakeClock, texts, world } from './world.js';

/** @param {string} [nick] */
async function enter(nick = 'ann') {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const here = world({ clock, connect: server.connect });
  /** @type {import('../chat/types.js').News[]} */
  const news = [];
  here.chat.onNews((one) => news.push(one));
  void here.chat.enter({ nick });
  await clock.pass(2000);
  const room = here.chat.current.value;
  assert.ok(room);
  const hear = async (/** @type {string[]} */ ...lines) => {
    here.socket.receive(...lines);
    await clock.pass(50);
  };
  let serial = 0;
  const at = () => `@time=${server.stamp()};msgid=x${++serial}`;
  return { ...here, server, room, hear, news, at, get socket() { return here.socket; } };
}

/** @param {import('../chat/types.js').Room} room */
const nicks = (room) => [...room.members.value.values()].map((member) => member.prefix + member.nick);

/** @param {import('../chat/types.js').Room} room */
const facts = (room) => room.timeline.items.filter((item) => item.event).map((item) => item.event);

test('members come, go, are renamed and get ranks', async () => {
  const { room, hear, at } = await enter();
  await hear(
    `${at()} :bob!u@h JOIN #lobby bobs :Bob B.`,
    `${at()} :eve!u@h JOIN #lobby * :Eve`,
    `${at()} :ann!u@h MODE #lobby +ov-o bob bob ann`,
    `${at()} :eve!u@h NICK :Eva`,
  );
  assert.deepEqual(nicks(room), ['ann', '@+bob', 'Eva']);
  assert.deepEqual(room.members.value.get('bob'), { nick: 'bob', prefix: '@+', away: false, account: 'bobs', realname: 'Bob B.', bot: false });
  await hear(
    ':bob!u@h AWAY :gone', ':bob!u@h SETNAME :Robert', ':bob!u@h ACCOUNT *',
    `${at()} :eva!u@h QUIT :bye`,
    `${at()} :bob!u@h KICK #lobby nobody :why`,
  );
  assert.deepEqual(room.members.value.get('bob'), { nick: 'bob', prefix: '@+', away: true, account: null, realname: 'Robert', bot: false });
  assert.deepEqual(nicks(room), ['ann', '@+bob']);
  assert.deepEqual(facts(room).slice(1), [
    { what: 'join', nick: 'bob' },
    { what: 'join', nick: 'eve' },
    { what: 'mode', nick: 'ann', modes: '+ov-o bob bob ann' },
    { what: 'nick', nick: 'eve', to: 'Eva' },
    { what: 'quit', nick: 'eva', why: 'bye' },
    { what: 'kick', nick: 'nobody', by: 'bob', why: 'why' },
  ]);
});

test('a thousand members are told in one piece', async () => {
  const { room, hear } = await enter();
  let changes = 0;
  room.members.subscribe(() => changes++);
  const names = Array.from({ length: 1000 }, (_, at) => `@+n${at}`);
  const lines = [];
  while (names.length > 0) lines.push(`:s 353 ann = #lobby :${names.splice(0, 40).join(' ')}`);
  await hear(...lines, ':s 366 ann #lobby :End');
  assert.equal(room.members.value.size, 1000);
  assert.equal(room.members.value.get('n7')?.prefix, '@+');
  assert.ok(changes <= 3, `${changes}`);
  await hear(...Array.from({ length: 1000 }, (_, at) => `:s 354 ann 7 #lobby n${at} G@B acc${at} :Name ${at}`));
  assert.deepEqual(room.members.value.get('n8')?.account, 'acc8');
  assert.equal(room.members.value.get('n8')?.away, true);
});

test('the topic, and who set it', async () => {
  const { room, hear, at } = await enter();
  await hear(`${at()} :bob!u@h TOPIC #lobby :a \x02bold\x02 topic`);
  assert.equal(room.topic.value, 'a bold topic');
  assert.deepEqual(facts(room).at(-1), { what: 'topic', nick: 'bob', topic: 'a bold topic' });
});

test('who is kicked stays to read, and can come back', async () => {
  const { chat, room, hear, at, server, clock } = await enter();
  await hear(`${at()} :bob!u@h KICK #lobby ann :out`);
  assert.equal(room.joined.value, false);
  assert.equal(room.members.value.size, 0);
  assert.ok(chat.rooms.value.includes(room));
  server.rooms.get('#lobby')?.clear();
  const back = chat.join('#lobby');
  await clock.pass(1000);
  assert.equal(await back, room);
  assert.equal(room.joined.value, true);
});

test('a key is remembered, and used to come back', async () => {
  const { chat, hear, at, server, clock, socket, storage } = await enter();
  const joining = chat.join('#secret', 'sesame');
  await clock.pass(1000);
  await joining;
  await hear(`${at()} :bob!u@h KICK #secret ann :out`);
  server.rooms.get('#secret')?.clear();
  socket.take();
  const back = chat.join('#secret');
  await clock.pass(1000);
  await back;
  assert.ok(socket.take().includes('JOIN #secret sesame'));
  const { places } = JSON.parse(storage.getItem('saloon:of:guest:ann') ?? '');
  assert.deepEqual(places.map((/** @type {any} */ place) => place.key), ['', 'sesame']);
});

test('what is said while one is out is there when one comes back', async () => {
  const { chat, room, hear, at, server, clock } = await enter();
  server.happens('bob', 'PRIVMSG', '#lobby', 'one');
  await clock.pass(100);
  await hear(`${at()} :bob!u@h KICK #lobby ann :out`);
  server.rooms.get('#lobby')?.clear();
  server.happens('bob', 'PRIVMSG', '#lobby', 'two');
  await clock.pass(100);
  void chat.join('#lobby');
  await clock.pass(1000);
  server.happens('bob', 'PRIVMSG', '#lobby', 'three');
  await clock.pass(100);
  assert.deepEqual(texts(room), ['one', 'two', 'three']);
});

test('nobody is too strangely named', async () => {
  const { chat, hear, at } = await enter();
  for (const nick of ['constructor', '__proto__', 'toString']) await hear(`${at()} :${nick}!u@h PRIVMSG ann :hi`);
  for (const room of chat.rooms.value.filter((room) => room.kind === 'person')) {
    assert.equal(room.draft.value, '');
    assert.equal(room.marker.value, null);
    assert.equal(room.unread.value, 1);
  }
  assert.equal(chat.rooms.value.length, 4);
});

test('a room that is renamed keeps all it has', async () => {
  const { chat, room, hear, at } = await enter();
  await hear(`${at()} :bob!u@h PRIVMSG #lobby :before`, `${at()} :bob!u@h RENAME #lobby #Hall :why not`);
  assert.equal(room.name, '#Hall');
  assert.equal(room.key, '#hall');
  assert.deepEqual(texts(room), ['before']);
  await hear(`${at()} :bob!u@h PRIVMSG #hall :after`);
  assert.deepEqual(texts(room), ['before', 'after']);
  assert.equal(chat.rooms.value.length, 1);
});

test('a room that is written otherwise keeps all it has', async () => {
  const { chat, room, hear, at, clock, storage } = await enter();
  await hear(`${at()} :bob!u@h PRIVMSG #lobby :before`);
  room.draft.value = 'half a sen';
  chat.seen(room);
  await clock.pass(1000);
  const kept = () => JSON.parse(storage.getItem('saloon:of:guest:ann') ?? '');
  const { drafts, markers } = kept();
  await hear(`${at()} :bob!u@h RENAME #lobby #Lobby :`);
  await clock.pass(1000);
  assert.equal(room.name, '#Lobby');
  assert.deepEqual([kept().drafts, kept().markers], [drafts, markers]);
  assert.deepEqual(drafts, { '#lobby': 'half a sen' });
});

test('a conversation goes with who changes their nick', async () => {
  const { chat, hear, at } = await enter();
  await hear(`${at()} :bob!u@h JOIN #lobby * :Bob`, `${at()} :bob!u@h PRIVMSG ann :one`);
  const talk = chat.rooms.value.find(({ name }) => name === 'bob');
  assert.ok(talk);
  talk.draft.value = 'half a sen';
  await hear(`${at()} :bob!u@h NICK Bobby`, `${at()} :Bobby!u@h PRIVMSG ann :two`);
  assert.deepEqual([talk.name, talk.key, talk.draft.value], ['Bobby', 'bobby', 'half a sen']);
  assert.deepEqual(texts(talk), ['one', 'two']);
  assert.equal(chat.rooms.value.length, 2);
  // But not into one that there is already.
  await hear(`${at()} :eve!u@h PRIVMSG ann :hi`, `${at()} :Bobby!u@h NICK eve`);
  assert.deepEqual(chat.rooms.value.map(({ name }) => name), ['#lobby', 'Bobby', 'eve']);
});

test('names are equal as the network says, also before it has said so', async () => {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  server.casemapping = 'rfc1459';
  const first = world({ clock, connect: server.connect });
  void first.chat.enter({ nick: 'ann' });
  await clock.pass(2000);
  const joining = first.chat.join('#a[b]');
  await clock.pass(1000);
  (await joining).draft.value = 'half a sen';
  await clock.pass(1000);
  first.socket.drop();
  const second = world({ clock, connect: server.connect, storage: first.storage, session: first.session });
  const room = second.chat.rooms.value.find(({ name }) => name === '#a[b]');
  assert.deepEqual([room?.key, room?.draft.value], ['#a{b}', 'half a sen']);
  await clock.pass(3000);
  assert.equal(room?.joined.value, true);
  assert.equal(second.chat.rooms.value.length, 2);
});

test('of many conversations those come that were going on last', async () => {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  server.accounts.set('ann', 'x');
  const ann = { nick: 'ann', account: 'ann', mask: 'ann!u@h' };
  for (let number = 0; number < 130; number++) server.tell(ann, 'PRIVMSG', `n${number}`, ['hi'], {}, null);
  const { chat } = world({ clock, connect: server.connect });
  void chat.enter({ account: 'ann', password: 'x' });
  await clock.pass(5000);
  const people = chat.rooms.value.filter(({ kind }) => kind === 'person').map(({ name }) => name).sort();
  assert.deepEqual(people, Array.from({ length: 20 }, (_, at) => `n${110 + at}`));
});

test('who somebody is', async () => {
  const { chat, room, socket, hear, clock } = await enter();
  socket.heard = null;
  const asked = chat.whois('bob');
  await clock.pass(1);
  const label = /label=(\w+)/.exec(socket.sent.at(-1) ?? '')?.[1];
  await hear(
    `@label=${label} :s BATCH +w labeled-response`, '@batch=w :s 311 ann bob u h * :Bob B.',
    '@batch=w :s 317 ann bob 5 1767268800 :idle, signon', '@batch=w :s 318 ann bob :End', ':s BATCH -w',
  );
  const found = await asked;
  assert.equal(found.signon, Date.parse('2026-01-01T12:00:00.000Z'), 'in milliseconds');
  assert.equal(found.idle, 5);
  void chat.send(room, '/whois bob');
  await clock.pass(1);
  const again = /label=(\w+)/.exec(socket.sent.at(-1) ?? '')?.[1];
  await hear(`@label=${again} :s 317 ann bob 5 1767268800 :idle, signon`);
  assert.match(texts(room).at(-1) ?? '', /Here since 2026-01-01T12:00:00.000Z/);
});

test('who writes to us opens a conversation, where everything is for us', async () => {
  const { chat, hear, at, news } = await enter();
  await hear(`${at()} :bob!u@h PRIVMSG ann :psst`);
  const talk = chat.rooms.value.find((room) => room.name === 'bob');
  assert.equal(talk?.kind, 'person');
  assert.deepEqual([talk?.unread.value, talk?.mentions.value], [1, 1]);
  assert.equal(news.length, 1);
  const [first] = news;
  assert.equal(first?.kind === 'mention' && first.room, talk);
  await hear(`${at()} :ann!u@h PRIVMSG bob :from elsewhere`);
  assert.deepEqual(texts(talk), ['psst', 'from elsewhere']);
  assert.equal(talk?.unread.value, 0);
});

test('a mention is news unless it is seen or the room is muted', async () => {
  const { chat, room, hear, at, news } = await enter();
  await hear(`${at()} :bob!u@h PRIVMSG #lobby :hi ann`);
  assert.equal(news.length, 0, 'we look at it');
  chat.visible(false);
  await hear(`${at()} :bob!u@h PRIVMSG #lobby :ANN!`, `${at()} :bob!u@h PRIVMSG #lobby :anne`);
  assert.equal(news.length, 1);
  chat.mute(room, true);
  await hear(`${at()} :bob!u@h PRIVMSG #lobby :ann`);
  assert.equal(news.length, 1);
  assert.deepEqual([room.unread.value, room.mentions.value], [4, 3]);
});

test('what is seen is read, and remembered', async () => {
  const first = await enter();
  const { chat, room, hear, at, server, clock, storage, session } = first;
  await hear(`${at()} :bob!u@h PRIVMSG #lobby :one`);
  assert.equal(room.unread.value, 1);
  chat.seen(room);
  assert.equal(room.unread.value, 0);
  assert.equal(room.marker.value, room.timeline.items.at(-1)?.time);
  server.happens('bob', 'PRIVMSG', '#lobby', 'two');
  first.socket.drop();
  await clock.pass(100);
  server.happens('bob', 'PRIVMSG', '#lobby', 'three, ann');
  const again = world({ clock, connect: server.connect, storage, session });
  await clock.pass(3000);
  const [same] = again.chat.rooms.value;
  assert.deepEqual([same?.unread.value, same?.mentions.value], [2, 1]);
});

test('what was said before one first came is nothing missed', async () => {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  for (let number = 0; number < 20; number++) server.happens('bob', 'PRIVMSG', '#lobby', `ann ${number}`);
  const { chat } = world({ clock, connect: server.connect });
  void chat.enter({ nick: 'ann' });
  await clock.pass(2000);
  assert.equal(chat.current.value?.unread.value, 0);
  assert.equal(texts(chat.current.value).length, 20);
});

test('the marker of an account goes to the server, and comes from there', async () => {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  server.accounts.set('ann', 'x');
  const one = world({ clock, connect: server.connect });
  void one.chat.enter({ account: 'ann', password: 'x' });
  await clock.pass(2000);
  server.happens('bob', 'PRIVMSG', '#lobby', 'one');
  await clock.pass(100);
  const room = one.chat.current.value;
  assert.ok(room);
  one.chat.seen(room);
  await clock.pass(5000);
  assert.equal(server.markers.get('ann #lobby'), room.timeline.items.at(-1)?.time);
  one.socket.drop();
  await clock.pass(20);
  // Another browser, that knows nothing.
  const two = world({ clock, connect: server.connect });
  void two.chat.enter({ account: 'ann', password: 'x', nick: 'ann2' });
  await clock.pass(2000);
  assert.equal(two.chat.current.value?.marker.value, room.marker.value);
  assert.equal(two.chat.current.value?.unread.value, 0);
});

test('what was read just before the connection was lost is told when it is back', async () => {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  server.accounts.set('ann', 'x');
  const one = world({ clock, connect: server.connect });
  void one.chat.enter({ account: 'ann', password: 'x' });
  await clock.pass(2000);
  const room = one.chat.current.value;
  assert.ok(room);
  for (const text of ['one', 'two']) {
    server.happens('bob', 'PRIVMSG', '#lobby', text);
    await clock.pass(100);
    one.chat.seen(room);
  }
  // The second is to be told in two seconds: by then we are back.
  one.socket.drop();
  await clock.pass(20_000);
  assert.equal(one.chat.link.value.state, 'online');
  assert.equal(server.markers.get('ann #lobby'), room.marker.value);
});

test('typing is shown, and fades', async () => {
  const { room, hear, clock, at } = await enter();
  await hear('@+typing=active :bob!u@h TAGMSG #lobby', '@+typing=paused :eve!u@h TAGMSG #lobby', '@+typing=active :ann!u@h TAGMSG #lobby');
  assert.deepEqual(room.typing.value, ['bob', 'eve']);
  await clock.pass(6000);
  assert.deepEqual(room.typing.value, ['eve']);
  await clock.pass(25_000);
  assert.deepEqual(room.typing.value, []);
  await hear('@+typing=active :bob!u@h TAGMSG #lobby', '@+typing=active :eve!u@h TAGMSG #lobby');
  await hear(`${at()} :bob!u@h PRIVMSG #lobby :done`, '@+typing=done :eve!u@h TAGMSG #lobby');
  assert.deepEqual(room.typing.value, []);
  await hear(...Array.from({ length: 500 }, (_, at) => `@+typing=active :n${at}!u@h TAGMSG #lobby`));
  assert.ok(room.typing.value.length <= 50);
});

test('that we type is told every three seconds at most', async () => {
  const { chat, room, socket, clock } = await enter();
  await clock.pass(1000);
  socket.sent.splice(0);
  for (let keys = 0; keys < 40; keys++) {
    chat.typed(room, true);
    await clock.pass(100);
  }
  const told = () => socket.sent.splice(0).map((line) => line.replace(/;label=\S+/, ''));
  assert.deepEqual(told(), ['@+typing=active TAGMSG #lobby', '@+typing=active TAGMSG #lobby']);
  await clock.pass(6000);
  assert.deepEqual(told(), ['@+typing=paused TAGMSG #lobby']);
  chat.typed(room, false);
  chat.typed(room, false);
  assert.deepEqual(told(), ['@+typing=done TAGMSG #lobby']);
});

test('reactions, answers, and what is taken back', async () => {
  const { chat, room, hear, at, clock, server } = await enter();
  await hear(`${at()};+saloon/id=q :bob!u@h PRIVMSG #lobby :question`);
  const asked = room.timeline.items.at(-1);
  assert.ok(asked?.id);
  await hear(`${at()};+draft/reply=${asked.id} :eve!u@h PRIVMSG #lobby :answer`);
  assert.deepEqual(room.timeline.items.at(-1)?.reply, { id: asked.id, nick: 'bob', text: 'question' });
  chat.react(asked, '👍');
  await clock.pass(100);
  assert.deepEqual(asked.reactions, new Map([['👍', ['ann']]]));
  chat.react(asked, '👍');
  await clock.pass(100);
  assert.equal(asked.reactions.size, 0);
  room.replying.value = asked;
  await chat.send(room, 'mine');
  await clock.pass(100);
  const mine = room.timeline.items.at(-1);
  assert.ok(mine);
  assert.deepEqual(mine.reply, { id: asked.id, nick: 'bob', text: 'question' });
  assert.equal(room.replying.value, null);
  await Promise.all([chat.redact(mine), clock.pass(100)]);
  assert.deepEqual([mine.text, mine.redacted], ['', { by: 'ann', why: '' }]);
  await Promise.all([assert.rejects(chat.redact(asked)), clock.pass(100)]);
  await hear(`@time=${server.stamp()} :bob!u@h REDACT #lobby ${asked.id} :typo`);
  assert.deepEqual(asked.redacted, { by: 'bob', why: 'typo' });
  assert.deepEqual(mine.reply, { id: asked.id, nick: 'bob', text: '' }, 'nor can it be read in answers');
});

test('hostile amounts are bounded', async () => {
  const { room, hear, at } = await enter();
  await hear(`${at()} :bob!u@h PRIVMSG #lobby :x`);
  const item = room.timeline.items.at(-1);
  for (let number = 0; number < 200; number++) {
    await hear(`${at()};+draft/reply=${item?.id};+draft/react=r${number} :eve!u@h TAGMSG #lobby`);
  }
  assert.ok((item?.reactions.size ?? 0) <= 50);
});

test('"you missed" stands where it happened', async () => {
  const { room, hear, at } = await enter();
  await hear(`${at()} :bob!u@h PRIVMSG #lobby :one`, ':saloon.local NOTICE #lobby :you missed 12 messages in #lobby', `${at()} :bob!u@h PRIVMSG #lobby :two`);
  assert.deepEqual(texts(room), ['one', '<gap>', 'two']);
  assert.equal(room.timeline.items.at(-2)?.count, 12);
  await hear(':bob!u@h NOTICE #lobby :you missed 12 messages in #lobby');
  assert.equal(room.timeline.items.at(-1)?.kind, 'notice', 'only the server can say so');
});

test('answers of the server are said plainly, where they belong', async () => {
  const { chat, room, hear, clock } = await enter();
  await hear(':s NOTICE ann :welcome', ':s 482 ann #lobby :no', ':NickServ!n@s NOTICE ann :do this', ':s 999 ann something :new', ':s FAIL X CODE a :words');
  assert.deepEqual(texts(room), [
    'welcome', 'Only operators of #lobby may do that.', 'NickServ: do this', 'something: new', 'a: words',
  ]);
  assert.ok(room.timeline.items.filter((item) => item.text).every((item) => item.kind === 'local'));
  await chat.send(room, '/quote BOGUS');
  await clock.pass(100);
  assert.equal(texts(room).at(-1), 'The server does not know BOGUS.');
});

test('who is ignored is not heard', async () => {
  const { chat, room, hear, at } = await enter();
  await chat.send(room, '/ignore Eve');
  await hear(`${at()} :eve!u@h PRIVMSG #lobby :ann!`, `${at()} :eve!u@h PRIVMSG ann :psst`, '@+typing=active :eve!u@h TAGMSG #lobby');
  assert.equal(room.unread.value, 0);
  assert.equal(chat.rooms.value.length, 1);
  assert.deepEqual(room.typing.value, []);
  await chat.send(room, '/unignore eve');
  await hear(`${at()} :eve!u@h PRIVMSG #lobby :hello`);
  assert.equal(room.unread.value, 1);
});

test('but what they take back is taken back, and their reactions are not shown', async () => {
  const { chat, room, hear, at, clock, server, socket } = await enter();
  await hear(`${at()};+saloon/id=q :eve!u@h PRIVMSG #lobby :regretted`);
  const item = room.timeline.items.at(-1);
  const asked = server.happens('bob', 'PRIVMSG', '#lobby', 'question');
  await chat.send(room, '/ignore eve');
  await hear(`@time=${server.stamp()} :eve!u@h REDACT #lobby ${item?.id}`);
  assert.deepEqual(item?.redacted, { by: 'eve', why: '' });
  server.up = false;
  socket.drop();
  server.happens('eve', 'TAGMSG', '#lobby', undefined, { '+draft/reply': asked, '+draft/react': 'x' });
  server.happens('fay', 'TAGMSG', '#lobby', undefined, { '+draft/reply': asked, '+draft/react': 'y' });
  server.up = true;
  await clock.pass(20_000);
  const question = room.timeline.items.find(({ id }) => id === asked);
  assert.deepEqual(question?.reactions, new Map([['y', ['fay']]]));
});

test('what is searched for comes newest first, and goes on from there', async () => {
  const { chat, room, clock, server } = await enter();
  for (let number = 1; number <= 70; number++) server.happens('bob', 'PRIVMSG', '#lobby', `pear ${number}`);
  const look = async (/** @type {string} */ before) => {
    const asked = chat.search(room, 'pear', before);
    await clock.pass(100);
    return asked;
  };
  const first = await look('');
  const second = await look(first.items.at(-1)?.item.time ?? '');
  const wanted = Array.from({ length: 70 }, (_, at) => `pear ${70 - at}`);
  assert.deepEqual([...first.items, ...second.items].map(({ item }) => item.text), wanted);
  assert.deepEqual([first.more, second.more], [true, false]);
  void chat.send(room, '/search pear 7');
  await clock.pass(100);
  const lines = texts(room).at(-1)?.split('\n').map((line) => line.replace(/^.*: pear/, 'pear'));
  assert.deepEqual(lines, ['2 messages found:', 'pear 7', 'pear 70']);
});

test('styles are shown, and are in nobody’s way', async () => {
  const { chat, room, hear, at, clock } = await enter();
  await hear(`${at()};+saloon/id=q :bob!u@h PRIVMSG #lobby :\x02a\x02nn, \x0304look\x03 \x02here`);
  const item = room.timeline.items.at(-1);
  assert.ok(item);
  assert.deepEqual([item.text, item.mention], ['\x02a\x02nn, look \x02here', true]);
  await hear(`${at()};+draft/reply=${item.id} :eve!u@h PRIVMSG #lobby :yes`);
  assert.deepEqual(room.timeline.items.at(-1)?.reply, { id: item.id, nick: 'bob', text: 'ann, look here' });
  room.replying.value = item;
  await chat.send(room, 'seen');
  assert.equal(room.timeline.items.at(-1)?.reply?.text, 'ann, look here');
  await clock.pass(100);
});

test('an invitation is news', async () => {
  const { hear, news, at } = await enter();
  await hear(`${at()} :bob!u@h INVITE ann #secret`);
  assert.deepEqual(news, [{ kind: 'invited', nick: 'bob', room: '#secret' }]);
});

test('questions to programs are nobody’s to read', async () => {
  const { room, hear, at, chat } = await enter();
  await hear(`${at()} :bob!u@h PRIVMSG ann :\x01VERSION\x01`, `${at()} :bob!u@h PRIVMSG #lobby :\x01ACTION waves\x01`);
  assert.equal(chat.rooms.value.length, 1);
  assert.equal(room.timeline.items.at(-1)?.kind, 'action');
  assert.equal(room.timeline.items.at(-1)?.text, 'waves');
});
