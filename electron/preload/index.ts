import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { CortadoApi } from '../shared/ipc-schema.ts';
import { CALL_CHANNEL, EVENT_CHANNEL, PORT_CHANNEL } from '../shared/messages.ts';
import { EngineLine } from './engine-line.ts';
import { EventHub } from './event-hub.ts';
import { callMain } from './main-line.ts';
import { isMainCall } from './routes.ts';

const hub = new EventHub();
const engine = new EngineLine((name, payload) => {
  hub.tell(name, payload);
});

ipcRenderer.on(PORT_CHANNEL, (event) => {
  engine.connect(event.ports[0]);
});
ipcRenderer.on(EVENT_CHANNEL, (_event, name: unknown, payload: unknown) => {
  if (name === 'engine.state') engine.note(payload);
  hub.tell(name, payload);
});

const api: CortadoApi = {
  call: (name, ...args) =>
    isMainCall(name)
      ? callMain((...message) => ipcRenderer.invoke(CALL_CHANNEL, ...message), name, args.at(0))
      : engine.call(name, args.at(0)),
  on: (name, listener) => hub.on(name, listener as (payload: unknown) => void),
  pathOfDroppedFile: (file) => droppedPath(file),
};

contextBridge.exposeInMainWorld('cortado', api);

/** Electron has had `webUtils` since 32; before, a dropped file knew its path itself. */
function droppedPath(file: unknown): string {
  const utils = webUtils as typeof webUtils | undefined;
  if (typeof file !== 'object' || file === null) return '';
  if (utils !== undefined) return utils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]);
  return 'path' in file && typeof file.path === 'string' ? file.path : '';
}
