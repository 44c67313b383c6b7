import type { DicomJson } from '@symbolon/dicom';
import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { sendMatches } from './search-send.ts';

test('few matches that are long are sent as they are read, and not gathered before', async () => {
  const long = 'x'.repeat(1024 * 1024);
  let [read, most] = [0, 0];
  const app = fastify();
  app.get('/', (request, reply) =>
    sendMatches(request, reply, { form: 'json', type: 'application/dicom+json' } as never, 'https://x', {
      count: 20,
      warnings: [],
      items: (async function* (): AsyncGenerator<DicomJson> {
        for (; read < 20; read += 1) {
          if (!reply.raw.headersSent) most = read;
          yield { '00081030': { vr: 'LO', Value: [long] } };
        }
      })(),
    }),
  );
  const answer = await app.inject('/');
  await app.close();
  expect(answer.json()).toHaveLength(20);
  expect(answer.headers['content-type']).toMatch(/^application\/dicom\+json/);
  expect(most).toBeLessThan(3);
});

test('none is an empty array', async () => {
  const app = fastify();
  app.get('/', (request, reply) =>
    sendMatches(request, reply, { form: 'json', type: 'application/dicom+json' } as never, 'https://x', {
      count: 0,
      warnings: ['a'],
      items: (async function* () {})(),
    }),
  );
  const answer = await app.inject('/');
  await app.close();
  expect([answer.statusCode, answer.body, answer.headers.warning]).toEqual([200, '[]', '299 symbolon "a"']);
  expect(answer.headers['content-length']).toBe('2');
});
