// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { item } from './fake-chat.js';
import { back, firstNew, forward, locate, rowsOf, summary } from '../view/rows.js';

const noon = new Date(2024, 4, 5, 12).getTime();
const at = (/** @type {number} */ seconds) => new Date(noon + seconds * 1000).toISOString();
const says = (/** @type {string} */ nick, /** @type {number} */ seconds, parts = {}) => item({ nick, time: at(seconds), text: 'x', ...parts });
const joins = (/** @type {string} */ nick, /** @type {number} */ seconds) => item({ kind: 'event', nick, time: at(seconds), event: { what: 'join', nick } });
const leaves = (/** @type {string} */ nick, /** @type {number} */ seconds) => item({ kind: 'event', nick, time: at(seconds), event: { what: 'quit', nick, why: '' } });

/** Rows as words: `ann:` has the name above it, `ann` has not. @param {import('../chat/types.js').Item[]} items @param {any} [options] */
const drawn = (items, { start = 0, presence = 'folded', newKey = null } = {}) =>
  rowsOf(items, start, items.length, { presence, newKey }).map(row => (row.kind === 'item' ? row.item.nick + (row.head ? ':' : '') : row.kind === 'run' ? `run ${row.items.length}` : row.kind)).join(' ');

test('messages of one person within minutes stand under one name', () => {
  assert.equal(drawn([says('ann', 0), says('ann', 60), says('bob', 70), says('ann', 80), says('ann', 600)]), 'day ann: ann bob: ann: ann:');
});

test('a reply, another account and another kind begin anew', () => {
  const reply = { id: 'm', nick: 'bob', text: '' };
  assert.equal(drawn([says('ann', 0), says('ann', 1, { reply }), says('ann', 2, { account: 'ann' }), says('ann', 3, { kind: 'notice' })]), 'day ann: ann: ann: ann:');
});

test('each day has its line', () => {
  assert.equal(drawn([says('ann', -43_201), says('ann', -43_199), says('ann', 0)]), 'day ann: day ann: ann:');
});

test('the first row of a window knows what stands before it', () => {
  assert.equal(drawn([says('ann', 0), says('ann', 1), says('ann', 2)], { start: 1 }), 'ann ann');
});

test('comings and goings become one line, are shown or left out', () => {
  const items = [says('ann', 0), joins('bob', 1), leaves('carl', 2), says('ann', 3)];
  assert.equal(drawn(items), 'day ann: run 2 ann:');
  assert.equal(drawn(items, { presence: 'all' }), 'day ann: bob: carl: ann:');
  assert.equal(drawn(items, { presence: 'none' }), 'day ann: ann');
});

test('a run to which nothing came is the same list as before', () => {
  const items = [joins('ann', 0), joins('bob', 1)];
  const run = () => rowsOf(items, 0, items.length, { presence: 'folded', newKey: null }).find(row => row.kind === 'run')?.items;
  const before = run();
  assert.equal(run(), before);
  items.push(leaves('ann', 2));
  assert.notEqual(run(), before);
  assert.deepEqual(run(), items);
});

test('the line for new messages stands before the first of them', () => {
  const items = [says('ann', 0), says('ann', 1), says('ann', 2)];
  assert.equal(drawn(items, { newKey: items[1]?.key }), 'day ann: new ann: ann');
});

test('the first new message is the first of others behind the marker', () => {
  const items = [says('ann', 0), says('me', 1, { self: true }), joins('bob', 2), says('bob', 3)];
  assert.equal(firstNew(items, at(0)), 3);
  assert.equal(firstNew(items, at(3)), -1);
  assert.equal(firstNew(items, at(-5)), 0);
});

test('who came and went is counted as that', () => {
  const items = [joins('ann', 0), leaves('bob', 1), joins('carl', 2), leaves('carl', 3), joins('bob', 4), joins('dora', 5)];
  assert.deepEqual(summary(items), { joined: ['ann', 'dora'], left: [], visited: ['carl'], returned: ['bob'], renamed: 0 });
});

test('a window is measured in rows, however many items are in one', () => {
  const items = [says('ann', 0), ...Array.from({ length: 500 }, (_, n) => joins(`g${n}`, n)), says('ann', 600), says('ann', 601)];
  assert.equal(back(items, items.length, 3, 'folded'), 1);
  assert.equal(back(items, items.length, 4, 'folded'), 0);
  assert.equal(back(items, items.length, 3, 'all'), items.length - 3);
  assert.equal(forward(items, 0, 2, 'folded'), 501);
  assert.equal(forward(items, 0, 2, 'none'), items.length - 1);
  assert.equal(forward(items, 0, 99, 'folded'), items.length);
});

test('an item is found again after others came before, behind or between', () => {
  const items = Array.from({ length: 10 }, (_, n) => says('ann', n));
  const { key } = /** @type {import('../chat/types.js').Item} */ (items[4]);
  assert.equal(locate(items, key, 4, 0), 4);
  items.unshift(says('bob', -2), says('bob', -1));
  assert.equal(locate(items, key, 4, 2), 6);
  items.splice(1, 1);
  assert.equal(locate(items, key, 6, -5), 5);
  assert.equal(locate(items, 'gone', 6, 0), -1);
});

test('a hundred thousand items are windowed in no time', () => {
  const items = Array.from({ length: 100_000 }, (_, n) => (n % 2 ? joins('g', n) : leaves('g', n)));
  // Time of the processor: what else goes on here is no fault of this.
  const start = process.cpuUsage();
  back(items, items.length, 200, 'folded');
  forward(items, 0, 200, 'none');
  assert.ok(process.cpuUsage(start).user / 1000 < 500);
});
