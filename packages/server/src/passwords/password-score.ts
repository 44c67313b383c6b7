import { Worker } from 'node:worker_threads';
import { Turns } from '../platform/turns.ts';
import { PasswordsBusy } from './errors.ts';

/**
 * A passphrase of six words is shorter; what follows makes a password no easier to guess. Time grows with it: measured up to 0.2 s
 * for 64 characters that are made to be slow, and 0.3 s for 1,024.
 */
const charactersLookedAt = 64;
const longestMs = 30_000;

/** One at a time, so that whoever asks for many takes one core at most; few wait of one person, who would hold up everybody else. */
const turns = new Turns({ atOnce: 1, maxWaiting: 32, maxWaitingOfOne: 4 });

/**
 * How hard a password is to guess, from 0 to 4, as zxcvbn reckons: 3 is beyond 10^8 guesses, 4 beyond 10^10. `about`: words that
 * are known of the person. Where it takes half a minute it is 0.
 *
 * Cost    a thread of its own that is made for it and ends with it: 0.1 to 0.2 s, and 25 MiB meanwhile. What serves requests goes on.
 * Source  Wheeler, zxcvbn: Low-Budget Password Strength Estimation, USENIX Security 2016
 *
 * @throws PasswordsBusy  too many wait already
 */
export function passwordScore(password: string, about: readonly string[]): Promise<number> {
  const lookedAt = [...password].slice(0, charactersLookedAt).join('');
  return turns.run(
    about.join('@'),
    () => scoreOf(lookedAt, about),
    () => new PasswordsBusy(),
  );
}

async function scoreOf(password: string, about: readonly string[]): Promise<number> {
  const worker = new Worker(new URL('./score.worker.ts', import.meta.url), {
    workerData: { password, about },
    resourceLimits: { maxOldGenerationSizeMb: 128 },
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  worker.on('message', resolve);
  worker.on('error', reject);
  worker.on('exit', () => reject(new Error('the thread that judges passwords ended')));
  const timer = setTimeout(() => resolve(0), longestMs);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
