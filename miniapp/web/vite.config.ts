import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { preloads } from './scripts/preloads.ts'

/** What is loaded before anything else, and nothing with it: it asks while the rest is on its way. */
const START = /src\/(start|app\/beginning|shared\/(api\/(session|client|problem|token-store)|telegram\/start-param|i18n\/locales))\.ts|preload-helper/
/** Changes only with a library, and is loaded by every page; what drags is for the pages on which something is dragged. */
const LIBRARIES = /node_modules\/(?!@dnd-kit|@preact)/
/** Ours, of every page. Many small files would wait for one another. */
const SHARED = /src\/(app|styles|shared\/(?!ui\/drag-area)|features\/leads|features\/\w+\/(\w+-live|load-after)\.ts)/

export default defineConfig({
  base: '/miniapp/',
  plugins: [react(), preloads('src/main.tsx')],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    // The policy of the page lets no `data:` through, and small files cost little over one connection.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'start', test: START, priority: 3 },
            { name: 'libraries', test: LIBRARIES, priority: 2 },
            { name: 'shared', test: SHARED, priority: 1 },
          ],
        },
      },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
})
