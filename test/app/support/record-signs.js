// Runs in the page: keeps what the engine tells of stages and when the window shows something new of them, with the time.
globalThis.recorded = [];
const record = (kind, what) => globalThis.recorded.push({ at: performance.now(), kind, what });
globalThis.cortado.on('stage', (view) => record('stage', view));
globalThis.cortado.on('live', () => record('live', null));
const { document, Element, MutationObserver } = globalThis;
new MutationObserver((changes) => {
  const elements = changes.map(({ target }) => (target instanceof Element ? target : target.parentElement));
  if (!elements.some((element) => element?.closest('[role=group].stage'))) return;
  const lines = [...document.querySelectorAll('[role=group].stage .now')].map(({ textContent }) => textContent.trim());
  record('window', lines.join(' | '));
}).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
