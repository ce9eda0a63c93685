// @ts-check
/** Logging in by name and password (SASL PLAIN, RFC 4616; IRCv3 SASL). */

/** Characters of base64 in one AUTHENTICATE. */
const CHUNK = 400;

/**
 * The parameters of the AUTHENTICATE lines that follow the server's `+`.
 * @param {string} account
 * @param {string} password
 * @returns {string[]}
 */
export function plain(account, password) {
  const bytes = new TextEncoder().encode(`\0${account}\0${password}`);
  const encoded = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  /** @type {string[]} */
  const chunks = encoded.match(/.{1,400}/g) ?? [];
  // A last one that is full says nothing about the end.
  if (chunks.at(-1)?.length === CHUNK) chunks.push('+');
  return chunks;
}
