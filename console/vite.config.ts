// How is the console built, and tested in its parts? `vite --mode mock` answers the API from dev/mock.ts instead of a node.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { PluginOption } from 'vite';
import { defineConfig } from 'vitest/config';

const node = process.env.CRESSET_URL ?? 'http://127.0.0.1:6464';

export default defineConfig(async ({ mode }) => {
  const plugins: PluginOption[] = [svelte()];
  if (mode === 'mock') plugins.push((await import('./dev/mock.ts')).mock());
  return {
    plugins,
    build: { target: ['chrome123', 'firefox120', 'safari17.5'], cssTarget: ['chrome123', 'firefox120', 'safari17.5'], assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    worker: { format: 'es' as const },
    server: { proxy: mode === 'mock' ? {} : { '/api': node } },
    test: { include: ['tests/unit/**/*.test.ts'], environment: 'node' },
  };
});
