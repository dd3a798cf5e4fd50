import { ipcMain, type BrowserWindow } from 'electron';
import { CortadoError } from '../../core/common/errors.ts';
import { answerCall, type Handlers } from '../shared/answer-call.ts';
import { mainCalls, type EventName, type EventPayload, type MainCallName, type Outcome } from '../shared/ipc-schema.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from '../shared/messages.ts';
import { toWireError } from '../shared/wire-error.ts';
import { isTrustedSender } from './security.ts';

/** Answers the window's calls; a call from anything but our own page is refused. */
export function answerWindow(handlers: Handlers<MainCallName>): void {
  ipcMain.handle(CALL_CHANNEL, async (event, name: unknown, args: unknown): Promise<Outcome<unknown>> => {
    if (!isTrustedSender(event.senderFrame)) return { ok: false, error: toWireError(strangeSender()) };
    return answerCall(mainCalls, handlers, name, args);
  });
}

/** Tells the window of something. */
export function tellWindow<Name extends EventName>(
  window: BrowserWindow,
  name: Name,
  payload: EventPayload<Name>,
): void {
  if (!window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, name, payload);
}

function strangeSender(): CortadoError {
  return new CortadoError('ipc.sender', 'The call did not come from the page of Cortado.', 'Restart Cortado.');
}
