// Builds the app and packages it.
//
//   node electron/packaging/package.mjs       installers for this system
//   node electron/packaging/package.mjs dir   an unpacked folder in dist/, which needs no helper tools
//
// From the environment, all off by default:
//   ELECTRON_OVERRIDE_DIST_PATH   folder of an Electron runtime to package instead of the one that npm brings
//   CORTADO_TEST_BUILD=1          leaves the inspector's fuse on, for Playwright
//   CSC_LINK, CSC_KEY_PASSWORD    code signing, as electron-builder has it
//   APPLE_TEAM_ID, APPLE_ID, …    notarisation on macOS
//   CORTADO_UPDATE_URL            folder on a server with new versions, where the app then looks at each start
import { build, Platform } from 'electron-builder';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildApp } from './build.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What depends on the environment, on top of electron-builder.yml. */
export function environmentConfig(env) {
  const { ELECTRON_OVERRIDE_DIST_PATH: dist, CORTADO_UPDATE_URL: url } = env;
  return {
    ...(dist === undefined || dist === ''
      ? {}
      : { electronDist: dist, electronVersion: readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '') }),
    ...(url === undefined || url === '' ? {} : { publish: { provider: 'generic', url } }),
    mac: { notarize: env.APPLE_TEAM_ID !== undefined && env.APPLE_TEAM_ID !== '' },
  };
}

/**
 * @param options.dir an unpacked folder instead of installers
 * @param options.page see buildApp
 * @param options.env where the environment's part of the configuration comes from
 * @returns the files that were made
 */
export async function packageApp({ dir = false, page, env = process.env } = {}) {
  await buildApp({ page });
  return build({
    projectDir: root,
    targets: dir ? Platform.current().createTarget('dir') : Platform.current().createTarget(),
    // Laid over electron-builder.yml.
    config: environmentConfig(env),
    publish: 'never',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = await packageApp({ dir: process.argv[2] === 'dir' });
  for (const file of made) process.stdout.write(`${file}\n`);
}
