import { expect, test } from 'vitest';
import type { Exchange } from './exchange.ts';
import { frame } from './viewing.ts';

function answering(status: number, headers: Record<string, string>, body: string): Exchange {
  const transport: Exchange['transport'] = async () => ({
    status,
    headers: new Headers(headers),
    body: (async function* () {
      yield new TextEncoder().encode(body);
    })(),
  });
  return { url: 'https://exchange.test', transport };
}

test('a frame comes with the window with which it was rendered', async () => {
  const exchange = answering(200, { 'content-type': 'image/jpeg', 'symbolon-window': '-600.5 1500' }, 'pixels');
  const { blob, window } = await frame(exchange, '/frame');
  expect(window).toEqual({ center: -600.5, width: 1500 });
  expect(blob.type).toBe('image/jpeg');
  expect(await blob.text()).toBe('pixels');
});

test('a frame in colour has no window, and neither has one whose header says nothing sensible', async () => {
  for (const header of [undefined, '', '40', 'a b', '40 0', '40 -1', '40 Infinity']) {
    const exchange = answering(200, header === undefined ? {} : { 'symbolon-window': header }, '');
    expect((await frame(exchange, '/frame')).window).toBeNull();
  }
});

test('a frame that is refused says why', async () => {
  const body = { type: 'x', title: 'x', status: 410, code: 'LINK_REVOKED', detail: 'It was revoked.' };
  const refused = frame(answering(410, {}, JSON.stringify(body)), '/frame');
  await expect(refused).rejects.toMatchObject({ status: 410, problemCode: 'LINK_REVOKED' });
});
