// @ts-check
/** What `chat/` needs of the world around it: its address and its words, and what else is replaced in tests. */

import { forgetful } from './memory.js';

/**
 * Says something in the reader's language: a key of the dictionary, and what stands for `{name}` in it.
 * @typedef {(key: string, params?: Record<string, string | number>) => string} Say
 */

/**
 * @typedef {Object} Env
 * @property {string} url  of the WebSocket
 * @property {(url: string, protocols: string[]) => import('../irc/link.js').Socket} socket
 * @property {import('./memory.js').Storage} storage  for this browser: no password is ever written there
 * @property {import('./memory.js').Storage} session  for this tab
 * @property {import('../irc/link.js').Clock} clock
 * @property {() => number} random  from 0 up to 1
 * @property {string} room  where newcomers go
 * @property {string} network  its name, until the server tells it
 * @property {Say} t
 */

/**
 * @param {Partial<Env> & Pick<Env, 'url' | 't'>} given
 * @returns {Env}
 */
export function environment(given) {
  return {
    socket: (url, protocols) => new WebSocket(url, protocols),
    storage: forgetful(),
    session: forgetful(),
    clock: {
      now: () => Date.now(),
      setTimeout: (run, ms) => setTimeout(run, ms),
      clearTimeout: (id) => clearTimeout(id),
    },
    random: Math.random,
    room: '#lobby',
    network: 'Saloon',
    ...given,
  };
}
