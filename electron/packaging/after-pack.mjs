import { flipFuses } from '@electron/fuses';
import { Arch } from 'electron-builder';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fuseConfig } from './fuses.mjs';

/** Looks at what was packaged and sets the fuses. */
export default async function afterPack({ appOutDir, packager, electronPlatformName, arch }) {
  const { productFilename } = packager.appInfo;
  const isMac = electronPlatformName === 'darwin';
  const resources = isMac
    ? join(appOutDir, `${productFilename}.app`, 'Contents', 'Resources')
    : join(appOutDir, 'resources');
  // What Electron shows where it is given no app.
  rmSync(join(resources, 'default_app.asar'), { force: true });
  const bin = join(resources, 'app.asar.unpacked', 'node_modules', 'onnxruntime-node', 'bin');
  checkRuntimes(bin, electronPlatformName, Arch[arch]);
  const executable = {
    darwin: `${productFilename}.app`,
    win32: `${productFilename}.exe`,
    linux: packager.executableName,
  }[electronPlatformName];
  const version = packager.config.electronVersion ?? packager.info.framework.version;
  const inspectable = process.env.CORTADO_TEST_BUILD === '1';
  await flipFuses(join(appOutDir, executable), fuseConfig(version, inspectable));
}

/** Says so where the patterns of electron-builder.yml left more than `bin/napi-v6/PLATFORM/ARCHITECTURE`, or nothing. */
function checkRuntimes(bin, platform, architecture) {
  const found = existsSync(bin)
    ? readdirSync(bin).flatMap((abi) =>
        readdirSync(join(bin, abi)).flatMap((name) =>
          readdirSync(join(bin, abi, name)).map((processor) => `${name}/${processor}`),
        ),
      )
    : [];
  if (found.length === 1 && found[0] === `${platform}/${architecture}`) return;
  throw new Error(
    `ONNX Runtime in the package is for ${found.join(', ') || 'nothing'}, not for ${platform}/${architecture}.`,
  );
}
