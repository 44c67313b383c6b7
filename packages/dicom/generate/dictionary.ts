/**
 * Writes src/dictionary/generated/ from PS3.6 as the Debian package python3-pydicom carries it (MIT) and `additions.ts`.
 * Run from the project's root: node packages/dicom/generate/dictionary.ts [folder of pydicom]
 */
import { writeFileSync } from 'node:fs';
import { readPydicom } from './pydicom.ts';
import { elementsModule, obsoleteAdditions, uidsModule } from './tables.ts';

const tables = readPydicom(process.argv[2] ?? '/usr/lib/python3/dist-packages/pydicom');
const generated = new URL('../src/dictionary/generated/', import.meta.url);
writeFileSync(new URL('elements.ts', generated), elementsModule(tables));
writeFileSync(new URL('uids.ts', generated), uidsModule(tables));

console.log(
  `PS3.6 ${tables.edition}: ${tables.elements.length} elements and ${tables.uids.length} UIDs, and additions`,
);
for (const key of obsoleteAdditions(tables)) console.log(`additions.ts can drop ${key}: the package has it`);
