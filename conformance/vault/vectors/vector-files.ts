import { certificateVectors } from './certificate-vectors.ts';
import { packVectors } from './pack-vectors.ts';
import { receiptVectors } from './receipt-vectors.ts';
import { cellVectors, contextVectors, derivationVectors, digestVectors } from './small-vectors.ts';
import { streamVectors } from './stream-vectors.ts';
import { tokenVectors } from './token-vectors.ts';

/** Every file of `docs/formats/vectors`, as it is to be, by its name. */
export async function vectorFiles(): Promise<ReadonlyMap<string, string>> {
  const made: [string, object][] = [
    ['context.json', contextVectors()],
    ['erasure-certificate.json', await certificateVectors()],
    ['key-derivation.json', await derivationVectors()],
    ['keyed-digest.json', await digestVectors()],
    ['pack.json', await packVectors()],
    ['receipt.json', await receiptVectors()],
    ['sealed-cell.json', await cellVectors()],
    ['sealed-stream.json', await streamVectors()],
    ['search-tokens.json', await tokenVectors()],
  ];
  return new Map(made.map(([name, content]) => [name, jsonText(content)]));
}

/** As the formatter leaves it: lists of texts in one line where they fit. */
function jsonText(content: object): string {
  const spread = JSON.stringify(content, null, 2);
  const gathered = spread.replace(/^(.*)\[\n((?: *"(?:[^"\\]|\\.)*",?\n)+) *\](,?)$/gm, (all, head, list, tail) => {
    const line = `${head}[${list.trim().replace(/",\n\s*/g, '", ')}]${tail}`;
    return [...line].length <= 120 ? line : all;
  });
  return `${gathered}\n`;
}
