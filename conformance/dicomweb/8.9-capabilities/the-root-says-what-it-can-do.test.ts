import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, peerTest, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { type Answer, code, type Site, startSite, wado } from '../dicomweb-client.ts';

const wadl = 'application/vnd.sun.wadl+xml';
const [ct] = [...ctStudy({ seed: 8900, slices: 1, rows: 16, columns: 16 })] as [SyntheticFile];
let site: Site;
beforeAll(async () => {
  site = await startSite();
  expect((await site.store([ct])).status).toBe(200);
});
afterAll(() => site.exchange.dispose());

const options = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  site.send('OPTIONS', path, headers);

const typeOf = ({ headers }: Answer): string => (headers['content-type'] ?? '').replace(/;.*/, '');

type Resource = {
  readonly path: string;
  readonly param?: readonly { readonly name: string; readonly style: string }[];
  readonly method?: readonly {
    readonly name: string;
    readonly id: string;
    readonly request: { readonly param: readonly { readonly name: string; readonly style: string }[] };
    readonly response: readonly {
      readonly status: string;
      readonly representation?: readonly { mediaType: string }[];
    }[];
  }[];
  readonly resource?: readonly Resource[];
};
type Description = { readonly application: { readonly resources: { base: string; resource: readonly Resource[] } } };

const described = async (path: string): Promise<Description> => {
  const answer = await options(path, { accept: 'application/json' });
  expect([answer.status, typeOf(answer)]).toEqual([200, 'application/json']);
  return JSON.parse(answer.body.toString()) as Description;
};

/** Every resource of a description with its whole path, those that have no method included. */
function resourcesOf({ application }: Description): Map<string, Resource> {
  const found = new Map<string, Resource>();
  const waiting = application.resources.resource.map((one): readonly [string, Resource] => ['', one]);
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [above, one] = next;
    const path = `${above}/${one.path}`;
    found.set(path, one);
    waiting.push(...(one.resource ?? []).map((child) => [path, child] as const));
  }
  return found;
}
const methodsOf = (description: Description): string[] =>
  [...resourcesOf(description)]
    .flatMap(([path, { method = [] }]) => method.map(({ name }) => `${name} ${path}`))
    .sort();

/** An address of this form at which something is. */
const filled = (path: string): string =>
  `/dicomweb${path}`
    .replace('{study}', ct.studyInstanceUid)
    .replace('{series}', ct.seriesInstanceUid)
    .replace('{instance}', ct.sopInstanceUid)
    .replace('{frames}', '1')
    .replace('{path}', '7FE00010');

test('the root describes every resource with its methods, as they are wired, and as the OpenAPI document has them', async () => {
  const all = await described('/dicomweb');
  expect(all.application.resources.base).toBe(`${site.exchange.url}/dicomweb/`);
  expect(await described('/dicomweb/')).toEqual(all);
  const document = JSON.parse((await site.get('/api/v1/openapi.json')).body.toString()) as {
    paths: Record<
      string,
      Record<string, { responses: Record<string, unknown>; parameters: { name: string; in: string }[] }>
    >;
  };
  const wired = Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/dicomweb/') && path !== '/dicomweb/{below}')
    .flatMap(([path, of]) => Object.keys(of).map((method) => `${method.toUpperCase()} ${path.slice(9)}`));
  expect(methodsOf(all)).toEqual(wired.sort());
  for (const [path, { method = [] }] of resourcesOf(all)) {
    for (const { name, request, response } of method) {
      const operation = document.paths[`/dicomweb${path}`]![name.toLowerCase()]!;
      const named = operation.parameters.filter((one) => one.in === 'query').map((one) => one.name);
      expect(request.param.filter(({ style }) => style === 'query').map((one) => one.name)).toEqual(named);
      expect([...response.map(({ status }) => status), 'default']).toEqual(Object.keys(operation.responses));
    }
  }
  expect(methodsOf(all)).toEqual(
    expect.arrayContaining(['GET /studies', 'POST /studies', 'GET /studies/{study}', 'GET /patients']),
  );
});

test('a resource describes itself and what is below it; Allow has its methods, and 405 has the same', async () => {
  const all = resourcesOf(await described('/dicomweb'));
  for (const [path, one] of all) {
    const answer = await options(filled(path));
    const other = await site.send('PROPFIND', filled(path));
    const methods = (one.method ?? []).map(({ name }) => name);
    if (methods.length === 0) {
      // Only what is below it is there.
      expect([path, answer.status, other.status, answer.headers.allow]).toEqual([path, 404, 404, undefined]);
      continue;
    }
    const allow = [...methods, 'OPTIONS'].sort().join(', ');
    expect([path, answer.status, answer.headers.allow]).toEqual([path, 200, allow]);
    expect([path, other.status, other.headers.allow]).toEqual([path, 405, allow]);
    const below = [...all.keys()].filter((each) => each === path || each.startsWith(`${path}/`));
    expect([...resourcesOf(await described(filled(path))).keys()].sort()).toEqual(below.sort());
  }
  const [series] = (await described(filled('/studies/{study}/series'))).application.resources.resource;
  expect(series).toMatchObject({ path: 'studies/{study}/series', param: [{ name: 'study', style: 'template' }] });
  expect((await options('/dicomweb')).headers.allow).toBe('OPTIONS');
});

test('it is described as WADL, or as JSON where that is wanted, by Accept or by the parameter; anything else is 406', async () => {
  for (const [path, accept, type] of [
    ['/dicomweb', undefined, wadl],
    ['/dicomweb', '*/*', wadl],
    ['/dicomweb', wadl, wadl],
    ['/dicomweb', 'application/json;q=0.5, application/vnd.sun.wadl+xml;q=0.4', 'application/json'],
    ['/dicomweb/studies', 'application/json', 'application/json'],
    ['/dicomweb?accept=application/json', 'text/html', 'application/json'],
    ['/dicomweb/studies?accept=application/vnd.sun.wadl%2Bxml', undefined, wadl],
  ] as const) {
    const answer = await options(path, accept === undefined ? {} : { accept });
    expect([path, answer.status, typeOf(answer)]).toEqual([path, 200, type]);
    expect(answer.headers.vary).toContain('accept');
  }
  for (const path of ['/dicomweb', wado(ct)]) {
    const answer = await options(path, { accept: 'application/dicom+json' });
    expect([answer.status, code(answer)]).toEqual([406, 'NOT_ACCEPTABLE']);
  }
});

test('it tells of forms of addresses alone: without a token, of what is there as of what is not, and of no other address', async () => {
  const there = await options(`/dicomweb/studies/${ct.studyInstanceUid}`, { authorization: '' });
  const absent = await options('/dicomweb/studies/1.2.3', { authorization: '' });
  expect([there.status, absent.status]).toEqual([200, 200]);
  expect(absent.body.equals(there.body)).toBe(true);
  expect(there.body.includes(ct.studyInstanceUid)).toBe(false);
  expect((await options('/dicomweb', { authorization: 'Bearer wrong' })).status).toBe(401);
  for (const path of [
    'nothing',
    'studies/',
    'studies//series',
    `studies/${ct.studyInstanceUid}/nothing`,
    'studies/1/series/2/3',
  ]) {
    const answer = await options(`/dicomweb/${path}`);
    expect([path, answer.status, code(answer), answer.headers.allow]).toEqual([path, 404, 'NOT_FOUND', undefined]);
    // What can be asked about every address makes none of them be there.
    expect((await site.send('PUT', `/dicomweb/${path}`)).status).toBe(404);
  }
});

test('a browser that asks whether a page of another site may ask is told nothing', async () => {
  for (const method of ['GET', 'DELETE', 'OPTIONS']) {
    const asking = { origin: 'https://elsewhere.example', 'access-control-request-method': method };
    for (const authorization of [{ authorization: '' }, {}]) {
      const answer = await options('/dicomweb/studies', { ...asking, ...authorization });
      expect([answer.status, code(answer)]).toEqual([404, 'NOT_FOUND']);
      expect(Object.keys(answer.headers).filter((name) => /^access-control|^allow$/.test(name))).toEqual([]);
    }
  }
});

peerTest(
  'each description is a valid WADL document, says in JSON what it says in XML, and names each transaction once',
  { command: '/usr/bin/python3', package: 'python3-lxml', probe: ['-c', 'import lxml'] },
  async (python) => {
    const all = resourcesOf(await described('/dicomweb'));
    const paths = ['', ...[...all].filter(([, { method }]) => method).map(([path]) => path)];
    const texts = await Promise.all(paths.map(async (path) => (await options(filled(path))).body.toString()));
    const { stdout, stderr } = spawnSync(
      python,
      [join(import.meta.dirname, 'read_wadl.py'), join(import.meta.dirname, 'wadl.dtd')],
      { input: JSON.stringify(texts), encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    const read = JSON.parse(stdout) as {
      readonly invalid?: readonly string[];
      readonly methods: Readonly<Record<string, string>>;
      readonly takes: Readonly<Record<string, readonly string[]>>;
      readonly gives: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
    }[];
    expect(read.flatMap(({ invalid = [] }) => invalid)).toEqual([]);
    for (const [at, path] of paths.entries()) {
      const description = await described(filled(path));
      expect(Object.keys(read[at]!.methods).sort()).toEqual(
        methodsOf(description).map((one) => one.replace(' /', ' ')),
      );
      for (const { method = [] } of resourcesOf(description).values())
        for (const { id, response } of method)
          expect(read[at]!.gives[id]).toEqual(
            Object.fromEntries(
              response.map(({ status, representation = [] }) => [status, representation.map((one) => one.mediaType)]),
            ),
          );
    }
    const { methods, takes, gives } = read[0]!;
    expect(methods).toMatchObject({
      'GET studies': 'SearchForStudies',
      'POST studies': 'StoreInstances',
      'GET studies/{study}': 'RetrieveStudy',
      'POST studies/{study}': 'StoreStudyInstances',
      'GET studies/{study}/metadata': 'RetrieveStudyMetadata',
      'GET studies/{study}/series/{series}/instances': 'SearchForStudySeriesInstances',
      'GET studies/{study}/series/{series}/instances/{instance}/frames/{frames}': 'RetrieveInstanceFrames',
    });
    expect(takes.StoreInstances).toContain('multipart/related; type="application/dicom"');
    expect(gives.RetrieveInstance!['200']).toContain('application/dicom');
    expect(gives.RetrieveInstance!['404']).toEqual(['application/problem+json']);
  },
);
