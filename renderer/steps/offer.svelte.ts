import type { ProjectState } from '../state/project.svelte.ts';
import type { StepAction } from '../state/step-action.ts';

/**
 * Puts a step's action into the frame's foot, where it is in view however far the step is scrolled. `action` gives undefined where
 * the step has nothing to do, or shows the button itself.
 */
export function offer(project: ProjectState, action: () => StepAction | undefined): void {
  $effect(() => {
    project.action = action();
    return () => {
      project.action = undefined;
    };
  });
}
