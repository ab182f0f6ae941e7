// Where does the console begin?
import './style/tokens.css';
import './style/base.css';
import './style/pictures.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { speak } from './catalogue/catalogue.svelte';
import { handle } from './state/keyboard.svelte';
import { preferences, show } from './state/preferences.svelte';
import { start } from './state/router.svelte';
import { meet } from './state/session.svelte';

show();
start();
addEventListener('keydown', handle);
void speak(preferences.language).catch(() => undefined);
void meet();
const place = document.getElementById('app');
if (place) {
  place.replaceChildren();
  mount(App, { target: place });
}
