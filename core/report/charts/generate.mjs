// Compiles the charts for the server, so that the HTML report is drawn by the components that the window shows, without a
// bundler or a loader: `npm run generate`. The window's own build compiles the same files for the browser.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from 'svelte/compiler';

const source = fileURLToPath(new URL('.', import.meta.url));
const folder = process.argv[2] ?? fileURLToPath(new URL('generated', import.meta.url));

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(source).filter((name) => name.endsWith('.svelte'))) {
  const name = basename(file, '.svelte');
  const { js } = compile(readFileSync(join(source, file), 'utf8'), {
    generate: 'server',
    // Styles come with what is rendered, in its head.
    css: 'injected',
    runes: true,
    // The name that styles are kept apart by: the same on every computer.
    filename: file,
    rootDir: '.',
  });
  writeFileSync(join(folder, `${name}.js`), withGeneratedPaths(js.code));
  writeFileSync(join(folder, `${name}.d.ts`), declarationOf(name));
}

/** Other components lie beside it, all else one folder up. */
function withGeneratedPaths(code) {
  return code
    .replaceAll(/ from '\.\/(\w+)\.svelte'/g, " from './$1.js'")
    .replaceAll(/ from '\.\.?\/[^']+\.ts'/g, (from) =>
      from.includes("'./") ? from.replace("'./", "'../") : from.replace("'../", "'../../"),
    );
}

/** Its properties are those of the interface of its name, where there is one: others are parts of these. */
function declarationOf(name) {
  const props = `${name}Props`;
  if (!readFileSync(join(source, 'props.ts'), 'utf8').includes(`interface ${props} `)) return 'export {};\n';
  return [
    "import type { Component } from 'svelte';",
    `import type { ${props} } from '../props.ts';`,
    `declare const ${name}: Component<${props}>;`,
    `export default ${name};`,
    '',
  ].join('\n');
}
