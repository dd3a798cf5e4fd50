import { toPlainError } from '../../common/plain-error.ts';
import type { WorkerPort } from '../../common/worker-process.ts';
import { probe } from '../../inference/devices/probe.ts';
import { openPlannedSession } from '../../inference/forward-plan.ts';
import { forwardFiles, type ForwardWork } from '../forward-files.ts';
import { createLooker, type Look } from '../look.ts';
import { writeFound } from './found-file.ts';
import type { WorkerAnswer, WorkerRequest, WorkerSetup } from './messages.ts';
import { PathQueue } from './path-queue.ts';

/** What a worker process does: answers what it is sent. */
export function serveWorker(port: WorkerPort): void {
  const answer = (message: WorkerAnswer): void => {
    port.post(message);
  };
  const failed = (error: unknown): void => {
    answer({ kind: 'failed', error: toPlainError(error) });
  };
  let work: Promise<PreparedWork> | undefined;
  let queue: PathQueue | undefined;

  const pass = async (look: Look, paths: PathQueue): Promise<void> => {
    if (work === undefined) throw new Error('a pass before the set-up');
    const ready = await work;
    const looker = createLooker(look, ready.regions);
    const onDone = (file: (WorkerAnswer & { kind: 'done' })['file']): void => {
      answer({ kind: 'done', file });
    };
    const times = await forwardFiles(ready, { paths, looker, onDone });
    for (const found of looker.takeParts()) answer({ kind: 'found', file: writeFound(ready.folder, found) });
    answer({ kind: 'finished', times, peakBytes: process.resourceUsage().maxRSS * 1024 });
  };

  port.listen((message) => {
    const request = message as WorkerRequest;
    switch (request.kind) {
      case 'probe':
        void probe(request.provider).then(answer);
        break;
      case 'setup':
        work = prepared(request.setup);
        work.catch(failed);
        break;
      case 'pass':
        queue = new PathQueue();
        pass(request.look, queue).catch(failed);
        break;
      case 'file':
        queue?.push(request.path);
        break;
      case 'finish':
        queue?.end();
        break;
    }
  });
}

interface PreparedWork extends ForwardWork, Pick<WorkerSetup, 'folder'> {}

async function prepared({ forward, ...rest }: WorkerSetup): Promise<PreparedWork> {
  const session =
    forward === undefined ? undefined : await openPlannedSession(forward.model, forward.plan, forward.settings);
  return { ...rest, session };
}
