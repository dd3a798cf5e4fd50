import { clipboard, nativeTheme, shell, type BrowserWindow } from 'electron';
import { readFile } from 'node:fs/promises';
import type { Handlers } from '../shared/answer-call.ts';
import type { MainCallName } from '../shared/ipc-schema.ts';
import type { AppInfo } from '../shared/schemas/app.ts';
import { Dialogs } from './dialogs.ts';
import { noticesFile } from './resources.ts';
import type { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';

type AppCall = Exclude<MainCallName, `project.${string}` | 'engine.restart'>;

export interface AppCallOptions {
  readonly window: () => BrowserWindow;
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly info: () => AppInfo;
  /** After language or theme changed. */
  readonly onChange: () => void;
}

/** Calls about the app itself: language, theme, dialogs, clipboard, secrets. */
export function appCalls({ window, settings, secrets, info, onChange }: AppCallOptions): Handlers<AppCall> {
  const dialogs = new Dialogs(window);
  return {
    'app.info': info,
    'app.setLanguage': async ({ choice }) => {
      await settings.set({ language: choice });
      onChange();
      return undefined;
    },
    'app.setTheme': async ({ choice }) => {
      await settings.set({ theme: choice });
      // Tells whoever listens to nativeTheme, which leads to `app.changed`.
      nativeTheme.themeSource = choice;
      onChange();
      return undefined;
    },
    'app.notices': () => readFile(noticesFile(), 'utf8'),
    'app.copy': async ({ text }) => {
      // Newer Electrons write in the background.
      await clipboard.writeText(text);
      return undefined;
    },
    'app.showFile': ({ path }) => {
      shell.showItemInFolder(path);
      return undefined;
    },
    'window.setProgress': ({ title, fraction }) => {
      window().setTitle(title === '' ? 'Cortado' : title);
      window().setProgressBar(fraction ?? -1);
      return undefined;
    },
    'dialog.openFile': (request) => dialogs.openFile(request),
    'dialog.openFolder': (request) => dialogs.openFolder(request),
    'dialog.saveFile': (request) => dialogs.saveFile(request),
    'secrets.list': () => secrets.list(),
    'secrets.forget': ({ id }) => secrets.forget(id).then(() => undefined),
  };
}
