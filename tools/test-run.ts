import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inMemory, roomInMemory } from '../packages/testbed/src/disks/in-memory.ts';

/** An exchange warns where less than 4 GiB are free. */
const plentyBytes = 6 * 1024 ** 3;
const abandonedMs = 3_600_000;

/**
 * What the programs in one run of the tests make once and share: the empty PostgreSQL that each exchange begins with, and
 * Node's compiled modules. Removed with the run.
 *
 * Where there is plenty of room in memory, folders of tests lie there, but for those that ask for a disk: a sync takes
 * 1.4 to 3 ms on a disk and 0.04 there, and most tests say nothing about disks. They are told by SYMBOLON_TEST_MEMORY; set and
 * empty it keeps all on the disk.
 */
export default function testRun(): () => void {
  // Directly under /tmp: the path of a PostgreSQL socket has at most 107 bytes.
  const folder = mkdtempSync('/tmp/sc-');
  // As root, PostgreSQL is another user, who must get through.
  chmodSync(folder, 0o711);
  process.env.SYMBOLON_TEST_CLUSTER = join(folder, 'c');
  process.env.NODE_COMPILE_CACHE = join(folder, 'modules');
  const folders = [folder, ...foldersInMemory()];
  return () => {
    // A program that ends last may still be writing its compiled modules.
    for (const one of folders) rmSync(one, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  };
}

function foldersInMemory(): string[] {
  if (process.env.SYMBOLON_TEST_MEMORY === '' || roomInMemory() < plentyBytes) return [];
  removeAbandoned();
  // A container gives the same few numbers out again and again.
  const folder = mkdtempSync(join(inMemory, `st-${process.pid}-`));
  chmodSync(folder, 0o711);
  process.env.SYMBOLON_TEST_MEMORY = folder;
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  chmodSync(temporary, 0o1777);
  process.env.TMPDIR = temporary;
  return [folder];
}

/** Of a run that was killed: unlike those on a disk they take memory from whatever runs later. */
function removeAbandoned(): void {
  for (const name of readdirSync(inMemory)) {
    const [, pid] = /^st-([0-9]+)-/.exec(name) ?? [];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    const folder = join(inMemory, name);
    if (Date.now() - statSync(folder).mtimeMs > abandonedMs) rmSync(folder, { recursive: true, force: true });
  }
}
