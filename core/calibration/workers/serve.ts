import type { WorkerPort } from '../../common/worker-process.ts';
import { probe, type ProbeRequest } from '../../inference/devices/probe.ts';

/** What a worker process does: answers what it is sent. */
export function serveWorker(port: WorkerPort): void {
  port.listen((message) => {
    const request = message as ProbeRequest;
    void probe(request.provider).then((answer) => {
      port.post(answer);
    });
  });
}
