// Runs in a utility process that main starts for the engine: see electron/main/worker-host.ts.
import type { MessagePortMain } from 'electron';
import { constants, setPriority } from 'node:os';
import { serveWorker } from '../../core/calibration/workers/serve.ts';

// The window comes first where both want the processor; threads that are made later inherit this.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

// A library's warning would stand there as the reason where this process ends.
process.removeAllListeners('warning');

process.parentPort.once('message', ({ ports }) => {
  serve(ports[0]);
});

function serve(port: MessagePortMain): void {
  // Nobody is left to work for.
  port.on('close', () => process.exit());
  serveWorker({
    post: (message) => {
      port.postMessage(message);
    },
    listen: (listener) => {
      port.on('message', ({ data }: { data: unknown }) => {
        listener(data);
      });
      port.start();
    },
  });
}
