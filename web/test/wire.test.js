// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Batches, isBatch } from '../irc/batch.js';
import { Caps } from '../irc/caps.js';
import { folding } from '../irc/casemap.js';
import { Isupport } from '../irc/isupport.js';
import { parse } from '../irc/message.js';
import { substitute } from '../irc/registration.js';
import { plain as password } from '../irc/sasl.js';
import { clean, cleanLine, ctcp, plain } from '../irc/text.js';

test('names are folded as the network says', () => {
  assert.equal(folding('ascii')('Ann[]\\~'), 'ann[]\\~');
  assert.equal(folding('rfc1459')('Ann[]\\~'), 'ann{}|^');
  assert.equal(folding('rfc1459-strict')('Ann[]\\~'), 'ann{}|~');
  assert.equal(folding('constructor')('AB'), 'ab');
});

test('tokens can be added, changed and taken back', () => {
  const isupport = new Isupport();
  isupport.take(['NETWORK=Our\\x20Net', 'NICKLEN=20', 'PREFIX=(ov)@+', 'STATUSMSG=@+', 'CASEMAPPING=rfc1459']);
  assert.equal(isupport.get('NETWORK'), 'Our Net');
  assert.equal(isupport.number('NICKLEN', 9), 20);
  assert.equal(isupport.fold('A['), 'a{');
  isupport.take(['-NICKLEN']);
  assert.equal(isupport.number('NICKLEN', 9), 9);
  assert.deepEqual(isupport.ranks, { modes: 'ov', signs: '@+' });
  assert.equal(isupport.bare('@#room'), '#room');
  assert.equal(isupport.bare('@nick'), '@nick');
});

test('modes are told apart with their parameters', () => {
  const isupport = new Isupport();
  isupport.take(['CHANMODES=beI,k,l,imnst', 'PREFIX=(ov)@+']);
  assert.deepEqual(isupport.modes(['+ob-lk+i', 'ann', '*!*@x', 'key']), [
    { on: true, mode: 'o', param: 'ann' },
    { on: true, mode: 'b', param: '*!*@x' },
    { on: false, mode: 'l', param: null },
    { on: false, mode: 'k', param: 'key' },
    { on: true, mode: 'i', param: null },
  ]);
});

/** @param {...string} lines */
function batches(...lines) {
  const open = new Batches();
  return lines.flatMap((line) => {
    const message = parse(line);
    const thing = message && open.take(message);
    return thing ? [thing] : [];
  });
}

test('a batch comes when it is complete, with those inside of it', () => {
  const things = batches(
    '@label=7 :s BATCH +1 chathistory #a',
    '@batch=1 :n PRIVMSG #a :one',
    ':n PRIVMSG #b :in between',
    '@batch=1;msgid=x :n BATCH +2 draft/multiline #a',
    '@batch=2 :n PRIVMSG #a :two',
    '@batch=2 :n PRIVMSG #a :three',
    ':n BATCH -2',
    ':s BATCH -1',
  );
  assert.equal(things.length, 2);
  const [first, second] = things;
  assert.equal(first && !isBatch(first) && first.params[1], 'in between');
  assert.ok(second && isBatch(second));
  assert.equal(second.kind, 'chathistory');
  assert.equal(second.tags.get('label'), '7');
  const inner = second.things[1];
  assert.ok(inner && isBatch(inner));
  assert.equal(inner.tags.get('msgid'), 'x');
  assert.equal(inner.things.length, 2);
});

test('an answer goes through line by line, with its label', () => {
  const things = batches(
    '@label=7 :s BATCH +1 labeled-response',
    '@batch=1 :me JOIN #a',
    ':n PRIVMSG #a :hello',
    '@batch=1 :s 366 me #a :End',
    ':s BATCH -1',
  );
  assert.deepEqual(things.map((thing) => (isBatch(thing) ? thing.kind : thing.command)), ['JOIN', 'PRIVMSG', '366', 'labeled-response']);
  assert.deepEqual(things.map((thing) => thing.tags.get('label')), ['7', undefined, '7', '7']);
});

test('what is left open, or was never opened, does no harm', () => {
  assert.equal(batches('BATCH -x', 'BATCH', 'BATCH +').length, 0);
});

test('what belongs to a batch that is not open is no line of its own', () => {
  assert.equal(batches('@batch=nope :n PRIVMSG #a :x').length, 0);
  assert.equal(batches('@batch=nope :n BATCH +1 draft/multiline #a', '@batch=1 :n PRIVMSG #a :x', ':n BATCH -1').length, 0);
});

test('so many batches may be open at once, and what is in more is dropped', () => {
  const open = Array.from({ length: 65 }, (_, at) => `BATCH +${at} chathistory #a`);
  const held = Array.from({ length: 65 }, (_, at) => `@batch=${at} :n PRIVMSG #a :${at}`);
  const close = Array.from({ length: 65 }, (_, at) => `BATCH -${at}`);
  const things = batches(...open, ...held, ...close);
  assert.equal(things.length, 64);
  assert.ok(things.every((thing) => isBatch(thing) && thing.things.length === 1));
});

test('what is offered and useful is asked for, also later', () => {
  const caps = new Caps();
  assert.deepEqual(caps.take(['*', 'LS', '*', 'batch sasl=PLAIN,X unknown']), []);
  assert.deepEqual(caps.take(['*', 'LS', 'draft/multiline=max-bytes=10,max-lines=2']), ['batch draft/multiline sasl']);
  assert.equal(caps.pending, 1);
  caps.take(['*', 'ACK', 'batch draft/multiline sasl']);
  assert.equal(caps.pending, 0);
  assert.ok(caps.has('batch'));
  assert.equal(caps.value('draft/multiline').get('max-lines'), '2');
  assert.deepEqual(caps.take(['me', 'NEW', 'echo-message batch']), ['echo-message']);
  caps.take(['me', 'DEL', 'batch']);
  assert.equal(caps.has('batch'), false);
});

test('long passwords take several lines, and the last one is never full', () => {
  assert.deepEqual(password('ann', 'pass'), [Buffer.from('\0ann\0pass').toString('base64')]);
  const exact = password('ann', 'x'.repeat(295));
  assert.deepEqual(exact.map((part) => part.length), [400, 1]);
  assert.equal(exact[1], '+');
  assert.equal(Buffer.from(password('ä', '密码').join(''), 'base64').toString(), '\0ä\0密码');
});

test('codes and control characters are no text', () => {
  assert.equal(plain('\x0304,12red\x03 \x02bold\x02\x0f\x1d\x11x\x04ff0000y'), 'red boldxy');
  assert.equal(plain('a\x00b\x07c\x7fd\u0085e\tf\ng'), 'abcde\tf\ng');
  assert.equal(cleanLine('a\n\t\x02b'), 'a b');
  assert.equal(plain('\x031st'), 'st');
});

test('styles stay, colours go', () => {
  assert.equal(clean('\x0304,12red\x03 \x02b\x02\x1di\x1fu\x1es\x11m\x0f\x16\x04ff0000y\x07\n'), 'red \x02b\x02\x1di\x1fu\x1es\x11m\x0fy\n');
});

test('an action is told from other questions', () => {
  assert.deepEqual(ctcp('\x01ACTION waves\x01'), { command: 'ACTION', text: 'waves' });
  assert.deepEqual(ctcp('\x01version'), { command: 'VERSION', text: '' });
  assert.deepEqual(ctcp('\x01'), { command: '', text: '' });
  assert.equal(ctcp('text'), null);
});

test('there is always another nick', () => {
  assert.deepEqual([1, 2, 3].map((tries) => substitute('ann', tries)), ['ann_', 'ann2', 'ann3']);
  assert.equal(substitute('x'.repeat(40), 1).length, 29);
});
