// @ts-check
/** Where the page begins: asks the server what it is called, makes the model, shows it. */
import { t } from './i18n/index.js';
import { start } from './view/main.js';

/** @returns {Promise<{ network: string, room: string, password?: boolean }>} */
async function told() {
  try {
    return await (await fetch('/client.json')).json();
  } catch {
    // Without the network the shell still comes up, and says that it has lost the connection.
    return { network: 'Saloon', room: '#lobby' };
  }
}

/** What the browser keeps; one that forbids it throws already when it is asked for. @param {'localStorage' | 'sessionStorage'} name */
function kept(name) {
  try {
    const storage = globalThis[name];
    return storage ?? undefined;
  } catch {
    return undefined;
  }
}

const storage = kept('localStorage');
const session = kept('sessionStorage');
const model = import('./chat/chat.js');
const config = await told();
const { network, room } = config;
const url = new URL('/ws', location.href);
url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';

const make = async () => (await model).createChat({
  url: url.href, network, room, t, ...(storage && { storage }), ...(session && { session }),
});
// `null` is written when somebody has left.
const known = [session, storage].some(each => each && (each.getItem('saloon:me') ?? 'null') !== 'null');
await start(make, config, known);

// The shell works without a network once it is kept. Only where the browser allows it: over HTTPS, or on this machine.
if (globalThis.isSecureContext && 'serviceWorker' in navigator) {
  navigator.serviceWorker.register('/worker.js').catch(() => {});
}
