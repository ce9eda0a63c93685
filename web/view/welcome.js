// @ts-check
/** The first visit: choose a name, talk. A form as password managers know it. */
import { useRef, useState } from '../vendor/hooks.js';
import { html } from './html.js';
import { set } from './settings.js';
import { language, languages, t } from '../i18n/index.js';

/**
 * @param {{ network: string, room: string, locked: boolean, remembered: { nick: string, account: string | null } | null, why: string,
 *   enter: (choice: Parameters<import('../chat/types.js').Chat['enter']>[0]) => Promise<void>, done: () => void }} props
 *   `locked`: the server wants a password of everybody; `remembered`: who was here last; with an account, as passwords are kept no longer than a tab is open
 */
export function Welcome({ network, room, locked, remembered, why, enter, done }) {
  const [chosen, setChosen] = useState(/** @type {boolean | null} */ (null));
  const account = chosen ?? !!remembered?.account;
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState('');
  const wrong = failed || (busy ? '' : why);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const submitted = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const nick = String(data.get('username') ?? '').trim();
    const password = String(data.get('password') ?? '');
    if (!nick || busy) return;
    setBusy(true);
    setFailed('');
    try {
      const door = locked ? { door: String(data.get('door') ?? '') } : {};
      await enter({ ...(account ? { account: nick, password } : { nick }), ...door });
      done();
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
      setBusy(false);
      requestAnimationFrame(() => field.current?.focus());
    }
  };
  return html`<main class="welcome">
    <div class="welcome-card">
      <img src="/icon.svg" width="64" height="64" alt="" />
      <h1><bdi>${network}</bdi></h1>
      <p class="lead">${t('welcome.lead')}</p>
      <form onSubmit=${submitted} aria-describedby=${wrong ? 'wrong' : undefined}>
        <label for="username">${t(account ? 'welcome.account' : 'welcome.name')}</label>
        <input ref=${field} id="username" name="username" required autofocus autocomplete="username" autocapitalize="none" spellcheck=${false}
          maxlength="64" aria-invalid=${wrong ? true : undefined} placeholder=${t('welcome.placeholder')} defaultValue=${remembered?.account ?? remembered?.nick} />
        ${account && html`<label for="password">${t('account.password')}</label>
          <input id="password" name="password" type="password" required autocomplete="current-password" />`}
        ${locked && html`<label for="door">${t('welcome.door')}</label>
          <input id="door" name="door" type="password" required autocomplete="off" />`}
        <label class="check"><input type="checkbox" name="has-account" checked=${account}
          onChange=${() => setChosen(!account)} /><span>${t('welcome.haveAccount')}</span></label>
        <div class="wrong" id="wrong" role="alert">${wrong}</div>
        <button type="submit" class="primary" disabled=${busy}>${busy ? t('welcome.entering') : t('welcome.enter', { room })}</button>
      </form>
      <p class="hint">${t('welcome.hint')}</p>
    </div>
    <div class="welcome-foot" role="group" aria-label=${t('settings.language')}>${languages.map(([code, own]) => html`<button key=${code} type="button" class="quiet small" lang=${code}
      aria-pressed=${language() === code} onClick=${() => set({ language: code })}>${own}</button>`)}</div>
  </main>`;
}
