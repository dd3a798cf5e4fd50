import type { MessagePortMain } from 'electron';
import { constants, setPriority } from 'node:os';
import { answerCall } from '../shared/answer-call.ts';
import { engineCalls } from '../shared/ipc-schema.ts';
import type { FromEngine, PortCall, PortMessage, ToEngine } from '../shared/messages.ts';
import { toWireError } from '../shared/wire-error.ts';
import { Engine } from './engine.ts';
import { MainWorkers } from './main-workers.ts';
import { bitstreamQueries } from './queries/bitstream.ts';
import { boardQueries } from './queries/boards.ts';
import { inputQueries } from './queries/inputs.ts';
import { projectQueries } from './queries/project.ts';
import { resultQueries } from './queries/results.ts';
import type { Tell } from './tell.ts';

// The window comes first where both want the processor; threads that are made later inherit this.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const HEARTBEAT_MS = 1000;

let port: MessagePortMain | undefined;

const sendToMain = (message: FromEngine): void => {
  process.parentPort.postMessage(message);
};
const sendToWindow = (message: PortMessage): void => {
  port?.postMessage(message);
};
const tell: Tell = (name, payload) => {
  sendToWindow({ kind: 'event', name, payload });
};

const workers = new MainWorkers(sendToMain);
const engine = new Engine(tell, sendToMain, workers.launch);
const handlers = {
  ...projectQueries(engine),
  ...inputQueries(engine),
  ...boardQueries(engine),
  ...resultQueries(engine),
  ...bitstreamQueries(engine),
};

process.parentPort.on('message', ({ data, ports }) => {
  const message = data as ToEngine;
  switch (message.kind) {
    case 'port':
      listen(ports[0]);
      break;
    case 'project':
      engine.openProject(message.request, message.surroundings).then(
        (value) => {
          sendToMain({ kind: 'project', outcome: { ok: true, value } });
        },
        (error: unknown) => {
          sendToMain({ kind: 'project', outcome: { ok: false, error: toWireError(error) } });
        },
      );
      break;
    case 'end':
      void engine.end().finally(() => process.exit(0));
      break;
    case 'secret':
      engine.secrets.receive(message.id, message.secret);
      break;
    case 'worker':
      workers.connect(message.id, ports[0]);
      break;
    case 'workerEnded':
      workers.ended(message.id, message.how);
      break;
  }
});

function listen(next: MessagePortMain): void {
  port?.close();
  port = next;
  next.on('message', ({ data }: { data: unknown }) => {
    const { id, name, args } = data as PortCall;
    void answerCall(engineCalls, handlers, name, args).then((outcome) => {
      next.postMessage({ kind: 'answer', id, outcome } satisfies PortMessage);
    });
  });
  next.start();
}

setInterval(() => {
  tell('engine.alive', { at: new Date().toISOString() });
}, HEARTBEAT_MS);
