import { type Erasure, erasurePreview, type Hold } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { erase, erasureCertificate, holds, placeHold, previewErasure, releaseHold } from './erasure.ts';
import type { Exchange } from './exchange.ts';

const id = '6f1f3c1e-9a53-4b7e-8a52-3a1d6a0f9b11';
const hold: Hold = {
  id,
  of: 'study',
  studyId: id,
  reason: 'Court case',
  placedBy: 'Eva Muster',
  placedAt: '2026-11-22T10:00:00.000Z',
  releasedBy: null,
  releasedAt: null,
};
const amounts = { patients: 0, studies: 1, series: 2, instances: 40, bytes: 21_000_000 };
const preview = erasurePreview.parse({ kind: 'study', ...amounts, links: 1, left: 0, holds: [hold] });
const erasure: Erasure = {
  ...amounts,
  id,
  kind: 'study',
  ground: 'other',
  state: 'asked',
  askedBy: 'Eva Muster',
  askedAt: '2026-11-22T10:00:00.000Z',
  outOfSightAt: null,
  keysDestroyedAt: null,
  objectsRemovedAt: null,
  certifiedAt: null,
  finalAt: null,
  failure: null,
};

/** Answers this, and keeps what it was asked. */
function answering(status: number, text: string) {
  const asked: { line: string; body: unknown }[] = [];
  const transport: Exchange['transport'] = async (url, { method, body }) => {
    const sent = body?.[0] === undefined ? null : JSON.parse(new TextDecoder().decode(body[0] as Uint8Array));
    asked.push({ line: `${method} ${new URL(url).pathname}${new URL(url).search}`, body: sent });
    const chunks = (async function* () {
      yield new TextEncoder().encode(text);
    })();
    return { status, headers: new Headers(), body: chunks };
  };
  return { exchange: { url: 'https://exchange.test', transport }, asked };
}

test('looking first and erasing then go to the same address with the same target', async () => {
  const only = { seriesIds: [id] };
  const targets = [
    [{ what: 'study', studyId: id, only }, `/api/v1/studies/${id}/erasure`, { only }],
    [{ what: 'study', studyId: id }, `/api/v1/studies/${id}/erasure`, {}],
    [{ what: 'patient', studyId: id }, `/api/v1/studies/${id}/patient/erasure`, {}],
    [{ what: 'account', accountName: 'Clinic' }, '/api/v1/account/erasure', { accountName: 'Clinic' }],
  ] as const;
  for (const [target, path, more] of targets) {
    const look = answering(200, JSON.stringify(preview));
    expect(await previewErasure(look.exchange, target)).toEqual(preview);
    expect(look.asked).toEqual([{ line: `POST ${path}`, body: { dryRun: true, ...more } }]);
    const real = answering(202, JSON.stringify(erasure));
    expect(await erase(real.exchange, target, { ground: 'other', instances: 40 })).toEqual(erasure);
    expect(real.asked).toEqual([{ line: `POST ${path}`, body: { ground: 'other', instances: 40, ...more } }]);
  }
});

test('a certificate is handed over byte for byte, and one that is not there says why', async () => {
  const odd = '{ "statement":  1 }\r\n';
  const given = await erasureCertificate(answering(200, odd).exchange, id);
  expect(new TextDecoder().decode(given)).toBe(odd);
  const problem = { type: 'x', title: 'x', status: 409, code: 'ERASURE_NOT_CERTIFIED', detail: 'Not yet.' };
  const refused = erasureCertificate(answering(409, JSON.stringify(problem)).exchange, id);
  await expect(refused).rejects.toMatchObject({ problemCode: 'ERASURE_NOT_CERTIFIED' });
});

test('holds are listed, placed and released', async () => {
  const list = answering(200, JSON.stringify({ holds: [hold], next: null }));
  expect((await holds(list.exchange, { study: id, offset: 50 })).holds).toEqual([hold]);
  expect(list.asked[0]?.line).toBe(`GET /api/v1/holds?study=${id}&offset=50`);
  const place = answering(201, JSON.stringify(hold));
  expect(await placeHold(place.exchange, { of: 'account', reason: 'Court case' })).toEqual(hold);
  expect(place.asked[0]).toEqual({ line: 'POST /api/v1/holds', body: { of: 'account', reason: 'Court case' } });
  const release = answering(200, JSON.stringify(hold));
  await releaseHold(release.exchange, id);
  expect(release.asked[0]).toEqual({ line: `POST /api/v1/holds/${id}/release`, body: null });
});
