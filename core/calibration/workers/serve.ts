import { toPlainError } from '../../common/plain-error.ts';
import type { WorkerPort } from '../../common/worker-process.ts';
import { probe } from '../../inference/devices/probe.ts';
import { openPlannedSession } from '../../inference/forward-plan.ts';
import { forwardFiles, type ForwardWork, type StageTimes } from '../forward-files.ts';
import { createLooker, HistogramLooker, type Found, type Look } from '../look.ts';
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
  let isReplaced = false;
  /** What waits for the outlines of what others found. */
  let outlined: { readonly folder: string; readonly looker: HistogramLooker; readonly times: StageTimes } | undefined;

  const finish = (folder: string, parts: Iterable<Found>, times: StageTimes): void => {
    for (const found of parts) answer({ kind: 'found', file: writeFound(folder, found) });
    answer({ kind: 'finished', times, peakBytes: process.resourceUsage().maxRSS * 1024 });
  };

  const pass = async (look: Look, paths: PathQueue): Promise<void> => {
    if (work === undefined) throw new Error('a pass before the set-up');
    const ready = await work;
    const looker = createLooker(look, ready.regions);
    const onDone = (file: (WorkerAnswer & { kind: 'done' })['file']): void => {
      answer({ kind: 'done', file });
    };
    const onForwarded = (path: string): void => {
      answer({ kind: 'sign', detail: path });
    };
    const times = await forwardFiles(ready, { paths, looker, onDone, onForwarded });
    if (looker instanceof HistogramLooker && !isReplaced) {
      outlined = { folder: ready.folder, looker, times };
      answer({ kind: 'outlined', outlines: looker.outlines() });
    } else {
      finish(ready.folder, looker.takeParts(), times);
    }
  };

  port.listen((message) => {
    const request = message as WorkerRequest;
    switch (request.kind) {
      case 'probe':
        void probe(request.provider).then(answer);
        break;
      case 'setup':
        answer({ kind: 'sign', detail: 'a process has started' });
        work = prepared(request.setup);
        work.then(() => {
          answer({ kind: 'sign', detail: 'a process is ready' });
        }, failed);
        break;
      case 'pass':
        queue = new PathQueue();
        pass(request.look, queue).catch(failed);
        break;
      case 'file':
        queue?.push(request.path);
        break;
      case 'finish':
        ({ isReplaced } = request);
        queue?.end();
        break;
      case 'frame':
        if (outlined !== undefined) {
          finish(outlined.folder, outlined.looker.framed(request.together), outlined.times);
          outlined = undefined;
        }
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
