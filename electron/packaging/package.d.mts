export function environmentConfig(env: NodeJS.ProcessEnv): Readonly<Record<string, unknown>>;
export function packageApp(options?: {
  readonly dir?: boolean;
  readonly page?: string;
  readonly env?: NodeJS.ProcessEnv;
}): Promise<string[]>;
