import type { IconName } from '../components/icons.ts';

/** What a step does when it is told to: its one button. */
export interface StepAction {
  readonly text: string;
  readonly icon: IconName;
  /** It cannot be done now. */
  readonly disabled: boolean;
  readonly start: () => void;
}
