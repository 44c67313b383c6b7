/** One line of a record's detail; `depth` says how far it is indented. */
export type DetailLine = { readonly depth: number; readonly label: string; readonly text: string };

/** A detail is what some program once wrote: it costs bounded time and space, however large or deep it is. */
export const detailLimits = { lines: 60, depth: 5, text: 300, members: 20 } as const;

const openEnd: DetailLine = { depth: 0, label: '', text: '… and more' };

/** A record's detail as lines for people to read. Text only: nothing in it is ever taken for anything else. */
export function detailLines(detail: unknown): readonly DetailLine[] {
  const lines: DetailLine[] = [];
  if (detail !== null && detail !== undefined) tell(lines, 0, '', detail);
  return lines.length < detailLimits.lines ? lines : [...lines.slice(0, detailLimits.lines), openEnd];
}

function tell(lines: DetailLine[], depth: number, label: string, value: unknown): void {
  if (lines.length >= detailLimits.lines) return;
  if (Array.isArray(value)) {
    const plain = value.slice(0, detailLimits.members).every((member) => typeof member !== 'object' || member === null);
    if (plain) lines.push({ depth, label, text: listText(value) });
    else
      tellMembers(
        lines,
        depth,
        label,
        value.map((member, place) => [String(place + 1), member] as const),
      );
  } else if (typeof value === 'object' && value !== null) tellMembers(lines, depth, label, Object.entries(value));
  else lines.push({ depth, label, text: plainText(value) });
}

function tellMembers(
  lines: DetailLine[],
  depth: number,
  label: string,
  members: readonly (readonly [string, unknown])[],
): void {
  const inner = label === '' ? depth : depth + 1;
  if (members.length === 0) lines.push({ depth, label, text: 'nothing' });
  else if (inner > detailLimits.depth) lines.push({ depth, label, text: '…' });
  else {
    if (label !== '') lines.push({ depth, label, text: '' });
    for (const [name, value] of members.slice(0, detailLimits.lines)) tell(lines, inner, labelOf(name), value);
  }
}

function listText(values: readonly unknown[]): string {
  if (values.length === 0) return 'none';
  const { members } = detailLimits;
  const shown = values.slice(0, members).map(plainText).join(', ');
  return values.length <= members ? shown : `${shown} … ${values.length} in all`;
}

function plainText(value: unknown): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'object') return '…';
  return cut(String(value));
}

/** `heldAlready` is put as "Held already". */
function labelOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return cut(words.charAt(0).toUpperCase() + words.slice(1));
}

/** What steers a terminal or turns the direction of a line has no business in a line of text. */
function cut(text: string): string {
  const short = text.length <= detailLimits.text ? text : `${text.slice(0, detailLimits.text)}…`;
  return short.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ');
}
