// @ts-check
/**
 * Who is in the room: who is here, then who is away, those with a rank first. Only what is on the screen is in the
 * document, as a room can have a hundred thousand members; rows are of one height, so that is arithmetic.
 */
import { useEffect, useLayoutEffect, useRef, useState } from '../vendor/hooks.js';
import { html } from './html.js';
import { Nick, Tile } from './person.js';
import { show, useChat } from './state.js';
import { t } from '../i18n/index.js';

/** @typedef {import('../chat/types.js').Member} Member */
/** @typedef {{ kind: 'title', key: 'members.here' | 'members.away', count: number } | { kind: 'member', key: string, member: Member }} Line */

const RANKS = '~&@%+';
/** From so many on, the list is sorted anew once in a while, not at each change. */
const MANY = 1500;

/** @param {{ room: import('../chat/types.js').Room }} props */
export function Members({ room }) {
  const lines = useLines(room);
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [view, setView] = useState({ top: 0, height: 1200, row: 34 });
  const [stop, setStop] = useState(0);
  const look = () => {
    const element = box.current;
    if (!element) return;
    const row = parseFloat(getComputedStyle(element).getPropertyValue('--row')) * parseFloat(getComputedStyle(document.documentElement).fontSize) || 34;
    setView({ top: element.scrollTop, height: element.clientHeight, row });
  };
  useLayoutEffect(() => {
    look();
    const resized = new ResizeObserver(look);
    if (box.current) resized.observe(box.current);
    return () => resized.disconnect();
  }, []);
  const from = Math.max(0, Math.floor(view.top / view.row) - 10);
  const to = Math.min(lines.length, Math.ceil((view.top + view.height) / view.row) + 10);
  const focusOn = (/** @type {number} */ at) => {
    const goal = Math.max(0, Math.min(at, lines.length - 1));
    setStop(goal);
    const element = box.current;
    if (!element) return;
    const y = goal * view.row;
    if (y < element.scrollTop + view.row) element.scrollTop = y - view.row;
    else if (y + view.row * 2 > element.scrollTop + element.clientHeight) element.scrollTop = y + view.row * 2 - element.clientHeight;
    requestAnimationFrame(() => requestAnimationFrame(() =>
      /** @type {HTMLElement | null} */ (element.querySelector(`[data-at="${goal}"]`))?.focus({ preventScroll: true })));
  };
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    const at = Number(/** @type {HTMLElement} */ (event.target).dataset.at);
    if (Number.isNaN(at)) return;
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const goal = event.key === 'Home' ? nextMember(lines, -1, 1) : event.key === 'End' ? lines.length - 1 : way ? nextMember(lines, at, way) : undefined;
    if (goal === undefined) return;
    event.preventDefault();
    focusOn(goal);
  };
  const tab = lines[stop]?.kind === 'member' && stop >= from && stop < to ? stop : lines.findIndex((line, at) => at >= from && line.kind === 'member');
  return html`<div class="members" ref=${box} onScroll=${look} onKeyDown=${pressed}>
    <ul aria-label=${t('members.title')} ref=${(/** @type {HTMLElement | null} */ element) => element?.style.setProperty('height', `${lines.length * view.row}px`)}>
      ${lines.slice(from, to).map((line, index) => {
        const at = from + index;
        const place = { top: `${at * view.row}px` };
        return line.kind === 'title'
          ? html`<li key=${line.key} class="members-title" style=${place}><h3>${t(line.key, { count: line.count })}</h3></li>`
          : html`<li key=${line.key} style=${place}><${Person} member=${line.member} at=${at} tab=${at === tab} /></li>`;
      })}
    </ul>
  </div>`;
}

/** @param {{ member: Member, at: number, tab: boolean }} props */
function Person({ member, at, tab }) {
  const me = useChat().me.value;
  const rank = member.prefix[0];
  return html`<button type="button" class=${`member ${member.away ? 'away' : ''}`} data-at=${at} tabindex=${tab ? 0 : -1}
    onClick=${() => show('card', { nick: member.nick })}>
    <${Tile} nick=${member.nick} away=${member.away} />
    <span class="cut"><${Nick} nick=${member.nick} plain=${true} /></span>
    ${me?.nick === member.nick && html`<span class="tag">${t('person.you')}</span>`}
    ${member.bot && html`<span class="tag">${t('person.bot')}</span>`}
    ${rank && html`<span class="rank" title=${t(`rank.${rank}`)} aria-hidden="true">${rank}</span>`}
    ${(rank || member.away) && html`<span class="unseen">${['', rank && t(`rank.${rank}`), member.away && t('person.away')].filter(word => word !== undefined && word !== false).join(t('list.comma'))}</span>`}
  </button>`;
}

/** @param {import('../chat/types.js').Room} room @returns {Line[]} */
function useLines(room) {
  const members = room.members.value;
  const [sorted, setSorted] = useState(() => ({ room, members, lines: linesOf(members) }));
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useEffect(() => () => clearTimeout(timer.current), []);
  const small = members.size < MANY;
  if (sorted.room === room && sorted.members !== members && !small) {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const now = room.members.peek();
      setSorted({ room, members: now, lines: linesOf(now) });
    }, 2000);
  } else if (sorted.members !== members || sorted.room !== room) {
    sorted.room = room;
    sorted.members = members;
    sorted.lines = linesOf(members);
  }
  return sorted.lines;
}

/** @param {Map<string, Member>} members @returns {Line[]} */
export function linesOf(members) {
  /** @type {[string, Member][]} */
  const here = [];
  /** @type {[string, Member][]} */
  const away = [];
  for (const each of members) (each[1].away ? away : here).push(each);
  const order = (/** @type {[string, Member]} */ a, /** @type {[string, Member]} */ b) =>
    rankOf(a[1]) - rankOf(b[1]) || (a[0] < b[0] ? -1 : 1);
  /** @type {Line[]} */
  const lines = [];
  for (const [which, people] of /** @type {const} */ ([['members.here', here], ['members.away', away]])) {
    if (!people.length) continue;
    lines.push({ kind: 'title', key: which, count: people.length });
    for (const [key, member] of people.sort(order)) lines.push({ kind: 'member', key: `m ${key}`, member });
  }
  return lines;
}

/** @param {Member} member */
const rankOf = member => (member.prefix ? RANKS.indexOf(/** @type {string} */ (member.prefix[0])) : RANKS.length);

/** @param {Line[]} lines @param {number} at @param {number} way */
function nextMember(lines, at, way) {
  let next = at + way;
  while (lines[next] && lines[next]?.kind !== 'member') next += way;
  return lines[next] ? next : undefined;
}
