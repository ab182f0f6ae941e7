// How is Svelte told? Scripts are TypeScript; styles of components are files of the build, never inline.
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';
export default { preprocess: vitePreprocess(), compilerOptions: { runes: true, css: 'external' } };
