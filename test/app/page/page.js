// Gathers what the preload script tells, for the tests to look at.
const told = [];
globalThis.told = told;
for (const name of [
  'app.changed',
  'engine.state',
  'project',
  'stage',
  'stage.log',
  'question',
  'question.closed',
  'live',
]) {
  globalThis.cortado.on(name, (payload) => told.push({ name, payload }));
}
