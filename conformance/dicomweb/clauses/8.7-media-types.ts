import { expect } from 'vitest';
import { partsOf } from '../dicomweb-client.ts';
import { type Clause, check } from './check.ts';
import { instanceOf, seriesOf, studyOf } from './sent.ts';

const takes = (name: string, accept: string | undefined, type: RegExp) =>
  check(`files of a study: ${name}`, async (root, { ct }) => {
    const answer = await root.ask(studyOf(ct[0]!), accept);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(type);
    expect(partsOf(answer)).toHaveLength(6);
  });

const dicomParts = /^multipart\/related;.*type="?application\/dicom"?/i;

/** What real clients write, and what each was refused for by some server or other. */
export const mediaTypes: Clause = {
  clause: '8.7',
  title: 'Media types, and their choice',
  checks: [
    takes('without Accept', undefined, dicomParts),
    takes('for */*', '*/*', dicomParts),
    takes('for multipart/related without a type', 'multipart/related', dicomParts),
    takes('for type="application/dicom" in quotes', 'multipart/related; type="application/dicom"', dicomParts),
    takes('for type=application/dicom without quotes', 'multipart/related; type=application/dicom', dicomParts),
    takes('without spaces', 'multipart/related;type="application/dicom";transfer-syntax=*', dicomParts),
    takes(
      'with parameters in another order',
      'multipart/related; transfer-syntax=*; type="application/dicom"',
      dicomParts,
    ),
    takes('in capitals', 'Multipart/Related; Type="application/dicom"; Transfer-Syntax=*', dicomParts),
    takes(
      'with transfer-syntax="*" in quotes',
      'multipart/related; type="application/dicom"; transfer-syntax="*"',
      dicomParts,
    ),
    takes(
      'behind ranges that do not fit',
      'text/html, image/png, multipart/related; type="application/dicom"',
      dicomParts,
    ),
    takes(
      'with q-values',
      'application/dicom+json;q=0.1, multipart/related; type="application/dicom";q=0.9',
      dicomParts,
    ),
    takes('as browsers add wildcards', 'multipart/related; type="application/dicom", */*;q=0.1', dicomParts),
    check('the accept parameter in the address stands for the header', async (root, { ct }) => {
      const accept = encodeURIComponent('application/dicom');
      const answer = await root.ask(`${instanceOf(ct[0]!)}?accept=${accept}`);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/dicom(;|$)/);
    }),
    check('what fits nothing is 406: a study as text/html', async (root, { ct }) => {
      expect((await root.ask(studyOf(ct[0]!), 'text/html')).status).toBe(406);
    }),
    check('what fits nothing is 406: a series as image/png parts', async (root, { ct }) => {
      const answer = await root.ask(seriesOf(ct[0]!), 'multipart/related; type="image/png"');
      expect(answer.status).toBe(406);
    }),
    check('what fits nothing is 406: metadata as text/csv', async (root, { ct }) => {
      expect((await root.ask(`${studyOf(ct[0]!)}/metadata`, 'text/csv')).status).toBe(406);
    }),
    check('what fits nothing is 406: a search as image/jpeg', async (root, { mark }) => {
      expect((await root.ask(`/studies?PatientID=${mark}`, 'image/jpeg')).status).toBe(406);
    }),
    check('q=0 refuses what it names', async (root, { ct }) => {
      const answer = await root.ask(studyOf(ct[0]!), 'multipart/related; type="application/dicom"; q=0');
      expect(answer.status).toBe(406);
    }),
    check('metadata for application/json, as OHIF and browsers ask', async (root, { ct }) => {
      const answer = await root.ask(`${studyOf(ct[0]!)}/metadata`, 'application/json, text/plain, */*');
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/(dicom\+)?json/);
    }),
    check('metadata without Accept is DICOM JSON', async (root, { ct }) => {
      const answer = await root.ask(`${studyOf(ct[0]!)}/metadata`);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/dicom\+json/);
    }),
  ],
};
