// @ts-check
/** The bars above the messages: the connection is lost, somebody wants your attention. */
import { useEffect, useState } from '../vendor/hooks.js';
import { html } from './html.js';
import { Icon } from './icon.js';
import { askToNotify, useChat } from './state.js';
import { permit } from './notify.js';
import { set } from './settings.js';
import { t } from '../i18n/index.js';

/** How the connection stands, if it does not. A short pause is not worth a word. */
export function LinkBar() {
  const chat = useChat();
  const link = chat.link.value;
  const slow = useSlow(link.state === 'connecting');
  const retry = html`<button type="button" class="small" onClick=${chat.retry}>${t('link.now')}</button>`;
  let body = null;
  if (link.state === 'waiting') {
    body = html`<${Icon} name="warn" /><span>${t('link.lost')} <span aria-hidden="true"><${Countdown} until=${link.retryAt} /></span></span>${retry}`;
  } else if (link.state === 'refused') {
    body = html`<${Icon} name="warn" /><span>${t('link.refused')} <bdi>${link.why}</bdi></span>${retry}
      <button type="button" class="small quiet" onClick=${chat.leave}>${t('link.other')}</button>`;
  } else if (slow) {
    body = html`<span class="spinner" aria-hidden="true"></span><span>${t('link.connecting')}</span>`;
  }
  return html`<div role="status" class=${body ? `bar ${link.state}` : undefined}>${body}</div>`;
}

/** @param {{ until: number }} props */
function Countdown({ until }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return seconds ? t('link.countdown', { count: seconds }) : t('link.trying');
}

/** Whether something has been so for a while. @param {boolean} is */
function useSlow(is) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!is) return undefined;
    const timer = setTimeout(() => setSlow(true), 800);
    return () => clearTimeout(timer);
  }, [is]);
  return slow && is;
}

/** After the first mention, and not before: may the page say so when it is not in sight? */
export function NotifyBar() {
  if (!askToNotify.value) return null;
  const answer = (/** @type {boolean} */ yes) => {
    askToNotify.value = false;
    if (yes) permit();
    else set({ notify: 'off' });
  };
  return html`<div class="bar ask" role="region" aria-label=${t('notify.label')}><${Icon} name="bell" /><span>${t('notify.ask')}</span>
    <button type="button" class="small" onClick=${() => answer(true)}>${t('notify.yes')}</button>
    <button type="button" class="small quiet" onClick=${() => answer(false)}>${t('notify.no')}</button></div>`;
}
