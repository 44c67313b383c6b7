import { xmlQuoted, xmlText } from '../xml/escape.ts';
import type { Report, ReportLine } from './report.ts';

/** A value's line ends, as they are shown; not line by line, since a value may have a million. */
const inLines = (value: string): string =>
  xmlText(value.replace(/\r\n|[\r\f\v\u0085\u2028\u2029]/g, '\n')).replace(/\n/g, '<br>');

/** Each text stands for itself: one in another direction of writing moves nothing around it. */
const isolated = (value: string, title = ''): string =>
  `<bdi${title === '' ? '' : ` title=${xmlQuoted(title)}`}>${inLines(value)}</bdi>`;

/**
 * A report as an HTML document, piece by piece, to be encoded as UTF-8. It needs nothing from elsewhere: no script, style, image
 * or link is in it, and no text of the report is anything but text.
 *
 * Law     whatever a report says, its elements are those written here; well-formed as XML, too, but for void elements.
 * Cost    O(lines); iterative; a piece is a line.
 */
export function* reportHtml({ title, language, facts, lines }: Report): Generator<string, void, undefined> {
  yield `<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>${inLines(title).replace(/<br>/g, ' ')}</title></head>\n<body>\n`;
  yield `<main>\n<h1>${isolated(title)}</h1>\n<table>\n`;
  for (const { name, value } of facts)
    yield `<tr><th scope="row">${xmlText(name)}</th><td>${isolated(value)}</td></tr>\n`;
  // What a report does not say of its language is not known: English it need not be.
  yield `</table>\n<article lang=${xmlQuoted(language)}>\n`;
  const open: Open[] = [];
  for (const line of lines()) {
    while (open.length > line.depth) yield closing(open);
    const above = open.at(-1);
    if (above?.kind === 'item' && !above.isList) {
      above.isList = true;
      yield '<ul>\n';
    }
    yield `${above?.isList ? '<li>' : ''}${line.kind === 'section' ? sectionHead(line) : itemText(line)}\n`;
    open.push({ kind: line.kind, isList: false });
  }
  while (open.length > 0) yield closing(open);
  yield '</article>\n</main>\n</body>\n</html>\n';
}

/** A line that what follows may be below. What is below one that is no section stands in a list. */
type Open = { readonly kind: ReportLine['kind']; isList: boolean };

function closing(open: Open[]): string {
  const { kind, isList } = open.pop() as Open;
  const own = kind === 'section' ? '</section>\n' : isList ? '</ul>\n' : '';
  return `${own}${open.at(-1)?.isList ? '</li>\n' : ''}`;
}

const related = ({ relationship }: ReportLine): string =>
  relationship === '' ? '' : `<i>${xmlText(relationship)}</i> `;

const when = ({ observed }: ReportLine): string => (observed === undefined ? '' : ` (${isolated(observed)})`);

function sectionHead(line: ReportLine): string {
  const level = Math.min(line.depth + 2, 6);
  const name = line.name === '' ? '' : `<h${level}>${related(line)}${isolated(line.name)}${when(line)}</h${level}>`;
  return `<section>${name}`;
}

function itemText(line: ReportLine): string {
  const { name, value, code } = line;
  const title = code === undefined || code.value === '' ? '' : [code.value, code.scheme].join(', ');
  return `<p>${related(line)}${name === '' ? '' : `<b>${isolated(name)}:</b> `}${isolated(value, title)}${when(line)}</p>`;
}
