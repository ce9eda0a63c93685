// Runs before anything of the page does. Notes what goes wrong, and what is asked of the user; changes nothing else.
(() => {
  const wrong = [];
  const asked = [];
  const long = [];
  const dialogs = [];
  globalThis.__watch = { wrong, asked, long, dialogs };
  addEventListener('error', event => {
    if (event.message) wrong.push(`error: ${event.message} (${event.filename}:${event.lineno})`);
  }, true);
  addEventListener('unhandledrejection', event => wrong.push(`unhandled: ${event.reason?.stack ?? event.reason}`));
  document.addEventListener('securitypolicyviolation', event =>
    wrong.push(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample} (${event.sourceFile}:${event.lineNumber})`));
  for (const name of ['alert', 'confirm', 'prompt']) {
    globalThis[name] = (...words) => void dialogs.push(`${name} ${words.join(' ')}`);
  }
  if (globalThis.Notification) {
    const request = Notification.requestPermission.bind(Notification);
    Notification.requestPermission = (...rest) => {
      asked.push('notifications');
      return request(...rest);
    };
  }
  try {
    new PerformanceObserver(list => {
      for (const entry of list.getEntries()) long.push(entry.duration);
    }).observe({ type: 'longtask', buffered: true });
  } catch {
    // Not every kind of page has it.
  }
})();
