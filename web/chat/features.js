// @ts-check
/** What the server can do, put together from its capabilities and tokens. */

/** @typedef {import('./types.js').Features} Features */

/** @returns {Features} */
export function nothingYet() {
  return {
    accounts: false, registration: false, emailRequired: false, history: false, search: false, redaction: false,
    multiline: null, topicLength: 390, nickLength: 32,
  };
}

/**
 * @param {import('../irc/caps.js').Caps} caps
 * @param {import('../irc/isupport.js').Isupport} isupport
 * @returns {Features}
 */
export function features(caps, isupport) {
  const several = caps.value('draft/multiline');
  const bytes = Number(several.get('max-bytes'));
  const lines = Number(several.get('max-lines') ?? 100);
  return {
    accounts: caps.offered.has('sasl'),
    registration: caps.offered.has('draft/account-registration'),
    emailRequired: caps.value('draft/account-registration').has('email-required'),
    history: caps.has('draft/chathistory') && caps.has('batch'),
    search: caps.has('soju.im/search'),
    redaction: caps.has('draft/message-redaction'),
    multiline: caps.has('draft/multiline') && bytes > 0 && lines > 0 ? { bytes, lines } : null,
    topicLength: isupport.number('TOPICLEN', 390),
    nickLength: isupport.number('NICKLEN', 32),
  };
}
