import * as v from 'valibot';
import { STEPS } from '../../../core/project/steps.ts';
import { text } from './basics.ts';

export const languageSchema = v.picklist(['en', 'zh-CN']);
export const languageChoiceSchema = v.picklist(['system', 'en', 'zh-CN']);
export const themeChoiceSchema = v.picklist(['system', 'light', 'dark']);
export type Language = v.InferOutput<typeof languageSchema>;
export type LanguageChoice = v.InferOutput<typeof languageChoiceSchema>;
export type ThemeChoice = v.InferOutput<typeof themeChoiceSchema>;

/** What the first screen needs to know; told anew by the event `app.changed`. */
export const appInfoSchema = v.object({
  version: text,
  versions: v.object({ electron: text, chrome: text, node: text }),
  platform: v.picklist(['linux', 'win32', 'darwin', 'other']),
  /** `x64`, `arm64`. */
  processor: text,
  language: v.object({ choice: languageChoiceSchema, used: languageSchema }),
  theme: v.object({ choice: themeChoiceSchema, dark: v.boolean() }),
  /** Where the virtual board cannot run, `reason` says why: a code for the catalogue, such as `no-agent.win32`. */
  virtualBoard: v.object({ available: v.boolean(), reason: v.nullable(text) }),
  /** Whether passwords can be kept encrypted by the system; where not, they hold for this session only. */
  secrets: v.object({ kept: v.boolean(), backend: text }),
  /** Folder of the project that was open when the app ended, to go on with; null where none was. */
  lastProject: v.exactOptional(v.nullable(text)),
  /** The step of it that was looked at. */
  lastStep: v.exactOptional(v.nullable(v.picklist(STEPS))),
});
export type AppInfo = v.InferOutput<typeof appInfoSchema>;

export const recentProjectSchema = v.object({
  folder: text,
  name: text,
  /** ISO 8601, UTC. */
  openedAt: text,
  /** False where the folder is gone. */
  exists: v.boolean(),
});
export type RecentProject = v.InferOutput<typeof recentProjectSchema>;

/** What a dialog asks for; main knows its title and file name filters. */
export const fileKindSchema = v.picklist([
  'prototxt',
  'caffemodel',
  'meanFile',
  'imageList',
  'labels',
  'classNames',
  'table',
  'picture',
  'privateKey',
  'bitstream',
  'report',
]);
export const folderKindSchema = v.picklist(['project', 'newProject', 'images', 'export']);
export const saveKindSchema = v.picklist(['html', 'csv', 'json', 'table', 'package']);

/** A secret that is kept, without the secret. */
export const keptSecretSchema = v.object({ id: text, kind: v.picklist(['password', 'passphrase']), subject: text });
