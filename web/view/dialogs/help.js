// @ts-check
/** The keys, and the commands that can be typed. */
import { html } from '../html.js';
import { Dialog } from '../dialog.js';
import { KEYS } from '../keys.js';
import { useChat } from '../state.js';
import { t } from '../../i18n/index.js';

export function HelpDialog() {
  const { commands } = useChat();
  return html`<${Dialog} title=${t('help.title')} wide=${true}>
    <div class="help">
    <section><h3>${t('help.keys')}</h3>
      <dl class="keys">${KEYS.map(([keys, words]) => html`<div key=${words}><dt>${keys.map((key, at) => html`<kbd key=${at}>${key}</kbd>`)}</dt><dd>${t(words)}</dd></div>`)}</dl></section>
    <section><h3>${t('help.commands')}</h3>
      <dl class="commands">${commands.map(command => html`<div key=${command.name}><dt><code>${usage(command)}</code></dt><dd>${t(command.help)}</dd></div>`)}</dl></section>
    </div>
  <//>`;
}

/** @param {import('../../chat/types.js').Command} command */
function usage(command) {
  const words = t(command.usage);
  return words.startsWith('/') ? words : `/${command.name} ${words}`;
}
