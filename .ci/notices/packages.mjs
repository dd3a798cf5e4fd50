// The npm packages that Cortado needs to run, from package-lock.json and node_modules.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { licenceOf } from './policy.mjs';

/** Packages whose archive forgets the licence file, and where its text is kept here. */
const KEPT_TEXTS = {
  'onnxruntime-common': 'onnxruntime.txt',
  'onnxruntime-node': 'onnxruntime.txt',
  'lazy-val': 'lazy-val.txt',
};

/** Development dependencies whose code is bundled into the app: the window's page, and the search for updates. */
const BUNDLED = ['svelte', 'bits-ui', '@xyflow/svelte', '@dagrejs/dagre', 'electron-updater'];

/** Of what these packages depend on, only this is bundled: the rest is Svelte's compiler, and js-yaml's command line. */
const BUNDLED_OF = {
  'node_modules/svelte': new Set(['clsx', 'devalue', 'esm-env']),
  'node_modules/js-yaml': new Set(),
};

/**
 * All production packages, sorted. Those that npm installs on some systems only are `optional` and have no `text`, so that
 * every system writes the same notices.
 * @param {string} root folder of package-lock.json
 * @param {string} texts folder of the licence texts kept here
 */
export function productionPackages(root, texts) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return productionPaths(packages)
    .map((path) => describe(root, texts, path, packages[path]))
    .sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

/**
 * What is reached from the root by dependencies, required or optional, and by peers that are not optional. npm's own marks
 * do not tell: they mix what is for development with what is optional.
 */
function productionPaths(packages) {
  const reached = new Set();
  const waiting = [''];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const entry = packages[path];
    const peers = Object.keys(entry.peerDependencies ?? {}).filter(
      (name) => !entry.peerDependenciesMeta?.[name]?.optional,
    );
    const bundled = path === '' ? BUNDLED.filter((name) => name in (entry.devDependencies ?? {})) : [];
    const names = [
      ...Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }),
      ...bundled,
      ...peers,
    ].filter((name) => BUNDLED_OF[path]?.has(name) ?? true);
    for (const found of names.map((name) => resolve(packages, path, name))) {
      if (found === undefined || reached.has(found)) continue;
      reached.add(found);
      waiting.push(found);
    }
  }
  return [...reached];
}

/** Where Node finds a package from another: in that one's own node_modules, or in those of the folders around it. */
function resolve(packages, from, name) {
  const candidate = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (candidate in packages) return candidate;
  if (from === '') return undefined;
  const parent = from.lastIndexOf('/node_modules/');
  return resolve(packages, parent < 0 ? '' : from.slice(0, parent), name);
}

function describe(root, texts, path, entry) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const folder = join(root, path);
  const manifestPath = join(folder, 'package.json');
  const optional = entry.optional === true || entry.devOptional === true;
  if (!optional && !existsSync(manifestPath)) throw new Error(`${path} is not installed: run npm ci, then this again`);
  return {
    name,
    version: entry.version,
    licence: licenceOf(name, optional ? entry : JSON.parse(readFileSync(manifestPath, 'utf8'))),
    optional,
    text: optional ? undefined : licenceText(name, folder, texts),
  };
}

function licenceText(name, folder, texts) {
  const file = readdirSync(folder)
    .filter((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry))
    .sort(compare)
    .at(0);
  const path = file === undefined ? keptText(name, texts) : join(folder, file);
  if (path === undefined) throw new Error(`${name} has no licence file: keep its text in .ci/notices/texts`);
  return readFileSync(path, 'utf8')
    .replaceAll('\r\n', '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .replace(/^\n+|\n+$/g, '');
}

function keptText(name, texts) {
  return name in KEPT_TEXTS ? join(texts, KEPT_TEXTS[name]) : undefined;
}

/** By code point, so that the order does not depend on the machine's language. */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
