import { mount } from 'svelte';
import './styles/index.css';
import App from './shell/App.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no place for the app');
mount(App, { target, props: { api: window.cortado } });
