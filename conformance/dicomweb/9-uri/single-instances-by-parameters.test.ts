import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  colourStudy,
  ctStudy,
  exoticFiles,
  multiframeStudy,
  type SyntheticFile,
} from '../../../packages/testbed/src/index.ts';
import { jpegSize, pngLevels } from '../../rendering/png-levels.ts';
import { type Answer, code, json, type Site, startSite, wado } from '../dicomweb-client.ts';

let site: Site;
const [ct, other] = [...ctStudy({ seed: 7700, slices: 2, rows: 60, columns: 80 })] as [SyntheticFile, SyntheticFile];
const [cine] = [...multiframeStudy({ seed: 7701, frames: 5, rows: 48, columns: 64 })] as [SyntheticFile];
const rgb = [...colourStudy({ seed: 7702, rows: 40, columns: 51 })][0]!;
const exotic = exoticFiles(7703);
beforeAll(async () => {
  site = await startSite();
  expect((await site.store([ct, other, cine, rgb, ...exotic])).status).toBe(200);
});
afterAll(() => site?.exchange.dispose());

const address = (file: SyntheticFile): string =>
  `/dicomweb/wado?requestType=WADO&studyUID=${file.studyInstanceUid}&seriesUID=${file.seriesInstanceUid}&objectUID=${file.sopInstanceUid}`;
const uri = (file: SyntheticFile, more = '', headers: Record<string, string> = {}): Promise<Answer> =>
  site.get(`${address(file)}${more}`, headers);
const rendered = (file: SyntheticFile, query = ''): Promise<Answer> =>
  site.get(`${wado(file)}/rendered${query}`, { accept: 'image/png' });
const png = '&contentType=image/png';
const detail = (answer: Answer): string => (json(answer) as unknown as { detail: string }).detail;

describe('one instance by parameters', () => {
  test('of one frame is a JPEG where nothing is said, of several frames a file, and so is what is neither picture nor text', async () => {
    const image = await uri(ct);
    expect([image.status, image.headers['content-type']]).toEqual([200, 'image/jpeg']);
    expect(jpegSize(image.body)).toEqual([80, 60]);
    const waveform = exotic.find(({ quirk }) => quirk === 'ECG waveform')!;
    for (const file of [cine, waveform]) {
      const answer = await uri(file);
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/dicom']);
      expect(answer.body.equals(file.bytes)).toBe(true);
    }
  });

  test('a report is a text where nothing is said, a document itself; as a file where that is named', async () => {
    const report = exotic.find(({ quirk }) => quirk === 'structured report')!;
    const document = exotic.find(({ quirk }) => quirk === 'encapsulated PDF')!;
    for (const [file, more, accept, type] of [
      [report, '', '*/*', 'text/html; charset=utf-8'],
      [report, '&contentType=text/plain', '*/*', 'text/plain; charset=utf-8'],
      [report, '&contentType=text/xml', 'text/html', 'text/xml; charset=utf-8'],
      [report, '&contentType=text/html,text/plain&rows=10&columns=10&frameNumber=1', '*/*', 'text/html; charset=utf-8'],
      [report, '', 'image/jpeg;q=0.9, application/dicom;q=0.5, text/plain;q=0.4', 'application/dicom'],
      [document, '', '*/*', 'application/pdf'],
      [document, '&contentType=application/dicom', '*/*', 'application/dicom'],
    ] as const) {
      const answer = await uri(file, more, { accept });
      expect([answer.status, answer.headers['content-type']], more).toEqual([200, type]);
      if (type === 'application/dicom') expect(answer.body.equals(file.bytes)).toBe(true);
      if (type === 'application/pdf') expect(answer.body.toString('latin1')).toMatch(/^%PDF-.*%%EOF\s*$/s);
    }
    const none = await uri(report, '&contentType=image/jpeg');
    expect([none.status, code(none)]).toEqual([406, 'NOT_ACCEPTABLE']);
    expect(detail(none)).toContain('text/html, text/plain, text/xml, application/dicom');
  });

  test('comes in the type that contentType names, and else in one that Accept allows', async () => {
    for (const [more, accept, type] of [
      [png, 'image/jpeg', 'image/png'],
      ['&contentType=image/gif', '*/*', 'image/gif'],
      ['&contentType=application/dicom', 'image/*', 'application/dicom'],
      ['&contentType=application/x-unknown,image/png', '*/*', 'image/png'],
      ['', 'image/png', 'image/png'],
      ['', 'application/dicom', 'application/dicom'],
    ] as const) {
      const answer = await uri(ct, more, { accept });
      expect([answer.status, answer.headers['content-type']], more).toEqual([200, type]);
    }
    expect((await uri(ct, '&contentType=application/dicom')).body.equals(ct.bytes)).toBe(true);
    const none = await uri(ct, '&contentType=video/mpeg');
    expect([none.status, code(none)]).toEqual([406, 'NOT_ACCEPTABLE']);
    expect(detail(none)).toContain('image/jpeg, image/png, image/gif, application/dicom');
  });

  test('is, as a picture, the same that the rendered resource is', async () => {
    for (const [more, query] of [
      ['', ''],
      ['&rows=30', '?viewport=8000,30'],
      ['&columns=40', '?viewport=40,8000'],
      ['&rows=30&columns=100', '?viewport=100,30'],
      ['&region=0.25,0.5,0.75,1&rows=60&columns=80', '?viewport=80,60,20,30,40,30'],
      ['&windowCenter=-600&windowWidth=1200', '?window=-600,1200,linear'],
      ['&annotation=patient', '?annotation=patient'],
    ]) {
      const answer = await uri(ct, png + more);
      expect([answer.status, answer.headers['content-type']], more).toEqual([200, 'image/png']);
      expect(answer.body.equals((await rendered(ct, query)).body), more).toBe(true);
    }
    expect(
      (await uri(rgb, `${png}&iccprofile=adobergb`)).body.equals((await rendered(rgb, '?iccprofile=adobergb')).body),
    ).toBe(true);
    const [poor, good] = await Promise.all(['10', '95'].map((quality) => uri(ct, `&imageQuality=${quality}`)));
    expect(good!.body.length).toBeGreaterThan(poor!.body.length);
  });

  test('is the frame that frameNumber names', async () => {
    for (const frame of [1, 4]) {
      const answer = await uri(cine, `${png}&frameNumber=${frame}`);
      const expected = await site.get(`${wado(cine)}/frames/${frame}/rendered`, { accept: 'image/png' });
      expect(answer.body.equals(expected.body)).toBe(true);
    }
    // Who names a frame wants to see it.
    expect((await uri(cine, '&frameNumber=2')).headers['content-type']).toBe('image/jpeg');
    expect(pngLevels((await uri(cine, png)).body)).toMatchObject({ width: 64, height: 48 });
    for (const [frame, what] of [
      ['6', /There is no frame 6: the instance has 5 frames/],
      ['0', /frameNumber takes whole numbers/],
      ['x', /frameNumber takes/],
    ] as const) {
      const answer = await uri(cine, `${png}&frameNumber=${frame}`);
      expect([answer.status, code(answer), detail(answer)]).toEqual([
        400,
        'REQUEST_INVALID',
        expect.stringMatching(what),
      ]);
    }
  });

  test('goes out as a file in the transfer syntax that is named, and in bytes from anywhere', async () => {
    const file = '&contentType=application/dicom';
    const jpegLs = await uri(ct, `${file}&transferSyntax=1.2.840.10008.1.2.4.80`);
    expect(jpegLs.status).toBe(200);
    const twin = await site.get(wado(ct), { accept: 'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.80' });
    expect(jpegLs.body.equals(twin.body)).toBe(true);
    expect((await uri(ct, `${file}&transferSyntax=1.2.840.10008.1.2.4.50`)).status).toBe(406);
    const piece = await uri(ct, file, { range: 'bytes=128-131' });
    expect([piece.status, piece.body.toString()]).toEqual([206, 'DICM']);
  });

  test('that cannot be shown can still be had as a file', async () => {
    let unshown = 0;
    for (const file of exotic) {
      const answer = await uri(file, '&contentType=application/dicom');
      expect(answer.status, file.quirk).toBe(200);
      const picture = await uri(file, png);
      if (picture.status === 200) continue;
      unshown += 1;
      expect([406, 422], file.quirk).toContain(picture.status);
      const type = {
        'encapsulated PDF': 'application/pdf',
        'structured report': 'text/html; charset=utf-8',
        'key object selection': 'text/html; charset=utf-8',
      }[file.quirk];
      expect((await uri(file)).headers['content-type'], file.quirk).toBe(type ?? 'application/dicom');
    }
    expect(unshown).toBeGreaterThan(3);
  });
});

describe('who asks wrongly', () => {
  test('is told which parameter to mend', async () => {
    const without = (name: string): string => address(ct).replace(new RegExp(`${name}=[^&]*&?`), '');
    for (const [path, what] of [
      [without('requestType'), /requestType is WADO/],
      [address(ct).replace('=WADO', '=wado'), /requestType is WADO/],
      [without('studyUID'), /studyUID is needed/],
      [without('seriesUID'), /seriesUID is needed/],
      [without('objectUID'), /objectUID is needed/],
      [`${without('objectUID')}&objectUID=1.02.x`, /objectUID is needed, and is a UID/],
      [`${address(ct)}&objectUID=1.2`, /objectUID is given twice/],
      [`${address(ct)}&windowCenter=40`, /go together/],
      [`${address(ct)}&windowWidth=400`, /go together/],
      [`${address(ct)}&windowCenter=40&windowWidth=0`, /selects nothing/],
      [`${address(ct)}&contentType=application/dicom&windowCenter=40&windowWidth=400`, /A file has no window/],
      [`${address(ct)}&contentType=application/dicom&transferSyntax=jpeg`, /transferSyntax is a UID/],
      [`${address(ct)}&frameNumber=1`, /has one frame/],
      [`${address(ct)}&annotation=`, /annotation lists one or more/],
      [`${address(ct)}&contentType=image/gif&iccprofile=srgb`, /A GIF carries no colour profile/],
      [`${address(ct)}&rows=0`, /rows takes whole numbers from 1 to 8192/],
      [`${address(ct)}&columns=x`, /columns takes/],
      [`${address(ct)}&imageQuality=0`, /imageQuality takes whole numbers from 1 to 100/],
      [`${address(ct)}&region=0,0,1`, /region has the left/],
      [`${address(ct)}&region=0.5,0,0.25,1`, /region has the left/],
      [`${address(ct)}&region=0,0,1,1.5`, /region has the left/],
      [`${address(ct)}&anonymize=yes`, /de-identified/],
      [`${address(ct)}&presentationUID=1.2.3`, /Presentation states are not applied/],
    ] as const) {
      const answer = await site.get(path);
      expect([answer.status, code(answer)], path).toEqual([400, 'REQUEST_INVALID']);
      expect(detail(answer)).toMatch(what);
    }
    expect((await uri(ct, '&anonymize=no&charset=UTF-8&foo=bar')).status).toBe(200);
  });

  test('for what is not there, or not of that series or study, gets one and the same 404', async () => {
    const wrong = [
      { ...ct, sopInstanceUid: '1.2.3' },
      { ...ct, seriesInstanceUid: '1.2.3' },
      { ...ct, studyInstanceUid: '1.2.3' },
      { ...ct, sopInstanceUid: cine.sopInstanceUid },
      { ...ct, studyInstanceUid: cine.studyInstanceUid },
      { ...ct, seriesInstanceUid: cine.seriesInstanceUid },
    ];
    const answers = await Promise.all(wrong.map((file) => uri(file)));
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(answer.body.equals(answers[0]!.body)).toBe(true);
    }
    expect((await uri(ct, '', { authorization: '' })).status).toBe(401);
  });
});
