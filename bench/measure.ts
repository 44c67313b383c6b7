import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ticksPerSecond = 100;

export function print(metric: string, value: number, unit: string, n: number): void {
  console.log(JSON.stringify({ metric, value: Number(value.toPrecision(4)), unit, n }));
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

function processTicks(pid: number | string): number {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It has ended meanwhile: its parent counts it now.
    return 0;
  }
  const fields = stat.replace(/^.*\) /s, '').split(' ');
  // utime, stime, and those of children that were waited for: fields 14 to 17.
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
}

/** CPU seconds so far of the exchange, and of its PostgreSQL: the postmaster, found by its pid file, and its children. */
export function cpuSeconds(exchangePid: number, dataDir: string): { exchange: number; postgres: number } {
  const postmaster = readFileSync(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0] as string;
  const children = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return (
        readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')[1] === postmaster
      );
    } catch {
      return false;
    }
  });
  const postgres = [postmaster, ...children].reduce((sum, pid) => sum + processTicks(pid), 0);
  return { exchange: processTicks(exchangePid) / ticksPerSecond, postgres: postgres / ticksPerSecond };
}

export function peakMiB(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** SHA-256 and AES-256-GCM of the same bytes in segments of 64 KiB, by node:crypto alone: MB/s. */
export function limit(files: readonly Uint8Array[]): number {
  const key = randomBytes(32);
  const started = performance.now();
  let bytes = 0;
  for (const file of files) {
    createHash('sha256').update(file).digest();
    for (let at = 0; at < file.length; at += 65_536) {
      const cipher = createCipheriv('aes-256-gcm', key, randomBytes(12));
      cipher.update(file.subarray(at, at + 65_536));
      cipher.final();
      cipher.getAuthTag();
    }
    bytes += file.length;
  }
  return bytes / 1e3 / (performance.now() - started);
}
