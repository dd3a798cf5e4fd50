import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, Session } from 'ssh2';
import { CortadoError } from '../../common/errors.ts';
import type { SshAddress } from '../address.ts';
import type { BoardArchitecture } from '../architecture.ts';
import { makeEd25519KeyPair } from '../ssh/ed25519.ts';
import { fingerprintOf } from '../ssh/host-key.ts';
import { ANNOUNCEMENT_FILE } from './announcement.ts';
import type { Announcement } from './announcement.ts';
import { ConfinedFolder } from './confined-folder.ts';
import { FileServer } from './file-server.ts';
import { ProcessGroup } from './process-group.ts';
import { simulationEnvironment, type SimulatedAccelerator } from './simulated-accelerator.ts';

export interface VirtualBoardOptions {
  /** What the board says it is. */
  readonly architecture: BoardArchitecture;
  /** Command that runs programs of that architecture here, `['qemu-aarch64']`; without it they run as they are. */
  readonly emulator?: readonly string[] | undefined;
  /** A Zynq board whose accelerator is simulated (simulated-accelerator.ts). */
  readonly accelerator?: SimulatedAccelerator | undefined;
  /** Where the board's files go; default the system's temporary folder. */
  readonly parentFolder?: string | undefined;
  /** Default true; a bare dropbear board has none. */
  readonly fileTransfer?: boolean | undefined;
}

/** An SSH server of ours on this computer's loopback, with a fresh host key, user and password. */
export interface VirtualBoard {
  readonly address: SshAddress;
  /** `SHA256:…` of its host key. */
  readonly hostKey: string;
  readonly password: string;
  /** The user's home folder on this computer; removed by `close`. */
  readonly home: string;
  /** Ends every process that was started through it and removes its folder. */
  close(): Promise<void>;
}

const USER = 'board';

/** Starts a virtual board. Throws `board.virtual-unsupported` on Windows, which has no POSIX shell. */
export async function startVirtualBoard(options: VirtualBoardOptions): Promise<VirtualBoard> {
  if (process.platform === 'win32') {
    throw new CortadoError(
      'board.virtual-unsupported',
      'The virtual board needs a POSIX shell, which Windows does not have.',
      'Use a real board, or run Cortado in the Windows Subsystem for Linux.',
    );
  }
  const scratch = await mkdtemp(join(options.parentFolder ?? tmpdir(), 'cortado-virtual-board-'));
  const folder = await ConfinedFolder.create(scratch);
  const home = folder.root;
  await mkdir(join(home, 'tmp'));
  await writeFile(join(home, ANNOUNCEMENT_FILE), JSON.stringify(announcementOf(options)));
  const keys = makeEd25519KeyPair();
  const publicKey = ssh2.utils.parseKey(keys.public);
  if (publicKey instanceof Error) throw publicKey;
  const password = randomBytes(18).toString('base64url');
  const environment = {
    ...{ HOME: home, TMPDIR: join(home, 'tmp'), USER, LOGNAME: USER, PATH: process.env.PATH },
    ...(options.accelerator === undefined ? {} : simulationEnvironment(options.accelerator)),
  };
  const groups = new Set<ProcessGroup>();
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [keys.private] }, (connection) => {
    connections.add(connection);
    // ssh2's types have this for its client only.
    (connection as Connection & { setNoDelay: (on: boolean) => void }).setNoDelay(true);
    connection.on('error', () => undefined);
    connection.on('close', () => connections.delete(connection));
    connection.on('authentication', (context) => {
      authenticate(context, password);
    });
    connection.on('session', (accept) => {
      serveSession(accept(), options.fileTransfer === false ? undefined : folder, (command, channel) => {
        const group = new ProcessGroup(command, home, environment, channel);
        groups.add(group);
        void group.ended.then(() => groups.delete(group));
        return group;
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: { kind: 'ssh', user: USER, host: '127.0.0.1', port },
    hostKey: fingerprintOf(publicKey.getPublicSSH()),
    password,
    home,
    close: async () => {
      for (const connection of connections) connection.end();
      for (const group of groups) group.hangUp();
      await Promise.all([...groups].map((group) => group.ended));
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      await rm(home, { recursive: true, force: true });
    },
  };
}

function announcementOf({ architecture, emulator, accelerator }: VirtualBoardOptions): Announcement {
  return {
    kind: 'virtual',
    architecture,
    runner: [...(emulator ?? [])],
    emulated: emulator !== undefined,
    ...(accelerator === undefined ? {} : { accelerator: accelerator.board }),
  };
}

function authenticate(context: AuthContext, password: string): void {
  if (context.method !== 'password') {
    context.reject(['password']);
    return;
  }
  const given = Buffer.from(context.password);
  const wanted = Buffer.from(password);
  const right = given.length === wanted.length && timingSafeEqual(given, wanted);
  if (right && context.username === USER) context.accept();
  else context.reject(['password']);
}

type Start = (command: string, channel: ssh2.ServerChannel) => ProcessGroup;

function serveSession(session: Session, folder: ConfinedFolder | undefined, start: Start): void {
  let group: ProcessGroup | undefined;
  session.on('exec', (accept, _reject, info) => {
    group = start(info.command, accept());
  });
  session.on('signal', (accept: (() => void) | undefined, _reject, info) => {
    group?.signal(info.name);
    accept?.();
  });
  if (folder === undefined) return;
  session.on('sftp', (accept) => {
    new FileServer(accept(), folder);
  });
}
