import { app, nativeTheme } from 'electron';
import { VERSION } from '../../core/common/version.ts';
import type { AppInfo, Language } from '../shared/schemas/app.ts';
import { engineSurroundings } from './resources.ts';
import type { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';

/** What the first screen needs to know. */
export function appInfo(settings: Settings, secrets: Secrets): AppInfo {
  const { language, theme, lastProject, lastStep } = settings.get();
  const { electron, chrome, node } = process.versions;
  return {
    version: VERSION,
    versions: { electron, chrome, node },
    platform: knownPlatform(process.platform),
    processor: process.arch,
    language: {
      choice: language,
      used: language === 'system' ? systemLanguage(app.getPreferredSystemLanguages()) : language,
    },
    theme: { choice: theme, dark: nativeTheme.shouldUseDarkColors },
    virtualBoard: engineSurroundings().virtualBoard,
    secrets: secrets.state(),
    lastProject,
    lastStep,
  };
}

/** The first of the system's languages that the app speaks; English where it speaks none. */
export function systemLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    if (/^zh\b/i.test(tag)) return 'zh-CN';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

function knownPlatform(platform: NodeJS.Platform): AppInfo['platform'] {
  return platform === 'linux' || platform === 'win32' || platform === 'darwin' ? platform : 'other';
}
