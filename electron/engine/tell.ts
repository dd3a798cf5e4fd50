import type { EventName, EventPayload } from '../shared/ipc-schema.ts';

/** Tells the window of something. */
export type Tell = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void;
