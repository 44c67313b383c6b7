import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutRoot, ctStudy, freePort } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNobodyIn, processesIn, runProgram } from './run-program.ts';

// `nobody`, whom every Debian knows: `initdb` wants a user that is in /etc/passwd. Without root, we are that other user.
const asRoot = process.getuid?.() === 0;
const user = asRoot ? { uid: 65534, gid: 65534 } : undefined;
let home: string;
let checkout = checkoutRoot;

/** Whether that user can run the program where it lies: a checkout under /root is out of reach. */
function reachable(folder: string): boolean {
  if (user === undefined) return true;
  const as = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const command = [join(folder, 'node_modules/.bin/node'), join(folder, 'packages/cli/bin/symbolon.mjs'), '--version'];
  return spawnSync('setpriv', [...as, ...command], { cwd: '/' }).status === 0;
}

beforeAll(async () => {
  home = await mkdtemp('/tmp/sn-');
  if (!reachable(checkout)) {
    checkout = join(home, 'checkout');
    for (const name of ['package.json', 'packages', 'node_modules'])
      await cp(join(checkoutRoot, name), join(checkout, name), { recursive: true, verbatimSymlinks: true });
  }
  if (user) await chown(home, user.uid, user.gid);
});
afterAll(async () => {
  for (const pid of processesIn(home)) process.kill(pid, 'SIGKILL');
  await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

/** As a person does it: in a folder of one's own, with no setting but a port that is free. */
const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runProgram(join(checkout, 'node_modules/.bin/node'), [join(checkout, 'packages/cli/bin/symbolon.mjs'), ...args], {
    cwd: home,
    env: { HOME: home, ...env },
    user,
  });

test('another user than root starts it in a folder of theirs, sends a study and gets it back', async () => {
  const port = await freePort();
  const serving = run(['serve'], { SYMBOLON_LISTEN: `localhost:${port}` });
  await serving.said('Ctrl-C stops the exchange.');
  expect(serving.output()).toContain(`Data         ${home}/data\n`);
  expect(serving.output()).toContain(`Keys         ${home}/keys (made now)\n`);
  for (const pid of processesIn(join(home, 'data'))) {
    expect((await stat(`/proc/${pid}`)).uid).toBe(user?.uid ?? process.getuid?.());
  }

  const url = `https://localhost:${port}`;
  await writeFile(join(home, 'password'), 'Sieben Schwäne ziehen südwärts');
  const setup = [
    '--account',
    'Praxis',
    '--email',
    'a@example.org',
    '--password-file',
    'password',
    '--token-out',
    'token',
  ];
  const study = [...ctStudy({ seed: 21, slices: 8, rows: 64, columns: 64 })];
  for (const [at, { bytes }] of study.entries()) {
    await mkdir(join(home, 'cd'), { recursive: true });
    await writeFile(join(home, 'cd', `IM${at}`), bytes);
  }
  const access = ['--token-file', 'token'];
  const uid = study[0]!.studyInstanceUid;
  for (const args of [
    ['setup', '--to', url, ...setup],
    ['send', 'cd', '--to', url, ...access, '--receipt', 'receipt.json'],
    ['fetch', '--study', uid, '--out', 'back', '--from', url, ...access],
  ]) {
    const program = run(args);
    expect({ code: await program.ended, output: program.output() }).toMatchObject({ code: 0 });
  }
  const names = (await readdir(join(home, 'back'), { recursive: true, withFileTypes: true })).filter((e) => e.isFile());
  const back = await Promise.all(names.map(({ parentPath, name }) => readFile(join(parentPath, name))));
  const digests = (all: readonly Uint8Array[]) => all.map((b) => createHash('sha256').update(b).digest('hex')).sort();
  expect(digests(back)).toEqual(digests(study.map(({ bytes }) => bytes)));

  serving.process.kill('SIGTERM');
  expect(await serving.ended).toBe(0);
  await expectNobodyIn(home);
});
