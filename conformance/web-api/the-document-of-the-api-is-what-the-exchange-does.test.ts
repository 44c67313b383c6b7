import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { actions } from '@symbolon/contract';
import { type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../laws/ask.ts';
import { routesOfTheApp } from '../laws/routes-of-the-app.ts';

type Operation = {
  readonly 'x-permission': string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly security: readonly unknown[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
};

let exchange: Exchange;
let me: Owner;
let document: { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

beforeAll(async () => {
  exchange = await startExchange();
  me = await owner(exchange);
  const answer = await ask(exchange, '/api/v1/openapi.json');
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  document = answer.json() as typeof document;
});
afterAll(() => exchange?.dispose());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, some]) =>
    Object.entries(some).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

test('is OpenAPI 3.1, by its own schema', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document) as never);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
});

test('names every route that programs can call, each once, with what it needs', async () => {
  const api = (await routesOfTheApp()).filter((route) =>
    /^\S+ \/(api\/v1|dicomweb|healthz|readyz|metrics)/.test(route),
  );
  const named = operations().map(
    ({ method, path }) => `${method} ${path.replace('{below}', '*').replace(/\{([A-Za-z]+)\}/g, ':$1')}`,
  );
  expect(named.sort()).toEqual(api.sort());
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operation } of operations()) {
    expect(operation.summary).toMatch(/^[A-Z].*\.$/);
    expect(operation.description).toMatch(/^(Needs|For) /);
  }
});

test('says of every DICOMweb route which media types it takes and gives, its parameters, and why it answers what', () => {
  const routes = operations().filter(({ method, path }) => path.startsWith('/dicomweb/') && method !== 'OPTIONS');
  expect(routes.length).toBeGreaterThan(20);
  for (const { method, path, operation } of routes) {
    const { responses, requestBody, parameters } = operation;
    if (method === 'DELETE') {
      expect(Object.keys(responses), path).toEqual(expect.arrayContaining(['202', '400', '401', '403', '404', '409']));
      expect(responses['202']?.content).toMatchObject({ 'application/json': { schema: { type: 'object' } } });
      expect(parameters.filter((one) => one.in === 'query').map(({ name }) => name)).toEqual(['ground']);
      continue;
    }
    // Where no study is asked for none can be missing.
    const missing = method === 'GET' && path.includes('{') ? ['404'] : [];
    const statuses = ['200', '400', '401', '403', '406', ...missing];
    expect(Object.keys(responses), path).toEqual(expect.arrayContaining(statuses));
    const types = Object.keys(responses['200']?.content ?? {});
    expect(types.some((type) => /dicom|octet-stream|image\//.test(type))).toBe(true);
    expect(types).not.toContain('application/json');
    expect(parameters.filter((one) => one.in === 'query').map(({ name }) => name)).toContain(
      path.endsWith('/wado') ? 'contentType' : 'accept',
    );
    expect(requestBody !== undefined).toBe(method === 'POST');
  }
});

test('says of a study’s archive that it is a zip, by every road', () => {
  const zips = operations().filter(({ operation }) => operation.responses['200']?.content?.['application/zip']);
  expect(zips.map(({ path }) => path).sort()).toEqual([
    '/api/v1/shared/{linkId}/study/archive',
    '/api/v1/studies/{studyId}/archive',
    '/dicomweb/studies/{study}',
    '/dicomweb/studies/{study}/series/{series}',
  ]);
});

/** Asked about in the midst of a route that declares another action: by which file. */
const askedWithin: Readonly<Record<string, string>> = {
  'study.add': 'studies/choose-studies.ts',
};

test('every action of the catalogue is enforced: by a route that declares it, or where it is asked about', async () => {
  const declared = new Set(operations().map(({ operation }) => operation['x-permission']));
  const unenforced = Object.keys(actions).filter((action) => !declared.has(action));
  expect(unenforced).toEqual(Object.keys(askedWithin));
  for (const [action, file] of Object.entries(askedWithin)) {
    const source = await readFile(join(import.meta.dirname, '../../packages/server/src', file), 'utf8');
    expect(source).toMatch(new RegExp(`(may|extentOf)\\([^)]*'${action.replace('.', '\\.')}'`));
  }
});

test('has an example for every body, which the exchange takes', async () => {
  const refused: unknown[] = [];
  for (const { method, path, operation } of operations()) {
    const content = operation.requestBody?.content['application/json'];
    if (!content) continue;
    if (content.example === undefined) refused.push(`${method} ${path} has none`);
    const url = path.replace(/\{[A-Za-z]+\}/g, '7f9c2ba4-e88f-4273-9a1d-0c35b1b1b7a2');
    const answer = await ask(exchange, url, { token: me.token, method, json: content.example });
    const { code, detail } = answer.json() as { code?: string; detail?: string };
    if (code === 'REQUEST_INVALID') refused.push(`${method} ${path}: ${detail}`);
  }
  expect(refused).toEqual([]);
}, 120_000);
