import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const pydicom = {
  command: '/usr/bin/python3',
  package: 'python3-pydicom python3-numpy',
  probe: ['-c', 'import pydicom, numpy'],
};

/** PS3.3 §C.11.1 and §C.11.2.1.2.1, written down in another language, over what pydicom reads. */
const script = `
import sys, numpy as np, pydicom
folder, frame, center, width = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
d = pydicom.dcmread(folder + '/in.dcm')
a = d.pixel_array
if int(d.get('NumberOfFrames', 1)) > 1: a = a[frame - 1]
if d.SamplesPerPixel == 1:
    x = a.astype(np.float64) * float(d.get('RescaleSlope', 1)) + float(d.get('RescaleIntercept', 0))
    y = ((x - (center - 0.5)) / (width - 1) + 0.5) * 255
    y[x <= center - 0.5 - (width - 1) / 2] = 0
    y[x > center - 0.5 + (width - 1) / 2] = 255
    a = np.floor(y + 0.5)
a.astype(np.uint8).tofile(folder + '/out')
`;

export function expectedLevels(file: Uint8Array, frame = 1, center = 0, width = 2): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'expected-'));
  try {
    writeFileSync(join(folder, 'in.dcm'), file);
    execFileSync(pydicom.command, ['-c', script, folder, String(frame), String(center), String(width)]);
    return readFileSync(join(folder, 'out'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
