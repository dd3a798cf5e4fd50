import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { writeFileAtomically } from '../../core/common/files.ts';
import { InOrder } from '../../core/common/in-order.ts';
import { STEPS } from '../../core/project/steps.ts';
import { languageChoiceSchema, themeChoiceSchema } from '../shared/schemas/app.ts';

const settingsSchema = v.object({
  language: v.fallback(languageChoiceSchema, 'system'),
  theme: v.fallback(themeChoiceSchema, 'system'),
  /** The project to go on with at the next start. */
  lastProject: v.fallback(v.nullable(v.string()), null),
  /** The step of it that was looked at. */
  lastStep: v.fallback(v.nullable(v.picklist(STEPS)), null),
});
export type SettingValues = v.InferOutput<typeof settingsSchema>;

/** What the user chose for the app as a whole. A file that cannot be read counts as none: nothing of value is lost. */
export class Settings {
  private values: SettingValues;
  private readonly writes = new InOrder();

  constructor(private readonly file: string) {
    this.values = v.parse(settingsSchema, readJson(file));
  }

  get(): SettingValues {
    return this.values;
  }

  async set(change: Partial<SettingValues>): Promise<void> {
    this.values = { ...this.values, ...change };
    await this.writes.run(() => writeFileAtomically(this.file, `${JSON.stringify(this.values, undefined, 2)}\n`));
  }

  /** Resolves when nothing is being written. */
  written(): Promise<void> {
    return this.writes.settled();
  }
}

function readJson(file: string): unknown {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof content === 'object' && content !== null ? content : {};
  } catch {
    return {};
  }
}
