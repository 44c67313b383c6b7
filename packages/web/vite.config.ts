import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * Zod tries `new Function` unless it is told not to; the page's policy refuses that, and would report each try. It has to be
 * told before its own first line, so the word stands at the head of the chunk that holds it.
 */
const intro = ({ moduleIds }: { readonly moduleIds: readonly string[] }): string =>
  moduleIds.some((id) => id.includes('/node_modules/zod/')) ? 'globalThis.__zod_globalConfig={jitless:true};' : '';

/**
 * What many pages use of other people's code lies in one chunk: some thirty small ones are compressed each by itself, 5 kB more
 * in sum, and asked for one by one. Fewer sharers would bring a first page what it does not use, such as dialogs. Styles keep their
 * own order.
 */
const shared = { name: 'shared', test: /node_modules.*(?<!\.css)$/, minShareCount: 14 };

/** What `packages/web/pages` builds with. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    target: 'es2023',
    // Below these light-dark() would be rewritten to what needs a fixed colour scheme; ours can be switched.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    manifest: true,
    sourcemap: false,
    // The page's policy lets no data: address pass for fonts and styles; one rule for all is easier to see through.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { output: { intro, codeSplitting: { groups: [shared] } } },
  },
  worker: { format: 'es', rolldownOptions: { output: { intro } } },
});
