import { mount } from 'svelte';
import App from '../../../renderer/shell/App.svelte';
import '../../../renderer/styles/index.css';
import { CortadoDouble } from '../double/cortado-double.ts';

/** The window's page over the double; the address says in which state: `?project=after&language=zh-CN&dark`. */
const wanted = new URLSearchParams(location.search);
const project = wanted.get('project');
const noVirtualBoard = wanted.get('noVirtualBoard');
const double = new CortadoDouble({
  ...(project === 'before' || project === 'after' ? { project } : {}),
  language: wanted.get('language') === 'zh-CN' ? 'zh-CN' : 'en',
  dark: wanted.has('dark'),
  ...(noVirtualBoard === null ? {} : { noVirtualBoard }),
  stageMs: Number(wanted.get('stageMs') ?? 1500),
});
Object.assign(window, { cortado: double });
const target = document.getElementById('app');
if (target === null) throw new Error('the page has no place for the app');
mount(App, { target, props: { api: double } });
if (wanted.has('project')) double.openProject();
