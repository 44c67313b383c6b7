import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/**
 * Zod tries `new Function` unless it is told not to; the page's policy refuses that, and would report each try. It has to be
 * told before its own first line, so the word stands at the head of the chunk that holds it.
 */
const intro = ({ moduleIds }: { readonly moduleIds: readonly string[] }): string =>
  moduleIds.some((id) => id.includes('/node_modules/zod/')) ? 'globalThis.__zod_globalConfig={jitless:true};' : '';

/**
 * Zod ties what makes a JSON Schema of it to every schema: 6 kB of each first page, and no page makes one. The names stay, so
 * that all that imports them is built; what is called by one of them says so.
 */
const noJsonSchema: Plugin = {
  name: 'no-json-schema',
  transform: {
    filter: { id: /\/zod\/v4\/core\/(json-schema-processors|to-json-schema)\.js$/ },
    handler(code) {
      const declared = [...code.matchAll(/^export (?:function|const) (\w+)/gm)].map(([, name]) => `none as ${name}`);
      const renamed = [...code.matchAll(/^export \{ \w+ as (\w+) \};/gm)].map(([, name]) => `none as ${name}`);
      const none = "function none() { throw new Error('no page makes a JSON Schema'); }";
      return { code: `${none}\nexport { ${[...declared, ...renamed].join(', ')} };`, map: null };
    },
  },
};

/**
 * What many pages use of other people's code lies in one chunk: some thirty small ones are compressed each by itself, 5 kB more
 * in sum, and asked for one by one. Fewer sharers would bring a first page what it does not use, such as dialogs. Styles keep their
 * own order. What dialogs are made of stays apart however many pages have one: 13 kB that no first page shows.
 */
const ofDialogs =
  /@floating-ui|react-remove-scroll|focus-(trap|return)|\/(Modal|ModalBase|Overlay|Portal|FocusTrap|ScrollArea|Popover)\//;
const isShared = (id: string): boolean => id.includes('node_modules') && !id.endsWith('.css') && !ofDialogs.test(id);
const shared = { name: 'shared', test: isShared, minShareCount: 14 };

/** What `packages/web/pages` builds with. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), noJsonSchema],
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
