// How is the console built, and tested in its parts? `vite --mode mock` answers the API from dev/mock.ts instead of a node.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { PluginOption } from 'vite';
import { defineConfig } from 'vitest/config';
import { mock } from './dev/mock.ts';

const node = process.env.CRESSET_URL ?? 'http://127.0.0.1:6464';

export default defineConfig(({ mode }) => {
  const plugins: PluginOption[] = [svelte(), ...(mode === 'mock' ? [mock()] : [])];
  return {
    plugins,
    build: { target: ['chrome123', 'firefox120', 'safari17.5'], cssTarget: ['chrome123', 'firefox120', 'safari17.5'], assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    worker: { format: 'es' as const },
    server: { proxy: (mode === 'mock' ? {} : { '/api': node }) as Record<string, string> },
    test: { include: ['tests/unit/**/*.test.ts'], environment: 'node' },
  };
});
