import { app, type Session, type WebContents, type WebFrameMain } from 'electron';
import { APP_ORIGIN } from './app-protocol.ts';

/** Everything that a window of ours is allowed to load. */
const LOCAL_SCHEMES: ReadonlySet<string> = new Set(['app:', 'blob:', 'data:', 'devtools:']);

/** Applies to every page that is ever made, ours or not. */
export function restrictAllContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    blockNavigationAndNewWindows(contents);
    contents.on('will-attach-webview', (event) => {
      event.preventDefault();
    });
  });
}

export function restrictSession(session: Session): void {
  denyPermissions(session);
  blockNetwork(session);
  session.setSpellCheckerEnabled(false);
}

function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => {
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}

/** The board is reached by the engine; the window itself has no network at all. */
function blockNetwork(session: Session): void {
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !isLocal(details.url) });
  });
  session.on('will-download', (event) => {
    event.preventDefault();
  });
}

function blockNavigationAndNewWindows(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => {
    event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    event.preventDefault();
  });
}

export function isLocal(url: string): boolean {
  try {
    return LOCAL_SCHEMES.has(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** Whether a message comes from the page that we loaded ourselves: our origin, in the topmost frame. */
export function isTrustedSender(frame: WebFrameMain | null): boolean {
  if (frame?.parent !== null) return false;
  return isAppPage(frame.url);
}

export function isAppPage(url: string): boolean {
  return url === APP_ORIGIN || url.startsWith(`${APP_ORIGIN}/`);
}
