import type { Refused } from '../files/select.ts';
import { bytesText, countText, durationText, rateText } from '../terminal/amounts.ts';
import { safeText } from '../terminal/safe-text.ts';
import type { Sent } from './send-files.ts';

const namedRefusals = 20;

const leftOutWords: Readonly<Record<string, string>> = {
  DICOMDIR: 'describes the medium, is not an image',
  'README.TXT': 'describes the medium, is not an image',
  'hidden file': 'not DICOM; a system keeps its notes there',
  receipt: 'of an earlier send',
  'symbolic link': 'not followed',
  'special file': 'not a file with contents',
};

function row(name: string, text: string): string {
  return `${name.padEnd(14)}${text}`;
}

function refusedLines(refused: readonly Refused[], inReceipt: boolean): string[] {
  // First what somebody meant as an image. Without a receipt this is the only place where they are named.
  const ordered = [...refused].sort((a, b) => Number(a.code === 'NOT_DICOM') - Number(b.code === 'NOT_DICOM'));
  const shown = inReceipt ? ordered.slice(0, namedRefusals) : ordered;
  const lines = shown.map(({ path, code, reason }) => `  ${safeText(path)}: ${code}: ${safeText(reason)}`);
  if (shown.length < refused.length) lines.push(`  … and ${refused.length - shown.length} more, named in the receipt`);
  return lines;
}

export function leftOutLines(leftOut: ReadonlyMap<string, number>): string[] {
  return [...leftOut].map(([why, count]) =>
    row('Left out', `${countText(count, why)} (${leftOutWords[why] ?? 'not sent'})`),
  );
}

/** What a person wants to know at the end, in the order of the wanting. */
export function summaryOf(sent: Sent, folder: string, receipts: readonly string[]): string {
  const taken = sent.taken.filter((file) => file.outcome === 'taken');
  const held = sent.taken.filter((file) => file.outcome === 'already held');
  const bytes = taken.reduce((sum, file) => sum + file.bytes, 0);
  const speed = taken.length > 0 ? ` (${rateText(bytes, sent.elapsedMs)})` : '';
  const lines = [
    row('Taken', `${countText(taken.length, 'file')}, ${bytesText(bytes)}, in ${durationText(sent.elapsedMs)}${speed}`),
  ];
  if (held.length > 0) lines.push(row('Already held', countText(held.length, 'file')));
  lines.push(...leftOutLines(sent.leftOut));
  if (sent.refused.length > 0) lines.push(row('Not taken', countText(sent.refused.length, 'file')));
  lines.push(...refusedLines(sent.refused, receipts.length > 0));
  for (const receipt of receipts) lines.push(row('Receipt', `${safeText(receipt)}, signed by the exchange`));
  lines.push(row('', `names in it count from ${safeText(folder)}`));
  return lines.join('\n');
}
