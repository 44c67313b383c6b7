import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';

/** A file system in memory, on any Linux. */
export const inMemory = '/dev/shm';

/** How much can lie there, by its own limit and by what the machine has; 0 where it cannot be used. Units: bytes. */
export function roomInMemory(): number {
  if (!existsSync(inMemory) || !runsPrograms()) return 0;
  const { bavail, bsize } = statfsSync(inMemory);
  return Math.min(bavail * bsize, freemem());
}

/** A PostgreSQL runs from the data folder: containers mount this one so that nothing runs from it. */
function runsPrograms(): boolean {
  const line = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .findLast((one) => one.split(' ')[1] === inMemory);
  return line !== undefined && !line.split(' ')[3]!.split(',').includes('noexec');
}

/** An exchange warns where less than 4 GiB are free, and takes nothing new below 2 GiB; a container often has 64 MB here. */
const enoughBytes = 5 * 1024 ** 3;

/** Where folders of tests are made that say nothing about disks: in memory in a run of the tests that found room there. */
export function testFolders(): string {
  const folder = process.env.SYMBOLON_TEST_MEMORY;
  return folder && roomInMemory() >= enoughBytes ? folder : '/tmp';
}

/** An empty folder. Directly under `under`: the path of a PostgreSQL socket has at most 107 bytes. */
export async function freshFolder(under = testFolders()): Promise<string> {
  const folder = await mkdtemp(join(under, 'sx-'));
  // As root, PostgreSQL runs as another user, who must get through; mkdtemp lets nobody else in.
  await chmod(folder, 0o711);
  return folder;
}
