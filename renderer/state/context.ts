import { createContext } from 'svelte';
import type { AppState } from './app.svelte.ts';
import type { ProjectState } from './project.svelte.ts';

/** The window's state, for every component below the app. */
export const [useApp, provideApp] = createContext<AppState>();
/** The open project, for every component below a step. */
export const [useProject, provideProject] = createContext<ProjectState>();
