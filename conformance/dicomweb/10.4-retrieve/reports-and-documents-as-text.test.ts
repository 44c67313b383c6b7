import type { Decisions } from '@symbolon/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  browserTest,
  ctStudy,
  exoticFiles,
  openBrowser,
  type SyntheticFile,
} from '../../../packages/testbed/src/index.ts';
import { exoticFile, plainObject } from '../../../packages/testbed/src/studies/exotic-file.ts';
import { pdfRows, reportRows } from '../../../packages/testbed/src/studies/exotic-objects.ts';
import { dataSet, type Row } from '../../../packages/testbed/src/writing/element.ts';
import { addPerson } from '../../access/people-by-rows.ts';
import { type Answer, code, json, partsOf, type Site, startSite, wado } from '../dicomweb-client.ts';

let site: Site;
const seed = 7700;
const exotic = exoticFiles(seed);
const of = (quirk: string): SyntheticFile => exotic.find((file) => file.quirk === quirk)!;
const [report, pdf, keyObjects, waveform] = [
  of('structured report'),
  of('encapsulated PDF'),
  of('key object selection'),
  of('ECG waveform'),
];
const evil =
  '</bdi></p><script>document.title = "run"</script><img src="https://elsewhere.test/x" onerror="document.title = 1">';
/** In a study of their own, beside an image. */
const image = [...ctStudy({ seed: seed + 1, slices: 1, rows: 16, columns: 16 })][0]!;
const beside = (quirk: string, sopClass: string, rows: readonly Row[]): SyntheticFile =>
  exoticFile(
    seed + 1,
    quirk,
    dataSet(plainObject(seed + 1, sopClass, 'SR'), rows, [['0020,000D UI StudyInstanceUID', image.studyInstanceUid]]),
  );
const sr = '1.2.840.10008.5.1.4.1.1.88.11';
const encapsulated = (kind: number) => `1.2.840.10008.5.1.4.1.1.104.${kind}`;
const cdaText = '<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>';
const hostile = beside('hostile report', sr, reportRows(evil));
const cda = beside('encapsulated CDA', encapsulated(2), [
  ...pdfRows(Buffer.from(`${cdaText}${cdaText.length % 2 === 0 ? ' ' : ''}`)),
  // What it says it is does not make it that.
  ['0042,0012 LO MIMETypeOfEncapsulatedDocument', 'text/html'],
]);
const model = beside('encapsulated STL', encapsulated(3), pdfRows(Buffer.from('solid of nothing at all  ')));
const broken = beside('broken report', sr, [
  ['0040,A040 CS ValueType', 'CONTAINER'],
  ['0040,A730 OB ContentSequence', [1, 2, 3, 4]],
]);

beforeAll(async () => {
  site = await startSite();
  expect((await site.store([...exotic, image, hostile, cda, model, broken])).status).toBe(200);
});
afterAll(() => site?.exchange.dispose());

const shown = (file: SyntheticFile, accept: string, query = ''): Promise<Answer> =>
  site.get(`${wado(file)}/rendered${query}`, { accept });
const studyOf = ({ studyInstanceUid }: SyntheticFile): string => `/dicomweb/studies/${studyInstanceUid}`;
const detail = (answer: Answer): string => (json(answer) as unknown as { detail: string }).detail;

describe('a report', () => {
  test('comes as what is liked best of HTML, plain text and XML; as HTML where nothing is said', async () => {
    for (const [accept, query, type] of [
      ['*/*', '', 'text/html'],
      ['text/*', '', 'text/html'],
      ['text/plain', '', 'text/plain'],
      ['text/xml', '', 'text/xml'],
      ['text/html;q=0.2, text/xml;q=0.3, text/plain;q=0.9', '', 'text/plain'],
      ['image/jpeg, text/plain;q=0.1', '', 'text/plain'],
      ['image/jpeg', '?accept=text/xml', 'text/xml'],
      ['text/plain; charset=iso-8859-1', '', 'text/plain'],
      // Of pictures alone.
      ['text/plain', '?window=40,400,linear&viewport=100,100&quality=50', 'text/plain'],
    ] as const) {
      const answer = await shown(report, accept, query);
      expect([answer.status, answer.headers['content-type']], accept).toEqual([200, `${type}; charset=utf-8`]);
      if (type !== 'text/xml') expect(answer.body.toString()).toContain('Kein Infiltrat. Herz normal groß.');
    }
    const text = (await shown(report, 'text/plain')).body.toString();
    expect(text).toMatch(/^Diagnostic imaging report\n=+\n/);
    expect(text).toMatch(/\nFindings\n-+\n\n {2}Previous findings\n {2}-+\n {4}Finding: Kein Infiltrat/);
    expect((await shown(keyObjects, 'text/plain')).body.toString()).toMatch(/^Of Interest\n/);
  });

  test('as XML is its Native DICOM Model, as metadata has it', async () => {
    const answer = await shown(report, 'text/xml');
    const metadata = await site.get(`${wado(report)}/metadata`, {
      accept: 'multipart/related; type="application/dicom+xml"',
    });
    expect(answer.body.toString()).toContain('<NativeDicomModel');
    expect(partsOf(metadata)[0]!.body.equals(answer.body)).toBe(true);
  });

  test('comes in parts where that is asked for, with its address', async () => {
    const answer = await shown(report, 'multipart/related; type="text/html"');
    expect(answer.headers['content-type']).toMatch(/^multipart\/related; type="text\/html"/);
    const parts = partsOf(answer);
    expect(parts.map(({ headers }) => [headers.get('content-type'), headers.get('content-location')])).toEqual([
      ['text/html; charset=utf-8', `${site.exchange.url}${wado(report)}/rendered`],
    ]);
    expect(parts[0]!.body.equals((await shown(report, 'text/html')).body)).toBe(true);
  });

  test('is never a picture, a frame or a file here, and says what it can be', async () => {
    for (const accept of ['image/jpeg', 'application/dicom', 'application/pdf', 'text/rtf', 'text/html;q=0']) {
      const answer = await shown(report, accept);
      expect([answer.status, code(answer)], accept).toEqual([406, 'NOT_ACCEPTABLE']);
      expect(detail(answer)).toContain('text/html, text/plain, text/xml');
    }
    expect((await site.get(`${wado(report)}/frames/1/rendered`)).status).toBe(406);
    expect((await site.get(`${wado(waveform)}/rendered`)).status).toBe(406);
    const wrong = await shown(report, 'text/plain', '?window=wide');
    expect([wrong.status, code(wrong)]).toEqual([400, 'REQUEST_INVALID']);
  });

  test('that cannot be read says so, and is had as a file', async () => {
    const answer = await shown(broken, 'text/html');
    expect([answer.status, code(answer)]).toEqual([422, 'PIXELS_NOT_RENDERABLE']);
    expect(detail(answer)).toContain('application/dicom');
    const uri = `/dicomweb/wado?requestType=WADO&studyUID=${broken.studyInstanceUid}&seriesUID=${broken.seriesInstanceUid}&objectUID=${broken.sopInstanceUid}`;
    expect((await site.get(uri)).headers['content-type']).toBe('application/dicom');
    expect((await site.get(uri, { accept: 'text/html' })).status).toBe(422);
  });

  test('goes out under a policy that lets it do nothing, and is kept nowhere', async () => {
    const { headers } = await shown(hostile, 'text/html');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*; sandbox$/);
    expect([headers['x-content-type-options'], headers['cache-control']]).toEqual(['nosniff', 'no-store']);
  });

  browserTest('shows a browser what it says, markup included, without the policy too', async () => {
    const html = (await shown(hostile, 'text/html')).body.toString();
    const chromium = await openBrowser();
    try {
      const page = await chromium.browser.newPage();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.setContent(html, { waitUntil: 'load' });
      expect(await page.title()).toBe('Diagnostic imaging report');
      expect(await page.locator('article').innerText()).toContain(evil);
      expect(await page.locator('script, img, link, a, style, iframe, form').count()).toBe(0);
      expect(asked).toEqual([]);
    } finally {
      await chromium.close();
    }
  });

  test('is seen by who sees the names of its study, and by nobody else', async () => {
    const decisions: Decisions = { 'study.search': 'permit', 'study.view': 'permit' };
    const blind = await addPerson(site.exchange, { name: 'Pseudonyms', role: decisions });
    const named = await addPerson(site.exchange, {
      name: 'Names',
      role: { ...decisions, 'study.view.identity': 'permit' },
    });
    const statuses = async (token: string): Promise<number[]> => {
      const authorization = `Bearer ${token}`;
      const all = ['metadata', 'rendered', 'rendered?accept=text/plain', 'rendered?accept=text/xml'];
      const answers = await Promise.all(all.map((one) => site.get(`${wado(report)}/${one}`, { authorization })));
      return answers.map(({ status }) => status);
    };
    expect(await statuses(named.token)).toEqual([200, 200, 200, 200]);
    expect(await statuses(blind.token)).toEqual([403, 403, 403, 403]);
    expect(await statuses('')).toEqual([401, 401, 401, 401]);
  });
});

describe('a document', () => {
  test('comes as it is, whole or in ranges, and not as a text', async () => {
    const whole = await shown(pdf, '*/*');
    expect([whole.status, whole.headers['content-type']]).toEqual([200, 'application/pdf']);
    const value = await site.get(`${wado(pdf)}/bulkdata/00420011`);
    expect(value.body.subarray(0, whole.body.length).equals(whole.body)).toBe(true);
    expect(value.body.length - whole.body.length).toBeLessThanOrEqual(1);
    const piece = await site.get(`${wado(pdf)}/rendered`, { accept: 'application/pdf', range: 'bytes=0-4' });
    expect([piece.status, piece.body.toString()]).toEqual([206, '%PDF-']);
    const none = await shown(pdf, 'text/html');
    expect([none.status, detail(none)]).toEqual([406, expect.stringContaining('application/pdf')]);
  });

  test('in XML is told by its class to be that, and is not padded', async () => {
    const answer = await shown(cda, '*/*');
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/xml']);
    expect(answer.body.toString().trimEnd()).toBe(cdaText);
    expect((await shown(cda, 'text/html')).status).toBe(406);
  });

  test('of another kind is not shown', async () => {
    expect((await shown(model, '*/*')).status).toBe(406);
  });
});

describe('a study with more than pictures', () => {
  const typesOf = (answer: Answer): (string | undefined)[] =>
    partsOf(answer)
      .map(({ headers }) => headers.get('content-type'))
      .toSorted();

  test('has its pictures, reports and documents as parts, each in the form that is liked best', async () => {
    const all = await site.get(`${studyOf(image)}/rendered`);
    expect([all.status, all.headers.warning]).toEqual([206, expect.stringContaining('2 instances cannot be shown')]);
    expect(typesOf(all)).toEqual(['image/jpeg', 'text/html; charset=utf-8', 'text/xml']);
    expect(all.headers['content-type']).toContain(
      `type="${partsOf(all)[0]!.headers.get('content-type')!.split(';')[0]}"`,
    );
    const some = await site.get(`${studyOf(image)}/rendered`, {
      accept: 'multipart/related; type="image/png", multipart/related; type="text/plain"',
    });
    expect(typesOf(some)).toEqual(['image/png', 'text/plain; charset=utf-8']);
  });

  test('has its reports alone where only they are wanted, and its pictures alone where only those', async () => {
    for (const [type, expected] of [
      ['text/plain', ['text/plain; charset=utf-8']],
      ['text/xml', ['text/xml', 'text/xml; charset=utf-8']],
      ['image/jpeg', ['image/jpeg']],
    ] as const) {
      const answer = await site.get(`${studyOf(image)}/rendered`, { accept: `multipart/related; type="${type}"` });
      expect([answer.status, typesOf(answer)]).toEqual([206, expected]);
      expect(answer.headers['content-type']).toContain(`type="${type}"`);
    }
    const none = await site.get(`${studyOf(image)}/rendered`, { accept: 'multipart/related; type="application/pdf"' });
    expect(none.status).toBe(406);
    const alone = await site.get(`${studyOf(image)}/rendered`, { accept: 'text/html' });
    expect([alone.status, detail(alone)]).toEqual([406, expect.stringContaining('text/html')]);
  });
});
