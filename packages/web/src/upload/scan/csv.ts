import type { LeftEntry } from '../messages.ts';

/**
 * One cell (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before it: names of files come
 * from anywhere.
 */
export function csvCell(value: string): string {
  const inert = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** With a byte order mark, by which spreadsheets see that it is UTF-8. In pieces, since there may be a million lines. */
function* csvLines(entries: Iterable<LeftEntry>): Generator<string> {
  yield '\ufefffile,code,reason,sha256\r\n';
  for (const { path, code, reason, sha256 = '' } of entries) {
    yield `${[path, code, reason, sha256].map(csvCell).join(',')}\r\n`;
  }
}

const linesAPiece = 10_000;

export function csvFile(entries: Iterable<LeftEntry>): Blob {
  const pieces: Blob[] = [];
  let lines: string[] = [];
  for (const line of csvLines(entries)) {
    lines.push(line);
    if (lines.length < linesAPiece) continue;
    pieces.push(new Blob(lines));
    lines = [];
  }
  return new Blob([...pieces, ...lines], { type: 'text/csv;charset=utf-8' });
}
