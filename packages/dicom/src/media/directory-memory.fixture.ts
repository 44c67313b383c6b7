/**
 * Puts 20,000 instances into a DICOMDIR and prints what each of them keeps of memory, and takes of the file, as JSON.
 *
 *     node --expose-gc directory-memory.fixture.ts
 */
import { parseFile, tags } from '../index.ts';
import { element, part10, uid } from '../part10.fixture.ts';
import { fileIdOf } from './file-id.ts';
import { mediaDirectoryWriter } from './write-media-directory.ts';

const count = 20_000;
const writer = mediaDirectoryWriter({ sopInstanceUid: '2.25.1', missingKeys: 'fill', repeatedInstances: 'accept' });

function add(number: number): void {
  const file = part10(
    uid.explicit,
    element(tags.SOPClassUID, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element(tags.SOPInstanceUID, 'UI', `1.2.826.0.1.3680043.8.498.1234567890123456789012345.${number}`),
    element(tags.StudyInstanceUID, 'UI', '1.2.1'),
    element(tags.SeriesInstanceUID, 'UI', '1.2.1.1'),
    element(tags.InstanceNumber, 'IS', String(number)),
    element(tags.PixelData, 'OW', new Uint8Array(1000)),
  );
  writer.add(fileIdOf(1, 1, number), parseFile(file));
}

function held(): number {
  for (let turn = 0; turn < 3; turn++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

for (let number = 1; number <= 100; number++) add(number);
const before = held();
for (let number = 101; number <= count; number++) add(number);
const keptBytes = (held() - before) / (count - 100);
process.stdout.write(JSON.stringify({ keptBytes, recordBytes: writer.byteLength() / count }));
