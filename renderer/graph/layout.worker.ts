import { layOut } from './layout.ts';
import type { LayoutRequest } from './types.ts';

// Large graphs take dagre a second and more: away from the window's thread.
self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  self.postMessage(layOut(data));
};
