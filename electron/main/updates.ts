import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { errorText } from '../../core/common/errors.ts';

/** Whether the app was packaged with an address for updates (CORTADO_UPDATE_URL): electron-builder then leaves this file. */
export function hasUpdates(resources: string): boolean {
  return existsSync(join(resources, 'app-update.yml'));
}

/**
 * Looks for updates where the build has an address for them; otherwise nothing is loaded, and nothing goes to the network.
 * A failure is no reason not to work: it is printed.
 */
export function lookForUpdates(resources: string, bundles: string): void {
  if (!hasUpdates(resources)) return;
  const { update } = createRequire(__filename)(join(bundles, 'updater.cjs')) as {
    readonly update: () => Promise<void>;
  };
  update().catch((error: unknown) => {
    process.stderr.write(`Updates: ${errorText(error)}\n`);
  });
}
