import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'vitest';

/** A file system of its own that can really be full. Units: bytes. */
export type SmallDisk = {
  readonly folder: string;
  free(): number;
  /** Fills it up until so many bytes are left; what was filled in before is taken away first. */
  fillUntil(leftBytes: number): Promise<void>;
  /** Takes away what `fillUntil` put there. */
  makeSpace(): void;
  dispose(): void;
};

function mount(bytes: number): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const folder = mkdtempSync('/tmp/sd-');
  // As root, PostgreSQL runs as another user, who must get through.
  const options = `size=${bytes},mode=0711`;
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0) return folder;
  rmSync(folder, { recursive: true });
  return undefined;
}

function smallDisk(folder: string): SmallDisk {
  const ballast = join(folder, 'ballast');
  const free = (): number => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  return {
    folder,
    free,
    async fillUntil(leftBytes) {
      rmSync(ballast, { force: true });
      const block = new Uint8Array(1 << 20);
      for (let more = free() - leftBytes; more > 0; more = free() - leftBytes) {
        const full = await writeFile(ballast, block.subarray(0, Math.min(more, block.length)), { flag: 'a' }).then(
          () => false,
          () => true,
        );
        if (full) return;
      }
    },
    makeSpace: () => rmSync(ballast, { force: true }),
    dispose() {
      // Lazily: whoever still has a file open there must not keep the name.
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A test on a disk that can be full: a tmpfs, which only root may mount. Elsewhere it is skipped, and on CI it fails. */
export function smallDiskTest(
  name: string,
  bytes: number,
  body: (disk: SmallDisk) => Promise<void>,
  timeoutMs?: number,
): void {
  const folder = mount(bytes);
  if (folder === undefined && process.env.CI !== 'true') {
    test.skip(`${name} (skipped: only root may mount a small disk)`, () => {});
    return;
  }
  test(
    name,
    async () => {
      if (folder === undefined) throw new Error('a small disk could not be mounted; run this as root');
      const disk = smallDisk(folder);
      try {
        await body(disk);
      } finally {
        disk.dispose();
      }
    },
    timeoutMs,
  );
}
