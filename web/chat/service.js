// @ts-check
/** The services of the server: they are called like people, but answer with notices, and what they are told is not echoed. */

/** @param {string} nick */
export function isService(nick) {
  return /^(nick|chan)serv$/i.test(nick);
}
