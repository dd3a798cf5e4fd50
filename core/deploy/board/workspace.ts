import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import { CortadoError } from '../../common/errors.ts';
import { BoundedText, quote, shellCommand } from '../ssh/command.ts';
import type { BoardConnection } from '../ssh/connection.ts';
import { whenStopped } from '../ssh/stopping.ts';
import { LineReader } from './lines.ts';

/** Where a run's files lie on the board. */
export interface WorkspacePlace {
  /** The run's own folder, mode 0700; gone when the run is over. */
  readonly folder: string;
  /** Where kept files lie from run to run; null where only a temporary folder is writable. */
  readonly shared: string | null;
  /** Free space of the folder's file system; null where the board cannot tell. */
  readonly freeBytes: number | null;
}

/** Marks our lines among what a login script may print. */
const MARK = '@cortado';

/**
 * The run's folder and its guard. The guard is a shell on the board that waits for the end of its input: when the connection
 * ends for whatever reason (done, cancelled, cable pulled, this program killed) it ends the agent and removes the folder.
 */
export class Workspace {
  private constructor(
    readonly place: WorkspacePlace,
    private readonly guard: ClientChannel,
    private readonly guardEnded: Promise<boolean>,
  ) {}

  /**
   * Makes the folder in the user's cache, or in a temporary folder where that is not writable or must not hold programs.
   * Throws `board.no-workspace`.
   */
  static async open(connection: BoardConnection, signal?: AbortSignal): Promise<Workspace> {
    signal?.throwIfAborted();
    const command = await connection.exec(shellCommand(guardScript(`run-${randomBytes(8).toString('hex')}`)));
    const guard = command.channel;
    const facts = new Map<string, string>();
    const refused: string[] = [];
    const errors = new BoundedText(4096);
    guard.stderr.on('data', (data: Buffer) => {
      errors.add(data);
    });
    let removed = false;
    const ended = command.closed.then(() => removed);
    await new Promise<void>((resolve, reject) => {
      const settled = whenStopped([signal, connection.lost], (reason) => {
        guard.end();
        reject(reason);
      });
      const reader = new LineReader((line) => {
        if (!line.startsWith(`${MARK} `)) return;
        const [, key = '', ...rest] = line.split(' ');
        if (key === 'refused') refused.push(rest.join(' '));
        else if (key === 'removed') removed = true;
        else facts.set(key, rest.join(' '));
        if (key !== 'ready') return;
        settled();
        resolve();
      });
      guard.on('data', (data: Buffer) => {
        reader.push(data);
      });
      void ended.then(() => {
        settled();
        reject(noWorkspace(refused, errors.text()));
      });
    });
    const free = facts.get('free');
    const place = {
      folder: facts.get('folder') ?? '',
      shared: facts.get('shared') ?? null,
      freeBytes: free === undefined || !/^\d+$/.test(free) ? null : Number(free) * 1024,
    };
    return new Workspace(place, guard, ended);
  }

  /** Ends what still runs and removes the folder. Resolves to whether the board said that it is gone. */
  async remove(): Promise<boolean> {
    this.guard.end();
    const timeout = new Promise<boolean>((resolve) => {
      setTimeout(() => {
        resolve(false);
      }, 15_000).unref();
    });
    return Promise.race([this.guardEnded, timeout]);
  }
}

/** The file in the run's folder that holds the process id of the running agent. */
export const PROCESS_FILE = 'process';

/**
 * POSIX shell, one line, busybox included. A folder is taken when a script in it can be started (not on a file system mounted
 * noexec). `trap` keeps the guard alive through the hang-up that some servers send at the end.
 */
function guardScript(name: string): string {
  const usable = [
    'usable() { d="$1"',
    `if ! mkdir "$d" 2>/dev/null; then echo "${MARK} refused $d cannot be made"; return 1; fi`,
    `if ! { echo "#!/bin/sh" > "$d/try" && chmod 700 "$d/try"; } 2>/dev/null; then rm -rf "$d"; echo "${MARK} refused $d cannot be written to"; return 1; fi`,
    `if ! "$d/try" 2>/dev/null; then rm -rf "$d"; echo "${MARK} refused $d must not hold programs"; return 1; fi`,
    'rm -f "$d/try"; }',
  ].join('; ');
  const choose = [
    'cache="${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}"',
    'made=""; [ -d "$cache" ] || made="$cache"',
    'folder=""; mkdir -p "$cache/cortado" 2>/dev/null',
    `if usable "$cache/cortado/${name}"; then folder="$d"; echo "${MARK} shared $cache/cortado"; fi`,
    `for base in "\${TMPDIR:-/tmp}" /var/tmp /dev/shm; do [ -z "$folder" ] && usable "$base/cortado-${name}" && folder="$d"; done`,
    '[ -n "$folder" ] || { rmdir "$cache/cortado" 2>/dev/null; [ -z "$made" ] || rmdir "$made" 2>/dev/null; exit 73; }',
  ].join('; ');
  // Folders of runs that ended while the board itself lost power: nobody else uses them after a day.
  const sweep = 'find "$cache/cortado" -maxdepth 1 -name "run-*" -mtime +1 -exec rm -rf {} + 2>/dev/null';
  const announce = [
    `echo "${MARK} folder $folder"`,
    `df -Pk "$folder" 2>/dev/null | { read -r line; read -r device size used free rest && echo "${MARK} free $free"; }`,
    `echo "${MARK} ready"`,
  ].join('; ');
  const wait = 'cat > /dev/null';
  return [
    "umask 077; trap '' HUP PIPE TERM INT",
    usable,
    choose,
    sweep,
    announce,
    wait,
    endAgent(),
    'rm -rf "$folder"',
    'rmdir "$cache/cortado" 2>/dev/null',
    '[ -z "$made" ] || rmdir "$made" 2>/dev/null',
    `[ -e "$folder" ] || echo "${MARK} removed"`,
  ].join('; ');
}

/** Ends the process of the process file, politely for two seconds, then not; a number that was given to another program is left alone. */
function endAgent(): string {
  const isAgent =
    'alive() { { tr "\\000" " " < "/proc/$p/cmdline" || ps -o args= -p "$p"; } 2>/dev/null | grep -q -e cortado -e "$folder"; }';
  return [
    isAgent,
    `p=$(cat "$folder/${PROCESS_FILE}" 2>/dev/null)`,
    'if [ -n "$p" ] && alive; then kill -TERM "$p" 2>/dev/null; for i in 1 2 3 4 5 6 7 8 9 10; do alive || break; sleep 0.2 2>/dev/null || sleep 1; done; alive && kill -KILL "$p" 2>/dev/null; fi',
  ].join('; ');
}

function noWorkspace(refused: readonly string[], stderr: string): CortadoError {
  const reasons =
    refused.length > 0 ? refused.join('; ') : stderr.trim().split('\n')[0]?.trim() || 'its shell did not answer';
  return new CortadoError(
    'board.no-workspace',
    `No folder on the board can be used: ${reasons}.`,
    'Make room on the board, and see that the user may write to the home folder or /tmp and start programs there.',
  );
}

/** `"$folder"/name`, quoted for a script. */
export function inFolder(folder: string, name: string): string {
  return quote(`${folder}/${name}`);
}
