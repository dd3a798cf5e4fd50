import { dialog, type BrowserWindow, type FileFilter, type OpenDialogOptions } from 'electron';
import { dirname, join } from 'node:path';
import type { CallArgs } from '../shared/ipc-schema.ts';

type FileKind = CallArgs<'dialog.openFile'>['kind'];
type SaveKind = CallArgs<'dialog.saveFile'>['kind'];

const pictures = ['jpg', 'jpeg', 'png', 'webp', 'tif', 'tiff', 'gif', 'bmp', 'ppm', 'pgm'];
const openFilters: Readonly<Record<FileKind, readonly string[]>> = {
  prototxt: ['prototxt', 'pbtxt', 'txt'],
  caffemodel: ['caffemodel'],
  meanFile: ['binaryproto'],
  imageList: ['txt', 'lst', 'list'],
  labels: ['csv', 'txt'],
  classNames: ['txt', 'names'],
  table: ['table', 'txt'],
  picture: pictures,
  privateKey: [],
  bitstream: ['bit'],
  report: ['json'],
};
const saveExtensions: Readonly<Record<SaveKind, string>> = {
  html: 'html',
  csv: 'csv',
  json: 'json',
  table: 'table',
  package: 'cortado',
};

/** Dialogs of the system; each begins where the last one ended. */
export class Dialogs {
  private lastFolder: string | undefined;

  constructor(private readonly window: () => BrowserWindow) {}

  openFile({ kind }: CallArgs<'dialog.openFile'>): Promise<string | null> {
    return this.open({ properties: ['openFile'], filters: filters(openFilters[kind]) });
  }

  openFolder({ kind }: CallArgs<'dialog.openFolder'>): Promise<string | null> {
    const makesNew = kind === 'newProject' || kind === 'export';
    return this.open({ properties: makesNew ? ['openDirectory', 'createDirectory'] : ['openDirectory'] });
  }

  async saveFile({ kind, suggestedName }: CallArgs<'dialog.saveFile'>): Promise<string | null> {
    const { canceled, filePath } = await dialog.showSaveDialog(this.window(), {
      defaultPath: this.lastFolder === undefined ? suggestedName : join(this.lastFolder, suggestedName),
      filters: filters([saveExtensions[kind]]),
      properties: ['showOverwriteConfirmation', 'createDirectory'],
    });
    if (canceled || filePath === '') return null;
    this.lastFolder = dirname(filePath);
    return filePath;
  }

  private async open(options: OpenDialogOptions): Promise<string | null> {
    const start = this.lastFolder === undefined ? {} : { defaultPath: this.lastFolder };
    const { canceled, filePaths } = await dialog.showOpenDialog(this.window(), { ...options, ...start });
    const [path] = filePaths;
    if (canceled || filePaths.length === 0) return null;
    this.lastFolder = dirname(path);
    return path;
  }
}

function filters(extensions: readonly string[]): FileFilter[] {
  const all = { name: '*', extensions: ['*'] };
  if (extensions.length === 0) return [all];
  return [{ name: extensions.map((extension) => `.${extension}`).join(' '), extensions: [...extensions] }, all];
}
