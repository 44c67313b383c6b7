import type { Report, ReportLine } from './report.ts';

const lineEnd = /\r\n|[\n\r\f\v\u0085\u2028\u2029]/g;
/** What a terminal would obey, or UTF-8 cannot carry. */
const commanding = /[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]/gu;
const clean = (line: string): string => line.replace(commanding, '\ufffd');

/** Deeper items stand no further in, so that lines get no longer than what they say. */
const maxIndents = 16;

/** So far behind its first line stand a value's others: twice as far as an item that is below. */
const further = '    ';

/**
 * A report as plain text, piece by piece, to be encoded as UTF-8: sections underlined, what is below something further in.
 *
 * Law     the lines of a value stand further in than what may follow directly below it: none looks like another item.
 * Cost    O(lines); iterative; a piece is a line of the report.
 */
export function* reportText({ title, facts, lines }: Report): Generator<string, void, undefined> {
  yield underlined(oneLine(title), '=', '');
  yield '\n';
  for (const { name, value } of facts) yield `${name}: ${inLines(value, '  ')}\n`;
  yield '\n';
  for (const line of lines()) yield line.kind === 'section' ? sectionText(line) : itemText(line);
}

const indent = ({ depth }: ReportLine): string => '  '.repeat(Math.min(depth, maxIndents));
const oneLine = (value: string): string => clean(value.replace(lineEnd, ' '));
const underlined = (words: string, mark: string, before: string): string =>
  `${before}${words}\n${before}${mark.repeat(Math.min([...words].length, 80))}\n`;
/** Not line by line: a value may have a million. */
const inLines = (value: string, before: string): string =>
  clean(value.replace(lineEnd, '\n')).replace(/\n(?=[^\n])/g, `\n${before}`);
const related = ({ relationship }: ReportLine): string => (relationship === '' ? '' : `[${oneLine(relationship)}] `);

const when = ({ observed }: ReportLine): string => (observed === undefined ? '' : ` (${oneLine(observed)})`);

function sectionText(line: ReportLine): string {
  const words = `${related(line)}${oneLine(line.name)}${when(line)}`;
  return words === '' ? '\n' : `\n${underlined(words, '-', indent(line))}`;
}

function itemText(line: ReportLine): string {
  const before = indent(line);
  const name = line.name === '' ? '' : `${oneLine(line.name)}: `;
  return `${before}${related(line)}${name}${inLines(line.value, before + further)}${when(line)}\n`;
}
