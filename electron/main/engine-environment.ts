/** Variables of Node and Electron that would change how the engine runs. */
const UNWANTED = /^(NODE_|ELECTRON_)/;

/** The environment that the engine gets: what a board's connection and the virtual board need, without Node's own switches. */
export function engineEnvironment(own: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(own).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !UNWANTED.test(entry[0]),
    ),
  );
}
