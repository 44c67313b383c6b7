/**
 * What `npm test` runs: every check of this checkout, one after another, all of them even when one fails.
 *
 *     node tools/test.ts [--only types,lint,unused,pages,tests,stores] [--drill] [FILE-FILTER ...]
 *
 * Each check and each test counts as one in the last line. With CI=true a test that was skipped counts as failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { installPeers } from './peers.ts';

/** What of vitest's JSON report is read here. Units: milliseconds. */
type Report = {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: 'passed' | 'failed';
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
};

type Result = { readonly passed: number; readonly failed: number; readonly skipped: number; readonly files?: Times };
type Times = readonly { readonly name: string; readonly ms: number }[];
type Step = { readonly name: string; readonly run: () => Result };

const root = join(import.meta.dirname, '..');
const onCi = process.env.CI === 'true';
const slowestShown = 10;
/** Where the tests are that last longer in a drill. */
const drills = [
  'conformance/dicomweb/10.4-retrieve/a-study-as-a-zip',
  'conformance/laws',
  'conformance/journeys/7-',
  'conformance/journeys/8-',
  'conformance/access',
  'conformance/rendering/bit-flips',
  'conformance/dicomweb/clients/ohif',
  '.properties.test',
  'worklist.test',
];

/**
 * What a drill runs again with the exchange on OpenStack Swift and PostgreSQL 15, in its usual length: all that looks at the
 * exchange from outside. The rest looks into its folders, or takes a disk away under it.
 */
const onNetworkedStores = [
  'conformance/dicomweb',
  'conformance/journeys',
  'conformance/laws/1-',
  'conformance/laws/2-a-backup-brings-everything-back',
  'conformance/laws/2-what-was-acknowledged-outlives-kill-9',
  'conformance/laws/4-',
  'conformance/laws/5-the-same',
  'conformance/laws/5-what',
  'conformance/laws/a-receipt',
  'conformance/rendering',
  'conformance/sessions',
  'conformance/sharing',
  'conformance/web-api',
];

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, drill: { type: 'boolean', default: false } },
});

const steps: readonly Step[] = [
  { name: 'peers', run: peers },
  { name: 'types', run: () => check('tsc', '-p', '.') },
  { name: 'lint', run: () => check('biome', 'check', '.') },
  { name: 'unused', run: () => check('knip', '--no-progress') },
  // Once, before: every exchange in the tests then finds them up to date.
  { name: 'pages', run: () => check('node', 'tools/build-pages.ts') },
  {
    name: 'tests',
    run: () => (values.drill ? tests([...drills, ...filters], { SYMBOLON_DRILL: '1' }) : tests(filters)),
  },
  { name: 'stores', run: () => tests(onNetworkedStores, { SYMBOLON_TEST_STORES: 's3' }) },
];
const usual = steps.map(({ name }) => name).filter((name) => name !== 'stores');
const wanted = values.only?.split(',') ?? (values.drill ? ['peers', 'pages', 'tests', 'stores'] : usual);
const strange = wanted.filter((name) => !steps.some((step) => step.name === name));
if (strange.length > 0) {
  console.error(`There is no step ${strange.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}

const done = steps
  .filter(({ name }) => wanted.includes(name))
  .map(({ name, run }) => {
    console.log(styleText('bold', `\n── ${name} ${'─'.repeat(72 - name.length)}`));
    const start = performance.now();
    const result = run();
    const ms = performance.now() - start;
    console.log(result.failed === 0 ? `${name}: done in ${seconds(ms)}` : failedText(`${name}: failed`));
    return { name, ms, ...result };
  });
summarise();

function peers(): Result {
  installPeers({ log: (line) => console.log(line) });
  // Where one is missing its tests say so, each by itself: skipped here, failed on CI.
  return { passed: 0, failed: 0, skipped: 0 };
}

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): boolean {
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env, PATH: path },
  });
  if (error) console.error(`${command} could not be run: ${error.message}`);
  return status === 0;
}

function check(command: string, ...args: readonly string[]): Result {
  return run(command, args) ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

function tests(files: readonly string[], env: Readonly<Record<string, string>> = {}): Result {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-report-'));
  try {
    const file = join(folder, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const well = run('vitest', ['run', ...reporters, ...files], env);
    // Vitest without a report, or unhappy with none of its tests, is a failure all the same.
    if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
    const result = counted(JSON.parse(readFileSync(file, 'utf8')) as Report);
    return well || result.failed > 0 ? result : { ...result, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function counted({ testResults }: Report): Result {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const count = (status: string): number => all.filter((one) => one.status === status).length;
  const skipped = all.filter(({ status }) => status !== 'passed' && status !== 'failed');
  // A file that does not load fails without a single test of its own.
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((one) => one.status !== 'failed'),
  );
  if (skipped.length > 0) {
    console.log(`\nSkipped${onCi ? ', which counts as failed on CI' : ''}:`);
    for (const { fullName } of skipped) console.log(`  ${fullName}`);
    const packages = new Set(
      skipped.flatMap(({ fullName }) => /Debian(?:'s| package:?) ([a-z0-9.+ -]+)/.exec(fullName)?.[1] ?? []),
    );
    if (packages.size > 0) console.log(`They want: sudo apt-get install ${[...packages].sort().join(' ')}`);
  }
  return {
    passed: count('passed'),
    failed: count('failed') + broken.length + (onCi ? skipped.length : 0),
    skipped: onCi ? 0 : skipped.length,
    files: testResults.map(({ name, startTime, endTime }) => ({
      name: relative(root, name),
      ms: endTime - startTime,
    })),
  };
}

function summarise(): void {
  console.log(styleText('bold', '\nWhere the time goes'));
  for (const { name, ms, failed } of done)
    console.log(`  ${seconds(ms).padStart(8)}  ${failed === 0 ? name : failedText(`${name} (failed)`)}`);
  const files = done.flatMap((step) => step.files ?? []).toSorted((a, b) => b.ms - a.ms);
  if (files.length > 1) {
    console.log(styleText('bold', `\nThe slowest of ${files.length} test files`));
    for (const { name, ms } of files.slice(0, slowestShown)) console.log(`  ${seconds(ms).padStart(8)}  ${name}`);
  }
  const total = (key: 'passed' | 'failed' | 'skipped'): number => done.reduce((sum, step) => sum + step[key], 0);
  const [passed, failed, skipped] = [total('passed'), total('failed'), total('skipped')];
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  if (failed > 0) process.exitCode = 1;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function failedText(text: string): string {
  return styleText('red', text);
}
