/**
 * One cell (RFC 4180), quoted. A spreadsheet takes what begins with one of these signs for a formula, and a person's
 * name may be one: an apostrophe before it makes it text.
 */
function csvCell(value: string): string {
  const inert = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value;
  return `"${inert.replaceAll('"', '""')}"`;
}

export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;
