// @ts-check
/** What the reader can choose for this browser. */
import { html } from '../html.js';
import { Dialog } from '../dialog.js';
import { permit } from '../notify.js';
import { set, settings } from '../settings.js';
import { show, useChat } from '../state.js';
import { languages, t } from '../../i18n/index.js';

export function SettingsDialog() {
  const chat = useChat();
  const now = settings.value;
  const me = chat.me.value;
  return html`<${Dialog} title=${t('settings.title')}>
    <${Choice} name="theme" value=${now.theme} options=${[['auto', t('settings.auto')], ['light', t('settings.light')], ['dark', t('settings.dark')]]} />
    <${Choice} name="language" value=${now.language} options=${[['auto', t('settings.auto')], ...languages]} />
    <${Choice} name="presence" value=${now.presence} options=${[['folded', t('settings.folded')], ['all', t('settings.all')], ['none', t('settings.none')]]} />
    <${Choice} name="clock" value=${now.clock} options=${[['auto', t('settings.auto')], ['24', t('settings.24')], ['12', t('settings.12')]]} />
    <label class="check"><input type="checkbox" checked=${now.large} onChange=${() => set({ large: !now.large })} /><span>${t('settings.large')}</span></label>
    <label class="check"><input type="checkbox" checked=${now.notify === 'on'} onChange=${() => (now.notify === 'on' ? set({ notify: 'off' }) : permit())} />
      <span>${t('settings.notify')}</span></label>
    ${me && html`<h3>${t('account.title')}</h3>
      <p class="sub">${me.account ? t('account.as', { account: me.account }) : t('account.guest', { nick: me.nick })}</p>
      <p><button type="button" onClick=${() => show('account')}>${t(me.account ? 'account.manage' : 'account.get')}</button></p>`}
    <h3>${t('about.title')}</h3>
    <p class="sub">${t('about.text')}</p>
  <//>`;
}

/** @param {{ name: 'theme' | 'language' | 'presence' | 'clock', value: string, options: [string, string][] }} props */
const Choice = ({ name, value, options }) => html`<fieldset class="choice"><legend>${t(`settings.${name}`)}</legend>
  ${options.map(([code, words]) => html`<label key=${code}><input type="radio" name=${name} value=${code} checked=${code === value}
    onChange=${() => set({ [name]: code })} /><span>${words}</span></label>`)}</fieldset>`;
