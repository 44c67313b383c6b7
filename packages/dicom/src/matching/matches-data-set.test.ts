import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DataSet } from '../element.ts';
import { type DicomJson, toDicomJson } from '../json/dicom-json.ts';
import { parseFile } from '../parse/parse-file.ts';
import { concat, element, item, joined, part10, u16, u32, uid } from '../part10.fixture.ts';
import { workedMs } from '../worked.fixture.ts';
import { timeOfDate } from './combined-date-time.ts';
import type { MatchOptions } from './key.ts';
import { matchesDataSet } from './matches-data-set.ts';

const dataSet = (...elements: Uint8Array[]): DataSet => parseFile(part10(uid.explicit, ...elements)).dataset;
const utf8 = (text: string): Uint8Array => {
  const bytes = new TextEncoder().encode(text);
  return bytes.length % 2 === 0 ? bytes : concat(bytes, new Uint8Array([0x20]));
};
const f32 = (value: number): Uint8Array => new Uint8Array(new Float32Array([value]).buffer);

const study = dataSet(
  element(0x00080005, 'CS', 'ISO_IR 192'),
  element(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
  element(0x00080018, 'UI', '1.2.3.4'),
  element(0x00080020, 'DA', '20060706'),
  element(0x00080021, 'DA', '20060706'),
  element(0x00080030, 'TM', '093000'),
  element(0x00080050, 'SH', ''),
  element(0x00080060, 'CS', 'CT'),
  element(0x00081030, 'LO', utf8('Schädel mit Kontrastmittel')),
  element(0x00081032, 'SQ', concat(item(concat(element(0x00080100, 'SH', 'A1'), element(0x00080102, 'SH', 'X'))))),
  element(0x00081110, 'SQ', ''),
  element(0x00100010, 'PN', utf8('Müller^Jörg=山田^太郎')),
  element(0x00181271, 'FD', new Uint8Array(new Float64Array([1.5, -2]).buffer)),
  element(0x00189073, 'FD', ''),
  element(0x00189087, 'FL', f32(0.1)),
  element(0x00200013, 'IS', '007'),
  element(0x00280009, 'AT', concat(u16(0x0018), u16(0x1063))),
  element(0x00280010, 'US', u16(512)),
  element(0x00291001, 'UN', 'private'),
  element(
    0x00400275,
    'SQ',
    joined([
      item(concat(element(0x00321060, 'LO', 'Head'), element(0x00400009, 'SH', 'S1'))),
      item(
        concat(
          element(
            0x00321064,
            'SQ',
            joined([item(element(0x00080100, 'SH', 'P1')), item(element(0x00080100, 'SH', 'P2'))]),
          ),
          element(0x00400009, 'SH', 'S2'),
        ),
      ),
    ]),
  ),
  element(0x00420011, 'OB', u16(7)),
);

const asked = (query: Record<string, unknown>, options?: MatchOptions, on = study): boolean =>
  matchesDataSet(on, query as DicomJson, options);
const sq = (...items: unknown[]): unknown => ({ vr: 'SQ', Value: items });
const cs = (...values: unknown[]): unknown => ({ vr: 'CS', Value: values });

describe('a whole data set', () => {
  test('every key must match', () => {
    expect(asked({})).toBe(true);
    expect(asked({ '00080060': cs('CT'), '00200013': { vr: 'IS', Value: [7] } })).toBe(true);
    expect(asked({ '00080060': cs('CT'), '00200013': { vr: 'IS', Value: [8] } })).toBe(false);
    expect(asked({ '00080060': { vr: 'CS' }, '00189999': { vr: 'LO' }, '00080061': cs('*') })).toBe(true);
    expect(asked({ '00080061': cs('CT') })).toBe(false);
  });

  test('numbers by value, of whatever VR', () => {
    expect(asked({ '00280010': { vr: 'US', Value: [512] } })).toBe(true);
    expect(asked({ '00280010': { vr: 'US', Value: ['0512'] } })).toBe(true);
    expect(asked({ '00280010': { vr: 'US', Value: [511] } })).toBe(false);
    expect(asked({ '00189087': { vr: 'FL', Value: [0.1] } })).toBe(true);
    expect(asked({ '00181271': { vr: 'FD', Value: [-2] } })).toBe(true);
    expect(asked({ '00280009': { vr: 'AT', Value: ['00181063'] } })).toBe(true);
  });

  test('names as objects and as text, in any character set', () => {
    const name = (...Value: unknown[]): boolean => asked({ '00100010': { vr: 'PN', Value } });
    expect(name({ Alphabetic: 'MULLER^*' })).toBe(true);
    expect(name({ Ideographic: '山田*' })).toBe(true);
    expect(name({ Alphabetic: 'muller*', Ideographic: '田中*' })).toBe(false);
    expect(name('=山田^太郎')).toBe(true);
    expect(name({ Alphabetic: 'Meier' }, { Alphabetic: 'Mü*' })).toBe(true);
    expect(name({})).toBe(true);
    expect(name({ Alphabetic: 7 })).toBe(false);
    expect(asked({ '00081030': { vr: 'LO', Value: ['Schädel*'] } })).toBe(true);
    expect(asked({ '00081030': { vr: 'LO', Value: ['Schadel*'] } })).toBe(false);
  });

  test('UIDs by values or by one list', () => {
    expect(asked({ '00080018': { vr: 'UI', Value: ['1.9', '1.2.3.4'] } })).toBe(true);
    expect(asked({ '00080018': { vr: 'UI', Value: ['1.9,1.2.3.4'] } })).toBe(true);
    expect(asked({ '00080018': { vr: 'UI', Value: ['1.2.3'] } })).toBe(false);
  });

  test('what says how to ask is no key', () => {
    const level = { vr: 'CS', Value: ['STUDY'] };
    const title = { vr: 'AE', Value: ['OTHER'] };
    expect(
      asked({
        '00000002': level,
        '00020010': level,
        '00080000': level,
        '00080005': cs('ISO_IR 100'),
        '00080052': level,
        '00080053': level,
        '00080054': title,
        '00080056': level,
        '00080201': { vr: 'SH', Value: ['+0100'] },
      }),
    ).toBe(true);
  });

  test('what cannot be compared matches nothing, rather than everything', () => {
    expect(asked({ '00420011': { vr: 'OB', InlineBinary: 'BwA=' } })).toBe(false);
    expect(asked({ '00420011': { vr: 'OB', Value: ['7'] } })).toBe(false);
    expect(asked({ '00080060': { vr: 'CS', BulkDataURI: 'x' } })).toBe(false);
    expect(asked({ '00080060': { vr: 'CS', Value: 'CT' } })).toBe(false);
    expect(asked({ '00080060': { vr: 'CS', Value: [true] } })).toBe(false);
    expect(asked({ '00080060': null })).toBe(false);
    expect(asked({ PatientName: { vr: 'PN' } })).toBe(false);
    expect(asked(JSON.parse('{"__proto__":{"vr":"CS"}}'))).toBe(false);
    expect(asked({ '00080060': sq({ '00080100': cs('CT') }) })).toBe(false);
    expect(asked({ '00400275': { vr: 'LO', Value: ['Head'] } })).toBe(false);
  });

  test('a private value without a VR is read as the query says', () => {
    expect(asked({ '00291001': { vr: 'LO', Value: ['priv*'] } })).toBe(true);
    expect(asked({ '00291001': { vr: 'UN', Value: ['private'] } })).toBe(false);
  });

  test('C.2.2.2.7 empty values, where that is agreed on', () => {
    const none = { vr: 'XX', Value: ['""'] };
    for (const tag of ['00080050', '00080051', '00081110', '00100020', '00189073', '00291002'])
      expect(asked({ [tag]: none }, { emptyValue: true }), tag).toBe(true);
    for (const tag of ['00080060', '00100010', '00280010', '00400275', '00420011', '00291001'])
      expect(asked({ [tag]: none }, { emptyValue: true }), tag).toBe(false);
    expect(asked({ '00100020': none })).toBe(false);
    expect(asked({ '00400275': sq({ '00321064': none, '00400009': cs('S1') }) }, { emptyValue: true })).toBe(true);
    expect(asked({ '00400275': sq({ '00321064': none, '00400009': cs('S2') }) }, { emptyValue: true })).toBe(false);
  });

  test('C.2.2.2.8 each of several values, where that is agreed on and the attribute may have several', () => {
    expect(asked({ '00080008': cs('AXIAL', 'ORIGINAL') }, { multipleValue: true })).toBe(true);
    expect(asked({ '00080008': cs('AXIAL', 'DERIVED') }, { multipleValue: true })).toBe(false);
    expect(asked({ '00080008': cs('AXIAL', 'DERIVED') })).toBe(true);
    expect(asked({ '00080060': cs('CT', 'MR') }, { multipleValue: true })).toBe(true);
  });
});

describe('C.2.2.2.6 sequences', () => {
  const request = (...items: unknown[]): boolean => asked({ '00400275': sq(...items) });

  test('one item must match all keys of the item', () => {
    expect(request({ '00400009': cs('S1'), '00321060': cs('Head') })).toBe(true);
    expect(request({ '00400009': cs('S2'), '00321060': cs('Head') })).toBe(false);
    expect(request({ '00400009': cs('S?') })).toBe(true);
  });

  test('an empty sequence and an item of nothing but universal keys match everything', () => {
    expect(request()).toBe(true);
    expect(request({})).toBe(true);
    expect(asked({ '00081110': sq({ '00080100': cs('*'), '00081032': sq({ '00080100': { vr: 'SH' } }) }) })).toBe(true);
    expect(asked({ '00081111': sq({ '00080100': cs() }) })).toBe(true);
    expect(asked({ '00081110': sq({ '00080100': cs('A') }) })).toBe(false);
    expect(asked({ '00081111': sq({ '00080100': cs('A') }) })).toBe(false);
  });

  test('sequences within sequences', () => {
    const code = (value: string): unknown => sq({ '00080100': cs(value) });
    expect(request({ '00321064': code('P2'), '00400009': cs('S2') })).toBe(true);
    expect(request({ '00321064': code('P2'), '00400009': cs('S1') })).toBe(false);
    expect(request({ '00321064': code('P3') })).toBe(false);
    expect(asked({ '00400275': sq({ '00321064': code('P1') }), '00081032': sq({ '00080100': cs('A1') }) })).toBe(true);
    expect(asked({ '00400275': sq({ '00321064': code('P1') }), '00081032': sq({ '00080100': cs('A2') }) })).toBe(false);
  });

  test('of several items in the query any may be found', () => {
    expect(request({ '00400009': cs('S9') }, { '00400009': cs('S2') })).toBe(true);
    expect(request({ '00400009': cs('S9') }, { '00400009': cs('S8') })).toBe(false);
    expect(request({ '00400009': cs('S9') }, 'S2')).toBe(false);
    expect(request({ '00400009': cs('S9') }, {})).toBe(true);
  });
});

describe('C.2.2.2.5.4 combined date and time', () => {
  const range = (date: string, time: string, on?: DataSet, combinedDateTime = true, more = {}): boolean =>
    asked(
      { '00080020': { vr: 'DA', Value: [date] }, '00080030': { vr: 'TM', Value: [time] }, ...more },
      { combinedDateTime },
      on,
    );
  const at = (date: string, time: string): DataSet =>
    dataSet(element(0x00080020, 'DA', date), element(0x00080030, 'TM', time));

  test('two ranges of one form are one range of moments, where that is agreed on', () => {
    expect(range('20060705-20060707', '1000-1800')).toBe(true);
    expect(range('20060705-20060707', '1000-1800', study, false)).toBe(false);
    expect(range('20060706-20060707', '1000-1800')).toBe(false);
    expect(range('20060705-20060706', '1000-0900')).toBe(false);
    expect(range('20060705-20060706', '1000-0930')).toBe(true);
    expect(range('20060705-', '1000-')).toBe(true);
    expect(range('20060706-', '1000-')).toBe(false);
    expect(range('-20060706', '-0929')).toBe(false);
    expect(range('-20060707', '-0100')).toBe(true);
    expect(range('2006.07.05 - 2006.07.07', '10:00 - 18:00')).toBe(true);
  });

  test('ranges of different forms, single values and lists are matched each for itself', () => {
    expect(range('20060705-20060707', '1000-')).toBe(false);
    expect(range('20060705-20060707', '0900-')).toBe(true);
    expect(range('20060706', '0900-1000')).toBe(true);
    expect(range('20060706', '1000-1100')).toBe(false);
    expect(range('200607-200608', '1000-1800')).toBe(false);
    expect(range('20060705-20060707', '')).toBe(true);
    expect(range('', '0900-1000')).toBe(true);
  });

  test('a date without a time counts by its beginning, a time without a date not at all', () => {
    expect(range('20060705-20060707', '1000-1800', at('20060706', ''))).toBe(true);
    expect(range('20060706-20060707', '1000-1800', at('20060706', ''))).toBe(false);
    expect(range('20060705-20060707', '1000-1800', at('', '1200'))).toBe(false);
    expect(range('20060705-20060707', '1000-1800', at('soon', '1200'))).toBe(false);
  });

  test('in items too, and on the query’s clock', () => {
    const step = dataSet(
      element(0x00080201, 'SH', '+0200'),
      element(0x00400100, 'SQ', item(concat(element(0x00400002, 'DA', '20240101'), element(0x00400003, 'TM', '0100')))),
    );
    const steps = (from: string, to: string, timezone?: string): boolean =>
      asked(
        {
          ...(timezone === undefined ? {} : { '00080201': { vr: 'SH', Value: [timezone] } }),
          '00400100': sq({
            '00400002': { vr: 'DA', Value: [`${from.slice(0, 8)}-${to.slice(0, 8)}`] },
            '00400003': { vr: 'TM', Value: [`${from.slice(8)}-${to.slice(8)}`] },
          }),
        },
        { combinedDateTime: true },
        step,
      );
    expect(steps('202401010030', '202401010200')).toBe(true);
    expect(steps('202312312200', '202312312330', '+0000')).toBe(true);
    expect(steps('202401010030', '202401010200', '+0000')).toBe(false);
  });

  test('every date that PS3.6 names like a time is paired with it', () => {
    const pairs = `
      00080012/00080013 00080020/00080030 00080021/00080031 00080022/00080032 00080023/00080033 00080024/00080034
      00080025/00080035 00100030/00100032 00140102/00140103 00143076/00143077 0014407E/0014407C 00181012/00181014
      00181200/00181201 0018700C/0018700E 00203403/00203405 00320032/00320033 00320034/00320035 00321000/00321001
      00321010/00321011 00321040/00321041 00321050/00321051 0038001A/0038001B 0038001C/0038001D 00380020/00380021
      00380030/00380032 00400002/00400003 00400004/00400005 00400244/00400245 00400250/00400251 00402004/00402005
      0040A023/0040A024 0040A121/0040A122 0040A192/0040A193 00700082/00700083 21000040/21000050 30060008/30060009
      30080024/30080025 30080162/30080164 30080166/30080168 30080250/30080251 300A0006/300A0007 300A022C/300A022E
      300E0004/300E0005 40080100/40080101 40080108/40080109 40080112/40080113`;
    for (const pair of pairs.trim().split(/\s+/)) {
      const [date, time] = pair.split('/').map((tag) => Number.parseInt(tag, 16));
      expect(timeOfDate(date!), pair).toBe(time);
    }
    // Last Menstrual Date, Expiry Date, First Treatment Date, Study Time, a private tag.
    for (const alone of [0x001021d0, 0x00141020, 0x30080054, 0x00080030, 0x00291001])
      expect(timeOfDate(alone)).toBeUndefined();
  });
});

describe('clocks: Timezone Offset From UTC of data set and query', () => {
  const late = dataSet(
    element(0x00080020, 'DA', '20240101'),
    element(0x00080021, 'DA', '20240101'),
    element(0x0008002a, 'DT', '20240101003000'),
    element(0x00080030, 'TM', '003000'),
    element(0x00080201, 'SH', '+0100'),
  );
  const on = (tag: string, vr: string, key: string, zone?: string, options?: MatchOptions): boolean =>
    asked(
      { [tag]: { vr, Value: [key] }, ...(zone === undefined ? {} : { '00080201': { vr: 'SH', Value: [zone] } }) },
      options,
      late,
    );

  test('dates and times are compared on the query’s clock', () => {
    expect(on('00080020', 'DA', '20231231', '+0000')).toBe(true);
    expect(on('00080020', 'DA', '20240101', '+0000')).toBe(false);
    expect(on('00080020', 'DA', '20240101')).toBe(true);
    expect(on('00080030', 'TM', '2330', '+0000')).toBe(true);
    expect(on('00080030', 'TM', '0030', '+0000')).toBe(false);
    expect(on('00080030', 'TM', '0030', '+0100')).toBe(true);
    expect(on('0008002A', 'DT', '202312312330', '+0000')).toBe(true);
    expect(on('0008002A', 'DT', '202312312330+0000')).toBe(true);
    expect(on('0008002A', 'DT', '202401010030')).toBe(true);
  });

  test('a date without a time stays what it is', () => {
    expect(on('00080021', 'DA', '20240101', '+0000')).toBe(true);
  });

  test('a data set that names no clock has the one that the caller gives', () => {
    const query = {
      '00080030': { vr: 'TM', Value: ['0830'] },
      '00080201': { vr: 'SH', Value: ['+0000'] },
    } as DicomJson;
    const there = dataSet(element(0x00080030, 'TM', '0930'));
    expect(matchesDataSet(there, query)).toBe(false);
    expect(matchesDataSet(there, query, { timezone: { values: '+0100' } })).toBe(true);
  });
});

describe('properties', () => {
  test('a data set matches its own DICOM JSON, whatever the options', () => {
    const query = toDicomJson(study, { omit: (tag) => tag === 0x00420011 || tag === 0x00291001 });
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.boolean(), (emptyValue, multipleValue, combinedDateTime) => {
        expect(matchesDataSet(study, query, { emptyValue, multipleValue, combinedDateTime })).toBe(true);
      }),
    );
  });

  test('sequences agree with a search that is written recursively', () => {
    type Tree = { readonly value: string; readonly inner: readonly Tree[] };
    let tree: fc.Arbitrary<Tree> = fc.record({ value: fc.constantFrom('A', 'B'), inner: fc.constant([]) });
    for (let depth = 0; depth < 3; depth++)
      tree = fc.record({ value: fc.constantFrom('A', 'B'), inner: fc.array(tree, { maxLength: 3 }) });
    const bytes = ({ value, inner }: Tree): Uint8Array =>
      concat(element(0x00080100, 'SH', value), element(0x0040a730, 'SQ', joined(inner.map((one) => item(bytes(one))))));
    const json = ({ value, inner }: Tree): unknown => ({
      '00080100': cs(...(value === 'A' ? ['A'] : [])),
      '0040A730': sq(...inner.map(json)),
    });
    const universal = ({ value, inner }: Tree): boolean =>
      value === 'B' && (inner.length === 0 || inner.some(universal));
    const found = (query: Tree, on: Tree): boolean =>
      (query.value === 'B' || on.value === 'A') &&
      (query.inner.length === 0 ||
        query.inner.some(universal) ||
        query.inner.some((one) => on.inner.some((at) => found(one, at))));
    let matching = 0;
    fc.assert(
      fc.property(tree, tree, (query, on) => {
        const expected = found(query, on);
        if (expected) matching++;
        expect(asked(json(query) as Record<string, unknown>, {}, dataSet(bytes(on)))).toBe(expected);
      }),
      { numRuns: 500 },
    );
    expect(matching).toBeGreaterThan(50);
    expect(matching).toBeLessThan(450);
  });
});

describe('no query and no data set makes it slow', () => {
  /** Some ten times what is needed; going back and trying again takes longer. */
  const limitMs = 4_000;
  const ms = (call: () => boolean, expected: boolean): number => {
    const from = workedMs();
    expect(call()).toBe(expected);
    return workedMs() - from;
  };
  const leaf = (tag: number): Uint8Array => element(tag, 'LO', 'aaaaaaab');

  test('hundreds of items, hundreds of keys', () => {
    const items = joined(Array.from({ length: 400 }, () => item(element(0x00080100, 'SH', 'x'))));
    const many = dataSet(element(0x00400275, 'SQ', items));
    const wanted = Array.from({ length: 400 }, (_, index) => ({ '00080100': cs(`x${index}`) }));
    expect(ms(() => asked({ '00400275': sq(...wanted) }, {}, many), false)).toBeLessThan(limitMs);
  });

  test('deep queries on deep data sets', () => {
    let inner = leaf(0x00081030);
    let query: Record<string, unknown> = { '00081030': cs('*c') };
    for (let depth = 0; depth < 90; depth++) {
      inner = concat(element(0x0040a730, 'SQ', joined([item(inner), item(leaf(0x00081030))])));
      query = { '0040A730': sq(query, query) };
      if (depth === 12) query = { '0040A730': sq({ '00081030': cs('zz') }) };
    }
    expect(ms(() => asked({ '0040A730': sq({ '00081030': cs('zz') }) }, {}, dataSet(inner)), false)).toBeLessThan(
      1_000,
    );
    let deep: Record<string, unknown> = { '00081030': cs('x') };
    for (let depth = 0; depth < 100_000; depth++) deep = { '0040A730': sq(deep) };
    expect(ms(() => asked(deep, {}, dataSet(inner)), false)).toBeLessThan(limitMs);
  });

  test('lists against lists, 64 KiB of each', () => {
    const values = Array.from({ length: 9_000 }, (_, index) => `v${index}`).join('\\');
    const big = dataSet(element(0x00081030, 'LO', values), element(0x00080000, 'UL', u32(0)));
    const keys = Array.from({ length: 20_000 }, (_, index) => `w${index}`);
    expect(ms(() => asked({ '00081030': cs(...keys) }, {}, big), false)).toBeLessThan(limitMs);
  });
});
