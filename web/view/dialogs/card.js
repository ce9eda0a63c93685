// @ts-check
/** Somebody's card: what the server tells about them. All of it is their own choice of words, and shown as text. */
import { useEffect, useState } from '../../vendor/hooks.js';
import { html } from '../html.js';
import { Dialog } from '../dialog.js';
import { uncover } from '../panels.js';
import { Nick, Tile } from '../person.js';
import { Rich } from '../rich.js';
import { closeDialog, complain, composer, drawer, insert, onceDrawn, useChat } from '../state.js';
import { brief } from '../time.js';
import { t } from '../../i18n/index.js';

/** @param {{ nick: string }} props */
export function CardDialog({ nick }) {
  const chat = useChat();
  const [who, setWho] = useState(/** @type {import('../../chat/types.js').Whois | null} */ (null));
  const [wrong, setWrong] = useState('');
  useEffect(() => {
    chat.whois(nick).then(setWho, error => setWrong(error instanceof Error ? error.message : String(error)));
  }, [nick]);
  const room = chat.current.value;
  const self = chat.me.value?.nick === nick;
  const write = () => {
    closeDialog();
    drawer.value = false;
    chat.join(nick).then(chat.open, complain);
  };
  const mention = () => {
    closeDialog();
    uncover();
    onceDrawn(() => insert(composer.current?.value.trim() ? `${nick} ` : `${nick}: `));
  };
  const go = (/** @type {string} */ name) => {
    closeDialog();
    chat.join(name).then(chat.open, complain);
  };
  return html`<${Dialog} title=${t('card.title')} plain=${true}>
    <div class="card-head"><${Tile} nick=${nick} away=${who?.away != null} />
      <div class="card-names"><h2><${Nick} nick=${nick} plain=${true} /></h2>${who && html`<bdi class="sub">${who.realname}</bdi>`}</div>
      ${who?.bot && html`<span class="tag">${t('person.bot')}</span>`}${who?.oper && html`<span class="tag">${t('person.oper')}</span>`}</div>
    <div class="card-facts">${wrong ? html`<p class="wrong" role="alert">${wrong}</p>` : who ? html`<${Facts} who=${who} go=${go} />`
      : html`<p class="sub"><span class="spinner" aria-hidden="true"></span> ${t('card.asking')}</p>`}</div>
    <div class="dialog-foot">
      ${!self && room?.kind === 'room' && html`<button type="button" onClick=${mention}>${t('card.mention')}</button>`}
      ${!self && html`<button type="button" class="primary" onClick=${write}>${t('card.write')}</button>`}
      <button type="button" class="quiet" onClick=${closeDialog}>${t('close')}</button></div>
  <//>`;
}

/** @param {{ who: import('../../chat/types.js').Whois, go: (name: string) => void }} props */
function Facts({ who, go }) {
  /** @type {[string, unknown][]} */
  const facts = [[t('card.account'), who.account ?? t('card.guest')]];
  if (who.away !== null) facts.push([t('person.away'), html`<${Rich} text=${who.away} />`]);
  facts.push([t('card.address'), `${who.user}@${who.host}`]);
  if (who.signon) facts.push([t('card.since'), brief(new Date(who.signon).toISOString())]);
  if (who.idle !== null) facts.push([t('card.idle'), t('card.idle.minutes', { count: Math.floor(who.idle / 60) })]);
  for (const [key, value] of Object.entries(who.metadata).slice(0, 20)) facts.push([key, html`<${Rich} text=${value} />`]);
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div key=${name}><dt><bdi>${name}</bdi></dt><dd><bdi>${value}</bdi></dd></div>`)}
    ${who.rooms.length > 0 && html`<div><dt>${t('card.rooms')}</dt><dd class="card-rooms">${who.rooms.slice(0, 40).map(name => html`<button key=${name} type="button" class="room-link"
      onClick=${() => go(name.replace(/^[~&@%+]+/, ''))}><bdi>${name}</bdi></button>`)}</dd></div>`}</dl>`;
}
