// @ts-check
/**
 * The same against a real server: `SALOON_WS=ws://127.0.0.1:8080/ws node --test test/real.test.js`. Where node has
 * no WebSocket, `SALOON_WS_CLIENT` names a module that exports one.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChat } from '../chat/chat.js';
import { forgetful } from '../chat/memory.js';
import { texts } from './world.js';

const url = process.env['SALOON_WS'];
const skip = url ? false : 'SALOON_WS is not set';
const module = process.env['SALOON_WS_CLIENT'];
/** @type {typeof WebSocket} */
const Socket = skip ? undefined : module ? (await import(module)).WebSocket : globalThis.WebSocket;

const unique = Math.floor(Date.now() / 100 % 1e8).toString(36);
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {() => boolean} met */
async function until(met) {
  for (let waited = 0; !met() && waited < 8000; waited += 20) await sleep(20);
  assert.ok(met(), String(met));
}

function client() {
  /** @type {WebSocket[]} */
  const sockets = [];
  const chat = createChat({
    url: /** @type {string} */ (url),
    socket: (url, protocols) => {
      const socket = new Socket(url, protocols);
      sockets.push(socket);
      return socket;
    },
    storage: forgetful(),
    session: forgetful(),
  });
  return { chat, sockets };
}

test('two guests talk, one of them with a bad connection', { skip }, async () => {
  const [ann, bob] = [client(), client()];
  await Promise.all([ann.chat.enter({ nick: `ann${unique}` }), bob.chat.enter({ nick: `bob${unique}` })]);
  const [here, there] = await Promise.all([ann.chat.join(`#room${unique}`), bob.chat.join(`#room${unique}`)]);
  for (let number = 0; number < 30; number++) {
    await ann.chat.send(here, `a ${number}`);
    await bob.chat.send(there, `b ${number}\nin two lines`);
    if (number % 10 === 5) ann.sockets.at(-1)?.close();
    await sleep(30);
  }
  await until(() => ann.chat.link.value.state === 'online' && texts(here).length === 60 && texts(there).length >= 50);
  for (let rounds = 0; rounds < 3; rounds++) {
    for (const item of here.timeline.items) if (item.state === 'failed') ann.chat.sendAgain(item);
    await sleep(300);
  }
  await until(() => texts(there).length === 60);
  assert.deepEqual(texts(here), texts(there));
  assert.equal(new Set(texts(here)).size, 60);
  ann.chat.leave();
  bob.chat.leave();
});

test('an account is one on all its devices', { skip }, async () => {
  const [one, two] = [client(), client()];
  const nick = `dev${unique}`;
  await one.chat.enter({ nick });
  const codes = await one.chat.register('correct horse');
  assert.ok(codes.length > 0);
  await assert.rejects(two.chat.enter({ account: nick, password: 'wrong' }));
  await two.chat.enter({ account: nick, password: 'correct horse' });
  assert.deepEqual(two.chat.me.value, one.chat.me.value);
  const room = await one.chat.join(`#dev${unique}`);
  await until(() => two.chat.rooms.value.some((each) => each.key === room.key));
  const same = two.chat.rooms.value.find((each) => each.key === room.key);
  assert.ok(same);
  await one.chat.send(room, 'hello');
  await until(() => texts(same).includes('hello'));
  assert.equal(same.timeline.items.at(-1)?.self, true);
  const found = await two.chat.search(null, 'hello');
  assert.ok(found.items.some(({ room }) => room === same.key));
  await Promise.all([two.chat.redact(/** @type {any} */ (same.timeline.items.at(-1))), until(() => room.timeline.items.at(-1)?.redacted !== null)]);
  one.chat.leave();
  two.chat.leave();
});
