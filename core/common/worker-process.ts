/** A process that works for this one, as the one who started it holds it. */
export interface WorkerProcess {
  /** Sends a value that structured clone takes: typed arrays and maps travel. */
  send(message: unknown): void;
  /** Ends it at once, whatever it is doing; `exit` follows. */
  kill(): void;
}

/** What a worker process tells. */
export interface WorkerListener {
  message(message: unknown): void;
  /** Called once, last. `how` is for a person: `ended with code 1: out of memory`. */
  exit(how: string): void;
}

/**
 * Starts a worker process. How depends on the shell: `child_process.fork` under Node, a utility process that main starts
 * in the app.
 */
export interface WorkerLauncher {
  (listener: WorkerListener): WorkerProcess;
  /** Makes what a start needs and takes a while; the first start does it where this was not called. */
  readonly prepare?: () => Promise<void>;
}

/** A worker's own end of the line. */
export interface WorkerPort {
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
}

/**
 * Flags of V8 for workers. Every picture leaves megabytes behind as garbage, so the collector runs all the time, on a small heap. On
 * threads of its own it takes two milliseconds of processor time for each pass of SqueezeNet, from workers that fill all cores;
 * in steps it takes half as long again as at once, and memory grows by a fifth meanwhile.
 */
export const workerV8Flags: readonly string[] = ['--single-threaded-gc', '--no-incremental-marking'];
