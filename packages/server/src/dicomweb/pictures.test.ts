import { expect, test } from 'vitest';
import { RenderingError } from '../rendering/index.ts';
import { whenThereIsATurn } from './pictures.ts';

test('who is under way comes again where there is no turn to wait for, until there is one, or nobody waits any more', async () => {
  const busy = new RenderingError('RENDERING_BUSY', 'Too many.');
  let tries = 0;
  const to = { signal: new AbortController().signal };
  const third = async (): Promise<number> => {
    tries += 1;
    if (tries < 3) throw busy;
    return tries;
  };
  expect(await whenThereIsATurn(to, third)).toBe(3);
  const other = new RenderingError('PIXELS_NOT_RENDERABLE', 'Damaged.');
  await expect(whenThereIsATurn(to, () => Promise.reject(other))).rejects.toBe(other);
  const leaving = new AbortController();
  const never = whenThereIsATurn({ signal: leaving.signal }, () => Promise.reject(busy));
  leaving.abort();
  await expect(never).rejects.toMatchObject({ name: 'AbortError' });
});
