// Which licences a production dependency may have. Anything else stops `npm run notices` until somebody has decided.

/** Ask for a notice at most, and combine with Apache-2.0. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
  'Zlib',
]);

/**
 * Weak copyleft that is met, and how: each entry was looked at by a person, in that version. A new version is looked at
 * again: does the reason still hold, and is the list of parts in bundled.md still right?
 */
const EXCEPTIONS = [
  {
    packages: /^@img\/sharp-(libvips-.+|win32-.+|wasm32)$/,
    versions: new Set(['1.3.4', '0.35.5']),
    licences: new Set(['LGPL-3.0-or-later']),
    reason: 'a dynamic library of its own file, which the user may replace',
  },
];

/** Where the lock file does not have SPDX's words: what the package's own licence file says, after a look at it. */
const CORRECTIONS = {
  flatbuffers: { 'SEE LICENSE IN LICENSE.txt': 'Apache-2.0' },
  buildcheck: { '': 'MIT' },
  'cpu-features': { '': 'MIT' },
  'svelte-toolbelt': { '': 'MIT' },
};

/** The licence of a package in SPDX's words; old packages have a list where new ones have an expression. */
export function licenceOf(name, manifest) {
  const stated =
    typeof manifest.license === 'string'
      ? manifest.license
      : (manifest.licenses ?? []).map((licence) => licence.type).join(' OR ');
  return CORRECTIONS[name]?.[stated] ?? stated;
}

/**
 * Why a package may not be shipped, or undefined where it may. An expression holds if each part of an AND does, or one of an OR.
 */
export function objectionTo({ name, version, licence }) {
  if (licence === '') return `${name} ${version} does not say its licence`;
  const exception = EXCEPTIONS.find((entry) => entry.packages.test(name));
  const allowed = (id) => PERMISSIVE.has(id) || (exception?.versions.has(version) && exception.licences.has(id));
  const holds = licence
    .replaceAll(/[()]/g, '')
    .split(' AND ')
    .every((part) => part.split(' OR ').some((id) => allowed(id.trim())));
  return holds ? undefined : `${name} ${version} is under ${licence}`;
}
