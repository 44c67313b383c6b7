import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'vitest';
import { requirePeer } from '../peers/require-peer.ts';

/** File systems of one machine that lose power together. */
export type PowerCutDisks<Name extends string> = {
  readonly folders: Readonly<Record<Name, string>>;
  /** Cuts the power: what is not on stable storage is gone, and whoever still runs gets EIO for all that they ask. */
  cut(): void;
  /**
   * Mounts them again as after a boot. Programs that run from there, such as a PostgreSQL, end by `kill -9`; others that
   * have files open there must have ended.
   */
  powerOn(): Promise<void>;
  dispose(): void;
};

/**
 * `commit`: the journal is written when somebody asks for it, and not every 5 s as by default, which would save names that
 * nobody made durable. `noauto_da_alloc`: a rename over another file does not write the new one's bytes by itself. Bytes
 * that nobody synced stay in memory for 30 s (`vm.dirty_expire_centisecs`), which no mount option lengthens.
 */
const mountOptions = 'loop,commit=300,noauto_da_alloc';

const patienceMs = 60_000;
const plentyBytes = 4 * 1024 ** 3;

/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH. Source: Linux, Documentation/filesystems/ext4, fs/ext4/ioctl.c. */
const shutDown = `
import fcntl, os, struct, sys
fds = [os.open(folder, os.O_RDONLY) for folder in sys.argv[1:]]
for fd in fds: fcntl.ioctl(fd, 0x8004587d, struct.pack('I', 2))
`;

function ran(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

/** In memory where there is plenty: what a disk forgets is decided by the file system on it, not by what is beneath. */
function folderOfImages(): string {
  const inMemory = '/dev/shm';
  if (!existsSync(inMemory)) return '/tmp';
  const { bavail, bsize } = statfsSync(inMemory);
  return bavail * bsize >= plentyBytes ? inMemory : '/tmp';
}

/** Ends whoever runs from under a folder, or stands there; returns their ids. */
function endAllUnder(folder: string): number[] {
  const ended = new Set<number>();
  for (const pid of readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)) {
    for (const link of ['exe', 'cwd']) {
      try {
        if (!readlinkSync(`/proc/${pid}/${link}`).startsWith(`${folder}/`)) continue;
        process.kill(pid, 'SIGKILL');
        ended.add(pid);
      } catch {
        // It has ended meanwhile, or is a thread of the kernel.
      }
    }
  }
  return [...ended];
}

/** Until nobody has one of these ids: a process that has ended keeps its own until its parent has heard of it. */
async function untilGone(pids: readonly number[]): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  for (const pid of pids) {
    for (; existsSync(`/proc/${pid}`); await pause(20))
      if (performance.now() > giveUpAt) throw new Error(`process ${pid} is still there`);
  }
}

function powerCutDisks<Name extends string>(names: readonly Name[], bytes: number): PowerCutDisks<Name> {
  const root = mkdtempSync('/tmp/pc-');
  const images = mkdtempSync(join(folderOfImages(), 'pc-images-'));
  // As root, PostgreSQL runs as another user, who must get through.
  ran('chmod', ['0711', root]);
  const mounted = new Set<string>();
  const places = names.map((name) => ({ name, image: join(images, name), folder: join(root, name) }));
  const folders = Object.fromEntries(places.map(({ name, folder }) => [name, folder])) as Record<Name, string>;

  const mount = (): void => {
    for (const { image, folder } of places) {
      ran('mount', ['-o', mountOptions, image, folder]);
      mounted.add(folder);
    }
  };
  const dispose = (): void => {
    endAllUnder(root);
    // Lazily: whoever still has a file open there must not keep the name.
    for (const folder of mounted) spawnSync('umount', ['-l', folder]);
    for (const folder of [root, images]) rmSync(folder, { recursive: true, force: true });
  };

  try {
    for (const { image, folder } of places) {
      mkdirSync(folder);
      writeFileSync(image, '');
      truncateSync(image, bytes);
      // Inodes are written now, so that no thread of the kernel does it while a test runs.
      ran('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
    }
    mount();
    for (const { folder } of places) ran('chmod', ['0711', folder]);
    for (const { folder } of places) ran('sync', ['-f', folder]);
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    folders,
    cut: () => ran('python3', ['-c', shutDown, ...places.map(({ folder }) => folder)]),
    async powerOn() {
      await untilGone(endAllUnder(root));
      const giveUpAt = performance.now() + patienceMs;
      for (const folder of [...mounted]) {
        for (;;) {
          const { status, stderr } = spawnSync('umount', [folder], { encoding: 'utf8' });
          if (status === 0) break;
          if (performance.now() > giveUpAt) throw new Error(`somebody still uses the disk that lost power: ${stderr}`);
          await pause(20);
        }
        mounted.delete(folder);
      }
      mount();
    },
    dispose,
  };
}

function whyNot(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root may mount disks that lose power';
  for (const [command, debianPackage] of [
    ['mkfs.ext4', 'e2fsprogs'],
    ['python3', 'python3'],
  ] as const)
    if (!requirePeer(command, debianPackage).available)
      return `${command} is missing, install Debian's ${debianPackage}`;
  try {
    powerCutDisks(['trial'], 8 * 1024 * 1024).dispose();
    return undefined;
  } catch (error) {
    return `no disks that lose power can be mounted: ${(error as Error).message.trim()}`;
  }
}

let reason: { readonly whyNot: string | undefined } | undefined;

/**
 * A test on disks of its own, of `bytes` each, whose power can be cut: ext4 in a file, mounted by a loop device, and shut
 * down as a power cut would. Only root may do that; elsewhere the test is skipped, and on CI it fails.
 */
export function powerCutTest<Name extends string>(
  name: string,
  { names, bytes }: { readonly names: readonly Name[]; readonly bytes: number },
  body: (disks: PowerCutDisks<Name>) => Promise<void>,
  timeoutMs?: number,
): void {
  reason ??= { whyNot: whyNot() };
  const { whyNot: not } = reason;
  if (not !== undefined && process.env.CI !== 'true') {
    test.skip(`${name} (skipped: ${not})`, () => {});
    return;
  }
  test(
    name,
    async () => {
      if (not !== undefined) throw new Error(not);
      const disks = powerCutDisks(names, bytes);
      try {
        await body(disks);
      } finally {
        disks.dispose();
      }
    },
    timeoutMs,
  );
}
