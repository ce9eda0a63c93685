// @ts-check
/** The left side: rooms, conversations with persons, and who we are. */
import { useRef, useLayoutEffect } from '../vendor/hooks.js';
import { html } from './html.js';
import { Icon } from './icon.js';
import { Nick, Tile } from './person.js';
import { rove } from './rove.js';
import { drawer, focusComposerSoon, narrow, show, useChat } from './state.js';
import { waits, waitsIn } from './waits.js';
import { digits, t } from '../i18n/index.js';

/** @typedef {import('../chat/types.js').Room} Room */

export function Rooms() {
  const chat = useChat();
  const list = chat.rooms.value;
  const away = narrow.value && !drawer.value;
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    if (narrow.peek() && drawer.peek()) /** @type {HTMLElement | null | undefined} */ (element.current?.querySelector('.room[tabindex="0"]'))?.focus();
  }, [away]);
  const rooms = list.filter(room => room.kind === 'room');
  const persons = list.filter(room => room.kind === 'person');
  // One stop for Tab: the open room, else the first.
  const stop = chat.current.value ?? list[0];
  return html`<nav ref=${element} class=${`rooms-panel ${drawer.value ? 'out' : ''}`} aria-label=${t('rooms.label')} inert=${away}>
    <div class="brand">
      <img src="/icon.svg" width="26" height="26" alt="" />
      <bdi class="cut">${chat.network.value.name}</bdi>
      <button type="button" class="icon-button" title=${t('switcher.title')} aria-label=${t('switcher.title')}
        onClick=${() => show('switcher')}><${Icon} name="search" /></button>
    </div>
    <div class="room-lists" onKeyDown=${(/** @type {KeyboardEvent} */ event) => rove(event, '.room')}>
      <${List} title=${t('rooms.rooms')} add=${t('rooms.join')} rooms=${rooms} stop=${stop} person=${false} />
      <${List} title=${t('rooms.persons')} add=${t('rooms.write')} rooms=${persons} stop=${stop} person=${true} />
    </div>
    <${Self} />
  </nav>`;
}

/** @param {{ title: string, add: string, rooms: Room[], stop: Room | undefined, person: boolean }} props */
const List = ({ title, add, rooms, stop, person }) => html`<section>
  <div class="list-head"><h2>${title}</h2>
    <button type="button" class="icon-button small" title=${add} aria-label=${add} onClick=${() => show('join', { person })}><${Icon} name="plus" /></button></div>
  <ul>${rooms.map(room => html`<li key=${room.key}><${Entry} room=${room} stop=${room === stop} /></li>`)}</ul>
  ${!rooms.length && html`<p class="empty">${t(person ? 'rooms.noPersons' : 'rooms.noRooms')}</p>`}
</section>`;

/** @param {{ room: Room, stop: boolean }} props */
function Entry({ room, stop }) {
  const chat = useChat();
  const here = chat.current.value === room;
  const { unread, mentions } = waits(room);
  const muted = room.muted.value;
  // While there is no connection we are in no room, which is said once and not for each.
  const joined = room.joined.value || room.kind === 'person' || chat.link.value.state !== 'online';
  const draft = !here && room.draft.value.trim() !== '';
  const person = room.kind === 'person';
  const classes = ['room', here && 'here', unread > 0 && 'unread', muted && 'muted', !joined && 'out'].filter(Boolean).join(' ');
  return html`<button type="button" class=${classes} aria-current=${here ? 'page' : undefined} tabindex=${stop ? 0 : -1}
    onClick=${() => go(chat, room)}>
    ${person ? html`<${Tile} nick=${room.name} away=${presence(room)} />` : html`<span class="hash" aria-hidden="true">${room.name[0]}</span>`}
    <bdi class="cut">${person ? room.name : room.name.slice(1)}</bdi>
    ${draft && html`<span class="draft" aria-hidden="true" title=${t('rooms.draft')}>✎</span>`}
    ${muted && html`<${Icon} name="mute" />`}
    ${mentions > 0 ? html`<span class="badge hot" aria-hidden="true">${mentions > 99 ? '99+' : mentions}</span>`
      : unread > 0 ? html`<span class="badge" aria-hidden="true">${unread > 99 ? '99+' : unread}</span>` : null}
    <span class="unseen">${spoken(room, unread, mentions, joined, draft)}</span>
  </button>`;
}

/** @param {import('../chat/types.js').Chat} chat @param {Room} room */
function go(chat, room) {
  chat.open(room);
  drawer.value = false;
  focusComposerSoon();
}

/** Whether the person is away; nothing if that is not known. @param {Room} room */
function presence(room) {
  return room.members.value.get(room.key)?.away;
}

/** What a badge only hints at. @param {Room} room @param {number} unread @param {number} mentions @param {boolean} joined @param {boolean} draft */
function spoken(room, unread, mentions, joined, draft) {
  const parts = [''];
  if (mentions) parts.push(t('rooms.mentions', { count: mentions }));
  if (unread) parts.push(t('rooms.unread', { count: unread }));
  if (room.kind === 'person' && presence(room)) parts.push(t('person.away'));
  if (room.kind === 'room' && !joined) parts.push(t('rooms.out'));
  if (draft) parts.push(t('rooms.draft'));
  return parts.join(t('list.comma'));
}

/** Who we are, and the way to the settings. */
function Self() {
  const me = useChat().me.value;
  if (!me) return null;
  return html`<div class="self">
    <button type="button" class="self-button" onClick=${() => show('account')} title=${t('account.title')}>
      <${Tile} nick=${me.nick} away=${me.away !== null} />
      <span class="self-words"><${Nick} nick=${me.nick} plain=${true} />
        <span class="sub">${me.away !== null ? t('person.away') : me.account ? t('self.account') : t('self.guest')}</span></span>
    </button>
    <button type="button" class="icon-button" title=${t('help.title')} aria-label=${t('help.title')} onClick=${() => show('help')}><${Icon} name="help" /></button>
    <button type="button" class="icon-button" title=${t('settings.title')} aria-label=${t('settings.title')} onClick=${() => show('settings')}><${Icon} name="gear" /></button>
  </div>`;
}

/** How many wait to be read, for the button that opens the list. */
export function Waiting() {
  const { unread, mentions } = waitsIn(useChat().rooms.value);
  if (!unread && !mentions) return null;
  return html`<span class=${`dot ${mentions ? 'hot' : ''}`} aria-hidden="true">${mentions ? digits(Math.min(mentions, 99)) : ''}</span>`;
}
