// @ts-check
/** The socket, and how what it brings is handed on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Link } from '../irc/link.js';
import { FakeClock, FakeSocket } from './world.js';

/** @param {FakeClock} clock */
function link(clock) {
  const socket = new FakeSocket();
  /** @type {string[][]} */
  const bunches = [];
  /** @type {string[]} */
  const told = [];
  const link = new Link({ url: 'ws://x', socket: () => socket, clock, random: () => 0 }, {
    opening: () => told.push('opening'),
    opened: () => told.push('opened'),
    lines: (lines) => bunches.push(lines),
    lost: () => told.push('lost'),
  });
  link.open();
  socket.open();
  return { link, socket, bunches, told };
}

const lines = (/** @type {number} */ from, /** @type {number} */ to) => Array.from({ length: to - from }, (_, at) => `${from + at}`);

test('many lines come in bunches, in order', async () => {
  const clock = new FakeClock();
  const { socket, bunches } = link(clock);
  socket.receive('first');
  await clock.pass(0);
  socket.receive(...lines(0, 600));
  await clock.pass(16);
  assert.deepEqual(bunches.map((bunch) => bunch.length), [1, 250]);
  socket.receive(...lines(600, 700));
  await clock.pass(100);
  assert.deepEqual(bunches.slice(1).flat(), lines(0, 700));
  assert.equal(bunches.length, 4);
});

test('after a long silence they come no other way', async () => {
  const clock = new FakeClock();
  const { socket, bunches } = link(clock);
  await clock.pass(10_000);
  socket.receive(...lines(0, 1000));
  await clock.pass(100);
  assert.deepEqual(bunches.map((bunch) => bunch.length), [250, 250, 250, 250]);
  assert.deepEqual(bunches.flat(), lines(0, 1000));
});

test('where timers come late, as out of sight, bunches are larger', async () => {
  const clock = new FakeClock();
  const { setTimeout } = clock;
  // Once a second.
  clock.setTimeout = (run, ms) => setTimeout(run, ms < 1000 ? 1000 : ms);
  const { socket, bunches } = link(clock);
  for (let second = 0; second < 5; second++) {
    socket.receive(...lines(second * 2000, (second + 1) * 2000));
    await clock.pass(1000);
  }
  assert.deepEqual(bunches.flat(), lines(0, 10_000));
});

test('what came before the end is heard before the end', async () => {
  const clock = new FakeClock();
  const { socket, bunches, told } = link(clock);
  socket.receive(...lines(0, 400));
  await clock.pass(0);
  socket.drop();
  assert.deepEqual(bunches.flat(), lines(0, 400));
  assert.equal(told.at(-1), 'lost');
});

test('that it is tried again is told', async () => {
  const clock = new FakeClock();
  const { socket, told } = link(clock);
  socket.drop();
  await clock.pass(1000);
  assert.deepEqual(told, ['opening', 'opened', 'lost', 'opening']);
});
