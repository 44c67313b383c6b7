import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { checkoutRoot } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CheckoutCopy, copyCheckout } from './copy-checkout.ts';
import { expectNobodyIn, freshPlace, type Place, type Program, runProgram } from './run-program.ts';

let place: Place;
let copy: CheckoutCopy;
const ready = 'Ctrl-C stops the exchange.';

beforeAll(async () => {
  [place, copy] = await Promise.all([freshPlace(), copyCheckout()]);
});
afterAll(async () => {
  await place?.remove();
  await copy?.remove();
});

async function expectStopped(program: Program, signal: string): Promise<void> {
  expect({ code: await program.ended, output: program.output() }).toMatchObject({ code: 0 });
  expect(program.output()).toContain(`Stopping (${signal})`);
  expect(program.output()).toMatch(/Stopped\.\s*$/);
  expect(program.output()).not.toMatch(/While stopping|at once/);
  await expectNobodyIn(place.dataDir);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} stops the exchange and its PostgreSQL, with exit code 0`, async () => {
    const cli = join(checkoutRoot, 'packages/cli/bin/symbolon.mjs');
    const program = runProgram(process.execPath, [cli, 'serve'], { cwd: place.root, env: place.env });
    await program.said(ready);
    // It began anew with what V8 can be told at the start alone, and is the process that was started all the same.
    const words = await readFile(`/proc/${program.process.pid}/cmdline`, 'utf8');
    expect(words.split('\0').slice(1, 5)).toEqual(['--max-semi-space-size=16', '--expose-gc', cli, 'serve']);
    program.process.kill(signal);
    await expectStopped(program, signal);
  });

  test(`${signal} to npm alone, as a supervisor sends it, stops "npm start" and everything under it`, async () => {
    const program = runProgram('npm', ['start'], { cwd: copy.folder, env: place.env });
    await program.said(ready);
    program.process.kill(signal);
    await expectStopped(program, signal);
  });
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} to the whole process group, as a terminal sends it, stops "npm start" and everything under it`, async () => {
    const program = runProgram('npm', ['start'], { cwd: copy.folder, env: place.env, group: true });
    await program.said(ready);
    process.kill(-program.process.pid!, signal);
    await expectStopped(program, signal);
  });
}

test('a sender who never ends a request does not keep the exchange from stopping', async () => {
  const cli = join(checkoutRoot, 'packages/cli/bin/symbolon.mjs');
  const program = runProgram(process.execPath, [cli, 'serve'], { cwd: place.root, env: place.env });
  await program.said(ready);
  const [host, port] = place.listen.split(':');
  const ca = await readFile(join(place.dataDir, 'tls/certificate.pem'), 'utf8');
  const socket = connect({ host: host!, port: Number(port), ca });
  socket.on('error', () => {});
  const answered = new Promise((done) => socket.once('data', done));
  // Ten bytes of a thousand: the answer comes at once, the request never ends.
  socket.write(`POST /dicomweb/studies HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nten bytes!`);
  await answered;
  const began = performance.now();
  program.process.kill('SIGTERM');
  await expectStopped(program, 'SIGTERM');
  expect(performance.now() - began).toBeLessThan(20_000);
  socket.destroy();
});

test('a signal while PostgreSQL is being started leaves none behind', async () => {
  const cli = join(checkoutRoot, 'packages/cli/bin/symbolon.mjs');
  for (const delayMs of [0, 40, 120, 300]) {
    const program = runProgram(process.execPath, [cli, 'serve'], { cwd: place.root, env: place.env });
    await program.said('Symbolon is starting');
    await pause(delayMs);
    program.process.kill('SIGTERM');
    await program.ended;
    await expectNobodyIn(place.dataDir);
  }
});
