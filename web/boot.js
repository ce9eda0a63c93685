// Before the first paint: the colours and the size the reader chose, so that a dark page does not begin with a white
// flash, and nothing moves.
// No module, as those wait for the page. `view/settings.js` takes over.
try {
  const { theme, large } = JSON.parse(localStorage.getItem('saloon.view') || '{}');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  document.documentElement.classList.toggle('large', large === true);
} catch {
  // Nothing is kept: the system's colours it is.
}
