import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Nobody has to have the corpus: where it is not, the tests of it are not skipped, they are none.
const corpus = process.env.SYMBOLON_CORPUS ?? join(import.meta.dirname, '../shared/corpus');
const withoutCorpus = existsSync(corpus) ? [] : ['**/*.corpus.test.ts'];

/**
 * The long ones first, so that none of them is left alone at the end while another core has nothing to do. Without what an
 * earlier run measured, as on a fresh checkout, vitest goes by the size of files, which says little here.
 */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // Together, those that wait for a disk and those that draw pages use the cores better than each kind by itself.
    const places = ['/conformance/', '/packages/server/', '/'];
    const rank = ({ moduleId }: TestSpecification) => places.findIndex((place) => moduleId.includes(place));
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/**
 * Files that need no process of their own: pure code, and tests of it that leave nothing behind. To begin a process for each,
 * and read the same modules in it, costs more than most of them do. Who puts a module in another's place does: `x.alone.test.ts`.
 */
const together = ['client', 'contract', 'dicom', 'pixels', 'vault', 'web'].map(
  (name) => `packages/${name}/src/**/!(*.alone).test.ts`,
);

const ofEach = {
  // For what hangs. Many tests take seconds alone, and some times as long beside others.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // Of what comes at last; a second, which is what it would be, says only that the machine is busy.
  expect: { poll: { timeout: 30_000 } },
  // Two cores: more workers only make the real servers in the tests wait for each other.
  maxWorkers: 2,
  pool: 'forks',
} as const;

export default defineConfig({
  test: {
    ...ofEach,
    sequence: { sequencer: LongFirst },
    globalSetup: ['tools/test-run.ts'],
    projects: [
      {
        test: {
          ...ofEach,
          name: 'alone',
          include: [
            'packages/*/src/**/*.test.ts',
            'packages/web/pages/**/*.test.ts',
            'conformance/**/*.test.ts',
            'tools/**/*.test.ts',
          ],
          exclude: [...configDefaults.exclude, ...withoutCorpus, ...together],
        },
      },
      {
        test: {
          ...ofEach,
          name: 'together',
          include: together,
          exclude: [...configDefaults.exclude, ...withoutCorpus],
          isolate: false,
        },
      },
    ],
  },
});
