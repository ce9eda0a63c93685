// @ts-check
/** One's account: make one, log in, log out. Forms as password managers know them. */
import { useState } from '../../vendor/hooks.js';
import { html } from '../html.js';
import { Dialog } from '../dialog.js';
import { closeDialog, note, show, useChat } from '../state.js';
import { t } from '../../i18n/index.js';

/** @param {{ tab?: 'login' | 'register' }} props */
export function AccountDialog({ tab = 'register' }) {
  const chat = useChat();
  const me = chat.me.value;
  const { features } = chat.network.value;
  const [which, setWhich] = useState(features.registration ? tab : 'login');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  /** Does it, and shows what was wrong where it was asked for. @param {() => Promise<void>} work */
  const attempt = async work => {
    setBusy(true);
    setWrong('');
    try {
      await work();
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  const submitted = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const password = String(data.get('password') ?? '');
    attempt(async () => {
      if (which === 'register') {
        const email = String(data.get('email') ?? '').trim();
        const codes = await chat.register(password, email || undefined);
        note(t('account.made'));
        if (codes.length) show('codes', { codes });
        else closeDialog();
      } else {
        await chat.logIn(String(data.get('username') ?? '').trim(), password);
        closeDialog();
      }
    });
  };
  if (!me) return null;
  const leave = html`<button type="button" class="quiet" onClick=${() => {
    closeDialog();
    chat.leave();
  }}>${t('account.leave')}</button>`;
  if (me.account) {
    return html`<${Dialog} title=${t('account.title')}>
      <p>${t('account.as', { account: me.account })}</p>
      <p class="sub">${t('account.outExplained')}</p>
      <div class="wrong" role="alert">${wrong}</div>
      <div class="dialog-foot">${leave}<button type="button" disabled=${busy} onClick=${() => attempt(() => chat.logOut().then(closeDialog))}>${t('account.out')}</button></div>
    <//>`;
  }
  if (!features.accounts) {
    return html`<${Dialog} title=${t('account.title')}><p>${t('account.guest', { nick: me.nick })}</p><p class="sub">${t('account.none')}</p>
      <div class="dialog-foot">${leave}</div><//>`;
  }
  return html`<${Dialog} title=${t('account.title')}>
    ${features.registration && html`<div class="tabs" role="group" aria-label=${t('account.title')}>
      ${/** @type {const} */ (['register', 'login']).map(each => html`<button key=${each} type="button" aria-pressed=${which === each}
        onClick=${() => { setWhich(each); setWrong(''); }}>${t(`account.${each}`)}</button>`)}</div>`}
    <form key=${which} onSubmit=${submitted}>
      <p class="sub">${t(`account.${which}.explained`, { nick: me.nick })}</p>
      <label for="account-name">${t('account.name')}</label>
      <input id="account-name" name="username" autocomplete="username" autocapitalize="none" spellcheck=${false} required value=${me.nick} readonly=${which === 'register'} />
      <label for="account-password">${t('account.password')}</label>
      <input id="account-password" name="password" type="password" required autofocus autocomplete=${which === 'register' ? 'new-password' : 'current-password'} />
      ${which === 'register' && features.emailRequired && html`<label for="account-email">${t('account.email')}</label>
        <input id="account-email" name="email" type="email" autocomplete="email" required />`}
      <div class="wrong" role="alert">${wrong}</div>
      <div class="dialog-foot">${leave}<button type="submit" class="primary" disabled=${busy}>${t(`account.${which}`)}</button></div>
    </form><//>`;
}
