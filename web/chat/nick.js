// @ts-check
/**
 * Getting back a nick that our own ghost holds: the connection that we lost is not dead yet for the server, so we
 * came back as `ann_`. As soon as `ann` is free, we are ann again.
 */

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('../irc/message.js').Message} Message */

/** Where nobody tells us that it is free, we try so often. */
const TRY_EVERY = 30_000;

/** Begins to wait for our nick, if we have another. @param {Session} session */
export function reclaim(session) {
  if (!isAside(session)) return;
  if (session.isupport.has('MONITOR')) session.say('MONITOR', '+', session.wish?.nick ?? '');
  else tryLater(session);
}

/**
 * RPL_MONOFFLINE: somebody is not there.
 * @param {Session} session
 * @param {Message} message
 */
export function regained(session, { params }) {
  const wanted = session.wish?.nick ?? '';
  const free = (params[1] ?? '').split(',').some((nick) => session.fold(nick) === session.fold(wanted));
  if (!free || !isAside(session)) return;
  take(session);
}

/** RPL_MONONLINE: nothing to do but to wait. */
export function watched() {}

/** @param {Session} session */
function take(session) {
  const nick = session.wish?.nick ?? '';
  if (!session.caps.has('labeled-response')) return session.say('NICK', nick);
  session.demand('NICK', [nick]).then(
    () => session.isupport.has('MONITOR') && session.say('MONITOR', '-', nick),
    () => {},
  );
}

/** @param {Session} session */
function tryLater(session) {
  const { connection } = session;
  session.env.clock.setTimeout(() => {
    if (connection !== session.connection || !isAside(session)) return;
    take(session);
    tryLater(session);
  }, TRY_EVERY);
}

/** @param {Session} session */
function isAside(session) {
  return session.registered && session.wish !== null && !session.isMe(session.wish.nick);
}
