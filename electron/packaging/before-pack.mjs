import { Arch } from 'electron-builder';
import { missingResources } from './required-resources.mjs';

/** Stops the build where something that the app needs has not been made. */
export default function beforePack({ packager, arch, electronPlatformName }) {
  const missing = missingResources(packager.projectDir, electronPlatformName, Arch[arch]);
  if (missing.length === 0) return;
  throw new Error(
    `The package would lack: ${missing.join(', ')}.\nRun "npm run setup" (it builds the agents) and "npm run app:build" first.`,
  );
}
