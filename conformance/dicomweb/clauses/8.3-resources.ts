import { expect } from 'vitest';
import { type Check, type Clause, check } from './check.ts';
import { asIs, instanceOf, json, seriesOf, studyOf } from './sent.ts';

const absent = '2.25.999999999999999999999999999999999999';

const missing = (
  name: string,
  path: (of: { study: string; series: string; instance: string }) => string,
  accept = json,
): Check =>
  check(`404: ${name}`, async (root, { ct }) => {
    const [file] = ct;
    const of = { study: studyOf(file!), series: seriesOf(file!), instance: instanceOf(file!) };
    expect((await root.ask(path(of), accept)).status).toBe(404);
  });

const refused = (name: string, path: string, statuses: readonly number[] = [400, 404]): Check =>
  check(name, async (root) => {
    expect(statuses).toContain((await root.ask(path, json)).status);
  });

export const resources: Clause = {
  clause: '8.3',
  title: 'Paths, and what is not there',
  checks: [
    missing('files of a study that is not there', () => `/studies/${absent}`, asIs),
    missing('metadata of a study that is not there', () => `/studies/${absent}/metadata`),
    missing('files of a series that is not there', ({ study }) => `${study}/series/${absent}`, asIs),
    missing('metadata of a series that is not there', ({ study }) => `${study}/series/${absent}/metadata`),
    missing('an instance that is not there', ({ series }) => `${series}/instances/${absent}`, asIs),
    missing('metadata of an instance that is not there', ({ series }) => `${series}/instances/${absent}/metadata`),
    missing(
      'an instance that is there, asked for in a series that is not',
      ({ study, instance }) => `${study}/series/${absent}/instances/${instance.split('/').at(-1)}/metadata`,
    ),
    missing(
      'frames of an instance that is not there',
      ({ series }) => `${series}/instances/${absent}/frames/1`,
      'multipart/related; type="application/octet-stream"',
    ),
    missing('a path below an instance that means nothing', ({ instance }) => `${instance}/nothing`),
    refused('a study’s UID that is none is 400 or 404, and no failure of the server', '/studies/not-a-uid/metadata'),
    refused('a UID of 65 digits is 400 or 404', `/studies/${'1'.repeat(65)}/metadata`),
    refused('an escaped slash in a UID is 400 or 404', '/studies/1.2%2F3/metadata'),
    check('a method that a resource does not have is refused, and no failure of the server', async (root, { ct }) => {
      expect([400, 404, 405, 501]).toContain((await root.send('PATCH', `${studyOf(ct[0]!)}/metadata`)).status);
    }),
    check('a method that a resource does not have is 405 with the methods it has in Allow', async (root) => {
      const answer = await root.send('PUT', '/studies');
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toMatch(/GET/);
      expect(answer.headers.allow).toMatch(/POST/);
    }),
    check('errors say what is wrong in a body', async (root) => {
      const answer = await root.ask('/studies/not-a-uid/metadata', json);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.body.length).toBeGreaterThan(10);
    }),
  ],
};
