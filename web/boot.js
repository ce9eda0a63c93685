// Before the first paint: the colours the reader chose, so that a dark page does not begin with a white flash.
// No module, as those wait for the page. `view/settings.js` takes over.
try {
  const { theme } = JSON.parse(localStorage.getItem('saloon.view') || '{}');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Nothing is kept: the system's colours it is.
}
