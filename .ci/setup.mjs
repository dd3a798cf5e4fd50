// Makes a fresh clone ready: npm packages, Debian packages (as root on Debian or Ubuntu), the agents. Plain Node without
// dependencies, since it runs before there are any. What is there already is left alone, so a second run is quick.
//
//   node .ci/setup.mjs          everything that `npm test` needs
//   node .ci/setup.mjs demo     what `npm run demo` needs
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAgents } from './agents.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Debian package → a command or file that tells that what we need of it is there, whoever installed it. */
const BUILD_PACKAGES = {
  'g++': 'g++',
  cmake: 'cmake',
  'ninja-build': 'ninja',
  'flatbuffers-compiler': 'flatc',
  'libflatbuffers-dev': '/usr/include/flatbuffers/flatbuffers.h',
};
const BOARD_PACKAGES = { 'g++-aarch64-linux-gnu': 'aarch64-linux-gnu-g++', 'qemu-user': 'qemu-aarch64' };
const TEST_PACKAGES = {
  'g++-arm-linux-gnueabihf': 'arm-linux-gnueabihf-g++',
  'libgtest-dev': '/usr/src/googletest/CMakeLists.txt',
  'clang-format': 'clang-format',
  'openssh-server': '/usr/sbin/sshd',
  'openssh-client': 'ssh-keygen',
  'python3-opencv': '/usr/share/doc/python3-opencv',
  'python3-numpy': '/usr/lib/python3/dist-packages/numpy',
  // What Electron needs to open a window without a screen.
  'libgtk-3-0': '/usr/share/doc/libgtk-3-0',
  libnss3: '/usr/share/doc/libnss3',
  libasound2: '/usr/share/doc/libasound2',
  libgbm1: '/usr/share/doc/libgbm1',
  // The window's page in a browser, in English and Chinese.
  chromium: '/usr/bin/chromium',
  'fonts-noto-cjk': '/usr/share/doc/fonts-noto-cjk',
  xvfb: 'xvfb-run',
  xauth: 'xauth',
  // The accelerator: its simulation, its proofs, the script that builds bitstreams, its device tree.
  verilator: 'verilator',
  yosys: 'yosys',
  iverilog: 'iverilog',
  tcl: 'tclsh',
  'device-tree-compiler': 'dtc',
};

const profile = process.argv[2] ?? 'test';
if (profile !== 'demo' && profile !== 'test') fail(`There is no set-up "${profile}": it is demo or test.`);
const [major] = process.versions.node.split('.').map(Number);
if (major < 20) fail(`Node.js ${process.versions.node} is too old: install Node.js 20 or newer.`);

installNpmPackages();
const required = profile === 'test' ? { ...BUILD_PACKAGES, ...BOARD_PACKAGES, ...TEST_PACKAGES } : BUILD_PACKAGES;
const helpful = profile === 'demo' ? BOARD_PACKAGES : {};
installDebianPackages(required, helpful);
const architectures = profile === 'test' ? ['host', 'aarch64', 'armv7'] : ['host', 'aarch64'];
buildAgents(root, architectures.filter(hasCompiler));

function installNpmPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex');
  const stamp = join(root, 'node_modules', '.cortado-lock-sha256');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  say('Installing npm packages …');
  run('npm', ['ci', '--no-audit', '--no-fund']);
  writeFileSync(stamp, digest);
}

function installDebianPackages(needed, wanted) {
  const missing = missingOf({ ...needed, ...wanted });
  if (missing.length === 0) return;
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    say(`Installing Debian packages: ${missing.join(' ')} …`);
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
      DEBIAN_FRONTEND: 'noninteractive',
    });
    return;
  }
  const missingNeeded = missingOf(needed);
  if (missingNeeded.length === 0) {
    say(`Not here, so the virtual board is this computer itself: ${missing.join(' ')}.`);
    return;
  }
  fail(
    `These are missing: ${missing.join(' ')}.\n` +
      `On Debian or Ubuntu: sudo apt-get install ${missing.join(' ')}\n` +
      'On other systems install the packages that provide them (FlatBuffers 2.0.8), then run this command again.',
  );
}

function missingOf(packages) {
  return Object.entries(packages)
    .filter(([, sign]) => (sign.startsWith('/') ? !existsSync(sign) : !onPath(sign)))
    .map(([name]) => name);
}

function hasCompiler(architecture) {
  const compiler = { aarch64: 'aarch64-linux-gnu-g++', armv7: 'arm-linux-gnueabihf-g++', host: 'c++' }[architecture];
  return onPath(compiler);
}

function onPath(command) {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command], { stdio: 'ignore' }).status === 0;
}

function run(command, args, environment = {}) {
  try {
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, ...environment } });
  } catch {
    fail(`"${command} ${args.join(' ')}" failed: its own words are above. Mend that and run this command again.`);
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
