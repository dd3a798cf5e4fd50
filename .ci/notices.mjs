// Writes THIRD-PARTY-NOTICES.md: the npm packages that Cortado needs to run, with their licences; what is linked into the
// agent, and the sample's data (.ci/notices/bundled.md). Fails where a licence is not one that Cortado may ship with.
//
//   npm run notices                write the file
//   npm run notices -- --check     fail where the file is not what would be written
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { productionPackages } from './notices/packages.mjs';
import { objectionTo } from './notices/policy.mjs';

const home = fileURLToPath(new URL('notices', import.meta.url));
const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    root: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
  },
});
const root = resolve(options.root);
const target = join(root, 'THIRD-PARTY-NOTICES.md');

const packages = readPackages();
const objections = packages.map(objectionTo).filter((objection) => objection !== undefined);
if (objections.length > 0) {
  fail(
    `These production dependencies may not be shipped:\n${objections.map((text) => `  ${text}`).join('\n')}\n` +
      'Replace them, or, after a look at what the licence asks, enter them in .ci/notices/policy.mjs.',
  );
}

const notices = compose();
if (!options.check) {
  writeFileSync(target, notices);
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== notices) {
  fail('THIRD-PARTY-NOTICES.md is not up to date: run "npm run notices" and commit the file.');
}

function readPackages() {
  try {
    return productionPackages(root, join(home, 'texts'));
  } catch (error) {
    return fail(`The notices cannot be made: ${error.message}.`);
  }
}

function compose() {
  const always = packages.filter((entry) => !entry.optional);
  const optional = packages.filter((entry) => entry.optional);
  return [
    '# Third-party notices',
    'Cortado is under the Apache License 2.0 (see LICENSE). It uses the works below, each under its own licence. This file is\n' +
      'written by `npm run notices`; do not edit it.',
    '## npm packages',
    table(always),
    '## npm packages that are installed on some systems only',
    'npm chooses among these by operating system and processor; each brings its own licence file or statement.',
    table(optional),
    readFileSync(join(home, 'bundled.md'), 'utf8').trim(),
    '## Licence texts of the npm packages',
    ...packageTexts(always),
    '## Licence texts of the other works',
    ...['LGPL-2.1', 'LGPL-3.0', 'GPL-3.0', 'GCC-exception-3.1'].map(keptText),
    '',
  ].join('\n\n');
}

function table(entries) {
  const rows = entries.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`);
  return ['| package | version | licence |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Each text once, under the names of all packages that have it. */
function packageTexts(entries) {
  const owners = new Map();
  for (const { name, text } of entries) owners.set(text, [...new Set([...(owners.get(text) ?? []), name])]);
  return [...owners].map(([text, names]) => `### ${names.join(', ')}\n\n${fenced(text)}`);
}

function keptText(name) {
  return `### ${name}\n\n${fenced(readFileSync(join(home, 'texts', `${name}.txt`), 'utf8').trim())}`;
}

function fenced(text) {
  return `~~~text\n${text}\n~~~`;
}

function fail(text) {
  console.error(text);
  process.exit(1);
}
