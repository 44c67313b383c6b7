import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

// Nobody has to have the corpus: where it is not, the tests of it are not skipped, they are none.
const corpus = process.env.SYMBOLON_CORPUS ?? join(import.meta.dirname, '../shared/corpus');
const withoutCorpus = existsSync(corpus) ? [] : ['**/*.corpus.test.ts'];

export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/web/pages/**/*.test.ts',
      'conformance/**/*.test.ts',
      'tools/**/*.test.ts',
    ],
    exclude: [...configDefaults.exclude, ...withoutCorpus],
    globalSetup: ['tools/test-run.ts'],
    // For what hangs. Many tests take seconds alone, and some times as long beside others.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Of what comes at last; a second, which is what it would be, says only that the machine is busy.
    expect: { poll: { timeout: 30_000 } },
    // Two cores: more workers only make the real servers in the tests wait for each other.
    maxWorkers: 2,
    pool: 'forks',
  },
});
