import type { ProjectView } from './schemas/stages.ts';
import type { Outcome } from './ipc-schema.ts';

/** Channels between the window and main. */
export const CALL_CHANNEL = 'cortado:call';
export const EVENT_CHANNEL = 'cortado:event';
/** Main hands the window its end of the engine's port. */
export const PORT_CHANNEL = 'cortado:engine-port';

/** What goes through the port between the window and the engine. */
export interface PortCall {
  readonly id: number;
  readonly name: string;
  readonly args: unknown;
}
export type PortMessage =
  | { readonly kind: 'answer'; readonly id: number; readonly outcome: Outcome<unknown> }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown };

/** Which project the engine is for. */
export type ProjectRequest =
  | { readonly kind: 'open'; readonly folder: string }
  | { readonly kind: 'create'; readonly folder: string; readonly name: string; readonly from: 'empty' | 'sample' };

/** What the engine needs to know of its surroundings. */
export interface EngineSurroundings {
  /** Folder with `agents`, `boards` and `sample`. */
  readonly resources: string;
  readonly virtualBoard: { readonly available: boolean; readonly reason: string | null };
}

/** Main to engine. */
export type ToEngine =
  | { readonly kind: 'project'; readonly request: ProjectRequest; readonly surroundings: EngineSurroundings }
  /** With one port: the window's. */
  | { readonly kind: 'port' }
  /** Stop what is under way, leave nothing on a board, and end. */
  | { readonly kind: 'end' }
  | { readonly kind: 'secret'; readonly id: number; readonly secret: string | null }
  /** With one port: a worker's, which has started. */
  | { readonly kind: 'worker'; readonly id: number }
  /** `how` is for a person. Also where it never started. */
  | { readonly kind: 'workerEnded'; readonly id: number; readonly how: string };

/** Engine to main. */
export type FromEngine =
  | { readonly kind: 'project'; readonly outcome: Outcome<ProjectView> }
  | { readonly kind: 'readSecret'; readonly id: number; readonly secret: SecretName }
  | { readonly kind: 'keepSecret'; readonly secret: SecretName; readonly value: string }
  | { readonly kind: 'forgetSecret'; readonly secret: SecretName }
  | WorkerMessage;

/** The engine's wishes of its worker processes, which main alone can start; it gives them their ids. */
export interface WorkerMessage {
  readonly kind: 'startWorker' | 'endWorker';
  readonly id: number;
}

/** What a secret opens: `password` of `board@192.168.1.20`, `passphrase` of a key file. */
export interface SecretName {
  readonly kind: 'password' | 'passphrase';
  readonly subject: string;
}
