import type {
  ConditionsEvent,
  DoneEvent,
  FallbackEvent,
  LayersEvent,
  LoadedEvent,
  OutputEvent,
  ProbeEvent,
  VerifiedEvent,
} from './agent/events.ts';
import type { BoardNature } from './probe.ts';
import type { AcceptedHostKey } from './ssh/host-key.ts';

/** How the agent is asked to run a package. */
export interface RunSettings {
  /** Timed inferences. */
  readonly iterations: number;
  /** Inferences before them that are not counted. */
  readonly warmup: number;
  /** Undefined: the agent's choice. */
  readonly threads?: number | undefined;
  readonly backend: 'auto' | 'reference' | 'neon' | 'fpga';
  /** Whether times per layer are taken too, in runs of their own. */
  readonly profile: boolean;
}

/** All that a board said about one run of one package; `core/report` makes the report of it. */
export interface BoardRun {
  /** As the user wrote it: `board@192.168.1.20`, `virtual`. */
  readonly address: string;
  readonly hostKey: AcceptedHostKey;
  readonly nature: BoardNature;
  readonly package: { readonly file: string; readonly bytes: number; readonly sha256: string };
  readonly settings: RunSettings;
  readonly probe: ProbeEvent;
  readonly loaded: LoadedEvent;
  /** Why the processor runs what was built for an accelerator. */
  readonly fallback: FallbackEvent | null;
  readonly verified: VerifiedEvent;
  readonly conditions: readonly ConditionsEvent[];
  readonly layers: LayersEvent | null;
  readonly outputs: readonly OutputEvent[];
  readonly done: DoneEvent;
  /** Whether the input was the package's golden one or the user's. */
  readonly input: 'golden' | 'given';
  /** What limits the result, in sentences. */
  readonly warnings: readonly string[];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Files that were left on the board because the user asked to keep them. */
  readonly kept: readonly string[];
}
