import { flipFuses } from '@electron/fuses';
import { Arch } from 'electron-builder';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fuseConfig } from './fuses.mjs';

/** Sets the fuses and takes out what is for other processors. */
export default async function afterPack({ appOutDir, packager, electronPlatformName, arch }) {
  const { productFilename } = packager.appInfo;
  const isMac = electronPlatformName === 'darwin';
  const resources = isMac
    ? join(appOutDir, `${productFilename}.app`, 'Contents', 'Resources')
    : join(appOutDir, 'resources');
  pruneRuntimes(join(resources, 'app.asar.unpacked', 'node_modules', 'onnxruntime-node', 'bin'), Arch[arch]);
  const executable = {
    darwin: `${productFilename}.app`,
    win32: `${productFilename}.exe`,
    linux: packager.executableName,
  }[electronPlatformName];
  const version = packager.config.electronVersion ?? packager.info.framework.version;
  const inspectable = process.env.CORTADO_TEST_BUILD === '1';
  await flipFuses(join(appOutDir, executable), fuseConfig(version, inspectable));
}

/** `bin/napi-v6/linux/x64`: leaves the architecture that is packaged. */
function pruneRuntimes(bin, architecture) {
  if (!existsSync(bin)) throw new Error(`ONNX Runtime is not in the package: ${bin}`);
  for (const abi of readdirSync(bin)) {
    for (const platform of readdirSync(join(bin, abi))) {
      for (const name of readdirSync(join(bin, abi, platform))) {
        if (name !== architecture) rmSync(join(bin, abi, platform, name), { recursive: true });
      }
    }
  }
}
