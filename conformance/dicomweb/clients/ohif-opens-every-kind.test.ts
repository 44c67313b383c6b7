import { readFileSync } from 'node:fs';
import { ctStudy, exoticFiles, multiframeStudy, realFiles, type SyntheticFile } from '@symbolon/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { value } from '../dicomweb-client.ts';
import { ohifBuild } from './ohif.ts';
import { isPlain, thumbnails } from './ohif-look.ts';
import { documentedRows, rowsOf, showRealFiles } from './ohif-shows-real-files.ts';
import { type OhifSite, type Series, startOhifSite } from './ohif-visit.ts';

const why = await ohifBuild().then(
  () => undefined,
  (error: Error) => error.message.split('\n')[0],
);
const title = 'OHIF on another origin';
const runs = describe.skipIf(why !== undefined && process.env.CI !== 'true');

const real = (name: string): Pick<SyntheticFile, 'bytes'> => {
  const file = realFiles().find((one) => one.source === 'pydicom' && one.name === `test_files/${name}`);
  if (file === undefined) throw new Error(`${name} is missing: install Debian's python3-pydicom`);
  return { bytes: readFileSync(file.path) };
};
const seed = 11;
const person = { patientName: 'Brückner^Änne', patientId: 'OHIF-1' };
const [cine, enhanced] = [...multiframeStudy({ seed })];
const papers = exoticFiles(seed);
const paper = (quirk: string) => papers.find((one) => one.quirk === quirk)!;

runs(why === undefined ? title : `${title} (skipped: ${why})`, () => {
  let all: OhifSite;
  beforeAll(async () => {
    all = await startOhifSite();
  });
  afterAll(() => all.dispose());

  /** Stores files of one series and says where they are. */
  async function stored(...files: Pick<SyntheticFile, 'bytes'>[]): Promise<Series & { readonly name: string }> {
    const { site } = all;
    const answer = await site.store(files);
    expect([answer.status, String(answer.body)]).toEqual([200, expect.anything()]);
    const { '00081199': held } = JSON.parse(String(answer.body));
    const [, study, series] = /studies\/([^/]+)\/series\/([^/]+)/.exec(held.Value[0]['00081190'].Value[0])!;
    const [item] = await site.search(`/dicomweb/studies?StudyInstanceUID=${study}`);
    const name = (value(item, '00100010') as { Alphabetic: string }).Alphabetic;
    return { study: study!, series: series!, name };
  }

  const kinds: [string, () => Pick<SyntheticFile, 'bytes'>[]][] = [
    ['a CT series', () => [...ctStudy({ seed, slices: 5, rows: 256, columns: 256, person })]],
    ['MR, JPEG-LS', () => [real('MR_small_jpeg_ls_lossless.dcm')]],
    ['NM, JPEG 2000', () => [real('JPEG2000.dcm')]],
    ['secondary capture in colour, JPEG baseline', () => [real('SC_rgb_jpeg_dcmtk.dcm')]],
    ['ultrasound of many frames, in colour', () => [cine!]],
    ['enhanced MR', () => [enhanced!]],
  ];
  const names = new Set<string>();

  test.each(kinds)('opens %s, and shows it as the exchange does, without a complaint', async (_, files) => {
    const series = await stored(...files());
    names.add(series.name);
    const what = await all.open(series);
    expect(what).toMatchObject({ studyUid: series.study, seriesUid: series.series });
    expect(await all.likeness(what!)).toBeGreaterThan(0.98);
    await expect.poll(() => thumbnails(all.visitor.page)).toEqual({ all: 1, drawn: 1 });
    expect(all.complaints()).toEqual([]);
  });

  test('opens a document in its study, the one that was sent', async () => {
    const { page } = all.visitor;
    const { study, series } = await stored(paper('encapsulated PDF'));
    await page.goto(`${all.ohif.url}/viewer?StudyInstanceUIDs=${study}&SeriesInstanceUIDs=${series}`);
    const shown = page.locator('object[type="application/pdf"]');
    await shown.waitFor();
    const bytes = await shown.evaluate(async (one) => {
      const got = await (await fetch((one as HTMLObjectElement).data)).arrayBuffer();
      return [...new Uint8Array(got)];
    });
    const got = Buffer.from(bytes);
    expect(got.toString('latin1')).toMatch(/^%PDF-.*%%EOF\s*$/s);
    expect(Buffer.from(paper('encapsulated PDF').bytes).includes(got)).toBe(true);
    expect(all.complaints()).toEqual([]);
  });

  test('opens a structured report', async () => {
    const { page } = all.visitor;
    const { study, series } = await stored(paper('structured report'));
    await page.goto(`${all.ohif.url}/viewer?StudyInstanceUIDs=${study}&SeriesInstanceUIDs=${series}`);
    await page.getByText('Kein Infiltrat. Herz normal groß.').waitFor();
    expect(all.complaints()).toEqual([]);
  });

  test('draws an ECG', async () => {
    const what = await all.open(await stored(paper('ECG waveform')));
    expect(isPlain(what!.colours)).toBe(false);
    expect(all.complaints()).toEqual([]);
  });

  test('lists all of them by name, also where one has no modality, and finds one by a part of its name', async () => {
    const { page } = all.visitor;
    const noModality = [['0008,0060 CS Modality', '']] as const;
    const other = { seed: 12, slices: 1, rows: 64, columns: 64, person: { ...person, patientName: 'Ohne^Art' } };
    await stored(...ctStudy({ ...other, extra: () => noModality }));
    await page.goto(`${all.ohif.url}/`);
    for (const name of [...names, 'Ohne^Art'])
      await page.getByText(name.replace('^', ', ').replaceAll('^', ' ')).first().waitFor();
    await page.getByRole('textbox').first().fill('brückn');
    await page.getByText('Ohne, Art').waitFor({ state: 'detached' });
    await page.getByText('Brückner, Änne').first().waitFor();
    expect(all.complaints()).toEqual([]);
  });

  if (process.env.SYMBOLON_DRILL === '1' && realFiles().some(({ source }) => source === 'corpus'))
    test('shows of real files just the kinds that the document names', async () => {
      const outcomes = await showRealFiles(all);
      expect(rowsOf(outcomes)).toEqual(documentedRows());
      const loud = outcomes.filter(({ opens, complaints }) => opens && complaints.length > 0);
      expect(loud.map(({ kind, complaints }) => [kind.sopClass, kind.transferSyntax, ...complaints])).toEqual([]);
    }, 1_800_000);
});
