/** What is said where no window can be shown. */
export const NO_DISPLAY = [
  'Cortado has no display to show its window on (neither DISPLAY nor WAYLAND_DISPLAY is set).',
  'Start it in a desktop session, or use the command line, which can do everything that the window does:',
  '  npm run demo               takes the bundled network the whole way',
  '  npm run cortado -- --help  lists the commands',
].join('\n');

/** Whether there is a display to show a window on. */
export function hasDisplay(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, args: readonly string[]): boolean {
  if (platform !== 'linux') return true;
  if (args.some((arg) => arg.startsWith('--ozone-platform=headless') || arg === '--headless')) return true;
  return [env.DISPLAY, env.WAYLAND_DISPLAY].some((display) => display !== undefined && display !== '');
}
