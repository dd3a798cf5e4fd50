import { autoUpdater } from 'electron-updater';

/**
 * Looks for a newer version once and says so when it is there; it is installed when the app is closed. A bundle of its own,
 * loaded only where a build was made with an address for updates.
 */
export async function update(): Promise<void> {
  autoUpdater.autoInstallOnAppQuit = true;
  await autoUpdater.checkForUpdatesAndNotify();
}
