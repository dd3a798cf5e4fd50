import { app, Menu } from 'electron';
import { Application } from './application.ts';
import { declareAppScheme } from './app-protocol.ts';
import { hasDisplay, NO_DISPLAY } from './display.ts';
import { projectArgument } from './project-argument.ts';
import { restrictAllContents } from './security.ts';
import { lookForUpdates } from './updates.ts';

// Chromium's own services would ask the internet for things that nobody here needs.
for (const name of [
  'disable-background-networking',
  'disable-component-update',
  'disable-domain-reliability',
  'no-pings',
]) {
  app.commandLine.appendSwitch(name);
}
app.setName('Cortado');
// Electron's own menu would be built first, only to be replaced.
Menu.setApplicationMenu(null);

if (!hasDisplay(process.platform, process.env, process.argv)) {
  process.stderr.write(`${NO_DISPLAY}\n`);
  app.exit(1);
} else if (!app.requestSingleInstanceLock()) {
  app.quit();
} else {
  declareAppScheme();
  restrictAllContents();
  void run();
}

async function run(): Promise<void> {
  await app.whenReady();
  const application = new Application(__dirname, projectArgument(process.argv));
  app.on('second-instance', () => {
    application.showWindow();
  });
  app.on('activate', () => {
    application.showWindow();
  });
  // One project, one window: closing it ends the app, on macOS as well. All work is on the disk already.
  app.on('window-all-closed', () => {
    app.quit();
  });
  let isStopped = false;
  app.on('before-quit', (event) => {
    if (isStopped) return;
    event.preventDefault();
    // The window is gone already: whoever starts the app now gets a new one.
    app.releaseSingleInstanceLock();
    void application.stop().finally(() => {
      isStopped = true;
      app.quit();
    });
  });
  await application.start();
  if (app.isPackaged) lookForUpdates(process.resourcesPath, __dirname);
}
