// @ts-check
/** Which names are equal: nicks and channels compare by the network's `CASEMAPPING`. */

/**
 * A name as it is compared.
 * @typedef {(name: string) => string} Fold
 */

/** @type {Record<string, Fold>} */
const MAPPINGS = {
  ascii: (name) => name.replace(/[A-Z]+/g, lower),
  rfc1459: (name) => name.replace(/[A-Z]+/g, lower).replace(/[[\]\\~]/g, twin),
  'rfc1459-strict': (name) => name.replace(/[A-Z]+/g, lower).replace(/[[\]\\]/g, twin),
  // Not the whole of PRECIS, but what differs does not meet in practice.
  precis: (name) => name.normalize('NFKC').toLowerCase(),
  rfc8265: (name) => name.normalize('NFKC').toLowerCase(),
};

/**
 * @param {string} mapping
 * @returns {Fold}
 */
export function folding(mapping) {
  return (Object.hasOwn(MAPPINGS, mapping) ? MAPPINGS[mapping] : undefined) ?? MAPPINGS['ascii'] ?? ((name) => name);
}

/** @param {string} letters */
function lower(letters) {
  return letters.toLowerCase();
}

/** RFC 1459 §2.2: these are the lower case of each other in a Scandinavian character set. @param {string} c */
function twin(c) {
  return c === '~' ? '^' : String.fromCharCode(c.charCodeAt(0) + 32);
}
