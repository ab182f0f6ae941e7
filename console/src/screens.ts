// Which screens are there, under which key, and for whom? Each is loaded when it is first gone to.
import type { Component } from 'svelte';
import type { Key } from './catalogue/en';
import type { Screen } from './state/router.svelte';
import type { Role } from './state/session.svelte';

export interface Entry { screen: Exclude<Screen, 'object' | 'unknown'>; path: string; key: string; role: Role; load: () => Promise<{ default: Component }> }

export const SCREENS: readonly Entry[] = [
  { screen: 'home', path: '/', key: 'h', role: 'reader', load: () => import('./screens/Home.svelte') },
  { screen: 'objects', path: '/objects', key: 'o', role: 'reader', load: () => import('./screens/Objects.svelte') },
  { screen: 'graph', path: '/graph', key: 'g', role: 'reader', load: () => import('./screens/Graph.svelte') },
  { screen: 'matrix', path: '/matrix', key: 'a', role: 'reader', load: () => import('./screens/Matrix.svelte') },
  { screen: 'time', path: '/time', key: 't', role: 'reader', load: () => import('./screens/Time.svelte') },
  { screen: 'hits', path: '/hits', key: 'w', role: 'reader', load: () => import('./screens/Hits.svelte') },
  { screen: 'board', path: '/board', key: 's', role: 'reader', load: () => import('./screens/Board.svelte') },
  { screen: 'intake', path: '/intake', key: 'i', role: 'analyst', load: () => import('./screens/Intake.svelte') },
  { screen: 'releases', path: '/releases', key: 'r', role: 'analyst', load: () => import('./screens/Releases.svelte') },
  { screen: 'partners', path: '/partners', key: 'p', role: 'reader', load: () => import('./screens/Partners.svelte') },
  { screen: 'audit', path: '/audit', key: 'l', role: 'administrator', load: () => import('./screens/Audit.svelte') },
  { screen: 'admin', path: '/admin', key: 'u', role: 'reader', load: () => import('./screens/Admin.svelte') },
];
export const OBJECT = (): Promise<{ default: Component }> => import('./screens/Object.svelte');
export const screenKey = (screen: Entry['screen']): Key => `screen.${screen}` as Key;
