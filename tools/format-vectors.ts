/** `node tools/format-vectors.ts` writes the published test vectors of our formats anew: docs/formats/vectors. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vectorFiles } from '../conformance/vault/vectors/vector-files.ts';

const folder = join(import.meta.dirname, '../docs/formats/vectors');
mkdirSync(folder, { recursive: true });
for (const [name, text] of await vectorFiles()) writeFileSync(join(folder, name), text);
