import { join } from 'node:path';
import { describe } from 'vitest';
import { TestApp } from './support/app.ts';
import { boardWay } from './support/board-way.ts';
import { windowBundles } from './support/bundles.ts';
import { electronRuntime } from './support/runtime.ts';

const runtime = electronRuntime();

describe.skipIf(runtime === undefined)('the window, from source', () => {
  boardWay(async () => TestApp.start(join(runtime ?? '', 'electron'), await windowBundles()));
});
