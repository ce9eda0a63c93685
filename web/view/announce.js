// @ts-check
/**
 * New messages of the open room, for screen readers. The list itself is no live region: what is loaded by scrolling
 * would be read out, too. At most three messages in a while; of more, only the number is said.
 */
import { useEffect, useRef, useState } from '../vendor/hooks.js';
import { html } from './html.js';
import { countsAsNew } from './rows.js';
import { excerpt } from './text.js';
import { useChat } from './state.js';
import { t } from '../i18n/index.js';

const PAUSE = 1500;

/** @param {{ room: import('../chat/types.js').Room }} props */
export function Announcer({ room }) {
  const me = useChat().me.value?.nick;
  const [words, setWords] = useState('');
  const last = useRef(room.timeline.items.at(-1)?.key);
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useEffect(() => {
    const speak = () => {
      timer.current = undefined;
      const fresh = since(room.timeline.items, last.current);
      last.current = room.timeline.items.at(-1)?.key;
      if (room.timeline.newer.peek() !== 'live' || !fresh.length) return;
      setWords(fresh.length > 3
        ? t('announce.many', { count: fresh.length, room: room.name })
        : fresh.map(item => t('announce.one', { nick: item.nick, text: excerpt(item.text, 300) })).join(' '));
    };
    const stop = room.timeline.version.subscribe(() => {
      timer.current ??= setTimeout(speak, PAUSE);
    });
    return () => {
      stop();
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [room, me]);
  return html`<div class="unseen" role="status" aria-live="polite">${words}</div>`;
}

/** The messages of others behind one, a hundred at most. @param {import('../chat/types.js').Item[]} items @param {string | undefined} key */
function since(items, key) {
  const fresh = [];
  if (key === undefined) return [];
  for (let at = items.length - 1; at >= 0 && items[at]?.key !== key && fresh.length < 100; at -= 1) {
    const item = /** @type {import('../chat/types.js').Item} */ (items[at]);
    if (countsAsNew(item)) fresh.unshift(item);
  }
  return fresh;
}
