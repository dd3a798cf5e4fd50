import type { CortadoApi } from '../electron/shared/ipc-schema.ts';

declare global {
  interface Window {
    /** Made by the preload script. */
    readonly cortado: CortadoApi;
  }
}
