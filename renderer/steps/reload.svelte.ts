import { onDestroy } from 'svelte';
import type { StageName } from '../../electron/shared/schemas/stages.ts';
import type { ProjectState } from '../state/project.svelte.ts';

/** Reads a step's results now, and again whenever one of these stages ends. */
export function reload(project: ProjectState, stages: readonly StageName[], read: () => void): void {
  read();
  onDestroy(
    project.onStageEnd((stage) => {
      if (stages.includes(stage)) read();
    }),
  );
}
