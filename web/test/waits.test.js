// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { room } from './fake-chat.js';
import { waits, waitsIn } from '../view/waits.js';

test('nothing waits in a muted room', () => {
  const tea = room('#tea', { unread: 3, mentions: 1 });
  const ann = room('ann', { unread: 2, mentions: 2 });
  assert.deepEqual(waitsIn([tea, ann]), { unread: 5, mentions: 3 });
  ann.muted.value = true;
  assert.deepEqual(waits(ann), { unread: 0, mentions: 0 });
  assert.deepEqual(waitsIn([tea, ann]), { unread: 3, mentions: 1 });
});
