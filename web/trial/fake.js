// @ts-check
/** The page around a fake chat: `/trial/?many=100000&idle`. Driven by `trial/try.mjs` through `window.fake`. */
import { start } from '../view/main.js';
import { fakeChat, item, member, room } from '../test/fake-chat.js';
import { scene } from './scene.js';

const asked = new URLSearchParams(location.search);
const many = Number(asked.get('many') ?? 0);
const rooms = many ? [full(many)] : scene();
const chat = fakeChat({ rooms, idle: asked.has('idle') });

/** A room with so many messages. @param {number} count */
function full(count) {
  const from = Date.now() - count * 20_000;
  const people = ['ann', 'bob', 'carl', 'dora', 'emil'];
  const items = Array.from({ length: count }, (_, at) => item({
    nick: /** @type {string} */ (people[(at >> 2) % 5]), time: new Date(from + at * 20_000).toISOString(),
    ...(at % 97 === 0 ? { kind: 'event', event: { what: 'join', nick: `guest${at}` } } : {}),
    text: `message ${at} ${'with some more words '.repeat(at % 7)}`,
  }));
  return room('#lobby', { items, members: people.map(nick => member({ nick })) });
}

Object.assign(window, { fake: { chat, item, member, room } });
await start(async () => chat, { network: 'Saloon', room: '#lobby' }, !asked.has('idle'));
