// The fuses that are set in the packaged runtime: switches in its binary that nobody can turn back from outside.
import { FuseV1Options, FuseVersion } from '@electron/fuses';

/** First major version of Electron that has the fuse against the file protocol's privileges. */
const FILE_PROTOCOL_SINCE = 29;

/**
 * @param electronVersion `45.4.1`
 * @param inspectable for test builds: lets Playwright attach
 */
export function fuseConfig(electronVersion, inspectable) {
  const major = Number(electronVersion.split('.')[0]);
  return {
    version: FuseVersion.V1,
    resetAdHocDarwinSignature: true,
    [FuseV1Options.RunAsNode]: false,
    [FuseV1Options.EnableCookieEncryption]: true,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: inspectable,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
    [FuseV1Options.OnlyLoadAppFromAsar]: true,
    ...(major >= FILE_PROTOCOL_SINCE ? { [FuseV1Options.GrantFileProtocolExtraPrivileges]: false } : {}),
  };
}
