import type { FuseV1Config } from '@electron/fuses';

export function fuseConfig(electronVersion: string, inspectable: boolean): FuseV1Config<boolean>;
