// Runs every check and every test, goes on after a failure, and ends with one line that counts them all:
// `N passed, M failed, K skipped`. `npm test` calls it after the set-up.
//
//   node .ci/test.mjs [GROUP…]     static, native, cross, fpga, unit; all without arguments
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configureAndBuild } from './agents.mjs';
import { buildSimulation } from './fpga.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = join(root, 'build', 'test-results');
mkdirSync(results, { recursive: true });
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

const groups = {
  static: [staticChecks],
  native: [() => nativeTests('host'), () => nativeTests('host-sanitize')],
  cross: [() => nativeTests('aarch64'), () => nativeTests('armv7')],
  // Before the unit tests: those of the accelerator's compiler run their programs on the simulation that this builds.
  fpga: [fpgaTests],
  unit: [unitTests],
};

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(groups)) {
  for (const run of groups[name]) await run();
}
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((name) => `  ${name}`).join('\n')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

/** Two at a time: each of them uses one processor. */
async function staticChecks() {
  const waiting = [
    ['TypeScript', 'npm', ['run', '--silent', 'typecheck']],
    ['ESLint', 'npx', ['eslint', '.']],
    ['Prettier', 'npx', ['prettier', '--check', '.']],
    ['direction of dependencies', 'npm', ['run', '--silent', 'check:dependencies']],
    ['third-party notices', 'npm', ['run', '--silent', 'notices', '--', '--check']],
    [
      'clang-format',
      'sh',
      ['-c', "git ls-files -z 'native/*.cpp' 'native/*.h' | xargs -0 clang-format --dry-run -Werror"],
    ],
  ];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await check(...next);
  };
  await Promise.all([work(), work()]);
}

/** Prints what the check printed when it has ended. */
function check(name, command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    child.stdout.on('data', (text) => (printed += text));
    child.stderr.on('data', (text) => (printed += text));
    child.on('error', (error) => (printed += error.message));
    child.on('close', (code) => {
      console.log(`== ${name}\n${printed}`);
      count(name, code === 0 ? 'passed' : 'failed');
      resolve();
    });
  });
}

function unitTests() {
  console.log('== unit and end-to-end tests');
  const output = join(results, 'vitest.json');
  rmSync(output, { force: true });
  spawnSync('npx', ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${output}`], {
    cwd: root,
    stdio: 'inherit',
  });
  const report = readJson(output);
  if (report === null) return count('vitest gave no report', 'failed');
  for (const file of report.testResults) {
    if (file.status === 'failed' && file.assertionResults.length === 0) count(file.name, 'failed');
    for (const test of file.assertionResults) {
      const outcome = test.status === 'passed' ? 'passed' : test.status === 'failed' ? 'failed' : 'skipped';
      count(test.fullName, outcome);
    }
  }
}

function nativeTests(preset) {
  console.log(`== native tests, ${preset}`);
  ctest(configureAndBuild(root, preset, []), preset);
}

function fpgaTests() {
  console.log('== the accelerator in simulation');
  ctest(buildSimulation(root), 'fpga');
}

function ctest(folder, name) {
  const output = join(results, `ctest-${name}.xml`);
  rmSync(output, { force: true });
  spawnSync(
    'ctest',
    ['--output-on-failure', '--no-tests=error', '-j', '2', '--timeout', '900', '--output-junit', output],
    {
      cwd: folder,
      stdio: 'inherit',
    },
  );
  const attributes = /<testsuite\b[^>]*>/.exec(readText(output) ?? '')?.[0];
  if (attributes === undefined) return count(`ctest ${name} gave no report`, 'failed');
  const number = (attribute) => Number(new RegExp(`\\b${attribute}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
  const failed = number('failures');
  const skipped = number('skipped') + number('disabled');
  total.failed += failed;
  total.skipped += skipped;
  total.passed += number('tests') - failed - skipped;
  if (failed > 0) failures.push(`${failed} native tests, ${name}`);
}

function count(name, outcome) {
  total[outcome] += 1;
  if (outcome === 'failed') failures.push(name);
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function readJson(path) {
  const text = readText(path);
  return text === null ? null : JSON.parse(text);
}
