// @ts-check
/** The rooms, the messages, the panels: what there is once one is in. Fetched while the first form is on the screen. */
import { useEffect } from '../vendor/hooks.js';
import { html } from './html.js';
import { Announcer } from './announce.js';
import { LinkBar, NotifyBar } from './bars.js';
import { Composer } from './composer.js';
import { Header } from './header.js';
import { Icon } from './icon.js';
import { later } from './later.js';
import { Members } from './members.js';
import { Picker } from './picker.js';
import { Rooms } from './rooms.js';
import { settings } from './settings.js';
import { closePanel, panelCovers, panelIn } from './panels.js';
import { drawer, focusComposer, narrow, panel, show, useChat, wide } from './state.js';
import { Timeline } from './timeline.js';
import { shortcuts } from './keys.js';
import { t } from '../i18n/index.js';

export { listen, mark } from './notify.js';

const Search = later(() => import('./search.js').then(module => module.Search), () => closePanel());

export function Shell() {
  const chat = useChat();
  const room = chat.current.value;
  const list = chat.rooms.value;
  useEffect(() => {
    if (!room && list[0]) chat.open(list[0]);
  }, [room, list]);
  useEffect(() => shortcuts(chat), [chat]);
  useEffect(() => {
    if (wide.peek() && settings.peek().members) panel.value = 'members';
    focusComposer();
  }, []);
  const out = narrow.value && drawer.value;
  // What is made anew for each room stands in a box of its own: beside it, the composer would be moved in the document
  // to make place, and a field that is moved takes no more letters.
  return html`<div class="shell">
    <a class="skip" href="#composer" onClick=${(/** @type {Event} */ event) => {
      event.preventDefault();
      focusComposer(true);
    }}>${t('skip')}</a>
    <${Rooms} />
    ${out && html`<div class="scrim" onClick=${() => (drawer.value = false)}></div>`}
    <main class="middle" inert=${out || panelCovers(room)} aria-label=${room ? t('main.label', { room: room.name }) : t('main.none')}>
      <${Header} room=${room} />
      <${LinkBar} /><${NotifyBar} />
      ${room
        ? html`<div class="stage"><${Timeline} key=${room.key} chat=${chat} room=${room} /></div>
            <${Composer} room=${room} /><div><${Announcer} key=${room.key} room=${room} /></div>`
        : html`<${Nowhere} />`}
    </main>
    <${Side} room=${room} />
    <${Picker} />
  </div>`;
}

const Nowhere = () => html`<div class="nowhere"><p>${t('main.none')}</p>
  <button type="button" class="primary" onClick=${() => show('join', { person: false })}>${t('rooms.join')}</button></div>`;

/** The panel at the right. On a screen without room for it, it lies over the messages. @param {{ room: import('../chat/types.js').Room | null }} props */
function Side({ room }) {
  const shown = panelIn(room);
  if (!shown) return null;
  return html`<aside class=${`side-panel ${shown}`} aria-label=${t(`${shown}.title`)} onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    closePanel();
  }}>
    <div class="panel-head"><h2>${t(`${shown}.title`)}</h2>
      <button type="button" class="icon-button" aria-label=${t('close')} title=${t('close')} onClick=${closePanel}><${Icon} name="close" /></button></div>
    ${shown === 'search' ? html`<${Search} room=${room} />` : room && html`<${Members} key=${room.key} room=${room} />`}
  </aside>`;
}
