// @ts-check
/**
 * The rows of a timeline. A row gets as properties everything of its item that can change: it reads at least one
 * signal (the words of its language), and such a component is drawn again only when a property is another one. So of
 * hundreds of rows only those change that have a reason to.
 */
import { html } from './html.js';
import { Icon } from './icon.js';
import { Nick, Tile } from './person.js';
import { Rich } from './rich.js';
import { excerpt } from './text.js';
import { summary } from './rows.js';
import { clock, day, full } from './time.js';
import { t } from '../i18n/index.js';

/** @typedef {import('../chat/types.js').Item} Item */

/**
 * What can be done with a message. One object for all rows of a timeline, always the same.
 * @typedef {Object} Deeds
 * @property {(nick: string) => void} person
 * @property {(name: string) => void} room
 * @property {(id: string) => void} goTo
 * @property {(item: Item) => void} reply
 * @property {(item: Item, anchor: Element) => void} pick
 * @property {(item: Item, reaction: string) => void} react
 * @property {(item: Item) => void} copy
 * @property {(item: Item) => void} redact
 * @property {(item: Item) => void} again
 * @property {(item: Item) => void} discard
 * @property {(key: string) => void} unfold
 */

/** @param {{ words: string }} props */
export const Day = ({ words }) => html`<div class="line day" role="separator" aria-label=${words}>
  <span>${words}</span></div>`;

export const NewLine = () => html`<div class="line new" role="separator" aria-label=${t('timeline.new')}>
  <span>${t('timeline.new')}</span></div>`;

/**
 * @typedef {Object} MessageProps
 * @property {Item} item
 * @property {string | null} id
 * @property {Item['state']} state
 * @property {string} why
 * @property {string} text
 * @property {Item['reactions']} reactions
 * @property {Item['redacted']} redacted
 * @property {Item['reply']} reply
 * @property {boolean} mention
 * @property {string} self  our nick, for our own reactions
 * @property {boolean} head  whether the name stands above it
 * @property {boolean} tab  whether the Tab key stops here
 * @property {boolean} active  whether its buttons are shown
 * @property {boolean} flash
 * @property {boolean} may  whether it may be taken back by us
 * @property {Deeds} deeds
 */

/** What somebody said. @param {MessageProps} props */
export function Message({ item, state, why, text, reactions, redacted, reply, mention, self, head, tab, active, flash, may, deeds }) {
  const action = item.kind === 'action';
  const classes = ['row', item.kind, head || action ? 'head' : 'more', state, item.self && 'mine', mention && 'mention',
    redacted && 'redacted', active && 'active', flash && 'flash'].filter(Boolean).join(' ');
  return html`<div class=${classes} role="article" data-key=${item.key} tabindex=${tab ? 0 : -1}
    aria-label=${label(item, text, state, redacted)}>
    ${head && !action
      ? html`<button type="button" class="tile-button" tabindex="-1" aria-hidden="true"
          onClick=${() => deeds.person(item.nick)}><${Tile} nick=${item.nick} /></button>`
      : html`<time class="side" datetime=${item.time} title=${full(item.time)}>${clock(item.time)}</time>`}
    <div class="what">
      ${reply && html`<${Quote} reply=${reply} tab=${active ? 0 : -1} deeds=${deeds} />`}
      ${head && !action && html`<div class="by">
        <button type="button" class="name" tabindex="-1" onClick=${() => deeds.person(item.nick)}><${Nick} nick=${item.nick} /></button>
        ${item.bot && html`<span class="tag">${t('person.bot')}</span>`}
        ${item.kind === 'notice' && html`<span class="tag">${t('message.notice')}</span>`}
        <time datetime=${item.time} title=${full(item.time)}>${clock(item.time)}</time>
      </div>`}
      <div class="text" dir=${action ? undefined : 'auto'}>
        ${redacted
          ? html`<span class="gone">${takenBack(redacted)}${redacted.why && html` <bdi>“${redacted.why}”</bdi>`}</span>`
          : html`${action && html`<span class="star" aria-hidden="true">∗</span> <button type="button" class="name" tabindex="-1"
              onClick=${() => deeds.person(item.nick)}><${Nick} nick=${item.nick} /></button>${' '}`}${action
              ? html`<bdi><${Rich} text=${text} room=${deeds.room} tab=${active ? 0 : -1} /></bdi>`
              : html`<${Rich} text=${text} room=${deeds.room} tab=${active ? 0 : -1} />`}`}
        ${state === 'sending' && html`<span class="pending" title=${t('message.sending')}><${Icon} name="clock" /></span>`}
      </div>
      ${state === 'failed' && html`<div class="why" role="group" aria-label=${t('message.failed')}>
        <${Icon} name="warn" /><span>${t('message.failed')}${why && html` <bdi>${why}</bdi>`}</span>
        <button type="button" class="small" onClick=${() => deeds.again(item)}>${t('message.again')}</button>
        <button type="button" class="small quiet" onClick=${() => deeds.discard(item)}>${t('message.discard')}</button>
      </div>`}
      ${reactions.size > 0 && html`<${Reactions} item=${item} reactions=${reactions} self=${self} deeds=${deeds} active=${active} />`}
    </div>
    ${active && state === 'sent' && !redacted && html`<${Tools} item=${item} may=${may} deeds=${deeds} />`}
  </div>`;
}

/** @param {{ reply: NonNullable<Item['reply']>, tab: number, deeds: Deeds }} props */
const Quote = ({ reply, tab, deeds }) => html`<button type="button" class="quote" tabindex=${tab}
  onClick=${() => deeds.goTo(reply.id)}><${Icon} name="reply" /><span class="unseen">${t('message.quoted')} </span>${reply.nick && html`<${Nick} nick=${reply.nick} />`}<bdi class="cut">${excerpt(reply.text) || t('message.earlier')}</bdi></button>`;

/** @param {{ item: Item, reactions: Item['reactions'], self: string, deeds: Deeds, active: boolean }} props */
const Reactions = ({ item, reactions, self, deeds, active }) => html`<div class="reactions" role="group" aria-label=${t('message.reactions')}>
  ${[...reactions].filter(([, nicks]) => nicks.length).slice(0, 30).map(([reaction, nicks]) => html`<button key=${reaction} type="button"
    class="chip" aria-pressed=${nicks.includes(self)} tabindex=${active ? 0 : -1} title=${who(nicks)} disabled=${!item.id}
    onClick=${() => deeds.react(item, reaction)}><bdi>${reaction}</bdi><span>${nicks.length}</span><span class="unseen">${who(nicks)}</span></button>`)}</div>`;

/** @param {string[]} nicks */
const who = nicks => (nicks.length > 8 ? t('people.more', { names: nicks.slice(0, 8).join(', '), count: nicks.length - 8 }) : nicks.join(', '));

/**
 * The buttons of the message that is pointed at or has the focus. One of them is on the way of the Tab key; the arrow
 * keys lead to the others.
 * @param {{ item: Item, may: boolean, deeds: Deeds }} props
 */
function Tools({ item, may, deeds }) {
  const tool = (/** @type {string} */ name, /** @type {string} */ sign, /** @type {(event: MouseEvent) => void} */ run, first = false) =>
    html`<button type="button" key=${name} tabindex=${first ? 0 : -1} title=${t(`message.${name}`)} aria-label=${t(`message.${name}`)}
      onClick=${run}><${Icon} name=${sign} /></button>`;
  return html`<div class="tools" role="toolbar" aria-label=${t('message.tools')}>
    ${item.id && tool('react', 'smile', event => deeds.pick(item, /** @type {Element} */ (event.currentTarget)), true)}
    ${item.id && tool('reply', 'reply', () => deeds.reply(item))}
    ${tool('copy', 'copy', () => deeds.copy(item), !item.id)}
    ${may && item.id && tool('redact', 'trash', () => deeds.redact(item))}
  </div>`;
}

/** By whom, if that is known. @param {NonNullable<Item['redacted']>} redacted */
const takenBack = ({ by }) => (by ? t('message.redacted', { by }) : t('message.redacted.unknown'));

/** For a screen reader: who, what, when. @param {Item} item @param {string} text @param {Item['state']} state @param {Item['redacted']} redacted */
function label(item, text, state, redacted) {
  const said = redacted ? takenBack(redacted) : excerpt(text, 600);
  const words = t(item.kind === 'action' ? 'message.label.action' : 'message.label', { nick: item.nick, text: said, time: clock(item.time) });
  return state === 'sent' ? words : `${words} ${t(`message.${state}`)}`;
}

/**
 * Something that happened.
 * @param {{ item: Item, tab: boolean, active: boolean, deeds: Deeds }} props
 */
export const Happened = ({ item, tab, active, deeds }) => html`<div class="row event" role="article" data-key=${item.key} tabindex=${tab ? 0 : -1}>
  <time class="side" datetime=${item.time} title=${full(item.time)}>${clock(item.time)}</time>
  <div class="what"><${Fact} item=${item} active=${active} deeds=${deeds} /></div></div>`;

/** Which parameters of a fact are people: they get their colours. */
const PEOPLE = new Set(['nick', 'to', 'by', 'who']);

/** @param {{ item: Item, active: boolean, deeds: Deeds }} props */
function Fact({ item, active, deeds }) {
  const event = item.event;
  if (!event) return null;
  const facts = /** @type {Record<string, string>} */ (event);
  const key = `event.${event.what}${'why' in event && event.why ? '.why' : event.what === 'topic' && !event.topic ? '.none' : ''}`;
  return html`<span>${t(key).split(/(\{\w+\})/).map(part => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (!name) return part;
    const value = facts[name] ?? '';
    if (event.what !== 'rename' && PEOPLE.has(name)) return html`<${Nick} nick=${value} />`;
    return html`<bdi class="fact"><${Rich} text=${value} room=${deeds.room} tab=${active ? 0 : -1} /></bdi>`;
  })}</span>`;
}

/**
 * Comings and goings as one line, which a click unfolds.
 * @param {{ items: Item[], open: boolean, tab: boolean, active: boolean, deeds: Deeds }} props  `items`: at least one
 */
export function Run({ items, open, tab, active, deeds }) {
  const first = /** @type {Item} */ (items[0]);
  const counts = summary(items);
  const parts = [];
  for (const what of /** @type {const} */ (['joined', 'left', 'visited', 'returned'])) {
    const people = counts[what];
    if (people.length === 1) parts.push(t(`run.${what}.one`, { nick: /** @type {string} */ (people[0]) }));
    else if (people.length) parts.push(t(`run.${what}`, { count: people.length }));
  }
  if (counts.renamed) parts.push(t('run.renamed', { count: counts.renamed }));
  const words = parts.join(t('list.comma'));
  return html`<div class="row event run" role="article" data-key=${`run ${first.key}`} tabindex=${tab ? 0 : -1} aria-label=${words}>
    <time class="side" datetime=${first.time} title=${full(first.time)}>${clock(first.time)}</time>
    <div class="what">
      ${items.length === 1
        ? html`<${Fact} item=${first} active=${active} deeds=${deeds} />`
        : html`<button type="button" class="fold" tabindex="-1" aria-expanded=${open} onClick=${() => deeds.unfold(`run ${first.key}`)}>${words}</button>
          ${open && html`<ul class="folded">${items.slice(0, 200).map(item => html`<li key=${item.key}><time>${clock(item.time)}</time> <${Fact} item=${item} active=${active} deeds=${deeds} /></li>`)}</ul>`}`}
    </div></div>`;
}

/** "You missed N", where it happened. @param {{ item: Item, count: number }} props */
export const Gap = ({ item, count }) => html`<div class="line gap" role="separator" data-key=${item.key}
  aria-label=${t('timeline.gap', { count })}><span><${Icon} name="warn" />${t('timeline.gap', { count })}</span></div>`;

/** An answer to us alone. @param {{ item: Item, text: string, tab: boolean, active: boolean, deeds: Deeds }} props */
export const Local = ({ item, text, tab, active, deeds }) => html`<div class="row local" role="article" data-key=${item.key} tabindex=${tab ? 0 : -1}>
  <time class="side" datetime=${item.time} title=${full(item.time)}>${clock(item.time)}</time>
  <div class="what"><div class="text" dir="auto"><${Rich} text=${text} room=${deeds.room} tab=${active ? 0 : -1} /></div>
    <div class="only">${t('message.local')}</div></div></div>`;

/**
 * A row as it is drawn.
 * @param {import('./rows.js').Row} row
 * @param {Object} common  what is the same for all
 * @param {string} common.self
 * @param {boolean} common.removes  whether messages can be taken back at all
 * @param {boolean} common.mayAll  whether we may do so with those of others
 * @param {string} common.stop  the row that Tab leads to
 * @param {string} common.active  the one that shows its buttons
 * @param {string} common.flash
 * @param {Set<string>} common.unfolded
 * @param {Deeds} common.deeds
 */
export function drawn(row, { self, removes, mayAll, stop, active, flash, unfolded, deeds }) {
  if (row.kind === 'day') return html`<${Day} key=${row.key} words=${day(row.time)} />`;
  if (row.kind === 'new') return html`<${NewLine} key="new" />`;
  const tab = row.key === stop;
  if (row.kind === 'run') {
    return html`<${Run} key=${row.key} items=${row.items} open=${unfolded.has(row.key)} tab=${tab} active=${row.key === active} deeds=${deeds} />`;
  }
  const { item } = row;
  if (item.kind === 'gap') return html`<${Gap} key=${row.key} item=${item} count=${item.count} />`;
  if (item.kind === 'event') return html`<${Happened} key=${row.key} item=${item} tab=${tab} active=${row.key === active} deeds=${deeds} />`;
  if (item.kind === 'local') return html`<${Local} key=${row.key} item=${item} text=${item.text} tab=${tab} active=${row.key === active} deeds=${deeds} />`;
  return html`<${Message} key=${row.key} item=${item} id=${item.id} state=${item.state} why=${item.why} text=${item.text}
    reactions=${item.reactions} redacted=${item.redacted} reply=${item.reply} mention=${item.mention} self=${self} head=${row.head}
    tab=${tab} active=${row.key === active} flash=${row.key === flash} may=${mayAll || (removes && item.self)} deeds=${deeds} />`;
}
