// @ts-check
/** The whole page: the form of the first visit, or the shell with the rooms. */
import { useState } from '../vendor/hooks.js';
import { html } from './html.js';
import { Dialogs } from './dialogs.js';
import { Notes } from './notes.js';
import { ChatContext } from './state.js';
import { Welcome } from './welcome.js';

/**
 * What is fetched while the first form is on the screen already.
 * @typedef {{ chat: import('../chat/types.js').Chat, Shell: any }} Rest
 */

/**
 * @param {{ config: { network: string, room: string, password?: boolean }, known: boolean, rest: import('../vendor/signals-core.js').Signal<Rest | null>,
 *   ready: Promise<Rest> }} props  `known`: somebody was here before, and will most likely come back without a form
 */
export function Page({ config, known, rest, ready }) {
  const here = rest.value;
  const chat = here?.chat;
  const link = chat?.link.value ?? { state: known ? 'connecting' : 'idle' };
  const [outside, setOutside] = useState(link.state === 'idle');
  const nobody = link.state === 'idle' || (link.state === 'refused' && !chat?.rooms.value.length);
  if (nobody && !outside) setOutside(true);
  const welcome = outside || nobody;
  return html`<${ChatContext.Provider} value=${chat}>
    ${welcome ? html`<${Welcome} network=${chat?.network.value.name ?? config.network} room=${config.room} locked=${!!config.password} remembered=${remembered(chat)}
        why=${link.state === 'refused' ? link.why : ''} enter=${async (/** @type {any} */ choice) => (await ready).chat.enter(choice)} done=${() => setOutside(false)} />`
      : here ? html`<${here.Shell} />` : html`<div class="shell waiting" aria-busy="true"><div class="rooms-panel"></div></div>`}
    <${Notes} />${here && html`<${Dialogs} />`}<//>`;
}

/** Who was here last, if the model tells. @param {any} chat @returns {{ nick: string, account: string | null } | null} */
const remembered = chat => chat?.remembered ?? null;
