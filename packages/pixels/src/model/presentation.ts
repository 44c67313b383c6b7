import type { DataSet } from '@symbolon/dicom';
import { type LookupTable, sequenceTable } from './lookup-table.ts';
import type { PixelFormat } from './pixel-format.ts';
import { pixelTags as tags } from './pixel-tags.ts';
import { text } from './short-values.ts';

/** From the VOI's output to what is displayed: low is white, or a table. */
export type Presentation = { readonly inverse: boolean; readonly table?: LookupTable | undefined };

/**
 * Who says IDENTITY or INVERSE has said all: MONOCHROME1 does not turn it round again. So DCMTK and dcm4che read it too. A table
 * takes the place of both.
 *
 * Source  PS3.3 §C.11.4 (Presentation LUT), §C.11.6 (Softcopy Presentation LUT), §C.8.11.3.1.2 (in DX and mammography images).
 */
export function presentationOf(ds: DataSet, { photometric }: PixelFormat): Presentation {
  const item = ds.elements.get(tags.PresentationLUTSequence)?.items?.[0];
  const table = item && sequenceTable(item, false);
  if (table) return { inverse: false, table };
  const shape = text(ds, tags.PresentationLUTShape);
  const said = shape === 'IDENTITY' || shape === 'INVERSE';
  return { inverse: said ? shape === 'INVERSE' : photometric === 'MONOCHROME1' };
}
