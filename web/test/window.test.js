// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { item } from './fake-chat.js';
import { RowWindow } from '../view/window.js';
import { Unseen } from '../view/unseen.js';

/** @typedef {import('../chat/types.js').Item} Item */

const size = { keep: 10, presence: /** @type {const} */ ('folded') };
const following = { stick: true, tight: false };
const reading = { stick: false, tight: false };

/** Messages with keys `from` to before `to`, a second apart. @param {number} from @param {number} to @returns {Item[]} */
const said = (from, to) => Array.from({ length: to - from }, (_, n) =>
  item({ key: `k${from + n}`, nick: 'ann', text: 'x', time: new Date(1.7e12 + (from + n) * 1000).toISOString() }));

/** @param {Item[]} items @param {RowWindow} window */
const ends = (items, window) => [items[window.start]?.key, items[window.end - 1]?.key];

/** @param {Item[]} items @param {number} at */
function around(items, at) {
  const window = new RowWindow();
  window.around(items, at, size);
  window.settle(items, size, reading);
  return window;
}

test('it stands on the same items, whatever comes before them', () => {
  const window = around(said(100, 200), 50);
  assert.deepEqual(ends(said(100, 200), window), ['k140', 'k159']);
  const more = said(0, 200);
  window.settle(more, size, reading);
  assert.deepEqual(ends(more, window), ['k140', 'k159']);
});

test('it stands on the same items when some are put in and others come behind', () => {
  const window = around(said(0, 100), 50);
  const items = said(0, 110);
  items.splice(20, 0, ...said(500, 503));
  window.settle(items, size, reading);
  assert.deepEqual(ends(items, window), ['k40', 'k59']);
});

test('one that is followed ends with the newest, and is cut above', () => {
  const items = said(0, 30);
  const window = new RowWindow();
  window.toEnd(items, size);
  window.settle(items, size, following);
  assert.deepEqual(ends(items, window), ['k20', 'k29']);
  const few = said(0, 60);
  window.settle(few, size, following);
  assert.deepEqual(ends(few, window), ['k20', 'k59'], 'a few more stay');
  const many = said(0, 200);
  window.settle(many, size, following);
  assert.deepEqual(ends(many, window), ['k190', 'k199']);
});

test('a flood is one screen', () => {
  const items = said(0, 200);
  const window = new RowWindow();
  window.toEnd(items, size);
  window.settle(items, size, { stick: true, tight: true });
  assert.deepEqual(ends(items, window), ['k195', 'k199']);
});

test('while one reads at the end, what comes is taken in while there is room', () => {
  const items = said(0, 30);
  const window = new RowWindow();
  window.toEnd(items, size);
  window.settle(items, size, reading);
  const more = said(0, 300);
  window.settle(more, size, reading);
  assert.deepEqual(ends(more, window), ['k20', 'k79']);
  const yet = said(0, 400);
  window.settle(yet, size, reading);
  assert.deepEqual(ends(yet, window), ['k20', 'k79'], 'no end of what there is any more');
});

test('it moves up and down, and is cut at the other end if that is far', () => {
  const items = said(0, 500);
  const window = around(items, 250);
  window.up(items, size, false);
  assert.deepEqual(ends(items, window), ['k200', 'k259']);
  window.up(items, size, true);
  assert.deepEqual(ends(items, window), ['k160', 'k219']);
  window.down(items, size, true);
  assert.deepEqual(ends(items, window), ['k200', 'k259']);
  window.settle(items, size, reading);
  assert.deepEqual(ends(items, window), ['k200', 'k259']);
});

test('if an end was taken away, it begins anew at the other', () => {
  const items = said(0, 100);
  const window = around(items, 50);
  const noEnd = items.filter(({ key }) => key !== 'k59');
  window.settle(noEnd, size, reading);
  assert.deepEqual(ends(noEnd, window), ['k40', 'k49']);
  const noStart = noEnd.filter(({ key }) => key !== 'k40');
  window.settle(noStart, size, reading);
  assert.deepEqual(ends(noStart, window), ['k39', 'k49']);
});

test('if all was replaced, it is at the end', () => {
  const window = around(said(0, 100), 50);
  const others = said(1000, 1100);
  window.settle(others, size, reading);
  assert.deepEqual(ends(others, window), ['k1090', 'k1099']);
  window.settle([], size, reading);
  assert.deepEqual([window.start, window.end], [0, 0]);
});

test('it knows what came behind', () => {
  const window = around(said(100, 200), 50);
  assert.equal(window.came(said(50, 203)), 3);
  assert.equal(window.came(said(100, 150)), 50, 'the last one is not there any more: all');
  assert.equal(new RowWindow().came(said(0, 5)), 0, 'nothing was there');
});

/** @param {number} unread @param {string} marker */
const room = (unread, marker) => /** @type {import('../chat/types.js').Room} */ (/** @type {unknown} */ ({ unread: { peek: () => unread }, marker: { peek: () => marker } }));
const live = { stick: false, newer: /** @type {const} */ ('live') };

test('the line stands above the first message behind the marker, and stays there', () => {
  const items = said(0, 10);
  const unseen = new Unseen();
  unseen.capture(room(3, /** @type {Item} */ (items[6]).time));
  unseen.find(items, false);
  assert.equal(unseen.key, 'k7');
  unseen.find(said(5, 40), false);
  assert.equal(unseen.key, 'k7');
  unseen.capture(room(0, /** @type {Item} */ (items[6]).time));
  unseen.find(items, false);
  assert.equal(unseen.key, null, 'nothing is unread');
});

test('the line waits for its place to be loaded', () => {
  const unseen = new Unseen();
  unseen.capture(room(9, new Date(0).toISOString()));
  unseen.find(said(5, 10), false);
  assert.equal(unseen.key, null);
  unseen.find(said(0, 10), true);
  assert.equal(unseen.key, 'k0');
});

test('what comes while one reads further up is counted, but not what one says', () => {
  const unseen = new Unseen();
  unseen.count(said(0, 10), 0, live);
  unseen.count([...said(0, 12), item({ key: 'own', self: true, text: 'x' })], 3, live);
  assert.equal(unseen.fresh, 2);
  unseen.count(said(0, 12), 0, { ...live, stick: true });
  assert.equal(unseen.fresh, 0);
});

test('what came during an outage is new to who read along', () => {
  const unseen = new Unseen();
  const following = { stick: true, newer: /** @type {const} */ ('live') };
  unseen.count(said(0, 10), 0, following);
  assert.equal(unseen.reaches(said(0, 10), { stick: true, newer: 'more' }), false);
  unseen.count(said(0, 10), 0, { stick: true, newer: 'more' });
  assert.equal(unseen.reaches(said(0, 14), following), true);
  assert.equal(unseen.key, 'k10');
  assert.equal(unseen.fresh, 0);
  assert.equal(unseen.reaches(said(0, 14), following), false, 'once');
});

test('and who read further up is told how much', () => {
  const unseen = new Unseen();
  unseen.count(said(0, 10), 0, { stick: true, newer: 'live' });
  unseen.reaches(said(0, 10), { stick: true, newer: 'more' });
  unseen.reaches(said(0, 14), live);
  assert.equal(unseen.fresh, 4);
});
