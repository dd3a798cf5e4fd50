import { app, BrowserWindow, nativeTheme } from 'electron';
import { join } from 'node:path';
import { APP_ORIGIN } from './app-protocol.ts';
import { resourcesFolder } from './resources.ts';

const SMALLEST = { width: 1024, height: 700 } as const;
/** Times that a page is loaded anew after a crash. */
const MOST_RELOADS = 3;
const USUAL = { width: 1280, height: 860 } as const;

/** The app's one window. It stays hidden until its first page is drawn. */
export function createWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    ...USUAL,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    useContentSize: true,
    show: false,
    title: 'Cortado',
    icon: join(resourcesFolder(), 'icons', 'icon.png'),
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#1b1917' : '#ffffff',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  window.once('ready-to-show', () => {
    window.show();
  });
  // A page that crashed is loaded anew and finds its project where it was; one that crashes again and again is left.
  let reloads = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed() || reloads >= MOST_RELOADS) return;
    reloads++;
    window.webContents.reload();
  });
  // The page's own title would win over the one that shows project and progress.
  window.on('page-title-updated', (event) => {
    event.preventDefault();
  });
  void window.loadURL(`${APP_ORIGIN}/`);
  return window;
}
