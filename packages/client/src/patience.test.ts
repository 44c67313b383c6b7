import { describe, expect, test } from 'vitest';
import { ClientError } from './errors.ts';
import { Patience, type PatienceOptions } from './patience.ts';

const broke = new ClientError('EXCHANGE_OUT_OF_REACH', 'broke');

function world(options: Partial<PatienceOptions> = {}, random = 1) {
  let time = 0;
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
    time += ms;
  };
  const patience = new Patience(
    { now: () => time, random: () => random, sleep },
    { giveUpAfterMs: 600_000, ...options },
  );
  return { patience, waits };
}

describe('patience', () => {
  test('waits double up to their cap, and end when the time is up', async () => {
    const { patience, waits } = world({ giveUpAfterMs: 100_000 });
    await expect(patience.persist(() => Promise.reject(broke))).rejects.toBe(broke);
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 9000]);
  });

  test('at least half of each wait is jitter-free, so that nobody hammers', async () => {
    const { patience, waits } = world({ giveUpAfterMs: 3000 }, 0);
    await expect(patience.persist(() => Promise.reject(broke))).rejects.toBe(broke);
    expect(waits[0]).toBe(500);
    expect(waits[1]).toBe(1000);
  });

  test('Retry-After is obeyed, and never stretches the giving up', async () => {
    const busy = new ClientError('EXCHANGE_UNAVAILABLE', 'busy', { retryAfterMs: 50_000 });
    const { patience, waits } = world({ giveUpAfterMs: 60_000 });
    await expect(patience.persist(() => Promise.reject(busy))).rejects.toBe(busy);
    expect(waits).toEqual([50_000, 10_000]);
  });

  test.each([
    'EXCHANGE_REFUSED',
    'EXCHANGE_FAILED',
    'EXCHANGE_NOT_TRUSTED',
    'EXCHANGE_NAME_UNKNOWN',
    'STOPPED',
  ] as const)('%s is not tried again', async (code) => {
    const { patience, waits } = world();
    await expect(patience.persist(() => Promise.reject(new ClientError(code, 'no')))).rejects.toMatchObject({ code });
    expect(waits).toEqual([]);
  });

  test('an answer ends the outage: the next one has the whole time again', async () => {
    const { patience, waits } = world({ giveUpAfterMs: 2000 });
    for (let round = 0; round < 3; round += 1) {
      let tries = 0;
      await patience.persist(async () => {
        tries += 1;
        if (tries < 2) throw broke;
      });
    }
    expect(waits).toEqual([1000, 1000, 1000]);
  });

  test('stopping ends a wait', async () => {
    const { patience } = world({ signal: AbortSignal.abort() });
    await expect(patience.persist(() => Promise.reject(broke))).rejects.toMatchObject({ code: 'STOPPED' });
  });
});
