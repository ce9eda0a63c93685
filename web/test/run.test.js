// @ts-check
/** Timelines: each message once and in order, whatever comes when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeItem } from '../chat/item.js';
import { Run } from '../chat/run.js';
import { chance } from './world.js';

/** @typedef {import('../chat/entry.js').Entry} Entry */

/** @param {number} number @returns {Entry & { what: 'item' }} */
function entry(number) {
  const time = new Date(1_700_000_000_000 + number).toISOString();
  return { what: 'item', where: '#a', time, item: makeItem({ kind: 'message', id: `m${number}`, time, nick: 'bob', text: `${number}` }) };
}

/** @param {Run} run */
const numbers = (run) => run.items.map((item) => Number(item.text));

/** @param {number} from @param {number} to */
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** A history that is asked, and answers when it is told to. @param {number} size */
function archive(size) {
  /** @type {number[]} */
  const all = range(1, size);
  /** @type {(() => void)[]} */
  const waiting = [];
  const timeOf = (/** @type {string} */ ref) => Date.parse(ref.replace('timestamp=', '')) - 1_700_000_000_000;
  const limit = 10;
  return {
    all,
    waiting,
    /** @type {import('../chat/run.js').Fetch} */
    fetch: (subcommand, ...refs) => new Promise((resolve, reject) => {
      waiting.push(() => {
        const [first = '', second = ''] = refs;
        if (refs.includes('timestamp=')) return reject(new Error(`${subcommand} of no time`));
        let found = all;
        if (subcommand === 'LATEST') found = (first === '*' ? all : all.filter((n) => n > timeOf(first))).slice(-limit);
        if (subcommand === 'BEFORE') found = all.filter((n) => n < timeOf(first)).slice(-limit);
        if (subcommand === 'AFTER') found = all.filter((n) => n > timeOf(first)).slice(0, limit);
        if (subcommand === 'BETWEEN') found = all.filter((n) => n < timeOf(first) && n > timeOf(second)).slice(-limit);
        if (subcommand === 'AROUND') {
          const at = all.indexOf(Number(first.slice('msgid=m'.length)));
          found = at < 0 ? [] : all.slice(Math.max(0, at - limit / 2), at + limit / 2);
        }
        const entries = found.map(entry);
        resolve({ entries, count: entries.length, first: entries[0]?.time ?? '', last: entries.at(-1)?.time ?? '' });
      });
    }),
    async answer() {
      waiting.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
    async answerAll() {
      do await this.answer();
      while (waiting.length > 0);
    },
  };
}

test('a room begins with its latest part, and goes back from there', async () => {
  const history = archive(35);
  const run = new Run(history.fetch);
  void run.catchUp();
  await history.answerAll();
  assert.deepEqual(numbers(run), range(26, 35));
  assert.equal(run.older.value, 'more');
  for (let parts = 0; parts < 3; parts++) {
    void run.loadOlder();
    await history.answerAll();
  }
  assert.deepEqual(numbers(run), range(1, 35));
  assert.equal(run.older.value, 'more');
  void run.loadOlder();
  await history.answerAll();
  assert.equal(run.older.value, 'end');
});

test('what comes while the first part is fetched is shown at once, and once', async () => {
  const history = archive(5);
  const run = new Run(history.fetch);
  void run.catchUp();
  history.all.push(6);
  run.receive(entry(6));
  assert.deepEqual(numbers(run), [6]);
  await history.answerAll();
  assert.deepEqual(numbers(run), range(1, 6));
});

test('where nothing had been said yet, what was missed is fetched as well', async () => {
  const history = archive(0);
  const run = new Run(history.fetch);
  void run.catchUp();
  await history.answerAll();
  run.lost();
  history.all.push(1, 2);
  void run.catchUp();
  await history.answerAll();
  assert.deepEqual(numbers(run), [1, 2]);
  assert.deepEqual([run.older.value, run.newer.value], ['more', 'live']);

  const empty = new Run(history.fetch);
  history.all.length = 0;
  void empty.catchUp();
  await history.answerAll();
  empty.lost();
  void empty.loadNewer();
  history.all.push(3);
  await history.answerAll();
  assert.deepEqual(numbers(empty), [3]);
});

test('what was missed is fetched until there is no gap', async () => {
  const history = archive(5);
  const run = new Run(history.fetch);
  void run.catchUp();
  await history.answerAll();
  run.lost();
  assert.equal(run.newer.value, 'more');
  history.all.push(...range(6, 38));
  void run.catchUp();
  history.all.push(39);
  run.receive(entry(39));
  assert.deepEqual(numbers(run), range(1, 5), 'not before what was missed');
  await history.answerAll();
  assert.deepEqual(numbers(run), range(1, 39));
  assert.equal(run.newer.value, 'live');
  assert.equal(run.behind.value, 0);
});

test('when too much was missed, only the latest is shown, without a gap', async () => {
  const history = archive(5);
  const run = new Run(history.fetch);
  void run.catchUp();
  await history.answerAll();
  const draft = makeItem({ kind: 'message', time: '', text: '0', state: 'failed', self: true, tag: 't' });
  run.add(draft);
  run.lost();
  history.all.push(...range(6, 2000));
  void run.catchUp();
  await history.answerAll();
  const shown = numbers(run);
  assert.equal(shown.at(-1), 0, 'what failed is still there');
  assert.deepEqual(shown.slice(0, -1), range(/** @type {number} */ (shown[0]), 2000));
  assert.ok(shown.length >= 500 && shown.length < 520);
  assert.equal(run.older.value, 'more');
});

test('an old message is shown with what surrounds it, and new ones are counted until one goes back', async () => {
  const history = archive(100);
  const run = new Run(history.fetch);
  void run.catchUp();
  await history.answerAll();
  const found = run.goTo('m40');
  await history.answerAll();
  assert.equal((await found)?.text, '40');
  assert.deepEqual(numbers(run), range(35, 44));
  assert.equal(run.newer.value, 'more');
  history.all.push(101);
  run.receive(entry(101));
  assert.equal(run.behind.value, 1);
  assert.deepEqual(numbers(run), range(35, 44));
  void run.loadNewer();
  await history.answerAll();
  assert.deepEqual(numbers(run), range(35, 64));
  void run.goToLatest();
  await history.answerAll();
  assert.deepEqual(numbers(run), range(92, 101));
  assert.equal(run.newer.value, 'live');
  assert.equal(run.behind.value, 0);
  assert.equal(await run.goTo('m95'), run.find('m95'));
  const nowhere = run.goTo('m5000');
  await history.answerAll();
  assert.equal(await nowhere, null);
  assert.deepEqual(numbers(run), range(92, 101), 'nothing is lost by asking for what there is not');
});

test('what was missed is counted, also while one looks at an old message', async () => {
  const history = archive(100);
  const run = new Run(history.fetch);
  void run.catchUp();
  await history.answerAll();
  void run.goTo('m40');
  await history.answerAll();
  run.lost();
  history.all.push(101, 102);
  void run.catchUp(entry(98).time);
  await history.answer();
  history.all.push(103);
  run.receive(entry(103));
  await history.answerAll();
  assert.deepEqual(numbers(run), range(35, 44));
  assert.equal(run.newer.value, 'more');
  assert.deepEqual(run.countSince(entry(98).time), { unread: 5, mentions: 0 });
  for (let parts = 0; parts < 20 && run.newer.peek() !== 'live'; parts++) {
    void run.loadNewer();
    await history.answerAll();
  }
  assert.deepEqual(numbers(run), range(35, 103));
  assert.deepEqual(run.countSince(entry(98).time), { unread: 5, mentions: 0 });
});

test('what of ours is found in what was missed is sent', async () => {
  const history = archive(100);
  const run = new Run((...asked) => history.fetch(...asked).then((page) => {
    for (const entry of page.entries) if (entry.what === 'item' && entry.item.text === '101') entry.item.tag = 'mine';
    return page;
  }));
  void run.goTo('m40');
  await history.answerAll();
  const mine = makeItem({ kind: 'message', time: '2000', text: '0', nick: 'bob', state: 'sending', self: true, tag: 'mine' });
  run.add(mine);
  run.lost();
  history.all.push(101, 102);
  void run.catchUp(entry(100).time);
  await history.answerAll();
  assert.equal(mine.state, 'sent');
  assert.deepEqual(run.countSince(entry(100).time), { unread: 1, mentions: 0 });
  assert.equal(run.behind.value, 1);
});

test('scrolling down ends where it is live', async () => {
  const history = archive(60);
  const run = new Run(history.fetch);
  void run.goTo('m5');
  await history.answerAll();
  for (let parts = 0; parts < 6 && run.newer.value !== 'live'; parts++) {
    void run.loadNewer();
    await history.answerAll();
  }
  assert.deepEqual(numbers(run), range(1, 60));
  assert.equal(run.newer.value, 'live');
});

test('a part that can’t be fetched can be asked for again', async () => {
  const history = archive(30);
  let broken = true;
  const run = new Run((...asked) => (broken ? Promise.reject(new Error('no')) : history.fetch(...asked)));
  await run.catchUp();
  assert.equal(run.older.value, 'failed');
  broken = false;
  void run.loadOlder();
  await history.answerAll();
  assert.deepEqual(numbers(run), range(21, 30));
});

test('each message once and in order, whatever comes when', async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = chance(seed);
    const history = archive(Math.floor(random() * 60));
    let online = true;
    const run = new Run((...asked) => (online ? history.fetch(...asked) : Promise.reject(new Error('offline'))));
    let said = history.all.length;
    void run.catchUp();
    for (let step = 0; step < 120; step++) {
      const dice = random();
      if (dice < 0.45) {
        said++;
        history.all.push(said);
        if (online) run.receive(entry(said));
      } else if (dice < 0.7) {
        await history.answer();
      } else if (dice < 0.78) {
        void run.loadOlder();
      } else if (dice < 0.84) {
        void run.loadNewer();
      } else if (dice < 0.87) {
        void run.goToLatest();
      } else if (dice < 0.9) {
        void run.goTo(`m${1 + Math.floor(random() * said)}`);
      } else if (dice < 0.93 && online) {
        online = false;
        run.lost();
        history.waiting.length = 0;
      } else if (!online) {
        online = true;
        void run.catchUp();
      }
      const shown = numbers(run);
      for (let at = 1; at < shown.length; at++) {
        assert.equal(shown[at], /** @type {number} */ (shown[at - 1]) + 1, `seed ${seed}, step ${step}: ${shown}`);
      }
    }
    if (!online) {
      online = true;
      void run.catchUp();
    }
    await history.answerAll();
    void run.goToLatest();
    await history.answerAll();
    assert.equal(run.newer.value, 'live', `seed ${seed}`);
    for (let parts = 0; parts < 50 && run.older.value !== 'end'; parts++) {
      void run.loadOlder();
      await history.answerAll();
    }
    assert.deepEqual(numbers(run), range(1, said), `seed ${seed}`);
  }
});

test('what is being sent stands behind all, and goes to its place', () => {
  const run = new Run(() => new Promise(() => {}));
  run.receive(entry(1));
  const mine = makeItem({ kind: 'message', time: '2000', text: '0', state: 'sending', self: true, tag: 'mine' });
  run.add(mine);
  run.receive(entry(2));
  assert.deepEqual(numbers(run), [1, 2, 0]);
  const echo = entry(3);
  echo.item.self = true;
  echo.item.tag = 'mine';
  const { key } = mine;
  run.receive(echo);
  run.receive(entry(4));
  assert.deepEqual(numbers(run), [1, 2, 3, 4]);
  assert.equal(run.find('m3'), mine);
  assert.equal(mine.key, key);
  assert.equal(mine.state, 'sent');
});

test('answers to us alone keep their place', () => {
  const run = new Run(() => new Promise(() => {}));
  run.receive(entry(1));
  run.add(makeItem({ kind: 'local', time: '9999', text: '0' }));
  run.receive(entry(2));
  assert.deepEqual(numbers(run), [1, 0, 2]);
});

test('reactions and redactions find their message, also one that comes later', async () => {
  const history = archive(3);
  const run = new Run(history.fetch);
  const time = (/** @type {number} */ at) => entry(at).time;
  run.receive({ what: 'react', where: '#a', time: time(10), id: 'm2', nick: 'eve', reaction: '👍', on: true });
  run.receive({ what: 'react', where: '#a', time: time(12), id: 'm3', nick: 'eve', reaction: '👍', on: false });
  run.receive({ what: 'react', where: '#a', time: time(11), id: 'm3', nick: 'eve', reaction: '👍', on: true });
  run.receive({ what: 'redact', where: '#a', time: time(13), id: 'm1', by: 'bob', why: 'oops' });
  void run.catchUp();
  await history.answerAll();
  assert.deepEqual(run.find('m2')?.reactions, new Map([['👍', ['eve']]]));
  assert.equal(run.find('m3')?.reactions.size, 0, 'the later one counts');
  assert.deepEqual(run.find('m1')?.redacted, { by: 'bob', why: 'oops' });
  assert.equal(run.find('m1')?.text, '');
});

test('what did not fit in a line is put together again', async () => {
  const run = new Run(() => new Promise(() => {}));
  const first = entry(1);
  first.item.text = 'one ';
  run.receive(first);
  const part = (/** @type {string} */ text) => ({ ...entry(1), what: /** @type {const} */ ('more'), item: { ...entry(1).item, id: null, text } });
  run.receive(part('two '));
  run.receive(part('three'));
  assert.deepEqual(run.items.map((item) => item.text), ['one two three']);
});

test('a hundred thousand messages can be scrolled in, and those at the end are bounded', () => {
  const run = new Run(() => new Promise(() => {}));
  for (let number = 1; number <= 100_000; number++) run.receive(entry(number));
  assert.ok(run.items.length <= 22_000);
  assert.equal(numbers(run).at(-1), 100_000);
  assert.equal(run.older.value, 'more');
});

test('who scrolls far back loses the newest, and can scroll down to them again', async () => {
  const history = archive(200);
  const run = new Run(history.fetch, { kept: 20, slack: 5, most: 50, missed: 500, held: 10 });
  void run.catchUp();
  await history.answerAll();
  while (run.older.value !== 'end') {
    void run.loadOlder();
    await history.answerAll();
    assert.ok(run.items.length <= 50);
  }
  assert.equal(numbers(run)[0], 1);
  assert.equal(run.newer.value, 'more');
  for (let number = 201; number <= 260; number++) {
    history.all.push(number);
    run.receive(entry(number));
  }
  assert.equal(run.behind.value, 60);
  for (let parts = 0; parts < 30 && run.newer.peek() === 'more'; parts++) {
    void run.loadNewer();
    await history.answerAll();
    const shown = numbers(run);
    assert.deepEqual(shown, range(shown[0] ?? 0, shown.at(-1) ?? 0));
  }
  assert.equal(numbers(run).at(-1), 260);
});

test('a hundred thousand messages fit when they are asked for', async () => {
  const all = range(1, 100_000);
  const at = (/** @type {string} */ ref) => Date.parse(ref.slice('timestamp='.length)) - 1_700_000_000_000;
  const run = new Run(async (subcommand, ref = '') => {
    const end = subcommand === 'LATEST' ? all.length : at(ref) - 1;
    const entries = all.slice(Math.max(0, end - 5000), end).map(entry);
    return { entries, count: entries.length, first: entries[0]?.time ?? '', last: entries.at(-1)?.time ?? '' };
  });
  await run.catchUp();
  while (run.older.value !== 'end') await run.loadOlder();
  assert.equal(run.items.length, 100_000);
  assert.equal(run.items[0]?.text, '1');
});
