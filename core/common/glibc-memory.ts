/** The most that glibc takes (`HEAP_MAX_SIZE / 2` on 64 bits); a larger value is ignored. */
const mostMmapThreshold = 2 ** 25;

/** glibc's manual, "Memory Allocation Tunables". */
const settings = {
  /** Large pages (`madvise`), of which one is asked for where it would be 512. */
  hugetlb: 1,
  /** Tensors lie in the heap, not in mappings of their own that go with them ... */
  mmap_threshold: mostMmapThreshold,
  /** ... and what is free at its end stays. */
  trim_threshold: 2 ** 32,
} as const;

/**
 * Environment for a process that needs and frees megabytes again and again: its memory comes in large pages and is not given back to the
 * system before its end. A page that is new costs microseconds, on virtual machines more than what is computed with it.
 * Without effect where the C library is another one than glibc. What the user set in `environment` takes precedence.
 */
export function lastingMemory(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = Object.entries(settings).map(([name, value]) => `glibc.malloc.${name}=${value}`);
  const theirs = environment.GLIBC_TUNABLES;
  // Of two of the same name the last one counts.
  return { GLIBC_TUNABLES: [...ours, ...(theirs === undefined || theirs === '' ? [] : [theirs])].join(':') };
}
