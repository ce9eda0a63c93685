// @ts-check
/** What stands above the messages: which room this is, and the ways to its panels. */
import { html } from './html.js';
import { Icon } from './icon.js';
import { Tile } from './person.js';
import { Waiting } from './rooms.js';
import { togglePanel } from './panels.js';
import { drawer, narrow, panel, show, useChat } from './state.js';
import { plain } from './text.js';
import { digits, isolated, t } from '../i18n/index.js';

/** @param {{ room: import('../chat/types.js').Room | null }} props */
export function Header({ room }) {
  const features = useChat().network.value.features;
  return html`<header class="room-header">
    ${narrow.value && html`<button type="button" class="icon-button" aria-expanded=${drawer.value}
      onClick=${() => (drawer.value = true)}><${Icon} name="menu" /><span class="unseen">${t('rooms.show')}</span><${Waiting} /></button>`}
    ${room && html`<${Title} room=${room} />`}
    <div class="header-tools">
      ${features.search && html`<button type="button" class="icon-button" title=${t('search.title')} aria-label=${t('search.title')}
        aria-pressed=${panel.value === 'search'} data-opens="search" onClick=${() => togglePanel('search')}><${Icon} name="search" /></button>`}
      ${room?.kind === 'room' && html`<${MembersButton} room=${room} />`}
    </div>
  </header>`;
}

/** @param {{ room: import('../chat/types.js').Room }} props */
function Title({ room }) {
  const topic = plain(room.topic.value);
  const person = room.kind === 'person';
  const there = person ? room.members.value.get(room.key) : undefined;
  const sub = person ? (there ? t(there.away ? 'person.away' : 'person.here') : '') : topic;
  const open = () => (person ? show('card', { nick: room.name }) : show('room', { room }));
  return html`<div class="title">
    ${person && html`<${Tile} nick=${room.name} away=${there?.away} />`}
    <h1><button type="button" onClick=${open} title=${t(person ? 'card.title' : 'room.details')}><bdi class="cut">${room.name}</bdi></button></h1>
    ${room.muted.value && html`<${Icon} name="mute" />`}
    ${sub && html`<bdi class="topic cut" title=${isolated(sub)} onClick=${open}>${sub}</bdi>`}
  </div>`;
}

/** @param {{ room: import('../chat/types.js').Room }} props */
function MembersButton({ room }) {
  const count = room.members.value.size;
  const label = t('members.show', { count });
  return html`<button type="button" class="icon-button with-number" title=${label} aria-label=${label} data-opens="members"
    aria-pressed=${panel.value === 'members'} onClick=${() => togglePanel('members')}><${Icon} name="people" /><span aria-hidden="true">${digits(count)}</span></button>`;
}
