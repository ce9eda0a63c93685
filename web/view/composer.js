// @ts-check
/** Where one writes: several lines, completion, what it answers, who else is writing. */
import { useLayoutEffect, useRef, useState } from '../vendor/hooks.js';
import { html } from './html.js';
import { Icon } from './icon.js';
import { Nick } from './person.js';
import { complete, taken } from './complete.js';
import { excerpt } from './text.js';
import { complain, composer, said, touch, useChat } from './state.js';
import { t } from '../i18n/index.js';

/** @typedef {import('../chat/types.js').Room} Room */
/** @typedef {import('./complete.js').Completion} Completion */

/** What was sent from each room, for the arrow up. @type {Map<string, string[]>} */
const sent = new Map();

/** @param {{ room: Room }} props */
export function Composer({ room }) {
  const chat = useChat();
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const [choice, setChoice] = useState(/** @type {{ completion: Completion, at: number } | null} */ (null));
  const recalled = useRef(-1);
  const text = room.draft.value;
  const link = chat.link.value.state;
  useLayoutEffect(() => {
    composer.current = field.current;
    recalled.current = -1;
    setChoice(null);
    return () => {
      composer.current = null;
    };
  }, [room]);
  useLayoutEffect(() => fit(field.current), [text, room]);

  const known = () => ({ commands: chat.commands, nicks: likely(room, chat.me.peek()?.nick ?? ''), rooms: chat.rooms.peek().filter(each => each.kind === 'room').map(each => each.name) });
  const look = (asked = false) => {
    const element = field.current;
    if (!element || element.selectionStart !== element.selectionEnd) return setChoice(null), null;
    const completion = complete(element.value, element.selectionStart, known(), asked);
    setChoice(completion && { completion, at: 0 });
    return completion;
  };
  const write = (/** @type {string} */ words) => {
    room.draft.value = words;
    chat.typed(room, words.trim() !== '' && !/^\/(?!\/|me\s)/.test(words));
  };
  const put = (/** @type {string} */ words, caret = words.length) => {
    const element = /** @type {HTMLTextAreaElement} */ (field.current);
    element.value = words;
    element.setSelectionRange(caret, caret);
    write(words);
    fit(element);
  };
  const take = (/** @type {Completion} */ completion, /** @type {import('./complete.js').Option} */ option) => {
    const element = /** @type {HTMLTextAreaElement} */ (field.current);
    const next = taken(element.value, completion, option);
    put(next.text, next.caret);
    setChoice(null);
    element.focus();
  };
  const send = () => {
    const words = /** @type {HTMLTextAreaElement} */ (field.current).value;
    if (!words.trim()) return;
    const before = sent.get(room.key) ?? [];
    sent.set(room.key, [...before.slice(-49), words]);
    recalled.current = -1;
    put('');
    setChoice(null);
    chat.send(room, words).catch(complain);
    said.value += 1;
  };
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (choice && choose(event, choice, setChoice, take)) return;
    const element = /** @type {HTMLTextAreaElement} */ (field.current);
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey && (event.ctrlKey || event.metaKey || !touch.peek())) {
      event.preventDefault();
      send();
    } else if (event.key === 'Tab' && !event.shiftKey && !event.ctrlKey && !event.altKey && element.value) {
      const completion = look(true);
      if (!completion) return;
      event.preventDefault();
      const [only] = completion.options;
      if (completion.options.length === 1 && only) take(completion, only);
    } else if (event.key === 'ArrowUp' && !event.altKey && (element.value === '' || recalled.current >= 0)) {
      recall(event, 1);
    } else if (event.key === 'ArrowDown' && !event.altKey && recalled.current >= 0) {
      recall(event, -1);
    } else if (event.key === 'Escape' && room.replying.peek()) {
      event.stopPropagation();
      room.replying.value = null;
    }
  };
  const recall = (/** @type {KeyboardEvent} */ event, /** @type {number} */ way) => {
    const all = sent.get(room.key) ?? [];
    const at = recalled.current + way;
    if (at >= all.length) return;
    event.preventDefault();
    recalled.current = Math.max(-1, at);
    put(at < 0 ? '' : (all[all.length - 1 - at] ?? ''));
  };

  const joined = room.joined.value;
  const option = choice && `option-${choice.at}`;
  return html`<form class="composer" aria-label=${t('composer.label', { room: room.name })} onSubmit=${(/** @type {Event} */ event) => {
    event.preventDefault();
    send();
    field.current?.focus();
  }}>
    ${choice && html`<${Options} choice=${choice} take=${take} />`}
    <${Replying} room=${room} />
    ${!joined && link === 'online' && room.kind === 'room' && html`<div class="composer-note"><span>${t('room.out')}</span>
      <button type="button" class="small" onClick=${() => chat.join(room.name).catch(complain)}>${t('room.rejoin')}</button></div>`}
    <div class="composer-line">
      <textarea ref=${field} id="composer" rows="1" dir="auto" value=${text} autocomplete="off" enterkeyhint=${touch.value ? 'enter' : 'send'}
        placeholder=${t('composer.placeholder', { room: room.name })} aria-label=${t('composer.label', { room: room.name })}
        aria-autocomplete="list" aria-haspopup="listbox" aria-controls=${choice ? 'options' : undefined} aria-activedescendant=${option ?? undefined}
        onInput=${(/** @type {InputEvent} */ event) => {
          recalled.current = -1;
          write(/** @type {HTMLTextAreaElement} */ (event.currentTarget).value);
          look();
        }}
        onKeyDown=${pressed} onBlur=${() => setChoice(null)}></textarea>
      <${Length} text=${text} />
      <button type="submit" class="send" disabled=${!text.trim()} title=${t('composer.send')} aria-label=${t('composer.send')}><${Icon} name="send" /></button>
    </div>
    <div class="below"><${Typing} room=${room} />${link !== 'online' && text.trim() && html`<span>${t('composer.offline')}</span>`}</div>
  </form>`;
}

/**
 * The keys of the open list. Whether the key was one of them.
 * @param {KeyboardEvent} event
 * @param {{ completion: Completion, at: number }} choice
 * @param {(choice: { completion: Completion, at: number } | null) => void} setChoice
 * @param {(completion: Completion, option: import('./complete.js').Option) => void} take
 */
function choose(event, { completion, at }, setChoice, take) {
  const { options } = completion;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const now = options[at];
  if (step) setChoice({ completion, at: (at + step + options.length) % options.length });
  else if (event.key === 'Escape') {
    event.stopPropagation();
    setChoice(null);
  } else if ((event.key === 'Tab' && !event.shiftKey) && now) take(completion, now);
  else if (event.key === 'Enter' && !event.shiftKey && now) {
    // A command that stands there in full is sent, not completed once more.
    const typed = /** @type {HTMLTextAreaElement} */ (event.currentTarget).value;
    if (completion.kind === 'command' && typed.trim() === now.label) return setChoice(null), false;
    take(completion, now);
  } else return false;
  event.preventDefault();
  return true;
}

/** @param {{ choice: { completion: Completion, at: number }, take: (completion: Completion, option: import('./complete.js').Option) => void }} props */
function Options({ choice: { completion, at }, take }) {
  return html`<ul class="options" id="options" role="listbox" tabindex="-1" aria-label=${t(`complete.${completion.kind}`)}>
    ${completion.options.map((option, index) => html`<li key=${option.label} id=${`option-${index}`} role="option" aria-selected=${index === at}
      ref=${(/** @type {HTMLElement | null} */ element) => index === at && element?.scrollIntoView({ block: 'nearest' })}
      onPointerDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${() => take(completion, option)}>
      ${option.command
        ? html`<span class="command">${option.label} <span class="usage">${usage(option.command)}</span></span><span class="sub cut">${t(option.command.help)}</span>`
        : html`<bdi class="cut">${option.label}</bdi>`}
    </li>`)}
  </ul>`;
}

/** The arguments of a command. Its usage may begin with its name. @param {import('../chat/types.js').Command} command */
const usage = command => t(command.usage).replace(new RegExp(`^/${command.name}\\s*`), '');

/** @param {{ room: Room }} props */
function Replying({ room }) {
  const item = room.replying.value;
  if (!item) return null;
  return html`<div class="composer-note replying"><${Icon} name="reply" />
    <span class="cut">${t('composer.replying')} <${Nick} nick=${item.nick} /> <bdi class="sub">${excerpt(item.text)}</bdi></span>
    <button type="button" class="icon-button small" aria-label=${t('composer.noReply')} title=${t('composer.noReply')}
      onClick=${() => {
        room.replying.value = null;
        composer.current?.focus();
      }}><${Icon} name="close" /></button></div>`;
}

/** Who is writing. Its place is always there, so that nothing moves. @param {{ room: Room }} props */
function Typing({ room }) {
  const nicks = room.typing.value;
  if (!nicks.length) return html`<span></span>`;
  const key = nicks.length > 3 ? 'typing.many' : `typing.${nicks.length}`;
  return html`<span class="typing"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>${t(key, { a: nicks[0] ?? '', b: nicks[1] ?? '', c: nicks[2] ?? '', count: nicks.length })}</span>`;
}

/** How much room is left, when it becomes little. @param {{ text: string }} props */
function Length({ text }) {
  const limit = useChat().network.value.features.multiline?.bytes ?? 0;
  if (!limit || text.length < limit / 4) return null;
  const left = limit - new TextEncoder().encode(text).length;
  return left > limit / 5 ? null : html`<span class=${`length ${left < 0 ? 'over' : ''}`} role="status">${t('composer.left', { count: left })}</span>`;
}

/**
 * As high as what stands in it, up to a third of the screen. The line around it keeps its height while that is
 * measured, or the messages above would be moved for a moment, and would not be at their end afterwards.
 * @param {HTMLTextAreaElement | null} field
 */
function fit(field) {
  const line = field?.parentElement;
  if (!field || !line) return;
  line.style.minHeight = `${line.offsetHeight}px`;
  field.style.height = 'auto';
  const height = `${Math.min(field.scrollHeight, Math.max(120, innerHeight / 3))}px`;
  field.style.height = height;
  line.style.minHeight = '';
}

/** Who may be meant, each once: who spoke last comes first. No further than is asked for. @param {Room} room @param {string} self */
function* likely(room, self) {
  const given = new Set([self]);
  const members = room.members.peek();
  const { items } = room.timeline;
  for (let at = items.length - 1; at >= 0 && at > items.length - 200; at -= 1) {
    const nick = items[at]?.nick;
    if (!nick || given.has(nick) || !members.has(nick.toLowerCase())) continue;
    given.add(nick);
    yield nick;
  }
  for (const { nick } of members.values()) if (!given.has(nick)) yield nick;
}
