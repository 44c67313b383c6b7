import { marksOfDate } from '../../../packages/server/src/studies/date-marks.ts';
import { marksOfName } from '../../../packages/server/src/studies/name-marks.ts';
import { context, deriveKey } from '../../../packages/vault/src/index.ts';
import { nodePrimitives as p } from '../node-primitives.ts';
import { counting, hex } from './fixed.ts';

const accountKey = counting(0x00, 32);

async function token(field: string, value: string): Promise<string> {
  const key = await deriveKey(p, accountKey, new Uint8Array(0), context('derive', 'search', field));
  return Buffer.from(p.mac('sha256', key, Buffer.from(value)))
    .readBigInt64BE(0)
    .toString();
}

const values: [field: string, value: string][] = [
  ['studyUid', '1.2.840.113619.2.55.3.4.1'],
  ['seriesUid', '1.2.840.113619.2.55.3.4.1'],
  ['sopUid', '1.2.840.113619.2.55.3.4.1.7'],
  ['patientId', 'PAT-0001'],
  ['patientId', 'pat-0001'],
  ['accession', 'A 123/é'],
  ['sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['patient', 'HOSPITAL\u0000PAT-0001'],
  ['patient', '\u0000PAT-0001'],
  ['name', 'word doe'],
  ['name', 'begins d'],
  ['name', 'has 山田'],
  ['date', '2024'],
  ['date', '20240229'],
];
const names = [
  'Doe^Jane',
  'DOE^JANE^Q=',
  'O’Neill-Smith, Mary  Ann',
  'Müller^Jérôme',
  'Yamada^Tarou=山田^太郎=やまだ^たろう',
  'Wang^XiaoDong=王^小東',
  'Παπαδόπουλος^Γιώργος',
  'Чайковский^Пётр',
  'ｆｕｌｌ^ﬁ',
  'قباني^لنزار',
  'abcdefghijklmnopqrstuvwxyz',
  'x^',
  '',
];
const dates = ['20240229', '2024', '202402', '2024.02.29', '20231345', '00010101', '18991231', '99991231', ''];

/** docs/formats/vectors/search-tokens.json */
export async function tokenVectors() {
  const tokens = [];
  for (const [field, value] of values) tokens.push({ field, value, token: await token(field, value) });
  return {
    page: '../search-tokens.md',
    accountKey: hex(accountKey),
    tokens,
    names: names.map((name) => ({ name, marks: marksOfName(name).sort() })),
    dates: dates.map((date) => ({ date, marks: marksOfDate(date).sort() })),
  };
}
