import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '@symbolon/testbed';
import { uidName } from '../../../packages/dicom/src/index.ts';
import { type Kind, kindsOfRealFiles } from './kinds-of-real-files.ts';
import type { OhifSite } from './ohif-visit.ts';

/** Of files that one viewer or the other reads otherwise, for what is wrong with them, the next one of the kind is looked at. */
const filesOfAKind = 3;
/** How much of the exchange's picture has to be in what OHIF shows. */
const enough = 0.95;

/** OHIF lays their tiles out on a map: what it shows is no picture of one frame. */
const slides = '1.2.840.10008.5.1.4.1.1.77.1.6';

export type Outcome = { readonly kind: Kind; readonly opens: boolean; readonly complaints: readonly string[] };

/** What OHIF makes of every kind of image among real files of which the exchange itself makes a picture. */
export async function showRealFiles(all: OhifSite): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const kind of kindsOfRealFiles(filesOfAKind)) {
    if (kind.sopClass === slides) continue;
    const isDocumented = documentedRows().some(
      (row) => row.startsWith(`| ${nameOf(kind)} |`) && row.split('|')[2]?.trim().split(', ').includes(shortened(kind)),
    );
    let [renderable, opens] = [false, false];
    let complaints: string[] = [];
    for (const file of kind.files) {
      if ((await all.site.store([{ bytes: file.bytes() }])).status !== 200) continue;
      const series = `/dicomweb/studies/${file.study}/series/${file.series}`;
      const picture = await all.site.get(`${series}/thumbnail`, { accept: 'image/jpeg' });
      if (picture.status !== 200) continue;
      renderable = true;
      // A busy machine is no reason to say that something does not open.
      const what = await all.open(file, isDocumented ? 90_000 : 15_000);
      opens = what !== undefined && (await all.likeness(what)) > enough;
      complaints = all.complaints();
      if (opens) break;
    }
    if (renderable) outcomes.push({ kind, opens, complaints });
  }
  return outcomes;
}

const nameOf = ({ sopClass }: Kind): string => uidName(sopClass) ?? sopClass;
const shortened = ({ transferSyntax }: Kind): string =>
  transferSyntax.replace(/^1\.2\.840\.10008\.1\.2(?=\.|$)/, '') || '–';

/** The rows of the document's table: of each SOP class the transfer syntaxes that open, and those that do not. */
export function rowsOf(outcomes: readonly Outcome[]): string[] {
  const classes = Map.groupBy(outcomes, ({ kind }) => nameOf(kind));
  return [...classes].map(([name, of]) => {
    const list = (opens: boolean): string => {
      const some = of.filter((one) => one.opens === opens).map(({ kind }) => shortened(kind));
      return some.length === 0 ? ' ' : ` ${some.join(', ')} `;
    };
    return `| ${name} |${list(true)}|${list(false)}|`;
  });
}

/** The rows that stand in the document. */
export function documentedRows(): string[] {
  const document = readFileSync(join(checkoutRoot, 'docs/conformance/viewers.md'), 'utf8');
  const [, table = ''] = /\| SOP class \| opens \| does not \|\n\|---\|---\|---\|\n(.*?)\n\n/s.exec(document) ?? [];
  return table.split('\n');
}
