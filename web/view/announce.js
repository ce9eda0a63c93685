// @ts-check
/**
 * New messages of the open room, for screen readers. The list itself is no live region: what is loaded by scrolling
 * would be read out, too. At most three messages in a while; of more, only the number is said.
 */
import { useEffect, useRef, useState } from '../vendor/hooks.js';
import { html } from './html.js';
import { countsAsNew } from './rows.js';
import { excerpt } from './text.js';
import { t } from '../i18n/index.js';

const PAUSE = 1500;

/** @param {{ room: import('../chat/types.js').Room }} props */
export function Announcer({ room }) {
  const [said, setSaid] = useState({ count: 0, words: '' });
  const last = useRef(room.timeline.items.at(-1)?.key);
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useEffect(() => {
    const speak = () => {
      timer.current = undefined;
      const fresh = since(room.timeline.items, last.current);
      last.current = room.timeline.items.at(-1)?.key;
      if (room.timeline.newer.peek() !== 'live' || !fresh.length) return;
      const words = fresh.length > 3
        ? t('announce.many', { count: fresh.length, room: room.name })
        : fresh.map(item => t('announce.one', { nick: item.nick, text: excerpt(item.text, 300) })).join(' ');
      setSaid(({ count }) => ({ count: count + 1, words }));
    };
    const stop = room.timeline.version.subscribe(() => {
      timer.current ??= setTimeout(speak, PAUSE);
    });
    return () => {
      stop();
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [room]);
  // The same words again are news only in a new element.
  return html`<div class="unseen" role="status" aria-live="polite"><span key=${said.count}>${said.words}</span></div>`;
}

/** The messages of others behind one; none if that is not there any more. @param {import('../chat/types.js').Item[]} items @param {string | undefined} key */
function since(items, key) {
  const at = items.findLastIndex(item => item.key === key);
  return at < 0 ? [] : items.slice(at + 1).filter(countsAsNew);
}
