/**
 * The first study there and back: a CT series of 300 slices, 512 × 512 × 16 bit, through `send` and `fetch`.
 *
 * Prints a line of JSON a figure: MB/s (10^6 bytes of DICOM files) as the command needs from start to end, CPU seconds
 * per GB of the exchange (itself, and its PostgreSQL) and of the command, and peak memory. Absolute times say little on
 * a shared machine: beside each stands what node:crypto alone needs to hash and seal the same bytes in the same run.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutRoot, ctStudy, owner, startExchange } from '@symbolon/testbed';
import { cpuSeconds, limit, median, peakMiB, print } from './measure.ts';

const slices = Number(process.env.SLICES ?? 300);
const rounds = Number(process.env.ROUNDS ?? 3);
type Run = { seconds: number; cpu: number; peakMiB: number };

/** Runs the command as a person would, under GNU time. */
function command(args: readonly string[]): Run {
  const started = performance.now();
  const report = join(work, 'time');
  const node = [process.execPath, join(checkoutRoot, 'packages/cli/bin/symbolon.mjs'), ...args];
  const timed = spawnSync('/usr/bin/time', ['-o', report, '-f', '%U %S %M', ...node], { encoding: 'utf8' });
  if (timed.error) throw new Error('the bench needs GNU time: apt-get install time', { cause: timed.error });
  if (timed.status !== 0) throw new Error(`symbolon ${args[0]} ended with ${timed.status}: ${timed.stderr}`);
  const [user = 0, system = 0, peakKb = 0] = readFileSync(report, 'utf8').trim().split(' ').map(Number);
  return { seconds: (performance.now() - started) / 1000, cpu: user + system, peakMiB: peakKb / 1024 };
}

const work = mkdtempSync(join(tmpdir(), 'symbolon-bench-'));
const exchange = await startExchange();
try {
  console.log(
    JSON.stringify({
      machine: cpus()[0]?.model,
      cores: cpus().length,
      node: process.version,
      slices,
      date: new Date().toISOString().slice(0, 10),
    }),
  );
  const { tokenFile } = await owner(exchange);
  const where = ['--ca', join(exchange.dataDir, 'tls/certificate.pem'), '--token-file', tokenFile];
  const pid = exchange.process.pid as number;
  const results: Record<string, number[]> = {};
  const note = (name: string, value: number): void => {
    results[name] = [...(results[name] ?? []), value];
  };
  for (let round = 0; round < rounds; round += 1) {
    const study = [...ctStudy({ seed: 9000 + round, slices })];
    const megabytes = study.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1e6;
    const folder = join(work, `in-${round}`);
    mkdirSync(folder);
    for (const [at, { bytes }] of study.entries()) writeFileSync(join(folder, `IM${at}`), bytes);
    note('limit.hash-and-seal MB/s', limit(study.map(({ bytes }) => bytes)));
    for (const what of ['send', 'fetch'] as const) {
      const before = cpuSeconds(pid, exchange.dataDir);
      const run =
        what === 'send'
          ? command(['send', folder, '--to', exchange.url, '--receipt', join(work, `receipt-${round}.json`), ...where])
          : command([
              'fetch',
              '--study',
              study[0]?.studyInstanceUid as string,
              '--out',
              join(work, `out-${round}`),
              '--from',
              exchange.url,
              ...where,
            ]);
      const after = cpuSeconds(pid, exchange.dataDir);
      note(`${what} MB/s`, megabytes / run.seconds);
      note(`${what}.exchange CPU s/GB`, ((after.exchange - before.exchange) * 1000) / megabytes);
      note(`${what}.postgres CPU s/GB`, ((after.postgres - before.postgres) * 1000) / megabytes);
      note(`${what}.command CPU s/GB`, (run.cpu * 1000) / megabytes);
      note(`${what}.command peak MiB`, run.peakMiB);
    }
    rmSync(folder, { recursive: true });
    rmSync(join(work, `out-${round}`), { recursive: true });
  }
  for (const [name, values] of Object.entries(results)) {
    const [metric = '', ...unit] = name.split(' ');
    print(metric, median(values), unit.join(' '), rounds);
  }
  print('exchange peak', peakMiB(pid), 'MiB', 1);
} finally {
  await exchange.dispose();
  rmSync(work, { recursive: true, force: true });
}
