// Runs in a child process of Node: see fork-worker.ts.
import { serveWorker } from './serve.ts';

// Nobody is left to work for.
process.on('disconnect', () => process.exit());

serveWorker({
  post: (message) => process.send?.(message),
  listen: (listener) => process.on('message', listener),
});
