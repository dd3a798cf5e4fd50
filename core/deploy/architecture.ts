/** Processor families that Cortado has an agent for. */
export type BoardArchitecture = 'aarch64' | 'armv7' | 'x86_64';

/**
 * The family behind what `uname -m` says; undefined where there is no agent for it (armv6 has no NEON). `armv8l` is a 64-bit
 * processor whose kernel shows itself to a 32-bit program.
 */
export function architectureOf(machine: string): BoardArchitecture | undefined {
  switch (machine) {
    case 'aarch64':
    case 'arm64':
      return 'aarch64';
    case 'armv7l':
    case 'armv7':
    case 'armv8l':
      return 'armv7';
    case 'x86_64':
    case 'amd64':
      return 'x86_64';
    default:
      return undefined;
  }
}

/** This computer's family, or null where there is no agent for it: agents are Linux programs. */
export function hostArchitecture(): BoardArchitecture | null {
  if (process.platform !== 'linux') return null;
  const known: Partial<Record<NodeJS.Architecture, BoardArchitecture>> = {
    x64: 'x86_64',
    arm64: 'aarch64',
    arm: 'armv7',
  };
  return known[process.arch] ?? null;
}
