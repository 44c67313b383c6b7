import type { FastifyRequest } from 'fastify';
import { describe, expect, test } from 'vitest';
import { acceptedBy, attributeForm, dicomForm, mediaRanges, preferred, wantsZip } from './accept.ts';
import { type FrameForm, frameCloseness } from './frame-forms.ts';

/** How long this thread has worked so far, whatever else a busy machine does. Units: milliseconds. */
const workedMs = (): number => process.threadCpuUsage().user / 1000;

describe('an Accept header', () => {
  test('is read with its parameters quoted, unquoted, in any order and with any spaces', () => {
    for (const header of [
      'multipart/related; type="application/dicom"; transfer-syntax=*',
      'multipart/related;transfer-syntax=* ; Type=application/dicom',
      'MULTIPART/RELATED ;  type = "application/dicom" ; transfer-syntax = "*"',
    ]) {
      const [range, ...more] = mediaRanges(header);
      expect(more).toEqual([]);
      expect(range).toMatchObject({ type: 'multipart/related', q: 1 });
      expect(Object.fromEntries(range?.parameters ?? [])).toEqual({
        type: 'application/dicom',
        'transfer-syntax': '*',
      });
    }
  });

  test('is not cut at commas and semicolons inside quotes', () => {
    expect(mediaRanges('a/b; x="1,2;3", c/d').map(({ type, parameters }) => [type, ...parameters])).toEqual([
      ['a/b', ['x', '1,2;3']],
      ['c/d'],
    ]);
  });

  test.each([undefined, '', '  '])('that is absent or empty (%j) allows everything', (header) => {
    expect(mediaRanges(header)).toMatchObject([{ type: '*/*', q: 1 }]);
  });

  test('with q=0 refuses what it names', () => {
    expect(() => attributeForm(mediaRanges('application/dicom+json;q=0'))).toThrow(
      expect.objectContaining({ code: 'NOT_ACCEPTABLE' }),
    );
    expect(attributeForm(mediaRanges('application/json; q=0.1')).form).toBe('json');
    expect(() => dicomForm(mediaRanges('multipart/related; type="application/dicom"; q=0'), false)).toThrow(
      expect.objectContaining({ code: 'NOT_ACCEPTABLE' }),
    );
  });

  test.each([
    ['a flood of quotes', '"'.repeat(50_000)],
    ['a flood of commas', ','.repeat(50_000)],
    ['an unclosed quote in every range', 'a/b;x="'.repeat(7000)],
    ['a flood of parameters', `a/b${';q=1'.repeat(12_000)}`],
    ['a flood of equals signs', `a/b;${'='.repeat(50_000)}`],
    ['a flood of spaces', `a/b;${' '.repeat(50_000)}x`],
  ])('of 50 kB, %s, costs less than 100 ms', (_, header) => {
    const start = workedMs();
    mediaRanges(header);
    expect(workedMs() - start).toBeLessThan(100);
  });
});

test.each([
  'accept=application/dicom+xml',
  'accept=application%2Fdicom%2Bxml',
  'limit=1&accept=application/dicom%20xml',
])('an accept parameter, %s, goes before the header', (query) => {
  const request = { url: `/dicomweb/studies/1/metadata?${query}`, headers: { accept: 'text/html' } };
  expect(attributeForm(acceptedBy(request as unknown as FastifyRequest)).type).toBe('application/dicom+xml');
});

describe('the form of DICOM files that a client wants', () => {
  test.each([
    [undefined, true, ['*']],
    ['*/*', true, ['*']],
    ['multipart/related', true, ['*']],
    ['multipart/related; type="application/dicom"; transfer-syntax=*', true, ['*']],
    ['multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1', true, ['1.2.840.10008.1.2.1']],
    ['application/dicom', false, ['*']],
    ['application/dicom; q=0.5, multipart/related; type="application/dicom"; q=0.9', true, ['*']],
    [
      'application/dicom;transfer-syntax=*;q=0.1, application/dicom;transfer-syntax="1.2.840.10008.1.2.4.80", */*;q=0.01',
      false,
      ['1.2.840.10008.1.2.4.80', '*'],
    ],
    ['application/dicom; q=0.9, multipart/related; type="application/dicom"; q=0.5', false, ['*']],
    ['application/dicom; transfer-syntax=1.2.3, */*;q=0.1', false, ['1.2.3', '*']],
    ['application/dicom; transfer-syntax=1.2.3, */*;q=0', false, ['1.2.3']],
  ])('%j of a single instance', (header, multipart, transferSyntaxes) => {
    const form = dicomForm(mediaRanges(header), true);
    expect(form.transferSyntaxes).toEqual(transferSyntaxes);
    if (header?.includes('/dicom') || header?.startsWith('multipart')) expect(form.multipart).toBe(multipart);
  });

  test.each(['application/dicom', 'image/jpeg', 'multipart/related; type="image/jpeg"', 'text/html'])(
    '%s of a series is not there',
    (header) => {
      expect(() => dicomForm(mediaRanges(header), false)).toThrow(expect.objectContaining({ code: 'NOT_ACCEPTABLE' }));
    },
  );
});

describe('what is told in attributes', () => {
  test.each([
    [undefined, 'application/dicom+json', 'json'],
    ['*/*', 'application/dicom+json', 'json'],
    ['application/json, text/plain, */*', 'application/json', 'json'],
    ['application/dicom+xml', 'application/dicom+xml', 'xml'],
    ['multipart/related; type=application/dicom+xml', 'multipart/related', 'xml'],
    ['multipart/related; type="application/dicom+xml", application/dicom+json; q=0.5', 'multipart/related', 'xml'],
    [
      'multipart/related; type="application/dicom+xml"; q=0.5, application/dicom+json',
      'application/dicom+json',
      'json',
    ],
    ['application/*;q=0.2, application/dicom+json;q=0', 'application/json', 'json'],
  ])('for Accept: %s is %s', (header, type, form) => {
    expect(attributeForm(mediaRanges(header))).toMatchObject({ type, form });
  });

  test.each(['text/html', 'image/*', 'multipart/related; type="image/jpeg"', '*/*;q=0'])(
    'is not there as %s',
    (header) => {
      expect(() => attributeForm(mediaRanges(header))).toThrow(expect.objectContaining({ code: 'NOT_ACCEPTABLE' }));
    },
  );

  test('is what is named most closely, whatever wildcards like better', () => {
    const offers = [{ type: 'a/b' }, { type: 'a/c' }];
    expect(preferred(mediaRanges('a/*;q=0.9, a/b;q=0.1'), offers)).toBe(offers[1]);
    expect(preferred(mediaRanges('*/*, a/b;q=0'), offers)).toBe(offers[1]);
  });
});

describe('the form of frames that a client wants', () => {
  const offers: FrameForm[] = (
    [
      ['image/jls', '1.2.840.10008.1.2.4.81', 'stored'],
      ['application/octet-stream', '1.2.840.10008.1.2.1', 'explicit'],
      ['image/jls', '1.2.840.10008.1.2.4.80', 'jpeg-ls'],
      ['image/jphc', '1.2.840.10008.1.2.4.201', 'htj2k'],
      ['image/jphc', '1.2.840.10008.1.2.4.202', 'htj2k-rpcl'],
    ] as const
  ).flatMap(([media, transferSyntax, how]) =>
    [{ type: 'multipart/related', of: media }, { type: media }].map((one) => ({ ...one, media, transferSyntax, how })),
  );
  const native = '1.2.840.10008.1.2.1';
  const [near, exact] = ['1.2.840.10008.1.2.4.81', '1.2.840.10008.1.2.4.80'];
  const [htj2k, rpcl] = ['1.2.840.10008.1.2.4.201', '1.2.840.10008.1.2.4.202'];
  test.each([
    [undefined, 'multipart/related', native],
    ['*/*', 'multipart/related', native],
    ['multipart/related', 'multipart/related', native],
    ['*/*; transfer-syntax=*', 'multipart/related', near],
    // As OHIF and Cornerstone ask.
    ['multipart/related; type=application/octet-stream; transfer-syntax=*', 'multipart/related', near],
    ['multipart/related; type="application/octet-stream"; transfer-syntax=*, */*;q=0.1', 'multipart/related', near],
    ['multipart/related; type="application/octet-stream"', 'multipart/related', native],
    [`multipart/related; type="application/octet-stream"; transfer-syntax=${exact}`, 'multipart/related', exact],
    ['multipart/related; type=image/jls', 'multipart/related', near],
    [`multipart/related; type=image/jls; transfer-syntax=${exact}`, 'multipart/related', exact],
    [`multipart/related; type="image/jphc"; transfer-syntax=${rpcl}`, 'multipart/related', rpcl],
    ['multipart/related; type="image/jphc"', 'multipart/related', htj2k],
    ['image/jphc', 'image/jphc', htj2k],
    ['image/jphc;q=0.5, image/jls;q=0.6', 'image/jls', near],
    ['image/*', 'image/jls', near],
    ['application/octet-stream', 'application/octet-stream', native],
    [
      `multipart/related; type="image/jp2", application/octet-stream; transfer-syntax=${htj2k}; q=0.3`,
      'image/jphc',
      htj2k,
    ],
    [`*/*, multipart/related; type=image/jls; transfer-syntax=${near}; q=0`, 'multipart/related', native],
  ])('for Accept: %s is %s in %s', (header, type, transferSyntax) => {
    expect(preferred(mediaRanges(header), offers, frameCloseness)).toMatchObject({ type, transferSyntax });
  });

  test.each([
    ['multipart/related; type="image/x-jls"', near],
    ['image/x-jls, image/jphc;q=0.5', near],
    ['multipart/related; type=image/jhc', htj2k],
  ])('for Accept: %s, an earlier name, is %s', (header, transferSyntax) => {
    expect(preferred(mediaRanges(header), offers, frameCloseness)).toMatchObject({ transferSyntax });
  });

  test('is native where what is stored has no media type, unless that is named', () => {
    const retired = '1.2.840.10008.1.2.4.55';
    const media = 'application/octet-stream';
    const stored = { type: 'multipart/related', of: media, media, transferSyntax: retired, how: 'stored' } as const;
    const all = [stored, ...offers.slice(2)];
    const chosen = (header: string) => preferred(mediaRanges(header), all, frameCloseness)?.transferSyntax;
    const octets = 'multipart/related; type="application/octet-stream"';
    for (const header of [`${octets}; transfer-syntax=*`, '*/*; transfer-syntax=*', '*/*', octets])
      expect([header, chosen(header)]).toEqual([header, native]);
    expect(chosen(`${octets}; transfer-syntax=${retired}`)).toBe(retired);
    // And of what cannot be decoded here there is nothing else.
    expect(preferred(mediaRanges(`${octets}; transfer-syntax=*`), [stored], frameCloseness)).toBe(stored);
  });

  test.each([
    'image/png',
    'multipart/related; type="image/jp2"',
    'image/jls; transfer-syntax=1.2.3',
    'video/*',
    'constructor',
    'multipart/related; type=__proto__',
  ])('%s is not there', (header) => {
    expect(preferred(mediaRanges(header), offers, frameCloseness)).toBeUndefined();
  });
});

describe('a zip', () => {
  test.each([
    ['application/zip', true],
    ['application/zip; transfer-syntax=*', true],
    ['application/zip, */*; q=0.1', true],
    ['multipart/related; type="application/dicom"; q=0.5, application/zip', true],
    ['*/*', false],
    ['application/*', false],
    ['application/zip; q=0', false],
    ['application/zip; q=0.9, */*', false],
    ['application/zip, multipart/related; type="application/dicom"', false],
    ['application/zip; transfer-syntax=1.2.840.10008.1.2.1, multipart/related; q=0.1', false],
    ['text/html, application/xhtml+xml, application/xml; q=0.9, */*; q=0.8', false],
  ])('is what %s gets: %s', (header, zip) => {
    expect(wantsZip(mediaRanges(header))).toBe(zip);
  });
});
