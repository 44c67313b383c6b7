import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const pydicom = {
  command: '/usr/bin/python3',
  package: 'python3-pydicom python3-numpy dcmtk',
  probe: ['-c', 'import pydicom, numpy, shutil, sys; sys.exit(shutil.which("dcmdjpeg") is None)'],
};

/** What others made of the first and the last frame of a file: stored values, or why there are none. */
export type Reference =
  | { readonly path: string; readonly refused: string }
  | {
      readonly path: string;
      readonly refused: null;
      readonly photometric: string;
      readonly frames: number;
      readonly first: Float64Array;
      readonly last: Float64Array;
    };

/** DCMTK decompresses JPEG and JPEG-LS, pydicom reads what is native or RLE. Neither reads JPEG 2000 here. */
const script = `
import sys, json, os, subprocess, warnings, numpy as np, pydicom
warnings.simplefilter('ignore')
out = sys.argv[1]
peers = {'50': 'dcmdjpeg', '51': 'dcmdjpeg', '57': 'dcmdjpeg', '70': 'dcmdjpeg', '53': 'dcmdjpeg', '55': 'dcmdjpeg', '80': 'dcmdjpls', '81': 'dcmdjpls'}
def values(d, a):
    stored, high = int(d.get('BitsStored', 0) or 0), int(d.get('HighBit', 0) or 0)
    if a.dtype.kind == 'f' or not 0 < stored <= high + 1 <= int(d.BitsAllocated): return a.astype('<f8')
    v = (a.astype(np.int64) >> (high + 1 - stored)) & ((1 << stored) - 1)
    if d.get('PixelRepresentation') == 1: v = np.where(v >= 1 << (stored - 1), v - (1 << stored), v)
    return v.astype('<f8')
for n, path in enumerate(sys.stdin.read().split('\\n')):
    try:
        d = pydicom.dcmread(path)
        syntax = str(d.file_meta.TransferSyntaxUID)
        if syntax.startswith('1.2.840.10008.1.2.4.'):
            peer = peers.get(syntax.split('.')[-1])
            if not peer: raise Exception('no peer')
            native = os.path.join(out, 'native.dcm')
            done = subprocess.run([peer, '-q', path, native], capture_output=True)
            if done.returncode: raise Exception(peer + ' refuses')
            d = pydicom.dcmread(native)
        a = d.pixel_array
        frames = int(d.get('NumberOfFrames', 1) or 1)
        pick = (lambda at: a[at]) if frames > 1 else (lambda at: a)
        values(d, pick(0)).tofile(os.path.join(out, f'{n}.first'))
        values(d, pick(frames - 1)).tofile(os.path.join(out, f'{n}.last'))
        print(json.dumps({'path': path, 'refused': None, 'photometric': d.PhotometricInterpretation, 'frames': frames}))
    except Exception as e:
        print(json.dumps({'path': path, 'refused': str(e)[:80] or type(e).__name__}))
`;

export function referencesOf(python: string, paths: readonly string[]): Reference[] {
  const folder = mkdtempSync(join(tmpdir(), 'pixels-'));
  try {
    const said = execFileSync(python, ['-c', script, folder], { encoding: 'utf8', input: paths.join('\n') });
    const valuesIn = (name: string) => new Float64Array(new Uint8Array(readFileSync(join(folder, name))).buffer);
    return said
      .trim()
      .split('\n')
      .map((line, at) => {
        const reference = JSON.parse(line) as Reference;
        if (reference.refused !== null) return reference;
        return { ...reference, first: valuesIn(`${at}.first`), last: valuesIn(`${at}.last`) };
      });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
