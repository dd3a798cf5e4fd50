import type { ProgressListener } from '../../core/common/progress.ts';
import type { Inputs } from '../../core/project/inputs.ts';
import type { Live } from '../shared/schemas/results.ts';
import type { StageName, StageView } from '../shared/schemas/stages.ts';
import type { BoardAccess } from './board-access.ts';
import type { Devices } from './devices.ts';
import type { ProjectSession } from './project-session.ts';

/** What a stage works with and tells through. */
export interface StageContext {
  readonly session: ProjectSession;
  readonly boards: BoardAccess;
  readonly devices: Devices;
  readonly signal: AbortSignal;
  /** What the result will rest on, taken before the stage began. */
  readonly inputs: Inputs;
  readonly onProgress: ProgressListener;
  /** Something that limits the result without preventing it. */
  readonly warn: (text: string) => void;
  readonly log: (text: string) => void;
  /** One part of the stage has changed its state. */
  readonly part: (part: StageView['parts'][number]) => void;
  readonly live: (live: Live) => void;
}

/** Does the work of one stage; what it returns is stored as the result of the stage's step. */
export type Stage = (context: StageContext) => Promise<unknown>;
export type Stages = Readonly<Record<StageName, Stage>>;
